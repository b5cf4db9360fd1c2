/**
 * The ledger: the one durable truth of which intervals are known and what they came to. One ledger object serves one cluster.
 * `Ledger` writes and is held by one process at a time; `History` (history.ts) only reads.
 */
import type { TimeRange } from '../domain/interval.js';
import type { IntervalResult, IntervalState, Method, PartialReason } from '../domain/model.js';
import type { EpochSeconds, Ratio, Seconds } from '../domain/units.js';
import type { RestatementReason } from './restating.js';

/** What the ledger holds of one interval; an interval without a mark is pending. */
export interface IntervalMark {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly state: IntervalState;
  readonly coverage: Ratio;
  readonly partialReasons: readonly PartialReason[];
  readonly revision: string;
  /** How often it has been tried, the first time included. */
  readonly attempts: number;
  readonly committedAt: EpochSeconds;
}

/**
 * "written": first time. "replaced": higher coverage or another revision; the old rows are gone, never added to. "unchanged":
 * the ledger already held it as good or better; only the attempt was counted.
 */
export type CommitOutcome = 'written' | 'replaced' | 'unchanged';

/** Sums since the ledger began. `shown` amounts never fall: a revision that lowers a total holds them until truth passes. */
export interface WorkloadCounter {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  /** Joined the ledger in this order; stable for the life of the ledger. */
  readonly ordinal: number;
  /** Start of the newest interval with a row of it. */
  readonly lastSeen: EpochSeconds;
  readonly energy: readonly { readonly method: Method; readonly millijoules: bigint }[];
  readonly operational: bigint;
  readonly embodied: bigint;
  readonly cost: readonly { readonly currency: string; readonly nano: bigint }[];
}

export interface NodeCounter {
  readonly node: string;
  readonly lastSeen: EpochSeconds;
  readonly energy: readonly {
    readonly part: 'pods' | 'system' | 'idle';
    readonly method: Method;
    readonly millijoules: bigint;
  }[];
  readonly operational: bigint;
  readonly embodied: bigint;
}

export interface Counters {
  readonly workloads: readonly WorkloadCounter[];
  readonly nodes: readonly NodeCounter[];
  /** Commits by the state in which they left an interval. An interval that was replaced counts once for each. */
  readonly intervals: Readonly<Record<IntervalState, number>>;
  /** Absolute changes of emissions by restatements, micrograms, by reason; a reason that never was is absent. Never falls. */
  readonly restated: Readonly<Partial<Record<RestatementReason, bigint>>>;
}

/** For each grain the instant before which it need not be kept; null: kept for ever. raw >= hour >= day. */
export interface PruneBefore {
  readonly raw: EpochSeconds;
  readonly hour: EpochSeconds;
  readonly day: EpochSeconds | null;
}

/** What one call has pruned, at most one bucket of each grain; all 0: nothing is left to prune. */
export interface Pruned {
  /** Hours of which the rows of intervals went. */
  readonly raw: number;
  /** Days of which the sums of hours went. */
  readonly hour: number;
  readonly day: number;
}

export interface Ledger {
  /** Marks of intervals whose start lies in the range, ascending. */
  marks(range: TimeRange): Promise<readonly IntervalMark[]>;

  /**
   * Write one interval whole (rows, node rows, mark, provenance, counters) in one durable transaction, or nothing. A mark is
   * replaced when coverage rises, the state improves (impossible < partial < complete) or the revision differs; never when its
   * rows have been pruned. The same transaction adds up the hour and the day that it makes whole, or changes.
   */
  commit(result: IntervalResult, at: EpochSeconds): Promise<CommitOutcome>;

  /** The newest interval that is complete or partial, whole; null in a new ledger, or in one that was given only sums of that time. */
  latest(): Promise<IntervalResult | null>;

  counters(): Promise<Counters>;

  /**
   * Prune whole buckets that end at or before their instant, the oldest first, each only when its figures are held in the next
   * coarser grain: rows of intervals whose hour is sealed, sums of hours whose day is. Marks and counters stay. One transaction
   * of at most one bucket a grain: call again until it answers zeroes.
   */
  prune(before: PruneBefore): Promise<Pruned>;

  /** Starts of the UTC days that have a mark, are not whole and end at or before `before`; ascending. */
  openDays(before: EpochSeconds): Promise<readonly EpochSeconds[]>;

  /** Small durable facts of the ledger, such as when the first backfill was done. */
  note(key: string): Promise<string | null>;
  setNote(key: string, value: string): Promise<void>;

  close(): Promise<void>;
}
