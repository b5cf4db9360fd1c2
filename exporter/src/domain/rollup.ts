/**
 * Hours and days as buckets of intervals, and how a range is cut into them. A bucket is whole, and may be read in place of what
 * it holds, when all of its intervals lie in the range; the clock has no part in it.
 */
import { ceilTo, type TimeRange } from './interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from './units.js';

export interface Carved {
  /** Made of given buckets only; neighbours are joined. Ascending. */
  readonly whole: readonly TimeRange[];
  /** All else of the range. Ascending. */
  readonly rest: readonly TimeRange[];
}

/** The range of grid intervals whose start lies in `range`. */
export const onGrid = ({ from, to }: TimeRange, step: Seconds): TimeRange => ({
  from: ceilTo(from, step),
  to: ceilTo(to, step),
});

/**
 * Cut out of a range every bucket that lies in it whole.
 * @param starts of the buckets that there are, ascending, none overlapping
 */
export function carve(range: TimeRange, width: Seconds, starts: readonly EpochSeconds[]): Carved {
  const whole: TimeRange[] = [];
  for (const from of starts) {
    const to = epochSeconds(from + width);
    if (from < range.from || to > range.to) continue;
    const last = whole.at(-1);
    if (last?.to === from) whole[whole.length - 1] = { from: last.from, to };
    else whole.push({ from, to });
  }
  return { whole, rest: without(range, whole) };
}

/** What is left of a range. @param taken ascending, none overlapping; they may reach beyond the range */
export function without(range: TimeRange, taken: readonly TimeRange[]): TimeRange[] {
  const rest: TimeRange[] = [];
  let at = range.from;
  for (const { from, to } of taken) {
    if (to <= at || from >= range.to) continue;
    if (from > at) rest.push({ from: at, to: from });
    at = to;
  }
  if (at < range.to) rest.push({ from: at, to: range.to });
  return rest;
}
