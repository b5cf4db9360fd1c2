/**
 * The nouns of the pipeline: what was observed in one interval (`UsageWindow`), what was computed from it (`IntervalResult`),
 * and the codes that say how. Plain data only: everything here crosses worker threads and is stored.
 */
import type { Interval } from './interval.js';
import type {
  Bytes,
  Cores,
  CpuSeconds,
  EpochSeconds,
  GramsPerKwh,
  Kilograms,
  Micrograms,
  Millijoules,
  NanoCurrency,
  Ratio,
  Seconds,
} from './units.js';

/** Version of the calculation stored with every interval; raised whenever a formula or a table changes a figure. */
export const CALCULATION_VERSION = 1;

// ---------------------------------------------------------------------------------------------------------- observed

/** Top controller of a pod (ReplicaSet and Job are followed to Deployment and CronJob); a bare pod is its own, type "Pod". */
export interface Workload {
  readonly name: string;
  /** Kubernetes kind as written in ownerReferences: Deployment, StatefulSet, DaemonSet, CronJob, Job, Pod, or any CRD's kind. */
  readonly type: string;
}

/** A persistent volume as one pod sees it: its part of the claim when several pods mount it. */
export interface VolumeShare {
  readonly bytes: Bytes;
  /** Unknown storage classes count as SSD, the larger coefficient. */
  readonly media: 'ssd' | 'hdd';
}

/** One container of a pod that has several, on one node during one interval. */
export interface ContainerSample {
  readonly container: string;
  readonly cpuSeconds: CpuSeconds;
  /** Mean working set over the time its pod existed. */
  readonly memoryBytes: Bytes;
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
}

/** One pod on one node during one interval. A pod that moved has one sample per node; a recreated pod one per uid. */
export interface PodSample {
  readonly namespace: string;
  readonly pod: string;
  /** Kubernetes uid; empty where no source knows it. */
  readonly uid: string;
  readonly node: string;
  readonly workload: Workload;
  /** How long it existed on this node within the interval, (0, step]. */
  readonly seconds: Seconds;
  readonly cpuSeconds: CpuSeconds;
  /** Mean working set over the time it existed. */
  readonly memoryBytes: Bytes;
  /** Null: no request set (or not known), which is not the same as 0. */
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
  readonly receivedBytes: Bytes;
  readonly transmittedBytes: Bytes;
  readonly readBytes: Bytes;
  readonly writtenBytes: Bytes;
  readonly restarts: number;
  readonly volumes: readonly VolumeShare[];
  /** By name. Absent: it has one container, or they cannot be told apart. */
  readonly containers?: readonly ContainerSample[];
  /** Pod labels by their Kubernetes name, only those that configuration asks for and `controller-revision-hash`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One node during one interval. */
export interface NodeSample {
  readonly node: string;
  /** How long it was there within the interval, (0, step]: watts are multiplied by this, never by the nominal step. */
  readonly seconds: Seconds;
  readonly cpuCapacity: Cores;
  readonly memoryCapacity: Bytes;
  /** CPU time of the whole machine (root cgroup or node_exporter); null when no such series exists. */
  readonly cpuSeconds: CpuSeconds | null;
  /** `spec.providerID`, for example aws:///eu-west-3a/i-0abc; empty when unknown. */
  readonly providerId: string;
  readonly instanceType: string;
  readonly region: string;
  /** Availability zone of the provider, not the grid zone. */
  readonly zone: string;
  readonly architecture: string;
  /** Node labels by kube-state-metrics name without the `label_` prefix, for provider detection and overrides. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything observed about one interval of one cluster. */
export interface UsageWindow {
  readonly interval: Interval;
  readonly nodes: readonly NodeSample[];
  readonly pods: readonly PodSample[];
  /** Observed sample time / expected sample time, 0..1. */
  readonly coverage: Ratio;
  /** Why coverage is below 1 or figures may be incomplete; empty when complete. */
  readonly partialReasons: readonly PartialReason[];
}

export const PARTIAL_REASONS = [
  'samples-missing',
  'source-warning',
  'series-rejected',
  'series-capped',
  'inventory-missing',
  'meters-missing',
  'no-data',
  'source-retention',
] as const;
export type PartialReason = (typeof PARTIAL_REASONS)[number];

// ---------------------------------------------------------------------------------------------------------- factors

/**
 * Relative uncertainty of one factor as natural-log half-widths in thousandths: low = value * exp(-lo/1000), high = value *
 * exp(hi/1000). Integers, so that their products with integer amounts sum exactly in any database.
 */
export interface Band {
  readonly lo: number;
  readonly hi: number;
}

export const METHODS = ['measured', 'calibrated', 'estimated'] as const;
export type Method = (typeof METHODS)[number];

/** Why a figure is an estimate, or which fallback it rests on. Stored by name; order and names never change, only grow. */
export const REASONS = [
  'POWER_MODEL', // energy from a power model, not a meter
  'POWER_PROVIDER_MEAN', // CPU family unknown: provider mean
  'POWER_DEFAULT', // provider unknown too: configured default
  'POWER_RELATIVE', // nearest published relative of the CPU family
  'PROVIDER_UNKNOWN',
  'PUE_DEFAULT',
  'ZONE_DEFAULT', // DEFAULT_ZONE, or none known
  'INTENSITY_YEARLY_MEAN',
  'INTENSITY_COUNTRY_MEAN',
  'INTENSITY_DEFAULT',
  'INTENSITY_STALE',
  'INTENSITY_PROVISIONAL',
  'EMBODIED_DEFAULT',
  'EMBODIED_CLOSEST_MATCH',
  'PRICE_DEFAULT', // public list defaults, not the bill
  'PRICE_TABLE',
  'NODE_CPU_UNKNOWN', // no machine-wide CPU series: system share not separable
  'COVERAGE_PARTIAL',
  'COST_PROVISIONAL', // a bill whose hour is not over or not settled
] as const;
export type Reason = (typeof REASONS)[number];

export const INTENSITY_SOURCES = [
  'electricity-maps',
  'uk-carbon-intensity',
  'prometheus',
  'demo',
  'yearly-mean',
  'country-mean',
  'default',
] as const;
export type IntensitySource = (typeof INTENSITY_SOURCES)[number];

/** How one node's interval was computed: the factors, where each came from, and how far each may be off. */
export interface Provenance {
  readonly method: Method;
  readonly estimated: boolean;
  readonly reasons: readonly Reason[];
  readonly provider: string;
  readonly gridZone: string;
  readonly pue: number;
  readonly pueSource: string;
  readonly intensity: GramsPerKwh;
  readonly intensitySource: IntensitySource;
  /** The instant the intensity holds for; with a yearly mean, the start of that year. */
  readonly intensityTime: EpochSeconds;
  /** Name of the power profile, for example "family:Skylake" or "provider:aws". */
  readonly powerProfile: string;
  readonly powerBand: Band;
  readonly pueBand: Band;
  readonly intensityBand: Band;
  readonly embodiedBand: Band;
}

// ---------------------------------------------------------------------------------------------------------- computed

export const ROW_KINDS = ['pod', 'system', 'idle'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** What one pod, a node's system share or a node's idle share took in one interval. */
export interface Row {
  readonly kind: RowKind;
  readonly node: string;
  /** Empty for system and idle rows, as are pod and uid. */
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
  readonly seconds: Seconds;
  /** Effective energy: the node law holds over this. Includes `dynamic` and `storage`. */
  readonly energy: Millijoules;
  /** The part of `energy` that follows CPU use; what stopping the work saves at once. */
  readonly dynamic: Millijoules;
  /** The part of `energy` for persistent volumes. */
  readonly storage: Millijoules;
  readonly operational: Micrograms;
  readonly embodied: Micrograms;
  /** Null: no price known, which is not 0. */
  readonly cost: NanoCurrency | null;
  readonly cpuSeconds: CpuSeconds;
  readonly memoryBytes: Bytes;
  readonly receivedBytes: Bytes;
  readonly transmittedBytes: Bytes;
  readonly readBytes: Bytes;
  readonly writtenBytes: Bytes;
  readonly restarts: number;
}

/** How the pods of one workload used one of the several containers that they have, in one interval. */
export interface ContainerUse {
  readonly namespace: string;
  readonly workload: Workload;
  readonly container: string;
  /** The largest among its pods; null: none has one, or it is not known. */
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
  /** `Histogram.encode`, weighted by ms: millionths of a core, bytes. */
  readonly cpu: Uint8Array;
  readonly memory: Uint8Array;
}

/** What one meter counted for a node in one interval, beside the model's figure of what the meter sees. */
export interface MeterFigure {
  /** For example "kepler". */
  readonly source: string;
  /** For example "cpu+dram". */
  readonly scope: string;
  readonly measured: Millijoules;
  /** Of the same scope, without any calibration. Null: the model has no such part. */
  readonly estimated: Millijoules | null;
}

/** One node's interval: the whole that its rows add up to, exactly, in every amount. */
export interface NodeRow {
  readonly node: string;
  readonly seconds: Seconds;
  readonly instanceType: string;
  readonly region: string;
  readonly zone: string;
  readonly architecture: string;
  readonly cpuCapacity: Cores;
  readonly memoryCapacity: Bytes;
  /** CPU time used on the machine, system included, >= 0. */
  readonly cpuSeconds: CpuSeconds;
  /** Sum over the node's rows, exactly. */
  readonly energy: Millijoules;
  /** The model's figure, kept beside a measured one; equals `energy` when method is "estimated". */
  readonly estimatedEnergy: Millijoules;
  /** Null: no meter covered this interval. */
  readonly measuredEnergy: Millijoules | null;
  readonly measuredSource: string;
  /** Every meter that can be true; the one whose figure is `measuredEnergy` first, where there is one. */
  readonly meters: readonly MeterFigure[];
  readonly operational: Micrograms;
  readonly embodied: Micrograms;
  readonly cost: NanoCurrency | null;
  /** Embodied emissions of the whole machine over its life. */
  readonly embodiedTotal: Kilograms;
  readonly provenance: Provenance;
}

export type IntervalState = 'complete' | 'partial' | 'impossible';

/** Everything that one interval of one cluster comes to; written in one transaction. */
export interface IntervalResult {
  readonly interval: Interval;
  readonly state: IntervalState;
  readonly coverage: Ratio;
  readonly partialReasons: readonly PartialReason[];
  readonly currency: string;
  readonly calculationVersion: number;
  /** Digest of the revisable inputs (intensity, price, embodied); another value means the interval must be replaced. */
  readonly revision: string;
  readonly nodes: readonly NodeRow[];
  readonly rows: readonly Row[];
  /** Of workloads whose pods have several containers, by namespace, workload, type and container. */
  readonly containers: readonly ContainerUse[];
}
