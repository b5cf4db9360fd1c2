/** Reading the ledger: sums and series over a range, grouped. Served by read-only connections; never waits for the writer. */
import type { TimeRange } from '../domain/interval.js';
import type { NodeRow } from '../domain/model.js';
import type { EpochSeconds, Ratio, Seconds } from '../domain/units.js';

export const GROUP_KEYS = ['cluster', 'namespace', 'workload', 'pod', 'node', 'zone', 'provider'] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

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
export type GroupId = Readonly<Partial<Record<GroupKey | 'workload_type', string>>>;

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
}

export interface Totals {
  readonly groups: readonly Group[];
  readonly total: Sums;
  readonly coverage: Ratio;
}

export interface SeriesQuery extends TotalsQuery {
  /** A multiple of the ledger's step. */
  readonly step: Seconds;
}

export interface SeriesGroup {
  readonly key: GroupId;
  /** One entry a time of the answer; null: nothing known in that bucket for any group; a known bucket without the group is 0. */
  readonly points: readonly (Sums | null)[];
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

export interface NamespaceEntry {
  readonly cluster: string;
  readonly namespace: string;
  readonly firstSeen: EpochSeconds;
  readonly lastSeen: EpochSeconds;
}

export interface History {
  totals(query: TotalsQuery): Promise<Totals>;
  series(query: SeriesQuery): Promise<SeriesAnswer>;
  /** Nodes seen in the range with their newest row, by name. */
  nodes(range: TimeRange): Promise<readonly NodeEntry[]>;
  namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]>;
  close(): Promise<void>;
}
