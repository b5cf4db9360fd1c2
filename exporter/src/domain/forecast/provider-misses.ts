/**
 * How far the forecasts of a provider were off what it said of the same hours afterwards, by how far ahead they were made. A provider
 * tells no band of its own, and what it once forecast is nowhere to be asked: so some of each hour's forecasts are kept until
 * their hour has come.
 */
import type { EpochSeconds } from '../units.js';
import { quantile, type ForecastHour, type IntensityHour } from './hour-of-week.js';

const HOUR = 3600;
/** Hours ahead of which a forecast is kept; hours between two of them have the band of the later one. */
export const LEADS = [1, 6, 24, 48] as const;
/** Misses of a lead below which it has no band. */
const ENOUGH_MISSES = 48;
/** How long a miss counts, and how long a forecast waits for its hour to be told. */
const KEPT = 14 * 24 * HOUR;
const WAITS = 4 * 24 * HOUR;

interface Told {
  readonly hour: EpochSeconds;
  /** One of `LEADS`. */
  readonly lead: number;
  /** g/kWh: what was forecast, or by how much more came. */
  readonly value: number;
}

/** Plain data, kept with the outlook of a zone; at most two weeks of hours a lead. */
export interface Misses {
  /** Whose forecasts they are. */
  readonly source: string;
  readonly waiting: readonly Told[];
  readonly off: readonly Told[];
}

export interface ForecastTold {
  readonly source: string;
  /** From the present hour on. */
  readonly ahead: readonly IntensityHour[];
  /** What the same source has said of hours that are over, for good. */
  readonly actual: ReadonlyMap<number, number>;
}

/** @param before null, or of another source: nothing of it counts. @param from start of the present hour */
export function withForecast(before: Misses | null, told: ForecastTold, from: EpochSeconds): Misses {
  const { source, ahead, actual } = told;
  const known: Misses = before?.source === source ? before : { source, waiting: [], off: [] };
  const come = known.waiting.flatMap((w): Told[] => {
    const value = actual.get(w.hour);
    return value === undefined ? [] : [{ ...w, value: value - w.value }];
  });
  const values = new Map<number, number>(ahead.map(({ hour, value }) => [hour, value]));
  const waiting = known.waiting.filter((w) => !actual.has(w.hour) && w.hour >= from - WAITS);
  const isKept = (hour: number, lead: number): boolean =>
    waiting.some((w) => w.hour === hour && w.lead === lead);
  const fresh = LEADS.flatMap((lead): Told[] => {
    const hour = (from + lead * HOUR) as EpochSeconds;
    const value = values.get(hour);
    return value === undefined || isKept(hour, lead) ? [] : [{ hour, lead, value }];
  });
  return {
    source,
    waiting: [...waiting, ...fresh],
    off: [...known.off, ...come].filter((o) => o.hour >= from - KEPT),
  };
}

/**
 * The hours ahead with the band that holds the middle 80 % of the misses. As long as there are not enough of them of every lead that
 * the forecast reaches, low and high are the value itself: a band that ends would look like certainty.
 */
export function banded(
  ahead: readonly IntensityHour[],
  misses: Misses | null,
  from: EpochSeconds,
): readonly ForecastHour[] {
  const last = ahead.at(-1);
  const reached = LEADS.filter((lead, i) => i === 0 || (last && last.hour >= from + lead * HOUR));
  const byLead = new Map(reached.map((lead) => [lead as number, missesOf(misses, lead)]));
  if ([...byLead.values()].some((off) => off.length < ENOUGH_MISSES))
    return ahead.map((h) => ({ ...h, low: h.value, high: h.value }));
  return ahead.map(({ hour, value }) => {
    const lead = reached.find((each) => hour <= from + each * HOUR) ?? reached.at(-1)!;
    const off = byLead.get(lead)!;
    return {
      hour,
      value,
      low: Math.max(0, Math.min(value, value + quantile(off, 0.1))),
      high: Math.max(value, value + quantile(off, 0.9)),
    };
  });
}

/** Ascending. */
const missesOf = (misses: Misses | null, lead: number): readonly number[] =>
  (misses?.off ?? [])
    .filter((o) => o.lead === lead)
    .map((o) => o.value)
    .toSorted((a, b) => a - b);
