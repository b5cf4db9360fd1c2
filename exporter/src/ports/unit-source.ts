/** How much work was done: requests, users, jobs, by an expression that the user gives. */
import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds } from '../domain/units.js';
import type { Outcome } from './outcome.js';

export interface UnitPoint {
  /** Start of the hour. */
  readonly hour: EpochSeconds;
  /** Units of work done in it, >= 0. */
  readonly value: number;
}

export interface UnitSource {
  readonly name: string;
  /**
   * Units of the whole hours within the range, ascending; hours without a value are left out. An expression that does not give
   * one series is "bad-request", saying how many it gives.
   * @param query in the language of the source; `$window` stands for the length of an hour
   */
  units(query: string, range: TimeRange, signal?: AbortSignal): Promise<Outcome<readonly UnitPoint[]>>;
}
