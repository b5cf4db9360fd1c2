/** One whole hour of a cluster as the recommender sees it. */
import type { ContainerUse } from '../model.js';
import type { EpochSeconds } from '../units.js';

/** How the pods of a workload used one of the several containers that they have: see `ContainerUse`. */
export type ContainerHour = Omit<ContainerUse, 'namespace' | 'workload'>;

/** Sums over the pods of one workload in one hour. Amounts are integers and exact. */
export interface WorkloadHour {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  /** Grid zone in which most of its pods ran longest. */
  readonly gridZone: string;
  /** mJ. `energy` includes the other two. */
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  /** ug CO2e. */
  readonly operational: number;
  readonly embodied: number;
  /** Nano-units of `currency`; null: no price known. */
  readonly cost: number | null;
  readonly currency: string;
  /** Pods x time they existed, s. */
  readonly podSeconds: number;
  readonly cpuSeconds: number;
  readonly memoryByteSeconds: number;
  /** Requests x time, over the pods that have one; 0: none has. Cores x s, bytes x s. */
  readonly cpuRequestSeconds: number;
  readonly memoryRequestSeconds: number;
  /** Request of the pod that was seen last (the largest of several); null: it has none. Cores, bytes. */
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  readonly receivedBytes: number;
  readonly transmittedBytes: number;
  readonly restarts: number;
  /** Pod-intervals. */
  readonly samples: number;
  /** Histograms of use by its pods, weighted by ms, as `Histogram.encode` makes them: millionths of a core, bytes; empty: none. */
  readonly cpu: Uint8Array;
  readonly memory: Uint8Array;
  /** By name; empty: its pods have one, whose use is theirs, or they are not told apart. */
  readonly containers: readonly ContainerHour[];
}

/** One machine in one hour, all that ran on it included. */
export interface NodeHour {
  readonly node: string;
  readonly instanceType: string;
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly gridZone: string;
  readonly architecture: string;
  /** Cores, bytes. */
  readonly cpuCapacity: number;
  readonly memoryCapacity: number;
  /** Time it was there, s. */
  readonly seconds: number;
  /** System included. */
  readonly cpuSeconds: number;
  /** Working sets of its pods x time; what runs outside pods is not known. */
  readonly memoryByteSeconds: number;
  /** mJ; `dynamic` and `storage` are parts of `energy`. */
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  /** ug. */
  readonly operational: number;
  readonly embodied: number;
  /** Nano-units of `currency`; null: no price known. */
  readonly cost: number | null;
  readonly currency: string;
  /** The part of these that is nobody's: what its pods neither asked for nor used. `dynamic` and `storage` are 0. */
  readonly idle: {
    readonly energy: number;
    readonly operational: number;
    readonly embodied: number;
    readonly cost: number | null;
  };
  readonly intervals: number;
}

export interface UsageHour {
  readonly start: EpochSeconds;
  /** By namespace, workload and type, in the order of their code units. Pods only. */
  readonly workloads: readonly WorkloadHour[];
  /** By name. A machine whose description changed within the hour has that of the end. */
  readonly nodes: readonly NodeHour[];
}

/** Carbon intensity that the figures of an hour were computed with, g/kWh: the mean over the zone's nodes. */
export interface ZoneHour {
  readonly gridZone: string;
  readonly hour: EpochSeconds;
  readonly value: number;
}
