/** Whole hours added up to what the rules look at: one profile a workload and a node. */
import { Histogram } from '../histogram.js';
import type { TimeRange } from '../interval.js';
import type { EpochSeconds } from '../units.js';
import type { ContainerHour, NodeHour, UsageHour, WorkloadHour } from './usage-hour.js';

/** What a workload or a node took: sums over the window. mJ, ug, nano-units of currency. */
export interface Taken {
  energy: number;
  dynamic: number;
  storage: number;
  operational: number;
  embodied: number;
  /** Null: never a price. */
  cost: number | null;
  currency: string;
}

/** One of the several containers of a workload's pods. */
export interface ContainerProfile {
  readonly container: string;
  /** Of its last hour; null: it has none, or it is not known. */
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  /** Hours in which its use was told apart from that of the others. */
  readonly hours: number;
  /** As those of the pod. */
  readonly cpu: Histogram;
  readonly memory: Histogram;
}

export interface WorkloadProfile {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  /** Of its last hour. */
  readonly gridZone: string;
  /** Indices into `UsageWindow.hours` of its first and its last hour. */
  readonly first: number;
  readonly last: number;
  readonly taken: Readonly<Taken>;
  readonly podSeconds: number;
  readonly cpuSeconds: number;
  readonly memoryByteSeconds: number;
  readonly cpuRequestSeconds: number;
  readonly memoryRequestSeconds: number;
  /** Of its last hour. */
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  readonly networkBytes: number;
  readonly restarts: number;
  readonly samples: number;
  /** By hour of the window: mean cores in use by all its pods, mean number of pods, dynamic energy (mJ). */
  readonly cores: Float64Array;
  readonly pods: Float32Array;
  readonly dynamic: Float64Array;
  /** By hour: requests of a pod, cores and bytes; 0: it had none, or was not there. */
  readonly cpuRequests: Float32Array;
  readonly memoryRequests: Float32Array;
  /** Use by a pod, weighted by time: millionths of a core, bytes. */
  readonly cpu: Histogram;
  readonly memory: Histogram;
  /** Those of its last hour, by name; empty: one, or not told apart. */
  readonly containers: readonly ContainerProfile[];
}

export interface NodeProfile extends Pick<
  NodeHour,
  | 'node'
  | 'instanceType'
  | 'provider'
  | 'region'
  | 'zone'
  | 'gridZone'
  | 'architecture'
  | 'cpuCapacity'
  | 'memoryCapacity'
> {
  readonly first: number;
  readonly last: number;
  readonly seconds: number;
  /** Shares of its capacity in use, 0..1: CPU system included, memory of pods alone. */
  readonly cpuUse: number;
  readonly memoryUse: number;
  readonly taken: Readonly<Taken>;
  /** The part of it that is nobody's. */
  readonly idle: Readonly<Taken>;
  readonly intervals: number;
}

export interface UsageWindow {
  readonly range: TimeRange;
  /** Starts of the whole hours in it, ascending. */
  readonly hours: readonly EpochSeconds[];
  readonly workloads: readonly WorkloadProfile[];
  readonly nodes: readonly NodeProfile[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type ContainerSum = Writable<ContainerProfile> & { last: number };
type WorkloadSum = Writable<Omit<WorkloadProfile, 'containers'>> & { byContainer: Map<string, ContainerSum> };
type NodeSum = Writable<NodeProfile> & {
  cpuSeconds: number;
  memoryByteSeconds: number;
  capacity: number;
  memory: number;
};

export class UsageWindowBuilder {
  readonly #range: TimeRange;
  readonly #hours: readonly EpochSeconds[];
  readonly #workloads = new Map<string, WorkloadSum>();
  readonly #nodes = new Map<string, NodeSum>();

  /** @param hours starts of the hours that will be added */
  constructor(range: TimeRange, hours: readonly EpochSeconds[]) {
    this.#range = range;
    this.#hours = hours;
  }

  /** In ascending order of the hours. @param index of the hour among those of the window */
  add(index: number, hour: UsageHour): void {
    for (const each of hour.workloads) this.#addWorkload(index, each);
    for (const each of hour.nodes) this.#addNode(index, each);
  }

  build(): UsageWindow {
    return {
      range: this.#range,
      hours: this.#hours,
      workloads: [...this.#workloads.values()].map(finishWorkload),
      nodes: [...this.#nodes.values()].map(finishNode),
    };
  }

  #addWorkload(index: number, hour: WorkloadHour): void {
    const key = workloadKey(hour);
    let sum = this.#workloads.get(key);
    if (!sum) this.#workloads.set(key, (sum = newWorkload(hour, index, this.#hours.length)));
    addTaken(sum.taken, hour);
    sum.gridZone = hour.gridZone;
    sum.last = index;
    sum.podSeconds += hour.podSeconds;
    sum.cpuSeconds += hour.cpuSeconds;
    sum.memoryByteSeconds += hour.memoryByteSeconds;
    sum.cpuRequestSeconds += hour.cpuRequestSeconds;
    sum.memoryRequestSeconds += hour.memoryRequestSeconds;
    sum.cpuRequest = hour.cpuRequest;
    sum.memoryRequest = hour.memoryRequest;
    sum.networkBytes += hour.receivedBytes + hour.transmittedBytes;
    sum.restarts += hour.restarts;
    sum.samples += hour.samples;
    sum.cores[index] = hour.cpuSeconds / 3600;
    sum.pods[index] = hour.podSeconds / 3600;
    sum.dynamic[index] = hour.dynamic;
    sum.cpuRequests[index] = hour.cpuRequest ?? 0;
    sum.memoryRequests[index] = hour.memoryRequest ?? 0;
    if (hour.cpu.length > 0) sum.cpu.mergeEncoded(hour.cpu);
    if (hour.memory.length > 0) sum.memory.mergeEncoded(hour.memory);
    for (const each of hour.containers) addContainer(sum.byContainer, index, each);
  }

  #addNode(index: number, hour: NodeHour): void {
    let sum = this.#nodes.get(hour.node);
    if (!sum) this.#nodes.set(hour.node, (sum = newNode(hour, index)));
    addTaken(sum.taken, hour);
    addTaken(sum.idle, { ...hour.idle, dynamic: 0, storage: 0, currency: hour.currency });
    const { instanceType, provider, region, zone, gridZone, architecture, cpuCapacity, memoryCapacity } =
      hour;
    Object.assign(sum, {
      instanceType,
      provider,
      region,
      zone,
      gridZone,
      architecture,
      cpuCapacity,
      memoryCapacity,
    });
    sum.last = index;
    sum.seconds += hour.seconds;
    sum.cpuSeconds += hour.cpuSeconds;
    sum.memoryByteSeconds += hour.memoryByteSeconds;
    sum.capacity += hour.cpuCapacity * hour.seconds;
    sum.memory += hour.memoryCapacity * hour.seconds;
    sum.intervals += hour.intervals;
  }
}

/** Two workloads of one name are two when their types differ. */
export const workloadKey = (w: Pick<WorkloadHour, 'namespace' | 'workload' | 'workloadType'>): string =>
  `${w.namespace}/${w.workloadType}/${w.workload}`;

const nothingTaken = (currency: string): Taken => ({
  energy: 0,
  dynamic: 0,
  storage: 0,
  operational: 0,
  embodied: 0,
  cost: null,
  currency,
});

/** Where the currency changed within the window, costs of the one before are not of this one. */
function addTaken(into: Taken, hour: Readonly<Taken>): void {
  into.energy += hour.energy;
  into.dynamic += hour.dynamic;
  into.storage += hour.storage;
  into.operational += hour.operational;
  into.embodied += hour.embodied;
  if (hour.cost === null) return;
  if (hour.currency !== into.currency) into.cost = null;
  into.currency = hour.currency;
  into.cost = (into.cost ?? 0) + hour.cost;
}

const newWorkload = (hour: WorkloadHour, index: number, hours: number): WorkloadSum => ({
  namespace: hour.namespace,
  workload: hour.workload,
  workloadType: hour.workloadType,
  gridZone: hour.gridZone,
  first: index,
  last: index,
  taken: nothingTaken(hour.currency),
  podSeconds: 0,
  cpuSeconds: 0,
  memoryByteSeconds: 0,
  cpuRequestSeconds: 0,
  memoryRequestSeconds: 0,
  cpuRequest: null,
  memoryRequest: null,
  networkBytes: 0,
  restarts: 0,
  samples: 0,
  cores: new Float64Array(hours),
  pods: new Float32Array(hours),
  dynamic: new Float64Array(hours),
  cpuRequests: new Float32Array(hours),
  memoryRequests: new Float32Array(hours),
  cpu: new Histogram(),
  memory: new Histogram(),
  byContainer: new Map(),
});

function addContainer(sums: Map<string, ContainerSum>, index: number, hour: ContainerHour): void {
  let sum = sums.get(hour.container);
  if (!sum) sums.set(hour.container, (sum = newContainer(hour.container)));
  sum.cpuRequest = hour.cpuRequest;
  sum.memoryRequest = hour.memoryRequest;
  sum.last = index;
  sum.hours++;
  sum.cpu.mergeEncoded(hour.cpu);
  sum.memory.mergeEncoded(hour.memory);
}

const newContainer = (container: string): ContainerSum => ({
  container,
  cpuRequest: null,
  memoryRequest: null,
  hours: 0,
  last: 0,
  cpu: new Histogram(),
  memory: new Histogram(),
});

/** A container that is in its pods no longer says nothing of what they need. */
function finishWorkload({ byContainer, ...workload }: WorkloadSum): WorkloadProfile {
  const containers = [...byContainer.values()]
    .filter(({ last }) => last === workload.last)
    .map(({ last: _last, ...container }) => container)
    .sort((a, b) => (a.container < b.container ? -1 : 1));
  return { ...workload, containers };
}

const newNode = (hour: NodeHour, index: number): NodeSum => ({
  ...hour,
  first: index,
  last: index,
  seconds: 0,
  cpuUse: 0,
  memoryUse: 0,
  taken: nothingTaken(hour.currency),
  idle: nothingTaken(hour.currency),
  intervals: 0,
  cpuSeconds: 0,
  memoryByteSeconds: 0,
  capacity: 0,
  memory: 0,
});

function finishNode(sum: NodeSum): NodeProfile {
  const { cpuSeconds, memoryByteSeconds, capacity, memory, ...node } = sum;
  return {
    ...node,
    cpuUse: capacity > 0 ? cpuSeconds / capacity : 0,
    memoryUse: memory > 0 ? memoryByteSeconds / memory : 0,
  };
}
