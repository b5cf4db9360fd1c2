/** `UsageProfiles` of one cluster from the sums of sealed hours. */
import { HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { UsageHour, UsageProfiles, ZoneHour } from '../../ports/usage-profile.js';
import { decodeContainers } from '../container-block.js';
import {
  HourBuilder,
  type BasisInfo,
  type EntityInfo,
  type HistogramRecord,
  type NodeHourRecord,
  type PodSumOfHour,
} from '../usage-hour.js';
import type { Database, Session } from './connection.js';

interface PodRecord extends EntityInfo, BasisInfo, Readonly<Record<NearColumn, number>> {
  readonly basisId: number;
  readonly last: number;
  readonly cost: bigint | null;
}

/** Sums as near as a double comes, which is how a profile has them. */
const NEAR = {
  energy: 'energy',
  dynamic: 'dynamic',
  storage: 'storage',
  operational: 'operational',
  embodied: 'embodied',
  milliseconds: 'milliseconds',
  cpuMicroseconds: 'cpu_microseconds',
  memoryByteSeconds: 'memory_byte_seconds',
  received: 'received',
  transmitted: 'transmitted',
  restarts: 'restarts',
  samples: 'samples',
} as const;
type NearColumn = keyof typeof NEAR;

const PODS = `SELECT u.basis_id AS "basisId", u.last_start AS last, u.cost,
    ${Object.entries(NEAR)
      .map(([name, column]) => `u.${column}::float8 AS "${name}"`)
      .join(', ')},
    e.kind, e.workload_id AS "workloadId", d.name AS node, ns.name AS namespace, w.name AS workload, w.type AS "workloadType",
    nullif(e.cpu_request, -1) AS "cpuRequest", nullif(e.memory_request, -1) AS "memoryRequest",
    b.grid_zone AS "gridZone", m.code AS currency
  FROM pod_hour u JOIN entity e ON e.id = u.entity_id JOIN node d ON d.id = e.node_id
  JOIN workload w ON w.id = e.workload_id JOIN namespace ns ON ns.id = e.namespace_id
  JOIN basis b ON b.id = u.basis_id JOIN currency m ON m.id = b.currency_id
  WHERE u.cluster_id = $1 AND u.start = $2 ORDER BY u.entity_id, u.basis_id`;

const NODES = `SELECT d.name AS node, s.instance_type AS "instanceType", b.provider, s.region, s.zone, b.grid_zone AS "gridZone",
    s.architecture, s.cpu_capacity AS "cpuCapacity", s.memory_capacity AS "memoryCapacity",
    n.milliseconds::float8 AS milliseconds, n.cpu_microseconds::float8 AS "cpuMicroseconds", n.energy::float8 AS energy,
    n.operational::float8 AS operational, n.embodied::float8 AS embodied, n.cost::float8 AS cost, m.code AS currency, n.samples
  FROM node_hour n JOIN node d ON d.id = n.node_id JOIN node_spec s ON s.id = n.node_spec_id
  JOIN basis b ON b.id = n.basis_id JOIN currency m ON m.id = b.currency_id
  WHERE n.cluster_id = $1 AND n.start = $2 ORDER BY d.name, n.last_start`;

const HISTOGRAMS = `SELECT workload_id AS "workloadId", cpu, memory FROM workload_hour_histogram
  WHERE cluster_id = $1 AND start = $2`;

const CONTAINERS = 'SELECT block FROM container_hour WHERE cluster_id = $1 AND start = $2';

/** By the last interval of each hour: it stays when the others of a node are pruned. */
const INTENSITIES = `SELECT b.grid_zone AS "gridZone", h.start AS hour, avg(p.intensity) AS value
  FROM generate_series($2::bigint, $3::bigint - 1, ${HOUR}) h (start)
  JOIN node_usage n ON n.cluster_id = $1 AND n.start = h.start + ${HOUR} - $4::bigint
  JOIN basis b ON b.id = n.basis_id JOIN provenance p ON p.id = n.provenance_id
  GROUP BY 1, 2 ORDER BY 1, 2`;

export class PostgresUsageProfiles implements UsageProfiles {
  readonly #database: Database;
  readonly #clusterId: number;
  readonly #step: Seconds;

  constructor(database: Database, clusterId: number, step: Seconds) {
    this.#database = database;
    this.#clusterId = clusterId;
    this.#step = step;
  }

  async hours({ from, to }: TimeRange): Promise<readonly EpochSeconds[]> {
    const found = await this.#database.rows<{ start: number }>(
      'SELECT start FROM hour_seal WHERE cluster_id = $1 AND start >= $2 AND start <= $3 AND held ORDER BY start',
      [this.#clusterId, from, to - HOUR],
    );
    return found.map(({ start }) => epochSeconds(start));
  }

  async hour(start: EpochSeconds): Promise<UsageHour | null> {
    return this.#database.snapshot(['pod_hour'], (session) => this.#read(session, start));
  }

  async intensities({ from, to }: TimeRange): Promise<readonly ZoneHour[]> {
    const first = Math.ceil(from / HOUR) * HOUR;
    const found = await this.#database.rows<ZoneHour>(INTENSITIES, [this.#clusterId, first, to, this.#step]);
    return found.map(({ hour, ...zone }) => ({ ...zone, hour: epochSeconds(hour) }));
  }

  async #read(session: Session, start: EpochSeconds): Promise<UsageHour | null> {
    const key = [this.#clusterId, start];
    const [sealed] = await session.rows(
      'SELECT 1 FROM hour_seal WHERE cluster_id = $1 AND start = $2 AND held',
      key,
    );
    if (!sealed) return null;
    const pods = await session.rows<PodRecord>(PODS, key);
    const builder = new HourBuilder(start, new Map(pods.map((pod) => [pod.basisId, pod])));
    for (const pod of pods) builder.addPod(sumOf(pod), pod);
    for (const { block } of await session.rows<{ block: Buffer }>(CONTAINERS, key))
      builder.addContainers(decodeContainers(block));
    for (const record of await session.rows<HistogramRecord>(HISTOGRAMS, key)) builder.addHistograms(record);
    for (const record of await session.rows<NodeHourRecord>(NODES, key)) builder.addNode(record);
    return builder.build();
  }
}

function sumOf(pod: PodRecord): PodSumOfHour {
  const { basisId, last, cost } = pod;
  return { basisId, last, cost, near: (column) => pod[column as NearColumn] };
}
