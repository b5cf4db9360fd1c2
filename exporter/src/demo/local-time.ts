/** Local time of the world's three places by the daylight-saving rules of the EU and the USA, without the host's zone data. */

export const TIME_ZONES = ['Europe/Paris', 'Europe/Amsterdam', 'America/Chicago'] as const;
export type TimeZone = (typeof TIME_ZONES)[number];

const WEEK_MINUTES = 7 * 1440;
/** 1 January 1970 was a Thursday: minutes from the Monday before it. */
const EPOCH_WEEK_MINUTE = 3 * 1440;

interface Rule {
  /** Seconds east of UTC in winter; summer adds one hour. */
  readonly winter: number;
  /** Start and end of summer time of a year, seconds since the epoch. */
  summer(year: number): readonly [number, number];
}

/** The n-th Sunday of a month (1-based); n = -1: the last. Midnight UTC, seconds since the epoch. */
function sunday(year: number, month: number, n: number): number {
  if (n < 0) {
    const last = new Date(Date.UTC(year, month, 0));
    return Date.UTC(year, month - 1, last.getUTCDate() - last.getUTCDay()) / 1000;
  }
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return Date.UTC(year, month - 1, 1 + ((7 - first) % 7) + 7 * (n - 1)) / 1000;
}

/** A rule that works each year out once. */
function ruleOf(winter: number, summer: Rule['summer']): Rule {
  const known = new Map<number, readonly [number, number]>();
  return {
    winter,
    summer: (year) => {
      const found = known.get(year) ?? summer(year);
      known.set(year, found);
      return found;
    },
  };
}

/** Directive 2000/84/EC: last Sundays of March and October, 01:00 UTC. */
const EUROPE = ruleOf(3600, (year) => [sunday(year, 3, -1) + 3600, sunday(year, 10, -1) + 3600]);
/** Energy Policy Act of 2005: second Sunday of March and first of November, 02:00 local time. */
const US_CENTRAL = ruleOf(-6 * 3600, (year) => [
  sunday(year, 3, 2) + 8 * 3600,
  sunday(year, 11, 1) + 7 * 3600,
]);
const RULES: Record<TimeZone, Rule> = {
  'Europe/Paris': EUROPE,
  'Europe/Amsterdam': EUROPE,
  'America/Chicago': US_CENTRAL,
};

/** Seconds east of UTC at an instant (seconds since the epoch). */
export function utcOffset(zone: TimeZone, at: number): number {
  const rule = RULES[zone];
  const [from, to] = rule.summer(new Date(at * 1000).getUTCFullYear());
  return rule.winter + (at >= from && at < to ? 3600 : 0);
}

/** Minute of the local week, 0 = Monday 00:00, 0..10079. The offset is remembered per epoch hour, in which it is constant. */
export function localWeekMinute(zone: TimeZone): (epochMinute: number) => number {
  let knownHour = Number.NaN;
  let offsetMinutes = 0;
  return (epochMinute) => {
    const hour = Math.floor(epochMinute / 60);
    if (hour !== knownHour) {
      offsetMinutes = utcOffset(zone, hour * 3600) / 60;
      knownHour = hour;
    }
    return (((epochMinute + offsetMinutes + EPOCH_WEEK_MINUTE) % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
  };
}
