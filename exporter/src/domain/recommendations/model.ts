/** The nouns of recommendations: what a scan proposes, what is kept of it, and what came of it. Plain data, stored as it is. */
import type { TimeRange } from '../interval.js';
import type { EpochSeconds } from '../units.js';

/** In the order in which they claim what a workload takes: an earlier one leaves nothing of its claim to a later one. */
export const RECOMMENDATION_TYPES = [
  'ZOMBIE_WORKLOAD',
  'IDLE_NAMESPACE',
  'RIGHTSIZING_CPU',
  'RIGHTSIZING_MEMORY',
  'AUTOSCALING_CANDIDATE',
  'OFF_PEAK_SCALING',
  'CARBON_AWARE_SCHEDULING',
  'UNDERUTILIZED_NODE',
  'OVERPROVISIONED_NODE',
] as const;
export type RecommendationType = (typeof RECOMMENDATION_TYPES)[number];

export const STATUSES = ['active', 'applied', 'ignored', 'stale'] as const;
export type Status = (typeof STATUSES)[number];

export const PRIORITIES = ['high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What it is about; fields that do not apply are empty. A node has no namespace, a namespace no workload. */
export interface Target {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  /** Empty: all containers, or which one is not known. */
  readonly container: string;
  readonly node: string;
}

/** Named numbers and words, units in the names: `cpu_request_cores`. */
export type Details = Readonly<Record<string, number | string>>;

/** What could not be taken into account; order and names never change, only grow. */
export const CAVEATS = [
  'CONTAINERS_UNKNOWN', // only pods are known: container names and their own use are not
  'CONTAINER_USE_UNKNOWN', // containers are known, but what each of them uses is not: shared as their requests are
  'AUTOSCALERS_UNKNOWN', // nothing says whether an autoscaler acts on it
  'AUTOSCALED', // an autoscaler changes the number of pods as it goes
  'OUT_OF_MEMORY', // was killed for want of memory in the window
  'OUT_OF_MEMORY_UNKNOWN', // nothing says why containers were restarted
  'SHORT_HISTORY', // less than the lookback
  'TIME_ZONE_UNKNOWN', // hours are of UTC
  'SCHEDULE_UNKNOWN', // the present schedule is not known, only when it ran
  'VOLUMES_STAY', // persistent volumes are kept
  'CONSTRAINTS_UNKNOWN', // taints, selectors and allocatable capacity of nodes are not known
  'NODE_POOL_RESIZE', // has to be done where the machines are made
  'RUN_SPACING', // the time between its runs changes: whether they may be further apart is not known
] as const;
export type Caveat = (typeof CAVEATS)[number];

/** Per year of 365.25 d. */
export interface YearlyAmounts {
  readonly joules: number;
  /** gCO2e, operational and embodied. */
  readonly grams: number;
  /** In `Savings.currency`; null: no price known. */
  readonly cost: number | null;
}

export interface Savings {
  /** All that it claims: `immediate`, and what is attributed to it less but saved only when nodes go. */
  readonly claimed: YearlyAmounts;
  /** Falls at once: dynamic energy, and emissions of work moved to a cleaner hour. */
  readonly immediate: YearlyAmounts;
  /** Bounds of `claimed`: wider the shorter the history; high is at most what the target takes in all. */
  readonly low: YearlyAmounts;
  readonly high: YearlyAmounts;
  /** Empty where no price is known. */
  readonly currency: string;
}

/** How to do it: a file for `kubectl apply` or `kubectl patch`, with the command in its first comment. */
export interface Patch {
  readonly command: string;
  readonly yaml: string;
}

/** What one scan has to say about one target. */
export interface Proposal {
  readonly type: RecommendationType;
  readonly target: Target;
  readonly priority: Priority;
  /** 0..1. */
  readonly confidence: number;
  readonly window: TimeRange;
  /** Pod-intervals (of a node: intervals) that it rests on. */
  readonly samples: number;
  readonly current: Details;
  readonly proposed: Details;
  readonly evidence: Details;
  readonly caveats: readonly Caveat[];
  readonly savings: Savings;
  readonly patch: Patch;
}

export const VERDICTS = ['verified', 'not distinguishable', 'regressed'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Measured since it was applied, against the same hours of the week before. */
export interface Realised {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** Whole hours compared. */
  readonly hours: number;
  /** Sums over those hours; negative: more was taken than before. */
  readonly joules: number;
  readonly grams: number;
  readonly cost: number | null;
  readonly currency: string;
  /** 95 % interval of `grams`. */
  readonly gramsLow: number;
  readonly gramsHigh: number;
  readonly verdict: Verdict;
}

export const ACTORS = ['scan', 'operator'] as const;
export type Actor = (typeof ACTORS)[number];

export interface Recommendation extends Proposal {
  /** 16 lower-case hexadecimal digits, of cluster, type and target alone: the same case has the same id for ever. */
  readonly id: string;
  readonly cluster: string;
  readonly status: Status;
  /** Ends of the windows of the first and the last scan that had it. */
  readonly firstSeen: EpochSeconds;
  readonly lastSeen: EpochSeconds;
  /** Since when it has its status. */
  readonly since: EpochSeconds;
  /** Who said so: a scan that saw the new requests, or a person. Null while it is not applied. */
  readonly appliedBy: Actor | null;
  /** Empty: none was given. */
  readonly ignoredReason: string;
  /** Of an applied one, once whole hours have passed; null before. */
  readonly realised: Realised | null;
}

/** A change of status. */
export interface RecommendationEvent {
  readonly cluster: string;
  readonly id: string;
  readonly at: EpochSeconds;
  readonly type: RecommendationType;
  readonly target: Target;
  /** Null: it is new. */
  readonly from: Status | null;
  readonly to: Status;
  readonly by: Actor;
  readonly reason: string;
}

/** What one hour of an applied recommendation saved; negative: it took more than before. */
export interface Booking {
  readonly id: string;
  /** Start of the hour. */
  readonly start: EpochSeconds;
  readonly millijoules: number;
  readonly micrograms: number;
  /** Null: no price known then. */
  readonly nanoCurrency: number | null;
  readonly currency: string;
}

/** Sums of the active recommendations, and what of them can be had. */
export interface ScanTotals {
  readonly active: number;
  readonly claimed: YearlyAmounts;
  readonly immediate: YearlyAmounts;
  /** `immediate`, and what the nodes take that all of them together make dispensable; at most `claimed`. */
  readonly realisable: YearlyAmounts;
  readonly currency: string;
  /** Names of those nodes. */
  readonly removableNodes: readonly string[];
}

/** The last scan. */
export interface Scan {
  readonly cluster: string;
  readonly at: EpochSeconds;
  readonly window: TimeRange;
  /** Whole hours that the window held. */
  readonly hours: number;
  readonly workloads: number;
  readonly nodes: number;
  readonly totals: ScanTotals;
  /** What the scan had no knowledge of. */
  readonly caveats: readonly Caveat[];
}

/** A year everywhere, s. */
export const YEAR = 365.25 * 86_400;
