/** Hours as they are called where a workload runs. */
import type { EpochSeconds } from '../units.js';
import { wallClock } from '../wall-clock.js';

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

/** @throws RangeError when the time zone is not known */
export function localHour(at: EpochSeconds, timeZone: string): LocalHour {
  const { day, hour, minute } = wallClock(at, timeZone);
  // 1 January 1970 was a Thursday.
  return { day, weekday: (day + 4) % 7, hour, minute };
}

/** The hours of a window in local time, in their order. */
export const localHours = (hours: readonly EpochSeconds[], timeZone: string): readonly LocalHour[] =>
  hours.map((at) => localHour(at, timeZone));
