/** Generators of plausible and hostile windows for property tests, and a set of factors to compute them with. */
import fc from 'fast-check';
import type { NodeFactors } from '../factors.js';
import type { NodeSample, PodSample, UsageWindow } from '../model.js';
import type { ModelSettings } from '../settings.js';
import {
  bytes,
  cores,
  cpuSeconds,
  epochSeconds,
  gramsPerKwh,
  kilograms,
  ratio,
  seconds,
  wattsPerVcpu,
} from '../units.js';

export const STEP = seconds(300);
export const INTERVAL = { start: epochSeconds(1_800_000_000), step: STEP };

export const settings = (over: Partial<ModelSettings> = {}): ModelSettings => ({
  coefficients: 'family',
  curve: 'concave',
  idleAttribution: 'reserved',
  systemRow: true,
  pue: null,
  pueByProvider: {},
  defaultPue: 1.56,
  defaultProvider: '',
  defaultZone: '',
  zoneMap: {},
  hardwareLifespanYears: 4,
  ...over,
});

const w = (low: number, central: number, high: number) => ({
  low: wattsPerVcpu(low),
  central: wattsPerVcpu(central),
  high: wattsPerVcpu(high),
});

export const factors = (over: Partial<NodeFactors> = {}): NodeFactors => ({
  provider: 'aws',
  gridZone: 'FR',
  profile: {
    name: 'family:Skylake',
    idle: w(0.401, 0.535, 0.823),
    full: w(3.241, 4.149, 4.501),
    memoryGbPerVcpu: 1.71,
    source: 'SPECpower_ssj2008',
    year: 2020,
    reasons: [],
  },
  pue: { pue: 1.15, source: 'table:aws', band: { lo: 30, hi: 30 }, reasons: [] },
  intensity: {
    value: gramsPerKwh(44.18),
    source: 'yearly-mean',
    time: epochSeconds(1_735_689_600),
    band: { lo: 300, hi: 300 },
    reasons: ['INTENSITY_YEARLY_MEAN'],
  },
  embodied: {
    total: kilograms(600),
    source: 'per-vcpu',
    band: { lo: 500, hi: 500 },
    reasons: ['EMBODIED_DEFAULT'],
  },
  price: { cpuCoreHour: 0.031611, ramGbHour: 0.004237, reasons: ['PRICE_DEFAULT'] },
  measured: null,
  meters: [],
  gpu: null,
  reasons: [],
  ...over,
});

export const nodeSample = (over: Partial<NodeSample> = {}): NodeSample => ({
  node: 'n1',
  seconds: STEP,
  cpuCapacity: cores(4),
  memoryCapacity: bytes(16e9),
  cpuSeconds: null,
  providerId: 'aws:///eu-west-3a/i-0abc',
  instanceType: 'm5.xlarge',
  region: 'eu-west-3',
  zone: 'eu-west-3a',
  architecture: 'amd64',
  labels: {},
  ...over,
});

export const podSample = (over: Partial<PodSample> = {}): PodSample => ({
  namespace: 'shop',
  pod: 'web-1',
  uid: 'u1',
  node: 'n1',
  workload: { name: 'web', type: 'Deployment' },
  seconds: STEP,
  cpuSeconds: cpuSeconds(0),
  memoryBytes: bytes(0),
  cpuRequest: null,
  memoryRequest: null,
  receivedBytes: bytes(0),
  transmittedBytes: bytes(0),
  readBytes: bytes(0),
  writtenBytes: bytes(0),
  restarts: 0,
  volumes: [],
  labels: {},
  ...over,
});

export const usageWindow = (nodes: readonly NodeSample[], pods: readonly PodSample[]): UsageWindow => ({
  interval: INTERVAL,
  nodes,
  pods,
  coverage: ratio(1),
  partialReasons: [],
});

export const factorsFor = (nodes: readonly NodeSample[], over: Partial<NodeFactors> = {}) =>
  new Map(nodes.map((n) => [n.node, factors(over)]));

const nodeNames = ['n1', 'n2', 'n3'] as const;
const share = fc.double({ min: 0, max: 1, noNaN: true });

const arbNode = (name: string): fc.Arbitrary<NodeSample> =>
  fc
    .record({
      seconds: fc.oneof(fc.constant(300), fc.integer({ min: 1, max: 300 })),
      cpu: fc.constantFrom(0.5, 1, 2, 4, 16, 96, 448),
      memory: fc.integer({ min: 1, max: 4e12 }),
      used: fc.option(share, { nil: null }),
    })
    .map(({ seconds: s, cpu, memory, used }) =>
      nodeSample({
        node: name,
        seconds: seconds(s),
        cpuCapacity: cores(cpu),
        memoryCapacity: bytes(memory),
        cpuSeconds: used === null ? null : cpuSeconds(used * cpu * s),
      }),
    );

const arbPod: fc.Arbitrary<PodSample> = fc
  .record({
    namespace: fc.constantFrom('shop', 'data', 'kube-system'),
    pod: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    uid: fc.uuid(),
    node: fc.constantFrom(...nodeNames),
    seconds: fc.integer({ min: 1, max: 300 }),
    // Up to ten cores on machines of half a core and more: over-commit and clock skew do happen.
    rate: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10, noNaN: true })),
    memory: fc.integer({ min: 0, max: 64e9 }),
    cpuRequest: fc.option(fc.double({ min: 0, max: 8, noNaN: true }), { nil: null }),
    memoryRequest: fc.option(fc.integer({ min: 0, max: 64e9 }), { nil: null }),
    volumes: fc.array(
      fc.record({
        bytes: fc.integer({ min: 0, max: 1e13 }),
        media: fc.constantFrom('ssd' as const, 'hdd' as const),
      }),
      { maxLength: 2 },
    ),
  })
  .map((p) =>
    podSample({
      ...p,
      seconds: seconds(p.seconds),
      cpuSeconds: cpuSeconds(p.rate * p.seconds),
      memoryBytes: bytes(p.memory),
      cpuRequest: p.cpuRequest === null ? null : cores(p.cpuRequest),
      memoryRequest: p.memoryRequest === null ? null : bytes(p.memoryRequest),
      volumes: p.volumes.map((v) => ({ ...v, bytes: bytes(v.bytes) })),
    }),
  );

/** Windows of up to three nodes and forty pods, over-committed, idle, partial and empty ones among them. */
export const arbWindow: fc.Arbitrary<UsageWindow> = fc
  .tuple(
    fc.tuple(...nodeNames.map(arbNode)),
    fc.uniqueArray(arbPod, { maxLength: 40, selector: (p) => `${p.namespace}/${p.pod}/${p.uid}/${p.node}` }),
  )
  .map(([nodes, pods]) => usageWindow(nodes, pods));
