/** `UsageProfiles` of one cluster from the sums of sealed hours. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import { HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { UsageHour, UsageProfiles, ZoneHour } from '../../ports/usage-profile.js';
import { decodeContainers } from '../container-block.js';
import { PodSums } from '../pod-sums.js';
import {
  HourBuilder,
  type BasisInfo,
  type EntityInfo,
  type HistogramRecord,
  type NodeHourRecord,
} from '../usage-hour.js';
import { explaining } from './connection.js';

type Key = [clusterId: number, start: number];

const NODES = `SELECT d.name node, s.instance_type instanceType, b.provider, s.region, s.zone, b.grid_zone gridZone, s.architecture,
    s.cpu_capacity cpuCapacity, s.memory_capacity memoryCapacity, n.milliseconds, n.cpu_microseconds cpuMicroseconds,
    n.energy, n.operational, n.embodied, n.cost, m.code currency, n.samples, n.last_start lastStart
  FROM node_hour n CROSS JOIN node d ON d.id = n.node_id CROSS JOIN node_spec s ON s.id = n.node_spec_id
  CROSS JOIN basis b ON b.id = n.basis_id CROSS JOIN currency m ON m.id = b.currency_id
  WHERE n.cluster_id = ? AND n.start = ? ORDER BY d.name, n.last_start`;

const ENTITIES = `SELECT e.id, e.kind, e.workload_id workloadId, d.name node, ns.name namespace, w.name workload, w.type workloadType,
    e.cpu_request cpuRequest, e.memory_request memoryRequest
  FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value CROSS JOIN node d ON d.id = e.node_id
  CROSS JOIN workload w ON w.id = e.workload_id CROSS JOIN namespace ns ON ns.id = e.namespace_id`;

/**
 * All histograms of an hour in two values: a buffer for each of many thousand costs more than all else of a scan. Concatenation makes
 * text of the bytes and changes none of them; both aggregates meet the rows in one order.
 */
const HISTOGRAMS = `SELECT group_concat(workload_id || ' ' || length(cpu) || ' ' || length(memory), ' ') sizes,
    CAST(group_concat(cpu || memory, '') AS BLOB) bytes
  FROM workload_hour_histogram WHERE cluster_id = ? AND start = ?`;

interface JoinedHistograms {
  /** Id of the workload and the two lengths, for each; null: there is none. */
  readonly sizes: string | null;
  readonly bytes: Buffer | null;
}

function* separated({ sizes, bytes }: JoinedHistograms): Generator<HistogramRecord> {
  if (sizes === null || bytes === null) return;
  const numbers = sizes.split(' ').map(Number);
  let at = 0;
  for (let i = 0; i < numbers.length; i += 3) {
    const middle = at + numbers[i + 1]!;
    const end = middle + numbers[i + 2]!;
    yield { workloadId: numbers[i]!, cpu: bytes.subarray(at, middle), memory: bytes.subarray(middle, end) };
    at = end;
  }
}

/** By the last interval of each hour: it stays when the others of a node are pruned. */
const INTENSITIES = `SELECT b.grid_zone gridZone, n.start - n.start % ${HOUR} hour, avg(p.intensity) value
  FROM json_each(?) j CROSS JOIN node_usage n ON n.cluster_id = ? AND n.start = j.value
  CROSS JOIN basis b ON b.id = n.basis_id CROSS JOIN provenance p ON p.id = n.provenance_id
  GROUP BY 1, 2 ORDER BY 1, 2`;

/** Hours of one statement, so that a large cluster does not hold the thread for long. */
const HOURS_AT_ONCE = 12;

export class SqliteUsageProfiles implements UsageProfiles {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #step: Seconds;
  readonly #sealed: Statement<[number, number, number], number>;
  readonly #isSealed: Statement<Key, number>;
  readonly #pods: Statement<Key, { readonly block: Buffer; readonly containers: Buffer | null }>;
  readonly #nodes: Statement<Key, NodeHourRecord>;
  readonly #histograms: Statement<Key, JoinedHistograms>;
  readonly #allBases: Statement<[], BasisInfo & { readonly id: number }>;
  readonly #entities: Statement<[string], EntityInfo & { readonly id: number }>;
  /** Those of the hour before: pods mostly stay. */
  #known = new Map<number, EntityInfo>();

  /** @param db the ledger's connection; the cluster is one that its ledger has registered */
  constructor(db: Database, cluster: string, step: Seconds) {
    this.#db = db;
    this.#step = step;
    this.#clusterId = explaining(db.name, () =>
      db.prepare<[string], number>('SELECT id FROM cluster WHERE name = ?').pluck().get(cluster)!,
    );
    this.#sealed = db
      .prepare<[number, number, number], number>(
        'SELECT start FROM hour_seal WHERE cluster_id = ? AND start >= ? AND start <= ? AND held = 1 ORDER BY start',
      )
      .pluck();
    this.#isSealed = db
      .prepare<Key, number>('SELECT 1 FROM hour_seal WHERE cluster_id = ? AND start = ? AND held = 1')
      .pluck();
    this.#pods = db.prepare('SELECT block, containers FROM pod_hour WHERE cluster_id = ? AND start = ?');
    this.#nodes = db.prepare(NODES);
    this.#histograms = db.prepare(HISTOGRAMS);
    this.#allBases = db.prepare(
      'SELECT b.id, b.grid_zone gridZone, m.code currency FROM basis b JOIN currency m ON m.id = b.currency_id',
    );
    this.#entities = db.prepare(ENTITIES);
  }

  async hours({ from, to }: TimeRange): Promise<readonly EpochSeconds[]> {
    return this.#attempt(() => this.#sealed.all(this.#clusterId, from, to - HOUR).map(epochSeconds));
  }

  async hour(start: EpochSeconds): Promise<UsageHour | null> {
    return this.#attempt(() => {
      if (this.#isSealed.get(this.#clusterId, start) === undefined) return null;
      const builder = new HourBuilder(start, this.#bases());
      const pods = this.#pods.get(this.#clusterId, start);
      if (pods) {
        const sums = new PodSums();
        sums.addRollup(pods.block, start);
        const entities = this.#meet(sums.entities);
        for (const sum of sums.sums()) builder.addPod(sum, entities.get(sum.entityId)!);
      }
      builder.addContainers(decodeContainers(pods?.containers ?? null));
      const joined = this.#histograms.get(this.#clusterId, start)!;
      for (const record of separated(joined)) builder.addHistograms(record);
      for (const record of this.#nodes.iterate(this.#clusterId, start)) builder.addNode(record);
      return builder.build();
    });
  }

  async intensities({ from, to }: TimeRange): Promise<readonly ZoneHour[]> {
    const found: ZoneHour[] = [];
    const first = Math.ceil(from / HOUR) * HOUR;
    for (let at = first; at < to; at += HOURS_AT_ONCE * HOUR) {
      const starts: number[] = [];
      for (let hour = at; hour < Math.min(to, at + HOURS_AT_ONCE * HOUR); hour += HOUR)
        starts.push(hour + HOUR - this.#step);
      found.push(...this.#attempt(() => this.#intensitiesOf(starts)));
      await nextTurn();
    }
    return found.sort((a, b) =>
      a.gridZone === b.gridZone ? a.hour - b.hour : a.gridZone < b.gridZone ? -1 : 1,
    );
  }

  #intensitiesOf(starts: readonly number[]): ZoneHour[] {
    return this.#db
      .prepare<[string, number], ZoneHour>(INTENSITIES)
      .all(JSON.stringify(starts), this.#clusterId);
  }

  #meet(ids: readonly number[]): ReadonlyMap<number, EntityInfo> {
    const before = this.#known;
    const now = new Map<number, EntityInfo>();
    const fresh: number[] = [];
    for (const id of ids) {
      const known = before.get(id);
      if (known) now.set(id, known);
      else if (!now.has(id)) fresh.push(id);
    }
    for (const { id, ...info } of this.#entities.iterate(JSON.stringify([...new Set(fresh)])))
      now.set(id, info);
    this.#known = now;
    return now;
  }

  #bases(): ReadonlyMap<number, BasisInfo> {
    return new Map(this.#allBases.all().map(({ id, ...info }) => [id, info]));
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}
