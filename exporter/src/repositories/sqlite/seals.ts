/** Hours and days are added up in the transaction that makes them whole, and anew in one that replaces an interval of them. */
import type { Database, Statement } from 'better-sqlite3';
import { Histogram, microcores } from '../../domain/histogram.js';
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import { decodePodBlock, type PodBlock } from '../pod-block.js';
import { mergeContainers } from '../container-block.js';
import { PodSums } from '../pod-sums.js';
import { rollUpNamespaces, rollUpNodes, type Coarser } from './rollup-tables.js';

type Bucket = [cluster: number, from: number, to: number];

interface Grain {
  readonly width: number;
  readonly finer: Statement<Bucket, { start: number; block: Buffer }>;
  readonly clear: readonly Statement<[number, number]>[];
  readonly rollUp: readonly Statement<[start: number, ...Bucket]>[];
  readonly insertPods: Statement<[number, number, Buffer]>;
  readonly seal: Statement<[start: number, ...Bucket]>;
}

export class Seals {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #step: Seconds;
  readonly #hour: Grain;
  readonly #day: Grain;
  readonly #rowsGone: Statement<[number, number], number>;
  readonly #marks: Statement<Bucket, number>;
  readonly #hours: Statement<Bucket, number>;
  readonly #workloads: Statement<[string], { id: number; workloadId: number }>;
  readonly #insertHistogram: Statement<[number, number, number, Uint8Array, Uint8Array]>;
  readonly #containers: Statement<Bucket, Buffer>;
  readonly #keepContainers: Statement<[Buffer, number, number]>;
  readonly #stampEntities: Statement<[number, string]>;

  constructor(db: Database, clusterId: number, step: Seconds) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#step = step;
    this.#hour = grain(db, ['hour', 'usage'], HOUR, SEAL_HOUR, ['workload_hour_histogram']);
    this.#day = grain(db, ['day', 'hour'], DAY, SEAL_DAY, []);
    this.#rowsGone = db
      .prepare<[number, number], number>('SELECT raw = 0 FROM hour_seal WHERE cluster_id = ? AND start = ?')
      .pluck();
    this.#marks = count(db, 'interval');
    this.#hours = count(db, 'hour_seal');
    this.#workloads = db.prepare(
      `SELECT id, workload_id workloadId FROM entity WHERE kind = 'pod' AND id IN (SELECT value FROM json_each(?))`,
    );
    this.#insertHistogram = db.prepare('INSERT INTO workload_hour_histogram VALUES (?, ?, ?, ?, ?)');
    this.#containers = db
      .prepare<Bucket, Buffer>(
        `SELECT containers FROM pod_usage WHERE cluster_id = ? AND start >= ? AND start < ? AND containers IS NOT NULL
         ORDER BY start`,
      )
      .pluck();
    this.#keepContainers = db.prepare(
      'UPDATE pod_hour SET containers = ? WHERE cluster_id = ? AND start = ?',
    );
    this.#stampEntities = db.prepare(
      `UPDATE entity SET last_day = max(coalesce(last_day, 0), ?) WHERE id IN (SELECT value FROM json_each(?))`,
    );
  }

  /** Whether the rows of an interval were pruned after they had been added up: it can no longer be replaced. */
  isFinal(start: number): boolean {
    return this.#rowsGone.get(this.#clusterId, floorTo(start, HOUR)) === 1;
  }

  /** To be called after an interval was stored; does nothing while its hour is not whole. */
  update(start: number): void {
    const hour = floorTo(start, HOUR);
    if (this.#marks.get(this.#clusterId, hour, hour + HOUR) !== HOUR / this.#step) return;
    this.#sealHour(hour);
    this.updateDay(start);
  }

  /** To be called after the sums of an hour were stored; does nothing while its day is not whole. */
  updateDay(start: number): void {
    const day = floorTo(start, DAY);
    if (this.#hours.get(this.#clusterId, day, day + DAY) === DAY / HOUR) this.#sealDay(day);
  }

  #sealHour(start: number): void {
    const sums = new PodSums();
    const use = new UseByWorkload((ids) => this.#workloads.all(ids));
    for (const { start: at, block } of this.#finerBlocks(this.#hour, start)) {
      const rows = decodePodBlock(block, this.#step);
      sums.addBlock(rows, at);
      use.add(rows);
    }
    this.#write(this.#hour, start, sums.encode(start));
    const containers = mergeContainers(this.#containers.iterate(this.#clusterId, start, start + HOUR));
    if (containers) this.#keepContainers.run(containers, this.#clusterId, start);
    for (const [workloadId, { cpu, memory }] of use.histograms()) {
      this.#insertHistogram.run(this.#clusterId, start, workloadId, cpu.encode(), memory.encode());
    }
  }

  #sealDay(start: number): void {
    const sums = new PodSums();
    for (const { start: at, block } of this.#finerBlocks(this.#day, start)) sums.addRollup(block, at);
    this.#write(this.#day, start, sums.encode(start));
    const ids = new Set(sums.entities);
    this.#stampEntities.run(start, JSON.stringify([...ids]));
  }

  #finerBlocks(grain: Grain, start: number) {
    return grain.finer.iterate(this.#clusterId, start, start + grain.width);
  }

  #write(grain: Grain, start: number, pods: Buffer | null): void {
    const bucket: Bucket = [this.#clusterId, start, start + grain.width];
    for (const statement of grain.clear) statement.run(this.#clusterId, start);
    for (const statement of grain.rollUp) statement.run(start, ...bucket);
    if (pods) grain.insertPods.run(this.#clusterId, start, pods);
    grain.seal.run(start, ...bucket);
  }
}

/** Microseconds, so that covered time adds up exactly. */
export const KNOWN = 'CAST(round(coverage * step * 1e6) AS INTEGER)';

const SEAL_HOUR = `INSERT OR REPLACE INTO hour_seal
  SELECT cluster_id, ?, 1, 1, coalesce(sum(${KNOWN}) FILTER (WHERE state <> 'impossible'), 0),
    min(start) FILTER (WHERE state <> 'impossible'), max(start) FILTER (WHERE state <> 'impossible')
  FROM interval WHERE cluster_id = ? AND start >= ? AND start < ?`;

const SEAL_DAY = `INSERT OR REPLACE INTO day_seal
  SELECT cluster_id, ?, 1, sum(known), min(first_start), max(last_start)
  FROM hour_seal WHERE cluster_id = ? AND start >= ? AND start < ?`;

function grain(db: Database, coarser: Coarser, width: number, seal: string, also: readonly string[]): Grain {
  const [into, from] = coarser;
  const tables = [`pod_${into}`, `namespace_${into}`, `node_${into}`, ...also];
  return {
    width,
    finer: db.prepare(
      `SELECT start, block FROM pod_${from} WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`,
    ),
    clear: tables.map((t) => db.prepare(`DELETE FROM ${t} WHERE cluster_id = ? AND start = ?`)),
    rollUp: [rollUpNamespaces(coarser), rollUpNodes(coarser)].map((sql) => db.prepare(sql)),
    insertPods: db.prepare(`INSERT INTO pod_${into} (cluster_id, start, block) VALUES (?, ?, ?)`),
    seal: db.prepare(seal),
  };
}

const count = (db: Database, table: string) =>
  db
    .prepare<Bucket, number>(
      `SELECT count(*) FROM ${table} WHERE cluster_id = ? AND start >= ? AND start < ?`,
    )
    .pluck();

interface Use {
  readonly cpu: Histogram;
  readonly memory: Histogram;
}

/** Use of the pods of each workload in an hour, weighted by how long each lasted. */
class UseByWorkload {
  readonly #find: (ids: string) => readonly { id: number; workloadId: number }[];
  /** Null: not a pod. */
  readonly #uses = new Map<number, Use | null>();
  readonly #byWorkload = new Map<number, Use>();

  constructor(find: (ids: string) => readonly { id: number; workloadId: number }[]) {
    this.#find = find;
  }

  add(rows: PodBlock): void {
    const ids = Array.from(rows.entity);
    this.#meet(ids.filter((id) => !this.#uses.has(id)));
    ids.forEach((id, i) => {
      const use = this.#uses.get(id);
      const milliseconds = Math.round(rows.seconds[i]! * 1000);
      if (!use || milliseconds === 0) return;
      use.cpu.add(microcores(rows.cpu[i]!, milliseconds), milliseconds);
      use.memory.add(rows.memory[i]!, milliseconds);
    });
  }

  histograms(): Iterable<[workloadId: number, use: Use]> {
    return this.#byWorkload;
  }

  #meet(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#uses.set(id, null);
    for (const { id, workloadId } of this.#find(JSON.stringify(ids))) {
      let use = this.#byWorkload.get(workloadId);
      if (!use) this.#byWorkload.set(workloadId, (use = { cpu: new Histogram(), memory: new Histogram() }));
      this.#uses.set(id, use);
    }
  }
}
