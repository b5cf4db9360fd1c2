/** What is known of one grid zone: the intensity in use, the hours ahead, and how far they can be believed. */
import type { IntensitySource } from '../model.js';
import type { EpochSeconds } from '../units.js';
import {
  backtest,
  forecastHours,
  type Backtest,
  type ForecastHour,
  type IntensityHour,
} from './hour-of-week.js';
import { banded, type Misses } from './provider-misses.js';
import { lowCarbonWindows, lowThreshold, type Window } from './windows.js';

/** Hours ahead that are forecast. */
export const HORIZON_HOURS = 72;

/** Who forecasts: a live provider, or the hours of the week. */
export const FORECAST_METHODS = ['provider', 'hour-of-week'] as const;
export type ForecastMethod = (typeof FORECAST_METHODS)[number];

export interface IntensityInUse {
  readonly value: number;
  readonly source: IntensitySource;
  /** The instant that the value holds for. */
  readonly time: EpochSeconds;
}

export interface ZoneOutlook {
  readonly zone: string;
  /** What the newest interval was computed with; null: no node of the newest interval draws from the zone. */
  readonly inUse: IntensityInUse | null;
  /** Null: there is no forecast. */
  readonly method: ForecastMethod | null;
  /** The provider, or the one whose history the hours of the week are of; empty without a forecast. */
  readonly source: string;
  /** From the present hour on, ascending. A provider tells no band: it is of its own misses (`banded`), and none until there are enough. */
  readonly hours: readonly ForecastHour[];
  /** Of the hours of the week, whoever forecasts; null: too little history. */
  readonly backtest: Backtest | null;
  /** g/kWh; null without history. */
  readonly lowThreshold: number | null;
  readonly lowWindows: readonly Window[];
  /** Hours of history that all this rests on. */
  readonly historyHours: number;
  /** How far off the provider was; absent: none has ever forecast the zone. */
  readonly misses?: Misses;
}

export interface ZoneKnown {
  readonly zone: string;
  readonly inUse: IntensityInUse | null;
  /** Ascending, of one source. */
  readonly past: readonly IntensityHour[];
  readonly pastSource: string;
  /** What a live provider forecasts; empty: none does. */
  readonly ahead: readonly IntensityHour[];
  readonly aheadSource: string;
  /** Of the provider, its present forecast included; null, absent: none has ever forecast the zone. */
  readonly misses?: Misses | null;
}

/** @param from start of the present hour */
export function zoneOutlook(known: ZoneKnown, from: EpochSeconds): ZoneOutlook {
  const { zone, inUse, past } = known;
  const { method, source, hours } = forecastOf(known, from);
  const threshold = lowThreshold(past);
  return {
    zone,
    inUse,
    method,
    source,
    hours,
    backtest: backtest(past, from),
    lowThreshold: threshold,
    lowWindows: threshold === null ? [] : lowCarbonWindows(hours, threshold),
    historyHours: past.length,
    ...(known.misses && { misses: known.misses }),
  };
}

function forecastOf(
  { past, pastSource, ahead, aheadSource, misses = null }: ZoneKnown,
  from: EpochSeconds,
): Pick<ZoneOutlook, 'method' | 'source' | 'hours'> {
  const provided = ahead.filter(({ hour }) => hour >= from).slice(0, HORIZON_HOURS);
  if (provided.length > 0) {
    return { method: 'provider', source: aheadSource, hours: banded(provided, misses, from) };
  }
  const hours = forecastHours(past, from, HORIZON_HOURS);
  if (hours === null) return { method: null, source: '', hours: [] };
  return { method: 'hour-of-week', source: pastSource, hours };
}
