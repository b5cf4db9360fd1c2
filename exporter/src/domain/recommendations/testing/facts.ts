/** Made-up facts for tests of the rules: a week of whole hours in which nothing is worth a recommendation, to be changed by each. */
import { Histogram } from '../../histogram.js';
import { HOUR } from '../../interval.js';
import { bytes, cores, epochSeconds, seconds } from '../../units.js';
import type { ClusterFacts } from '../facts.js';
import type { ClusterKnowledge, PlacedPod } from '../knowledge.js';
import type { RecommendationSettings } from '../settings.js';
import type { NodeProfile, Taken, UsageWindow, WorkloadProfile } from '../usage-window.js';

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** A Monday, 00:00 UTC. */
export const START = Date.UTC(2026, 5, 1) / 1000;
export const WEEK = 168;

export const SETTINGS: RecommendationSettings = {
  lookback: seconds(7 * 86_400),
  systemNamespaces: false,
  rightsizing: { cpu: 0.3, memory: 0.3, headroom: 1.2 },
  zombie: { cost: 0.01, joules: 1000 },
  autoscaling: { variation: 0.7, spikeRatio: 3 },
  offPeak: { idleShare: 0.05, minIdleHours: 4 },
  idleNamespaceJoules: 1000,
  carbonAwareRatio: 1.5,
  nodeUtilisation: 0.2,
  minRequest: { cores: cores(0.01), memory: bytes(16 * MIB) },
  applyTolerance: 0.25,
};

/** mJ, ug and nano-units; 1 ug/mJ operational. */
export const taken = (over: Partial<Taken> = {}): Taken => ({
  energy: 1e9,
  dynamic: 4e8,
  storage: 0,
  operational: 1e9,
  embodied: 2e8,
  cost: 1e9,
  currency: 'USD',
  ...over,
});

/** Use of one pod, by samples of value (cores or bytes) and hours. */
export function histogramOf(
  samples: readonly (readonly [value: number, hours: number])[],
  scale: number,
): Histogram {
  const histogram = new Histogram();
  for (const [value, hours] of samples) {
    if (hours > 0) histogram.add(Math.round(value * scale), Math.round(hours * HOUR * 1000));
  }
  return histogram;
}

export const cpuHistogram = (...samples: readonly (readonly [number, number])[]) => histogramOf(samples, 1e6);
export const memoryHistogram = (...samples: readonly (readonly [number, number])[]) =>
  histogramOf(samples, 1);

export type WorkloadOverrides = Partial<WorkloadProfile> & {
  /** Cores of all pods by hour. */
  readonly load?: (hour: number) => number;
  readonly podsAt?: (hour: number) => number;
  readonly hours?: number;
};

/** One pod that uses 0.5 of its 1 core and 512 of its 1024 MiB, all week, talking. */
export function workload({
  load = () => 0.5,
  podsAt = () => 1,
  hours = WEEK,
  ...over
}: WorkloadOverrides = {}): WorkloadProfile {
  const first = over.first ?? 0;
  const each = <T extends Float32Array | Float64Array>(array: T, of: (hour: number) => number): T => {
    for (let i = first; i < hours; i++) array[i] = of(i);
    return array;
  };
  const cpuSeconds = Array.from({ length: hours - first }, (_, i) => load(first + i) * HOUR).reduce(
    (a, b) => a + b,
    0,
  );
  const podSeconds = Array.from({ length: hours - first }, (_, i) => podsAt(first + i) * HOUR).reduce(
    (a, b) => a + b,
    0,
  );
  const cpuRequest = over.cpuRequest === undefined ? 1 : over.cpuRequest;
  const memoryRequest = over.memoryRequest === undefined ? 1024 * MIB : over.memoryRequest;
  return {
    namespace: 'shop',
    workload: 'web',
    workloadType: 'Deployment',
    gridZone: 'FR',
    first,
    last: hours - 1,
    taken: taken(),
    podSeconds,
    cpuSeconds,
    memoryByteSeconds: 512 * MIB * podSeconds,
    cpuRequestSeconds: (cpuRequest ?? 0) * podSeconds,
    memoryRequestSeconds: (memoryRequest ?? 0) * podSeconds,
    networkBytes: 1e9,
    restarts: 0,
    samples: 12 * (hours - first),
    cores: each(new Float64Array(hours), load),
    pods: each(new Float32Array(hours), podsAt),
    dynamic: each(new Float64Array(hours), (hour) => load(hour) * 1e6),
    cpuRequests: each(new Float32Array(hours), () => cpuRequest ?? 0),
    memoryRequests: each(new Float32Array(hours), () => memoryRequest ?? 0),
    cpu: cpuHistogram([0.5, hours]),
    memory: memoryHistogram([512 * MIB, hours]),
    containers: [],
    ...over,
    cpuRequest,
    memoryRequest,
  };
}

/** 4 vCPU and 16 GiB, half in use. */
export const node = (over: Partial<NodeProfile> = {}): NodeProfile => ({
  node: 'n1',
  instanceType: 'm5.xlarge',
  provider: 'aws',
  region: 'eu-west-3',
  zone: 'eu-west-3a',
  gridZone: 'FR',
  architecture: 'amd64',
  cpuCapacity: 4,
  memoryCapacity: 16 * GIB,
  first: 0,
  last: WEEK - 1,
  seconds: WEEK * HOUR,
  cpuUse: 0.5,
  memoryUse: 0.5,
  taken: taken({ energy: 4e9, dynamic: 1e9, operational: 4e9, embodied: 1e9, cost: 4e9 }),
  idle: taken({ energy: 1e9, dynamic: 0, operational: 1e9, embodied: 4e8, cost: 1e9 }),
  intervals: WEEK * 12,
  ...over,
});

export const placedPod = (over: Partial<PlacedPod> = {}): PlacedPod => ({
  namespace: 'shop',
  pod: 'web-1',
  workload: 'web',
  workloadType: 'Deployment',
  node: 'n1',
  cpuRequest: cores(1),
  memoryRequest: bytes(1024 * MIB),
  pinned: false,
  nodeSelector: {},
  zonal: false,
  ...over,
});

/** Everything is known, and there is nothing of it. */
export const KNOWLEDGE: ClusterKnowledge = {
  containers: new Map(),
  autoscalers: [],
  nodes: null,
  pods: [],
  outOfMemory: new Set(),
  timeZoneOf: (zone) => ({ FR: 'Europe/Paris', NL: 'Europe/Amsterdam' })[zone] ?? null,
};

export interface FactsOverrides {
  readonly workloads?: readonly WorkloadProfile[];
  readonly nodes?: readonly NodeProfile[];
  readonly knowledge?: Partial<ClusterKnowledge>;
  readonly settings?: Partial<RecommendationSettings>;
  /** g/kWh of a grid zone by hour of the window. */
  readonly intensity?: Readonly<Record<string, (hour: number) => number>>;
  readonly hours?: number;
}

export function facts({
  workloads = [],
  nodes = [],
  hours = WEEK,
  ...over
}: FactsOverrides = {}): ClusterFacts {
  const starts = Array.from({ length: hours }, (_, i) => epochSeconds(START + i * HOUR));
  const end = epochSeconds(START + hours * HOUR);
  const usage: UsageWindow = {
    range: { from: epochSeconds(end - 7 * 86_400), to: end },
    hours: starts,
    workloads,
    nodes,
  };
  const knowledge = { ...KNOWLEDGE, ...over.knowledge };
  const intensity = new Map(
    Object.entries(over.intensity ?? {}).map(([zone, of]) => [
      zone,
      new Map(starts.map((at, i) => [at, of(i)])),
    ]),
  );
  return {
    usage,
    settings: { ...SETTINGS, ...over.settings },
    knowledge,
    intensity,
    podsAfter: knowledge.pods,
  };
}
