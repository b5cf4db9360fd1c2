/** Questions about the grid: its past by the most trusted source, and windows among the hours ahead. */
import { bestWindow, lowCarbonWindows, meanOver, type Window } from '../domain/forecast/windows.js';
import type { ForecastHour } from '../domain/forecast/hour-of-week.js';
import type { ZoneOutlook } from '../domain/forecast/outlook.js';
import { HOUR } from '../domain/interval.js';
import { INTENSITY_SOURCES } from '../domain/model.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { StoredIntensity } from '../ports/factor-store.js';

/** One value an hour: that of the source that comes first in INTENSITY_SOURCES, the order in which they are believed. */
export function preferredHours(stored: readonly StoredIntensity[]): readonly StoredIntensity[] {
  const rank = ({ source }: StoredIntensity): number => INTENSITY_SOURCES.indexOf(source);
  const best = new Map<number, StoredIntensity>();
  for (const point of stored) {
    const known = best.get(point.hour);
    if (!known || rank(point) < rank(known)) best.set(point.hour, point);
  }
  return [...best.values()].toSorted((a, b) => a.hour - b.hour);
}

export interface AheadQuestion {
  readonly now: EpochSeconds;
  /** How far ahead. */
  readonly horizon: Seconds;
  /** Of a job; null: none is asked about. */
  readonly duration: Seconds | null;
}

export interface AheadAnswer {
  readonly hours: readonly ForecastHour[];
  /** Null: no job was asked about, or none of its length fits. */
  readonly best: Window | null;
  /** Mean of the same length beginning now; null: it does not fit. */
  readonly now: number | null;
  readonly lowWindows: readonly Window[];
}

/** The part of an outlook between now and the horizon. */
export function aheadOf(outlook: ZoneOutlook, { now, horizon, duration }: AheadQuestion): AheadAnswer {
  const hours = outlook.hours.filter(({ hour }) => hour + HOUR > now && hour < now + horizon);
  const { lowThreshold } = outlook;
  return {
    hours,
    best: duration === null ? null : bestWindow(hours, duration, now),
    now: duration === null ? null : meanOver(hours, now, now + duration),
    lowWindows: lowThreshold === null ? [] : lowCarbonWindows(hours, lowThreshold),
  };
}
