/**
 * The grid of time: half-open intervals [k*step, (k+1)*step) on the Unix epoch. Calendar, time zone and daylight saving never
 * enter: an hour or a day bucket is a whole number of steps because `step` divides one hour.
 */
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from './units.js';

/** One grid interval, named by its start; `start` is a multiple of `step`. */
export interface Interval {
  readonly start: EpochSeconds;
  readonly step: Seconds;
}

/** Half-open range of instants [from, to), seconds since the epoch. */
export interface TimeRange {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

export const HOUR = seconds(3600);
export const DAY = seconds(86400);

/** Whether `step` is a whole number of seconds that divides one hour. */
export function isValidStep(step: number): boolean {
  return Number.isInteger(step) && step > 0 && step <= 3600 && 3600 % step === 0;
}

export const floorTo = (t: number, step: number): EpochSeconds => epochSeconds(Math.floor(t / step) * step);
export const ceilTo = (t: number, step: number): EpochSeconds => epochSeconds(Math.ceil(t / step) * step);
export const endOf = (interval: Interval): EpochSeconds => epochSeconds(interval.start + interval.step);

/** The newest interval that has been closed for at least `settle` seconds at `now`. */
export function newestSettled(now: EpochSeconds, step: Seconds, settle: Seconds): Interval {
  return { start: epochSeconds(floorTo(now - settle, step) - step), step };
}

/** Starts of all grid intervals whose start lies in [from, to), ascending. */
export function* startsIn(range: TimeRange, step: Seconds): Generator<EpochSeconds> {
  for (let t = ceilTo(range.from, step) as number; t < range.to; t += step) yield epochSeconds(t);
}

/** Number of grid intervals whose start lies in the range. */
export function countIn(range: TimeRange, step: Seconds): number {
  return Math.max(0, (ceilTo(range.to, step) - ceilTo(range.from, step)) / step);
}
