/** Hours and days are added up in the transaction that makes them whole, and anew in one that replaces an interval of them. */
import { Histogram, microcores } from '../../domain/histogram.js';
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import { mergeContainers } from '../container-block.js';
import { numbers, numbersOf, unnest } from './arrays.js';
import type { Session } from './connection.js';
import { ROLL_UP_NAMESPACES, ROLL_UP_NODES, ROLL_UP_PODS } from './rollup-tables.js';

type Bucket = readonly [cluster: number, from: number, to: number];

/** Microseconds, so that covered time adds up exactly. */
export const KNOWN = 'round(coverage * step * 1e6)::bigint';

const KNOWN_ONLY = "FILTER (WHERE state <> 'impossible')";
const SEAL_HOUR = `INSERT INTO hour_seal AS s
  SELECT $2::int, $1::bigint, true, true, coalesce(sum(${KNOWN}) ${KNOWN_ONLY}, 0)::bigint,
    min(start) ${KNOWN_ONLY}, max(start) ${KNOWN_ONLY}
  FROM interval_mark WHERE cluster_id = $2 AND start >= $3 AND start < $4
  ON CONFLICT (cluster_id, start) DO UPDATE SET held = excluded.held, raw = excluded.raw, known = excluded.known,
    first_start = excluded.first_start, last_start = excluded.last_start`;

const SEAL_DAY = `INSERT INTO day_seal AS s
  SELECT $2::int, $1::bigint, true, sum(known)::bigint, min(first_start), max(last_start)
  FROM hour_seal WHERE cluster_id = $2 AND start >= $3 AND start < $4
  ON CONFLICT (cluster_id, start) DO UPDATE SET held = excluded.held, known = excluded.known,
    first_start = excluded.first_start, last_start = excluded.last_start`;

/** Use of each workload's pods in the intervals of an hour, as columns: a row for each of them would take most of the time to read. */
const USES = `SELECT e.workload_id AS "workloadId", array_agg(u.seconds)::text AS seconds, array_agg(u.cpu)::text AS cpu,
    array_agg(u.memory)::text AS memory
  FROM pod_usage u JOIN entity e ON e.id = u.entity_id
  WHERE u.cluster_id = $1 AND u.start >= $2 AND u.start < $3 AND e.kind = 'pod' GROUP BY 1`;
interface Uses {
  readonly workloadId: number;
  readonly seconds: string;
  readonly cpu: string;
  readonly memory: string;
}
const INSERT_HISTOGRAMS = `INSERT INTO workload_hour_histogram SELECT $1::int, $2::bigint, u.*
  FROM ${unnest(['int', 'bytea', 'bytea'], 3)} u`;

const STAMP_ENTITIES = `UPDATE entity SET last_day = $2 WHERE coalesce(last_day, -1) < $2
  AND id IN (SELECT entity_id FROM pod_day WHERE cluster_id = $1 AND start = $2)`;

export class Seals {
  readonly #clusterId: number;
  readonly #step: Seconds;

  constructor(clusterId: number, step: Seconds) {
    this.#clusterId = clusterId;
    this.#step = step;
  }

  /** Whether the rows of an interval were pruned after they had been added up: it can no longer be replaced. */
  async isFinal(session: Session, start: number): Promise<boolean> {
    const found = await session.rows(
      'SELECT 1 FROM hour_seal WHERE cluster_id = $1 AND start = $2 AND NOT raw',
      [this.#clusterId, floorTo(start, HOUR)],
    );
    return found.length > 0;
  }

  /** To be called after an interval was stored; does nothing while its hour is not whole. */
  async update(session: Session, start: number): Promise<void> {
    const hour = floorTo(start, HOUR);
    if ((await this.#count(session, 'interval_mark', hour, HOUR)) !== HOUR / this.#step) return;
    await this.#sealHour(session, hour);
    await this.updateDay(session, start);
  }

  /** To be called after the sums of an hour were stored; does nothing while its day is not whole. */
  async updateDay(session: Session, start: number): Promise<void> {
    const day = floorTo(start, DAY);
    if ((await this.#count(session, 'hour_seal', day, DAY)) === DAY / HOUR) await this.#sealDay(session, day);
  }

  async #sealHour(session: Session, start: number): Promise<void> {
    await this.#clear(session, 'hour', start);
    const bucket = this.#bucket(start, HOUR);
    for (const text of [ROLL_UP_PODS.hour, ROLL_UP_NAMESPACES.hour, ROLL_UP_NODES.hour]) {
      await session.rows(text, [start, ...bucket]);
    }
    await this.#writeHistograms(session, start, bucket);
    await this.#writeContainers(session, start, bucket);
    await session.rows(SEAL_HOUR, [start, ...bucket]);
  }

  async #sealDay(session: Session, start: number): Promise<void> {
    await this.#clear(session, 'day', start);
    for (const text of [ROLL_UP_PODS.day, ROLL_UP_NAMESPACES.day, ROLL_UP_NODES.day, SEAL_DAY]) {
      await session.rows(text, [start, ...this.#bucket(start, DAY)]);
    }
    await session.rows(STAMP_ENTITIES, [this.#clusterId, start]);
  }

  /** Use of the pods of each workload, weighted by how long each lasted. */
  async #writeHistograms(session: Session, start: number, bucket: Bucket): Promise<void> {
    const uses = await session.rows<Uses>(USES, bucket);
    if (uses.length === 0) return;
    const all = uses.map(histogramsOf);
    await session.rows(INSERT_HISTOGRAMS, [
      this.#clusterId,
      start,
      numbers(uses.map(({ workloadId }) => workloadId)),
      all.map(({ cpu }) => Buffer.from(cpu.encode())),
      all.map(({ memory }) => Buffer.from(memory.encode())),
    ]);
  }

  async #writeContainers(session: Session, start: number, bucket: Bucket): Promise<void> {
    const found = await session.rows<{ block: Buffer }>(
      'SELECT block FROM container_usage WHERE cluster_id = $1 AND start >= $2 AND start < $3 ORDER BY start',
      bucket,
    );
    const merged = mergeContainers(found.map(({ block }) => block));
    if (merged)
      await session.rows('INSERT INTO container_hour VALUES ($1, $2, $3)', [this.#clusterId, start, merged]);
  }

  async #clear(session: Session, grain: 'hour' | 'day', start: number): Promise<void> {
    const also = grain === 'hour' ? ['workload_hour_histogram', 'container_hour'] : [];
    for (const table of [`pod_${grain}`, `namespace_${grain}`, `node_${grain}`, ...also]) {
      await session.rows(`DELETE FROM ${table} WHERE cluster_id = $1 AND start = $2`, [
        this.#clusterId,
        start,
      ]);
    }
  }

  async #count(session: Session, table: string, from: number, width: number): Promise<number> {
    const [found] = await session.rows<{ count: number }>(
      `SELECT count(*) FROM ${table} WHERE cluster_id = $1 AND start >= $2 AND start < $3`,
      this.#bucket(from, width),
    );
    return found!.count;
  }

  #bucket(start: number, width: number): Bucket {
    return [this.#clusterId, start, start + width];
  }
}

function histogramsOf(uses: Uses): { readonly cpu: Histogram; readonly memory: Histogram } {
  const [cpu, memory] = [new Histogram(), new Histogram()];
  const [cpus, memories] = [numbersOf(uses.cpu), numbersOf(uses.memory)];
  for (const [i, seconds] of numbersOf(uses.seconds).entries()) {
    const milliseconds = Math.round(seconds * 1000);
    if (milliseconds === 0) continue;
    cpu.add(microcores(cpus[i]!, milliseconds), milliseconds);
    memory.add(memories[i]!, milliseconds);
  }
  return { cpu, memory };
}
