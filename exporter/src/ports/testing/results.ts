/** Interval results for tests of ledgers and of whatever reads them: conserving by construction, small, and easily varied. */
import fc from 'fast-check';
import { ContainerUses } from '../../domain/container-use.js';
import type {
  ContainerUse,
  IntervalResult,
  IntervalState,
  MeterFigure,
  NodeRow,
  Provenance,
  Row,
} from '../../domain/model.js';
import {
  bytes,
  cores,
  cpuSeconds,
  epochSeconds,
  gramsPerKwh,
  kilograms,
  micrograms,
  millijoules,
  nanoCurrency,
  ratio,
  seconds,
} from '../../domain/units.js';

export const STEP = seconds(300);
/** 2026-01-01T00:00:00Z: on the grid of every step, hour and day. */
export const T0 = epochSeconds(1_767_225_600);
/** Start of the n-th interval from T0. */
export const at = (n: number) => epochSeconds(T0 + n * STEP);

export const provenance = (over: Partial<Provenance> = {}): Provenance => ({
  method: 'estimated',
  estimated: true,
  reasons: ['POWER_MODEL', 'INTENSITY_YEARLY_MEAN'],
  provider: 'aws',
  gridZone: 'FR',
  pue: 1.15,
  pueSource: 'table:aws',
  intensity: gramsPerKwh(44.18),
  intensitySource: 'yearly-mean',
  intensityTime: epochSeconds(1_735_689_600),
  powerProfile: 'family:Skylake',
  powerBand: { lo: 210, hi: 180 },
  pueBand: { lo: 30, hi: 30 },
  intensityBand: { lo: 300, hi: 250 },
  embodiedBand: { lo: 500, hi: 400 },
  ...over,
});

/** A pod's row with every amount and observation different from 0, so that none can be mistaken for another. */
export const podRow = (over: Partial<Row> = {}): Row => ({
  kind: 'pod',
  node: 'n1',
  namespace: 'shop',
  pod: 'web-1',
  uid: 'u1',
  workload: { name: 'web', type: 'Deployment' },
  labels: {},
  cpuRequest: cores(0.25),
  memoryRequest: bytes(268_435_456),
  seconds: STEP,
  energy: millijoules(1_500_003),
  dynamic: millijoules(900_001),
  storage: millijoules(72_000),
  operational: micrograms(21_171),
  embodied: micrograms(150_007),
  cost: nanoCurrency(658_563),
  cpuSeconds: cpuSeconds(37.123456),
  memoryBytes: bytes(250_123_456),
  receivedBytes: bytes(1_048_577),
  transmittedBytes: bytes(5_242_881),
  readBytes: bytes(4096),
  writtenBytes: bytes(8192),
  restarts: 1,
  ...over,
});

/** A node's own share: what no pod took. */
export const shareRow = (kind: 'system' | 'idle', over: Partial<Row> = {}): Row => ({
  ...podRow(),
  kind,
  namespace: '',
  pod: '',
  uid: '',
  workload: { name: '', type: '' },
  cpuRequest: null,
  memoryRequest: null,
  storage: millijoules(0),
  memoryBytes: bytes(0),
  receivedBytes: bytes(0),
  transmittedBytes: bytes(0),
  readBytes: bytes(0),
  writtenBytes: bytes(0),
  restarts: 0,
  ...over,
});

/** The node row that `rows` add to. */
export function nodeRowOf(rows: readonly Row[], over: Partial<NodeRow> = {}): NodeRow {
  const sum = (amount: 'energy' | 'operational' | 'embodied' | 'cost') =>
    rows.reduce((s, row) => s + (row[amount] ?? 0), 0);
  return {
    node: rows[0]?.node ?? 'n1',
    seconds: STEP,
    instanceType: 'm5.xlarge',
    region: 'eu-west-3',
    zone: 'eu-west-3a',
    architecture: 'amd64',
    cpuCapacity: cores(4),
    memoryCapacity: bytes(16_000_000_000),
    cpuSeconds: cpuSeconds(61.7),
    energy: millijoules(sum('energy')),
    estimatedEnergy: millijoules(sum('energy')),
    measuredEnergy: null,
    measuredSource: '',
    meters: [],
    operational: micrograms(sum('operational')),
    embodied: micrograms(sum('embodied')),
    cost: rows.every((row) => row.cost === null) ? null : nanoCurrency(sum('cost')),
    embodiedTotal: kilograms(600),
    provenance: provenance(),
    ...over,
  };
}

/**
 * A complete interval whose nodes are made from its rows.
 * @param nodeOver what is particular about a node, by its name
 */
export function resultOf(
  start: number,
  rows: readonly Row[],
  over: Partial<IntervalResult> = {},
  nodeOver: (node: string) => Partial<NodeRow> = () => ({}),
): IntervalResult {
  const names = [...new Set(rows.map((row) => row.node))].toSorted();
  return {
    interval: { start: epochSeconds(start), step: STEP },
    state: 'complete',
    coverage: ratio(1),
    partialReasons: [],
    currency: 'USD',
    calculationVersion: 1,
    revision: 'r1',
    nodes: names.map((name) =>
      nodeRowOf(
        rows.filter((row) => row.node === name),
        nodeOver(name),
      ),
    ),
    rows: inLedgerOrder(rows),
    containers: [],
    ...over,
  };
}

/** An interval of which nothing can ever be known. */
export const impossibleResult = (start: number, over: Partial<IntervalResult> = {}): IntervalResult =>
  resultOf(start, [], {
    state: 'impossible',
    coverage: ratio(0),
    partialReasons: ['no-data'],
    revision: 'none',
    ...over,
  });

const KIND_ORDER = { pod: 0, system: 1, idle: 2 } as const;

/** The order in which the domain makes rows and `Ledger.latest` gives them back. */
function inLedgerOrder(rows: readonly Row[]): Row[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return rows.toSorted(
    (a, b) =>
      compare(a.node, b.node) ||
      KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
      compare(a.namespace, b.namespace) ||
      compare(a.pod, b.pod) ||
      compare(a.uid, b.uid),
  );
}

// ------------------------------------------------------------------------------------------------------------ arbitrary

const amount = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 5_000_000 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
);
const observed = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e12 }), fc.nat());
const width = fc.integer({ min: 0, max: 900 });
const band = fc.record({ lo: width, hi: width });

const arbAmounts = fc.record({
  energy: amount,
  dynamic: amount,
  storage: fc.oneof(fc.constant(0), amount),
  operational: amount,
  embodied: amount,
  cost: amount,
});

const arbPod = fc
  .record({
    namespace: fc.constantFrom('shop', 'data', 'kube-system'),
    owner: fc.constantFrom(
      { name: 'web', type: 'Deployment' },
      { name: 'web', type: 'StatefulSet' },
      { name: 'nightly', type: 'CronJob' },
    ),
    pod: fc.constantFrom('a', 'b', 'c', 'd'),
    uid: fc.constantFrom('u1', 'u2'),
    node: fc.constantFrom('n1', 'n2', 'n3'),
    labels: fc.constantFrom({}, { app: 'web' }, { app: 'web', team: 'a' }),
    cpuRequest: fc.option(fc.constantFrom(0, 0.25, 1.5), { nil: null }),
    seconds: fc.constantFrom(300, 299.5, 12),
    amounts: arbAmounts,
    /** Microseconds. */
    cpu: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3e10 })),
    memory: observed,
    received: observed,
    restarts: fc.nat({ max: 3 }),
  })
  .map((p) =>
    podRow({
      ...asAmounts(p.amounts),
      namespace: p.namespace,
      workload: p.owner,
      pod: p.pod,
      uid: p.uid,
      node: p.node,
      labels: p.labels,
      cpuRequest: p.cpuRequest === null ? null : cores(p.cpuRequest),
      memoryRequest: null,
      seconds: seconds(p.seconds),
      cpuSeconds: cpuSeconds(p.cpu / 1e6),
      memoryBytes: bytes(p.memory),
      receivedBytes: bytes(p.received),
      restarts: p.restarts,
    }),
  );

const asAmounts = (a: {
  [K in 'energy' | 'dynamic' | 'storage' | 'operational' | 'embodied' | 'cost']: number;
}) => ({
  energy: millijoules(a.energy),
  dynamic: millijoules(a.dynamic),
  storage: millijoules(a.storage),
  operational: micrograms(a.operational),
  embodied: micrograms(a.embodied),
  cost: nanoCurrency(a.cost),
});

const arbMeters: fc.Arbitrary<MeterFigure[]> = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom('kepler', 'rapl', 'ipmi'),
    scope: fc.constantFrom('cpu', 'cpu+dram', 'machine-wall'),
    measured: amount.map(millijoules),
    estimated: fc.option(amount.map(millijoules), { nil: null }),
  }),
  { maxLength: 3, selector: (m) => `${m.source}:${m.scope}` },
);

const arbNode = fc
  .record({
    idle: arbAmounts,
    system: fc.option(arbAmounts, { nil: null }),
    priced: fc.boolean(),
    measured: fc.boolean(),
    exact: fc.boolean(),
    provider: fc.constantFrom('aws', 'gcp'),
    gridZone: fc.constantFrom('FR', 'DE'),
    intensity: fc.constantFrom(0, 44.18, 350.123),
    meters: arbMeters,
    bands: fc.record({ powerBand: band, pueBand: band, intensityBand: band, embodiedBand: band }),
  })
  .map((n) => ({
    ...n,
    provenance: provenance({
      ...n.bands,
      method: n.measured ? 'measured' : 'estimated',
      estimated: !n.exact,
      reasons: n.exact ? [] : ['INTENSITY_YEARLY_MEAN'],
      provider: n.provider,
      gridZone: n.gridZone,
      intensity: gramsPerKwh(n.intensity),
    }),
  }));

const STATES: readonly (readonly [IntervalState, number])[] = [
  ['complete', 1],
  ['complete', 0.995],
  ['partial', 0.5],
  ['partial', 0.75],
];

/** Use by two containers of the pods of rows, the second of which asks for nothing and does little. */
export function sidecarred(rows: readonly Row[]): readonly ContainerUse[] {
  const uses = new ContainerUses();
  for (const row of rows) {
    if (row.kind !== 'pod') continue;
    const { cpuRequest, memoryRequest } = row;
    const [main, side] = [Math.ceil(row.memoryBytes / 2), Math.floor(row.memoryBytes / 2)].map(bytes);
    const app = {
      container: 'app',
      cpuSeconds: row.cpuSeconds,
      memoryBytes: main!,
      cpuRequest,
      memoryRequest,
    };
    const proxy = { ...app, container: 'proxy', cpuSeconds: cpuSeconds(0), memoryBytes: side! };
    const containers = [app, { ...proxy, cpuRequest: null, memoryRequest: null }];
    uses.addPod({ ...row, volumes: [], containers });
  }
  return uses.all();
}

/** Results of any content for one interval: pods on up to three nodes, priced or not, measured or not, complete or partial. */
export const arbResult = (start: number): fc.Arbitrary<IntervalResult> =>
  fc
    .record({
      pods: fc.uniqueArray(arbPod, {
        maxLength: 8,
        selector: (p) => `${p.node}/${p.namespace}/${p.pod}/${p.uid}`,
      }),
      nodes: fc.record({ n1: arbNode, n2: arbNode, n3: arbNode }),
      state: fc.constantFrom(...STATES),
      currency: fc.constantFrom('USD', 'EUR'),
      revision: fc.constantFrom('r1', 'r2'),
      several: fc.boolean(),
    })
    .map(({ pods, nodes, state: [state, coverage], currency, revision, several }) => {
      const rows = Object.entries(nodes).flatMap(([node, n]) =>
        [
          ...pods.filter((p) => p.node === node),
          shareRow('idle', { node, ...asAmounts(n.idle) }),
          ...(n.system ? [shareRow('system', { node, ...asAmounts(n.system) })] : []),
        ].map((row) => (n.priced ? row : { ...row, cost: null })),
      );
      const containers = several ? sidecarred(rows) : [];
      const over = { state, coverage: ratio(coverage), currency, revision, containers };
      const partialReasons = state === 'partial' ? (['samples-missing'] as const) : [];
      return resultOf(start, rows, { ...over, partialReasons }, (name) => ({
        provenance: nodes[name as keyof typeof nodes].provenance,
        meters: nodes[name as keyof typeof nodes].meters,
      }));
    });

/** One result for each of `count` consecutive intervals from T0, some of them impossible. */
export const arbResults = (count: number): fc.Arbitrary<IntervalResult[]> =>
  fc.tuple(
    ...Array.from({ length: count }, (_, n) =>
      fc.oneof(
        { weight: 5, arbitrary: arbResult(at(n)) },
        { weight: 1, arbitrary: fc.constant(impossibleResult(at(n))) },
      ),
    ),
  );
