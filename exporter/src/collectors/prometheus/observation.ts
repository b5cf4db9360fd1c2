/** Everything the server said about one range, folded into compact tables; `windows.ts` makes usage windows of it. */
import type { Seconds } from '../../domain/units.js';
import { Flags, type Grid } from './answer.js';
import { Containers, type Parted } from './containers.js';
import { PodIndex } from './pod-index.js';
import { Column, Interner } from './table.js';

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** A node as kube_node_info describes it; the description may change while the node stays. */
export interface NodeVariant {
  readonly node: number;
  readonly providerId: string;
  readonly internalIp: string;
}

export interface NodeLabelSet {
  readonly node: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Orders sets of one node, whatever the order of the answer. */
  readonly rank: string;
}

/** CPU time of a machine by the labels of its scrape target. */
export interface MachineCpu {
  readonly node: string;
  readonly instance: string;
}

/** Of one interval each, by place (a pod on a node). */
export interface PlaceColumns {
  readonly cpu: Parted;
  readonly memory: Parted;
  readonly containers: Containers;
  readonly received: Column;
  readonly transmitted: Column;
  readonly read: Column;
  readonly written: Column;
}

/** By incarnation. */
export interface Requests {
  readonly cpu: Parted;
  readonly memory: Parted;
  readonly containers: Containers;
}

export interface Observation {
  readonly grid: Grid;
  readonly flags: Flags;
  /** Scrape interval of kube-state-metrics in each grid interval. */
  readonly scrape: Seconds[];

  readonly nodes: Interner;
  readonly nodeNames: string[];
  readonly nodeCounts: Column;
  readonly cpuCapacity: Column;
  readonly memoryCapacity: Column;
  readonly variants: NodeVariant[];
  readonly variantCounts: Column;
  readonly labelSets: NodeLabelSet[];
  readonly labelSetCounts: Column;
  readonly rootCpu: MachineCpu[];
  readonly rootCpuSeconds: Column;
  readonly exporterCpu: MachineCpu[];
  readonly exporterCpuSeconds: Column;
  /** node_exporter's instance to the machine's name. */
  readonly exporterNames: Map<string, string>;

  readonly pods: PodIndex;
  /** By stay: samples of kube_pod_info. */
  readonly stayCounts: Column;
  readonly place: PlaceColumns;
  /** By incarnation. */
  readonly finished: Column;
  readonly requests: Requests;
  readonly restarts: Column;
  /** By pod: its network is the node's. */
  readonly hostNetwork: Column;
  readonly owners: Map<number, Owner>;
  readonly replicaSetOwners: Map<string, Owner>;
  readonly jobOwners: Map<string, Owner>;
  readonly podLabels: Map<number, Readonly<Record<string, string>>>;
  /** Claim ids by incarnation. */
  readonly mounts: Map<number, Set<number>>;
  readonly claims: Interner;
  readonly claimBytes: Column;
  readonly claimClass: Map<number, string>;
}

export function emptyObservation(grid: Grid): Observation {
  const column = (): Column => new Column(grid.count);
  const byContainer = () => {
    const [cpu, memory] = [0, 1].map((): Parted => ({ whole: column(), parts: column() })) as [
      Parted,
      Parted,
    ];
    return { cpu, memory, containers: new Containers([cpu, memory]) };
  };
  return {
    grid,
    flags: new Flags(grid.count),
    scrape: [],
    nodes: new Interner(),
    nodeNames: [],
    nodeCounts: column(),
    cpuCapacity: column(),
    memoryCapacity: column(),
    variants: [],
    variantCounts: column(),
    labelSets: [],
    labelSetCounts: column(),
    rootCpu: [],
    rootCpuSeconds: column(),
    exporterCpu: [],
    exporterCpuSeconds: column(),
    exporterNames: new Map(),
    pods: new PodIndex(),
    stayCounts: column(),
    place: {
      ...byContainer(),
      received: column(),
      transmitted: column(),
      read: column(),
      written: column(),
    },
    finished: column(),
    requests: byContainer(),
    restarts: column(),
    hostNetwork: column(),
    owners: new Map(),
    replicaSetOwners: new Map(),
    jobOwners: new Map(),
    podLabels: new Map(),
    mounts: new Map(),
    claims: new Interner(),
    claimBytes: column(),
    claimClass: new Map(),
  };
}

/** Id of a node by name; its name is remembered. */
export function nodeId(observation: Observation, name: string): number {
  const id = observation.nodes.id(name);
  if (id === observation.nodeNames.length) observation.nodeNames.push(name);
  return id;
}

/** Key of a namespaced object other than a pod. */
export const objectKey = (namespace: string, name: string): string => `${namespace}/${name}`;
