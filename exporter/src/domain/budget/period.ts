/** Calendar periods in a time zone: the day, the ISO week (from Monday) and the month that an instant lies in. */
import type { TimeRange } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

const DAY = 86_400;

/** The period that `at` lies in, as instants. @throws RangeError for a time zone that the runtime does not know */
export function periodAt(period: Period, timeZone: string, at: EpochSeconds): TimeRange {
  const { from, to } = daysOf(period, wallClock(timeZone, at));
  return { from: startOf(from, timeZone), to: startOf(to, timeZone) };
}

/** Whether the runtime knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock on the wall shows: the date, and seconds since the epoch as if it were UTC. */
interface WallClock {
  readonly year: number;
  /** 1..12. */
  readonly month: number;
  readonly day: number;
  readonly seconds: number;
}

/** First day of the period and of the next one, counted from 1 January 1970. */
function daysOf(
  period: Period,
  { year, month, day }: WallClock,
): { readonly from: number; readonly to: number } {
  const today = dayNumber(year, month, day);
  if (period === 'day') return { from: today, to: today + 1 };
  if (period === 'month') {
    const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
    return { from: dayNumber(year, month, 1), to: next };
  }
  // 1 January 1970 was a Thursday, three days after a Monday.
  const monday = today - ((((today + 3) % 7) + 7) % 7);
  return { from: monday, to: monday + 7 };
}

/** Days from 1 January 1970 to a date of the Gregorian calendar; years are counted from March, so that a leap day ends one. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + ofYear - 719_468;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}

function wallClock(timeZone: string, at: number): WallClock {
  const parts = formatterOf(timeZone).formatToParts(at * 1000);
  const read = (wanted: string): number => Number(parts.find(({ type }) => type === wanted)!.value);
  const [year, month, day] = [read('year'), read('month'), read('day')];
  const seconds =
    dayNumber(year, month, day) * DAY + read('hour') * 3600 + read('minute') * 60 + read('second');
  return { year, month, day, seconds };
}

/** The first instant of a day; where the clock skips midnight, the instant it jumps to. */
function startOf(day: number, timeZone: string): EpochSeconds {
  const wanted = day * DAY;
  const shown = (t: number): number => wallClock(timeZone, t).seconds;
  // The offset at the wanted instant is found from a guess, and again, because a guess may lie across a change of the clock.
  let at = wanted;
  for (let i = 0; i < 3; i++) at = wanted - (shown(at) - at);
  if (shown(at) < wanted) at += wanted - shown(at);
  return epochSeconds(at);
}
