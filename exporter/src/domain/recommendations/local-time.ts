/** Local hours of an IANA time zone, daylight saving included, from the runtime's own zone data. */
import type { EpochSeconds } from '../units.js';

export interface LocalHour {
  /** Days since the epoch in local time. */
  readonly day: number;
  /** 0 Sunday to 6 Saturday, as cron counts. */
  readonly weekday: number;
  /** 0..23. */
  readonly hour: number;
  /** Minutes past the local hour at which an hour of UTC begins: 30 or 45 in some zones. */
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** @throws RangeError when the time zone is not known */
export function localHour(at: EpochSeconds, timeZone: string): LocalHour {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at * 1000)) parts[type] = Number(value);
  const day = daysFromCivil(parts['year']!, parts['month']!, parts['day']!);
  // 1 January 1970 was a Thursday.
  return { day, weekday: (day + 4) % 7, hour: parts['hour']!, minute: parts['minute']! };
}

/** Days since the epoch of a date of the Gregorian calendar (H. Hinnant, chrono-compatible low-level date algorithms). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The hours of a window in local time, in their order. */
export const localHours = (hours: readonly EpochSeconds[], timeZone: string): readonly LocalHour[] =>
  hours.map((at) => localHour(at, timeZone));
