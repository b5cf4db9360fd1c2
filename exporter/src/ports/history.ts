/** Reading the ledger: sums and series over a range, grouped. Served by read-only connections; never waits for the writer. */
import type { TimeRange } from '../domain/interval.js';
import type { NodeRow, Row } from '../domain/model.js';
import type { EpochSeconds, Ratio, Seconds } from '../domain/units.js';
import type { IntervalMark } from './ledger.js';

export const GROUP_KEYS = ['cluster', 'namespace', 'workload', 'pod', 'node', 'zone', 'provider'] as const;
/** "label:team" groups by the value of a pod label that the ledger keeps; pods without it have the key "". */
export type LabelKey = `label:${string}`;
export type GroupKey = (typeof GROUP_KEYS)[number] | LabelKey;

/** Each list is a set of alternatives; an empty or absent list does not restrict. */
export interface Filters {
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  readonly workload?: readonly string[];
  readonly node?: readonly string[];
}

/**
 * Exact sums of one group. The weighted sums are Σ amount * half-width (see domain `Band`), from which low and high are made;
 * keeping them as integer sums makes every partition of a range add to the same band.
 */
export interface Sums {
  readonly energy: bigint;
  readonly estimatedEnergy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  /** By currency; a group without any price has none. */
  readonly cost: readonly { readonly currency: string; readonly nano: bigint }[];
  readonly weighted: WeightedSums;
}

export interface WeightedSums {
  readonly energyPowerLo: bigint;
  readonly energyPowerHi: bigint;
  readonly operationalPowerLo: bigint;
  readonly operationalPowerHi: bigint;
  readonly operationalPue: bigint;
  readonly operationalIntensityLo: bigint;
  readonly operationalIntensityHi: bigint;
  readonly embodiedLo: bigint;
  readonly embodiedHi: bigint;
}

/**
 * Key fields of a group, in the words of the API. System and idle shares of nodes have namespace, workload and pod
 * "__system__" and "__idle__".
 */
export type GroupId = Readonly<Partial<Record<(typeof GROUP_KEYS)[number] | 'workload_type', string>>> &
  Readonly<Record<LabelKey, string>>;

export interface Group {
  readonly key: GroupId;
  readonly sums: Sums;
  /** Known seconds of the group's range / seconds of the range. */
  readonly coverage: Ratio;
}

export interface TotalsQuery {
  readonly range: TimeRange;
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  /** Which of the groups are wanted; absent: all. */
  readonly ranking?: Ranking;
}

/**
 * The first groups in the order of an amount. A repository may leave out of `groups` those that cannot be among them, or leave out
 * none; total and coverage are of all groups either way.
 */
export interface Ranking {
  /** Ordered by their sum; a cost is that of its largest currency. */
  readonly amounts: readonly Amount[];
  readonly descending: boolean;
  /** Groups before this amount are not wanted; null: from the first. */
  readonly after: bigint | null;
  /** How many are wanted, those of the same amount as the last one not counted. */
  readonly limit: number;
}

export interface Totals {
  readonly groups: readonly Group[];
  readonly total: Sums;
  readonly coverage: Ratio;
}

export const AMOUNTS = ['energy', 'operational', 'embodied', 'cost'] as const;
/** An amount that can be asked for over time: millijoules, micrograms (twice), nano-units of currency. */
export type Amount = (typeof AMOUNTS)[number];

export interface SeriesQuery extends Omit<TotalsQuery, 'ranking'> {
  /** A multiple of the ledger's step; buckets shorter than the range's resolution have nothing known where it is coarser. */
  readonly step: Seconds;
  readonly amounts: readonly Amount[];
}

export interface SeriesColumn {
  readonly amount: Amount;
  /** Of a cost; empty for the others. */
  readonly currency: string;
  /**
   * One entry a time of the answer; null: nothing known in that bucket for any group; a known bucket without the group is 0. A
   * cost is null also where the group was there without a price in that currency; a group never priced has no cost column.
   */
  readonly values: readonly (bigint | null)[];
}

export interface SeriesGroup {
  readonly key: GroupId;
  readonly columns: readonly SeriesColumn[];
}

export interface SeriesAnswer {
  readonly times: readonly EpochSeconds[];
  readonly coverage: readonly Ratio[];
  readonly groups: readonly SeriesGroup[];
}

export interface NodeEntry {
  readonly cluster: string;
  readonly row: NodeRow;
  readonly firstSeen: EpochSeconds;
  readonly lastSeen: EpochSeconds;
}

export interface WorkloadEntry {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly firstSeen: EpochSeconds;
  readonly lastSeen: EpochSeconds;
}

export interface ClusterEntry {
  readonly cluster: string;
  readonly step: Seconds;
  /** Starts of the oldest and newest known interval; null: nothing known yet. */
  readonly firstSeen: EpochSeconds | null;
  readonly lastSeen: EpochSeconds | null;
}

/** One stored interval as it was computed, for explaining a figure. */
export interface StoredInterval {
  readonly cluster: string;
  readonly mark: IntervalMark;
  readonly currency: string;
  readonly calculationVersion: number;
  readonly nodes: readonly NodeRow[];
  /** Of the nodes asked for, or those of the pods asked for; a whole cluster's rows are never read at once. */
  readonly rows: readonly Row[];
}

export interface IntervalQuery {
  readonly cluster: string;
  readonly start: EpochSeconds;
  /** One of them at least. */
  readonly node?: string;
  readonly namespace?: string;
  readonly workload?: string;
  readonly pod?: string;
}

export interface NamespaceEntry {
  readonly cluster: string;
  readonly namespace: string;
  readonly firstSeen: EpochSeconds;
  readonly lastSeen: EpochSeconds;
}

/**
 * Sums are the same whether they are read from intervals, hours or days. Where the intervals of an hour have been pruned, a range
 * that cuts the hour leaves all of it out, and coverage says so; likewise the hours of a day.
 */
export interface History {
  totals(query: TotalsQuery): Promise<Totals>;
  series(query: SeriesQuery): Promise<SeriesAnswer>;
  /** The shortest step in which all that is known of the range is held: that of the ledger, an hour or a day. */
  resolution(range: TimeRange): Promise<Seconds>;
  /** Nodes seen in the range with their newest row, by name. */
  nodes(range: TimeRange): Promise<readonly NodeEntry[]>;
  namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]>;
  workloads(range: TimeRange): Promise<readonly WorkloadEntry[]>;
  clusters(): Promise<readonly ClusterEntry[]>;
  /** Null: not known, or its rows have been pruned after they were rolled up. */
  interval(query: IntervalQuery): Promise<StoredInterval | null>;
  close(): Promise<void>;
}
