/** Calendar periods in a time zone: the day, the ISO week (from Monday) and the month that an instant lies in. */
import { DAY, type TimeRange } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import { dayNumber, wallClock, type WallClock } from '../wall-clock.js';

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

/** The period that `at` lies in, as instants. @throws RangeError for a time zone that the runtime does not know */
export function periodAt(period: Period, timeZone: string, at: EpochSeconds): TimeRange {
  const { from, to } = daysOf(period, wallClock(at, timeZone));
  return { from: startOf(from, timeZone), to: startOf(to, timeZone) };
}

/** First day of the period and of the next one, counted from 1 January 1970. */
function daysOf(
  period: Period,
  { year, month, day }: WallClock,
): { readonly from: number; readonly to: number } {
  if (period === 'day') return { from: day, to: day + 1 };
  if (period === 'month') {
    const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
    return { from: dayNumber(year, month, 1), to: next };
  }
  // 1 January 1970 was a Thursday, three days after a Monday.
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  return { from: monday, to: monday + 7 };
}

/** What the clock shows, in seconds since the epoch as if it were UTC. */
function shownAt(at: number, timeZone: string): number {
  const { day, hour, minute, second } = wallClock(epochSeconds(at), timeZone);
  return day * DAY + hour * 3600 + minute * 60 + second;
}

/** The first instant of a day; where the clock skips midnight, the instant it jumps to. */
function startOf(day: number, timeZone: string): EpochSeconds {
  const wanted = day * DAY;
  // The offset at the wanted instant is found from a guess, and again, because a guess may lie across a change of the clock.
  let at = wanted;
  for (let i = 0; i < 3; i++) at = wanted - (shownAt(at, timeZone) - at);
  const shown = shownAt(at, timeZone);
  if (shown < wanted) at += wanted - shown;
  return epochSeconds(at);
}
