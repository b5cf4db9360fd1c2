/**
 * Telling stored intervals anew when a factor behind them is revised: the energy stays, what follows from the factor is computed
 * again, and old, new and reason are kept.
 */
import type { TimeRange } from '../domain/interval.js';
import type { IntensitySource, IntervalResult, Reason } from '../domain/model.js';
import type { EpochSeconds, GramsPerKwh, Kilograms, Micrograms } from '../domain/units.js';

export const RESTATEMENT_REASONS = [
  'intensity-revised', // the same source says another value for the hour
  'intensity-final', // the value stands, its source no longer calls it provisional
  'intensity-found', // a live source answered late for what a fallback stood in
  'embodied-found', // the same for the footprint of a machine
] as const;
export type RestatementReason = (typeof RESTATEMENT_REASONS)[number];

/** What one node's interval was computed with. */
export interface UsedFactors {
  readonly start: EpochSeconds;
  readonly node: string;
  readonly gridZone: string;
  readonly provider: string;
  readonly instanceType: string;
  readonly intensity: GramsPerKwh;
  readonly intensitySource: IntensitySource;
  readonly intensityTime: EpochSeconds;
  readonly embodiedTotal: Kilograms;
  readonly reasons: readonly Reason[];
}

/** One node's interval told anew. Emissions are operational where intensity was restated, else embodied. */
export interface Restatement {
  readonly start: EpochSeconds;
  readonly node: string;
  readonly reason: RestatementReason;
  readonly at: EpochSeconds;
  readonly oldEmissions: Micrograms;
  readonly newEmissions: Micrograms;
  /** Intensity in g/kWh with its source, or embodied total in kg with none. */
  readonly oldFactor: number;
  readonly newFactor: number;
  readonly oldSource: string;
  readonly newSource: string;
}

/** Each narrows what is asked for; absent does not. */
export interface UsedFilter {
  readonly gridZone?: string;
  /** At least one of them. */
  readonly reasons?: readonly Reason[];
}

/** Reads and rewrites one cluster's ledger; held by the writer. */
export interface Restating {
  /** Nodes of the intervals whose start lies in the range and that can still be restated, by start and node. */
  used(range: TimeRange, filter?: UsedFilter): Promise<readonly UsedFactors[]>;
  /** An interval whole; null when the ledger has none, or no longer its rows. */
  interval(start: EpochSeconds): Promise<IntervalResult | null>;
  /**
   * Replace the interval by the same one told anew and keep the restatements, in one transaction: rows, node rows, revision,
   * counters and every sum that holds the interval. Its mark keeps state, coverage, attempts and time of commit. An interval
   * without restatements (a cost that became known) is replaced too. What is shown of counters does not fall.
   * @throws when the ledger does not have the interval with its rows
   */
  restate(result: IntervalResult, restatements: readonly Restatement[], at: EpochSeconds): Promise<void>;
  /** Restatements of intervals whose start lies in the range, by start, node, time and reason; kept as long as the sums of hours. */
  restatements(range: TimeRange): Promise<readonly Restatement[]>;
}
