/** Snapshots for tests: built row by row, with the node law holding by construction. */
import type { IntervalResult, Method, NodeRow, Provenance, Row, RowKind } from '../../domain/model.js';
import * as u from '../../domain/units.js';
import type { Counters, WorkloadCounter } from '../../ports/ledger.js';
import { PHASES, PHASE_BUCKETS, type PipelineStatus } from '../../ports/status.js';
import type { SnapshotInput } from '../metric-row.js';

const BAND = { lo: 100, hi: 100 };

export const START = u.epochSeconds(1_773_000_000);
export const STEP = u.seconds(300);
/** A minute after the interval that begins at START has ended. */
export const AT = u.epochSeconds(START + STEP + 60);

export function provenance(over: Partial<Provenance> = {}): Provenance {
  return {
    method: 'estimated',
    estimated: true,
    reasons: ['POWER_MODEL'],
    provider: 'aws',
    gridZone: 'FR',
    pue: 1.15,
    pueSource: 'provider',
    intensity: u.gramsPerKwh(50),
    intensitySource: 'electricity-maps',
    intensityTime: START,
    powerProfile: 'family:Skylake',
    powerBand: BAND,
    pueBand: BAND,
    intensityBand: BAND,
    embodiedBand: BAND,
    ...over,
  };
}

export function row(kind: RowKind, node: string, over: Partial<Row> = {}): Row {
  return {
    kind,
    node,
    namespace: '',
    pod: '',
    uid: '',
    workload: { name: '', type: '' },
    labels: {},
    cpuRequest: null,
    memoryRequest: null,
    seconds: STEP,
    energy: u.millijoules(0),
    dynamic: u.millijoules(0),
    storage: u.millijoules(0),
    operational: u.micrograms(0),
    embodied: u.micrograms(0),
    cost: null,
    cpuSeconds: u.cpuSeconds(0),
    memoryBytes: u.bytes(0),
    receivedBytes: u.bytes(0),
    transmittedBytes: u.bytes(0),
    readBytes: u.bytes(0),
    writtenBytes: u.bytes(0),
    restarts: 0,
    ...over,
  };
}

export interface PodAmounts {
  readonly energy: number;
  readonly operational?: number;
  readonly embodied?: number;
  readonly cost?: number | null;
}

/** A pod row: its workload is a Deployment of the pod's namespace. */
export function pod(
  node: string,
  namespace: string,
  name: string,
  workload: string,
  amounts: PodAmounts,
): Row {
  return row('pod', node, {
    namespace,
    pod: name,
    uid: `uid-${name}`,
    workload: { name: workload, type: 'Deployment' },
    energy: u.millijoules(amounts.energy),
    operational: u.micrograms(amounts.operational ?? amounts.energy),
    embodied: u.micrograms(amounts.embodied ?? 0),
    cost: amounts.cost === undefined || amounts.cost === null ? null : u.nanoCurrency(amounts.cost),
  });
}

/** The node whose rows these are; its amounts are their sums. */
export function nodeOf(node: string, rows: readonly Row[], over: Partial<NodeRow> = {}): NodeRow {
  const own = rows.filter((r) => r.node === node);
  const energy = own.reduce((sum, r) => sum + r.energy, 0);
  return {
    node,
    seconds: STEP,
    instanceType: 'm5.large',
    region: 'eu-west-3',
    zone: 'eu-west-3a',
    architecture: 'amd64',
    cpuCapacity: u.cores(2),
    memoryCapacity: u.bytes(8e9),
    cpuSeconds: u.cpuSeconds(0),
    energy: u.millijoules(energy),
    estimatedEnergy: u.millijoules(energy),
    measuredEnergy: null,
    measuredSource: '',
    meters: [],
    operational: u.micrograms(own.reduce((sum, r) => sum + r.operational, 0)),
    embodied: u.micrograms(own.reduce((sum, r) => sum + r.embodied, 0)),
    cost: null,
    embodiedTotal: u.kilograms(250),
    provenance: provenance(),
    ...over,
  };
}

export function result(nodes: readonly NodeRow[], rows: readonly Row[]): IntervalResult {
  return {
    interval: { start: START, step: STEP },
    state: 'complete',
    coverage: u.ratio(1),
    partialReasons: [],
    currency: 'EUR',
    calculationVersion: 1,
    revision: 'r1',
    nodes,
    rows,
    containers: [],
  };
}

export function workload(
  ordinal: number,
  namespace: string,
  name: string,
  millijoules: bigint,
  over: Partial<WorkloadCounter> & { method?: Method } = {},
): WorkloadCounter {
  const { method = 'estimated', ...rest } = over;
  return {
    namespace,
    workload: name,
    workloadType: 'Deployment',
    ordinal,
    lastSeen: START,
    energy: [{ method, millijoules }],
    operational: millijoules * 2n,
    embodied: millijoules * 3n,
    cost: [],
    ...rest,
  };
}

export function countersOf(workloads: readonly WorkloadCounter[], nodes: Counters['nodes'] = []): Counters {
  return { workloads, nodes, intervals: { complete: 1, partial: 0, impossible: 0 }, restated: {} };
}

const IDLE_PHASE = { counts: Array.from({ length: PHASE_BUCKETS.length + 1 }, () => 0), sum: 0 };

export const IDLE_STATUS: PipelineStatus = {
  sources: [],
  pending: 0,
  lastCompleted: null,
  backfill: null,
  phases: Object.fromEntries(
    PHASES.map((phase) => [phase, IDLE_PHASE]),
  ) as unknown as PipelineStatus['phases'],
  overruns: 0,
  rejectedSamples: {},
  databaseError: null,
};

export function snapshot(over: Partial<SnapshotInput> = {}): SnapshotInput {
  return {
    cluster: 'prod',
    at: AT,
    latest: null,
    counters: null,
    status: IDLE_STATUS,
    build: { version: '0.3.0', revision: 'abc1234', nodeVersion: 'v20.18.0' },
    ...over,
  };
}

/** A cluster of `pods` pods in `namespaces` namespaces on nodes of 50 pods each, two pods a workload; fixed figures. */
export function cluster(pods: number, namespaces: number): SnapshotInput {
  const rows: Row[] = [];
  const nodes: NodeRow[] = [];
  const workloads: WorkloadCounter[] = [];
  for (let first = 0; first < pods; first += 50) {
    const node = `ip-10-0-${first >> 8}-${first & 255}.eu-west-3.compute.internal`;
    const own: Row[] = [row('idle', node, { energy: u.millijoules(3_000_000) })];
    for (let i = first; i < Math.min(pods, first + 50); i++) {
      const namespace = `team-${(i >> 1) % namespaces}`;
      const name = `service-${i >> 1}`;
      own.push({
        ...pod(node, namespace, `${name}-6f9c7d8b5d-${i.toString(36)}`, name, {
          energy: 100_003 + ((i * 7919) % 900_001),
          operational: 2_000_003 + ((i * 104729) % 3_000_017),
          embodied: 700_001,
          cost: 1_500_007,
        }),
        cpuRequest: u.cores(0.25),
        memoryRequest: u.bytes(256e6),
        cpuSeconds: u.cpuSeconds((i * 31) % 70),
        memoryBytes: u.bytes(1e8 + i),
      });
      if (i % 2 === 0) {
        const over = { cost: [{ currency: 'EUR', nano: 123_456_789n * BigInt(i) }] };
        workloads.push(workload(i >> 1, namespace, name, 123_456_789n * BigInt(i + 1), over));
      }
    }
    rows.push(...own);
    nodes.push(nodeOf(node, own));
  }
  return snapshot({ latest: result(nodes, rows), counters: countersOf(workloads) });
}
