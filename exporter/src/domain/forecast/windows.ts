/** When to run something: the cleanest window for a job of known length, and the windows that are clean for their zone. */
import type { TimeRange } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import { quantile, type IntensityHour } from './hour-of-week.js';

const HOUR = 3600;

export interface Window extends TimeRange {
  /** Mean over the window, g/kWh. */
  readonly mean: number;
}

/**
 * The window of `length` seconds with the lowest mean, among all that begin at or after `notBefore` and end within the hours
 * known; of equal ones the earliest. Intensity is constant within an hour, so the mean changes linearly while a window moves, and
 * the lowest begins or ends on the hour, or at `notBefore`.
 * @param hours ascending; windows across a gap are not considered
 * @returns null when no window fits
 */
export function bestWindow(
  hours: readonly IntensityHour[],
  length: number,
  notBefore: EpochSeconds,
): Window | null {
  let best: Window | null = null;
  for (const from of startsOf(hours, length, notBefore)) {
    const mean = meanOver(hours, from, from + length);
    if (mean !== null && (best === null || mean < best.mean)) {
      best = { from: epochSeconds(from), to: epochSeconds(from + length), mean };
    }
  }
  return best;
}

function startsOf(hours: readonly IntensityHour[], length: number, notBefore: number): number[] {
  const edges = hours.flatMap(({ hour }) => [hour, hour + HOUR]);
  const starts = [notBefore, ...edges, ...edges.map((edge) => edge - length)];
  return [...new Set(starts)].filter((t) => t >= notBefore).toSorted((a, b) => a - b);
}

/** Null when part of the window is not known. */
export function meanOver(hours: readonly IntensityHour[], from: number, to: number): number | null {
  let [sum, known] = [0, 0];
  for (const { hour, value } of hours) {
    const overlap = Math.min(to, hour + HOUR) - Math.max(from, hour);
    if (overlap <= 0) continue;
    sum += overlap * value;
    known += overlap;
  }
  return known === to - from && known > 0 ? sum / known : null;
}

/** Share of the past hours that were as clean as a low-carbon window must be. */
const LOW = 0.25;

/** What the cleanest quarter of the past hours stayed below, g/kWh; null without a past. */
export function lowThreshold(past: readonly IntensityHour[]): number | null {
  if (past.length === 0) return null;
  return quantile(
    past.map(({ value }) => value).toSorted((a, b) => a - b),
    LOW,
  );
}

/** Runs of hours ahead at or below the threshold. */
export function lowCarbonWindows(hours: readonly IntensityHour[], threshold: number): readonly Window[] {
  const windows: { from: EpochSeconds; to: EpochSeconds; sum: number; count: number }[] = [];
  for (const { hour, value } of hours) {
    if (value > threshold) continue;
    const last = windows.at(-1);
    if (last?.to === hour) {
      last.to = epochSeconds(hour + HOUR);
      last.sum += value;
      last.count += 1;
    } else windows.push({ from: hour, to: epochSeconds(hour + HOUR), sum: value, count: 1 });
  }
  return windows.map(({ from, to, sum, count }) => ({ from, to, mean: sum / count }));
}
