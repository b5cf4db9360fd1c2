/**
 * What a quantity that was seen hour by hour comes to in the hours ahead: each hour of the week at its mean of the past weeks, and
 * a band from how far whole days were off that. Where no week has passed yet, the hours of the day, or the mean of all.
 */
import type { EpochSeconds } from '../units.js';

/** One hour of the past. */
export interface HourAmount {
  readonly hour: EpochSeconds;
  readonly value: number;
}

export interface Profile {
  /** Expected in the hour that begins at `hour`. */
  readonly expected: (hour: number) => number;
  /** Standard deviation of a whole day around what was expected of it. */
  readonly daySpread: number;
  /** Whole days that were seen. */
  readonly days: number;
}

const HOUR = 3600;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** Hours below which nothing is projected: half a day says nothing about the other half. */
export const MIN_HOURS = 24;
/** Relative spread of a day that is assumed until enough days were seen to tell. */
const UNKNOWN_SPREAD = 0.3;
const ENOUGH_DAYS = 4;

/** 1 January 1970 was a Thursday; which hour is called the first of the week does not matter. */
const hourOfWeek = (hour: number): number => Math.floor(hour / HOUR) % WEEK_HOURS;
const hourOfDay = (hour: number): number => Math.floor(hour / HOUR) % DAY_HOURS;

/** @returns null with fewer than `MIN_HOURS` hours */
export function profileOf(past: readonly HourAmount[]): Profile | null {
  if (past.length < MIN_HOURS) return null;
  const week = meansBy(past, hourOfWeek);
  const day = meansBy(past, hourOfDay);
  const all = past.reduce((sum, { value }) => sum + value, 0) / past.length;
  const expected = (hour: number): number => week.get(hourOfWeek(hour)) ?? day.get(hourOfDay(hour)) ?? all;
  const errors = dayErrors(past, (hour) => day.get(hourOfDay(hour)) ?? all);
  return { expected, daySpread: spreadOf(errors, all * DAY_HOURS), days: errors.length };
}

function meansBy(past: readonly HourAmount[], keyOf: (hour: number) => number): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { hour, value } of past) {
    const key = keyOf(hour);
    const known = sums.get(key) ?? { sum: 0, count: 0 };
    sums.set(key, { sum: known.sum + value, count: known.count + 1 });
  }
  return new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]));
}

/** Of every UTC day that was seen whole: what it came to less what the hours of the day say. */
function dayErrors(past: readonly HourAmount[], expected: (hour: number) => number): number[] {
  const days = new Map<number, { error: number; hours: number }>();
  for (const { hour, value } of past) {
    const day = Math.floor(hour / (DAY_HOURS * HOUR));
    const known = days.get(day) ?? { error: 0, hours: 0 };
    days.set(day, { error: known.error + value - expected(hour), hours: known.hours + 1 });
  }
  return [...days.values()].filter(({ hours }) => hours === DAY_HOURS).map(({ error }) => error);
}

/** Around the hours of the day, not of the week: of one week alone, each hour would be exactly its own mean. */
function spreadOf(errors: readonly number[], meanDay: number): number {
  const assumed = UNKNOWN_SPREAD * meanDay;
  if (errors.length < 2) return assumed;
  const spread = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / (errors.length - 1));
  return errors.length < ENOUGH_DAYS ? Math.max(spread, assumed / errors.length) : spread;
}

export interface Ahead {
  readonly value: number;
  /** 90 % band, both ends at least 0. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided 90 % of a normal distribution. */
const Z90 = 1.645;

/** Sum over [from, to); a part of an hour counts for its part. */
export function projected({ expected, daySpread, days }: Profile, from: number, to: number): Ahead {
  let value = 0;
  for (const [hour, share] of hoursBetween(from, to)) value += share * expected(hour);
  const length = Math.max(0, to - from) / (DAY_HOURS * HOUR);
  // Days differ from one another; that the level itself is known from few days only is an error they all share.
  const own = daySpread * Math.sqrt(length);
  const shared = (daySpread / Math.sqrt(Math.max(1, days))) * length;
  const width = Z90 * Math.hypot(own, shared);
  return { value, low: Math.max(0, value - width), high: value + width };
}

/** The instant at which `left` more has been used up, counting from `from`; null: not before `to`. */
export function reachedAt(profile: Profile, left: number, from: number, to: number): number | null {
  let used = 0;
  for (const [hour, share] of hoursBetween(from, to)) {
    const next = profile.expected(hour);
    if (used + share * next > left && next > 0) {
      return Math.max(from, hour) + ((left - used) / next) * HOUR;
    }
    used += share * next;
  }
  return null;
}

/** Hours touched by [from, to), each with the share of it that lies within. */
function* hoursBetween(from: number, to: number): Generator<readonly [hour: number, share: number]> {
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) {
    const share = (Math.min(to, hour + HOUR) - Math.max(from, hour)) / HOUR;
    if (share > 0) yield [hour, share];
  }
}
