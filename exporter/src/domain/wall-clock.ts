/** What a clock on the wall shows in an IANA time zone, daylight saving included, from the runtime's own zone data. */
import type { EpochSeconds } from './units.js';

export interface WallClock {
  /** Days since 1 January 1970 in local time. */
  readonly day: number;
  readonly year: number;
  /** 1..12. */
  readonly month: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** @throws RangeError when the time zone is not known */
export function wallClock(at: EpochSeconds, timeZone: string): WallClock {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at * 1000)) parts[type] = Number(value);
  const [year, month] = [parts['year']!, parts['month']!];
  return {
    ...{ day: dayNumber(year, month, parts['day']!), year, month },
    ...{ hour: parts['hour']!, minute: parts['minute']!, second: parts['second']! },
  };
}

/** Days from 1 January 1970 to a date of the Gregorian calendar; years are counted from March, so that a leap day ends one. */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + ofYear - 719_468;
}

/** Whether the runtime knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}
