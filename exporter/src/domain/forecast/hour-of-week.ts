/**
 * Carbon intensity of the hours ahead from that of the past: the median of the same hour of other weeks, and a band from how far
 * hours were off that. Its own error is measured by doing the same from the past alone and comparing with what came.
 */
import type { EpochSeconds } from '../units.js';

/** g/kWh in the hour that begins at `hour`. */
export interface IntensityHour {
  readonly hour: EpochSeconds;
  readonly value: number;
}

/** Of one hour ahead; low and high hold the middle 80 % of how far past hours were off. */
export interface ForecastHour extends IntensityHour {
  readonly low: number;
  readonly high: number;
}

const HOUR = 3600;
const WEEK_HOURS = 168;
const DAY_HOURS = 24;
/** How far back is looked: long enough for four of each hour of the week, short enough to be of the season. */
export const LOOKBACK = 28 * DAY_HOURS * HOUR;
/** Values an hour of the week needs before it is told apart from the same hour of other days. */
const ENOUGH = 3;
/** Hours of history below which nothing is forecast. */
export const MIN_HISTORY = 48;

/** Ascending values of the same hour of a day or week. */
type Buckets = ReadonlyMap<number, readonly number[]>;

function bucketsOf(
  past: readonly { readonly hour: number; readonly value: number }[],
  length: number,
): Buckets {
  const buckets = new Map<number, number[]>();
  for (const { hour, value } of past) {
    const key = Math.floor(hour / HOUR) % length;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(value);
    else buckets.set(key, [value]);
  }
  for (const bucket of buckets.values()) bucket.sort((a, b) => a - b);
  return buckets;
}

/** Values that an hour is told from, of other weeks where enough are known, else of other days, else all. */
class PastHours {
  readonly #week: Buckets;
  readonly #day: Buckets;
  readonly #all: readonly number[];

  constructor(known: readonly IntensityHour[]) {
    this.#week = bucketsOf(known, WEEK_HOURS);
    this.#day = bucketsOf(known, DAY_HOURS);
    this.#all = known.map(({ value }) => value).toSorted((a, b) => a - b);
  }

  of(hour: number): readonly number[] {
    const index = Math.floor(hour / HOUR);
    const ofWeek = this.#week.get(index % WEEK_HOURS) ?? [];
    return ofWeek.length >= ENOUGH ? ofWeek : (this.#day.get(index % DAY_HOURS) ?? this.#all);
  }
}

/** What each known hour was off by when told from the others alone, by hour of the day. */
function errorsOf(known: readonly IntensityHour[], past: PastHours): Buckets {
  const off = known.flatMap(({ hour, value }) => {
    const values = past.of(hour);
    const others = values.toSpliced(values.indexOf(value), 1);
    return others.length === 0 ? [] : [{ hour, value: value - quantile(others, 0.5) }];
  });
  return bucketsOf(off, DAY_HOURS);
}

/** Of ascending values, linear between neighbours. @param p 0..1 */
export function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

/**
 * The hours from `from` on.
 * @param past ascending; only what lies within `LOOKBACK` before `from` counts
 * @returns null when less than `MIN_HISTORY` hours are known
 */
export function forecastHours(
  past: readonly IntensityHour[],
  from: EpochSeconds,
  hours: number,
): readonly ForecastHour[] | null {
  const known = past.filter(({ hour }) => hour >= from - LOOKBACK && hour < from);
  if (known.length < MIN_HISTORY) return null;
  const hoursPast = new PastHours(known);
  const errors = errorsOf(known, hoursPast);
  return Array.from({ length: hours }, (_, i) => {
    const hour = (from + i * HOUR) as EpochSeconds;
    const value = quantile(hoursPast.of(hour), 0.5);
    const off = errors.get(Math.floor(hour / HOUR) % DAY_HOURS) ?? [0];
    return {
      hour,
      value,
      low: Math.max(0, Math.min(value, value + quantile(off, 0.1))),
      high: Math.max(value, value + quantile(off, 0.9)),
    };
  });
}

/** How wrong the method was when it knew only what lay before; over the days that could be tried. */
export interface Backtest {
  /** Mean of |forecast - actual| / actual over hours with an actual above 0; null: there was none. */
  readonly mape: number | null;
  /** g/kWh: mean of |forecast - actual|, and of forecast - actual. */
  readonly mae: number;
  readonly bias: number;
  /** Share of the actual values within low..high. */
  readonly within: number;
  readonly hours: number;
  /** Days that were forecast, each from what was known at its beginning. */
  readonly days: number;
}

/** Days tried at most, the newest. */
const TRIED = 7;

/** @returns null when no day could be tried: there must be `MIN_HISTORY` hours before one */
export function backtest(past: readonly IntensityHour[], now: EpochSeconds): Backtest | null {
  const actual = new Map<number, number>(past.map(({ hour, value }) => [hour, value]));
  const today = Math.floor(now / (DAY_HOURS * HOUR)) * DAY_HOURS * HOUR;
  const errors: Tried[] = [];
  let days = 0;
  for (let i = 1; i <= TRIED; i++) {
    const from = (today - i * DAY_HOURS * HOUR) as EpochSeconds;
    const tried = tryDay(past, from, actual);
    if (tried.length > 0) days++;
    errors.push(...tried);
  }
  return errors.length === 0 ? null : { ...summary(errors), days };
}

interface Tried {
  readonly forecast: ForecastHour;
  readonly actual: number;
}

function tryDay(
  past: readonly IntensityHour[],
  from: EpochSeconds,
  actual: ReadonlyMap<number, number>,
): Tried[] {
  return (forecastHours(past, from, DAY_HOURS) ?? []).flatMap((forecast) => {
    const value = actual.get(forecast.hour);
    return value === undefined ? [] : [{ forecast, actual: value }];
  });
}

function summary(tried: readonly Tried[]): Omit<Backtest, 'days'> {
  const mean = (of: (t: Tried) => number, over = tried): number =>
    over.reduce((sum, t) => sum + of(t), 0) / over.length;
  const error = ({ forecast, actual }: Tried): number => forecast.value - actual;
  const positive = tried.filter(({ actual }) => actual > 0);
  return {
    mape: positive.length === 0 ? null : mean((t) => Math.abs(error(t)) / t.actual, positive),
    mae: mean((t) => Math.abs(error(t))),
    bias: mean(error),
    within: mean(({ forecast, actual }) => Number(actual >= forecast.low && actual <= forecast.high)),
    hours: tried.length,
  };
}
