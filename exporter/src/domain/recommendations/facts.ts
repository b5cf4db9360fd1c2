/** What every rule is given, and the first questions that most of them ask. */
import { HOUR } from '../interval.js';
import type { ClusterKnowledge, KnownAutoscaler, PlacedPod } from './knowledge.js';
import { localHours, type LocalHour } from './local-time.js';
import type { Caveat, Details, Patch, RecommendationType, Target } from './model.js';
import { MIN_DATA, type RecommendationSettings } from './settings.js';
import type { UsageWindow, WorkloadProfile } from './usage-window.js';

export interface ScanFacts {
  readonly usage: UsageWindow;
  readonly settings: RecommendationSettings;
  readonly knowledge: ClusterKnowledge;
  /** g/kWh by grid zone and start of the hour. */
  readonly intensity: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Shares of what a target takes, 0..1. Of a node only `cpu` is looked at: the share of its capacity. */
export interface Shares {
  readonly dynamic: number;
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  /** Emissions (not energy) of `dynamic` that moving to a cleaner hour saves. */
  readonly shifted?: number;
}
export const ALL_BUT_STORAGE: Shares = { dynamic: 1, cpu: 1, memory: 1, storage: 0 };

/** What a rule has found, before savings are shared out so that none overlap. */
export interface Draft {
  readonly type: RecommendationType;
  readonly target: Target;
  /** Workloads (by `workloadKey`) or the node that it claims from. */
  readonly claims: { readonly workloads: readonly string[] } | { readonly node: string };
  readonly shares: Shares;
  /** Whole hours of history that it rests on. */
  readonly hours: number;
  readonly samples: number;
  readonly current: Details;
  readonly proposed: Details;
  readonly evidence: Details;
  readonly caveats: readonly Caveat[];
  readonly patch: Patch;
}

/** What it has to say about one workload that can be judged (see `judgeable`). */
export type WorkloadRule = (facts: ScanFacts, w: WorkloadProfile) => Draft | null;
/** What the rules about namespaces and nodes are given. */
export interface ClusterFacts extends ScanFacts {
  /** The pods of now, with the requests that the recommendations for their workloads leave them; those that are to go are gone. */
  readonly podsAfter: readonly PlacedPod[];
}

const BATCH: ReadonlySet<string> = new Set(['CronJob', 'Job']);
export const isBatch = (w: Pick<WorkloadProfile, 'workloadType'>): boolean => BATCH.has(w.workloadType);

/** Kinds with a number of replicas to set. */
const SCALABLE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);
export const isScalable = (w: Pick<WorkloadProfile, 'workloadType'>): boolean => SCALABLE.has(w.workloadType);

/** Whole hours of the window since it was first seen. */
export const hoursOf = (usage: UsageWindow, { first }: { readonly first: number }): number =>
  usage.hours.length - first;

/** Workloads that are there now, or run now and then, with history enough. */
export function judgeable({ usage }: ScanFacts): readonly WorkloadProfile[] {
  const newest = usage.hours.length - 1;
  return usage.workloads.filter(
    (w) => hoursOf(usage, w) * HOUR >= MIN_DATA && (w.last === newest || isBatch(w)) && w.podSeconds > 0,
  );
}

/** Undefined: none. Null: not known. */
export function autoscalerOf(
  { autoscalers }: ClusterKnowledge,
  w: Pick<WorkloadProfile, 'namespace' | 'workload' | 'workloadType'>,
): KnownAutoscaler | undefined | null {
  if (autoscalers === null) return null;
  return autoscalers.find(
    (a) => a.namespace === w.namespace && a.workload === w.workload && a.workloadType === w.workloadType,
  );
}

export function targetOf(
  w: Pick<WorkloadProfile, 'namespace' | 'workload' | 'workloadType'>,
  container = '',
): Target {
  return { namespace: w.namespace, workload: w.workload, workloadType: w.workloadType, container, node: '' };
}

export const nodeTarget = (node: string): Target => ({
  namespace: '',
  workload: '',
  workloadType: '',
  container: '',
  node,
});

export interface LocalClock {
  readonly timeZone: string;
  readonly caveats: readonly Caveat[];
  readonly hours: readonly LocalHour[];
}

/** Local hours of a window by time zone: many workloads share one. */
const clocks = new WeakMap<UsageWindow, Map<string, readonly LocalHour[]>>();

function hoursIn(usage: UsageWindow, timeZone: string): readonly LocalHour[] {
  const known = clocks.get(usage) ?? new Map<string, readonly LocalHour[]>();
  clocks.set(usage, known);
  const hours = known.get(timeZone) ?? localHours(usage.hours, timeZone);
  known.set(timeZone, hours);
  return hours;
}

/** Where its grid zone's time is not known, UTC, and says so. */
export function clockOf({ usage, knowledge }: ScanFacts, gridZone: string): LocalClock {
  const known = knowledge.timeZoneOf(gridZone);
  const timeZone = known ?? 'UTC';
  return {
    timeZone,
    caveats: known === null ? ['TIME_ZONE_UNKNOWN'] : [],
    hours: hoursIn(usage, timeZone),
  };
}
