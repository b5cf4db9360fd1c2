/** The scrape interval is learnt from the distance between samples, never assumed. */
import { HOUR, floorTo } from '../../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';

/** Scrape intervals people configure, s. */
const COMMON = [1, 2, 5, 10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1800, 3600];
/** Jitter within which a measured distance is taken for a common interval. */
const TOLERANCE = 0.1;

/** The common interval that a measured distance stands for, or the distance itself when it is near none. */
export function snapped(distance: number): Seconds {
  const nearest = COMMON.reduce((best, each) =>
    Math.abs(each - distance) < Math.abs(best - distance) ? each : best,
  );
  return seconds(Math.abs(nearest - distance) <= TOLERANCE * nearest ? nearest : distance);
}

/**
 * The interval from instants of samples, one list a series: the median distance, so that gaps and restarts do not matter; of
 * several series the shortest. Null below three samples.
 */
export function learn(series: readonly (readonly number[])[]): Seconds | null {
  const medians = series.map(medianDistance).filter((each) => each !== null);
  return medians.length === 0 ? null : snapped(Math.min(...medians));
}

function medianDistance(instants: readonly number[]): number | null {
  const sorted = instants.toSorted((a, b) => a - b);
  const distances = sorted.slice(1).map((t, i) => t - sorted[i]!);
  const positive = distances.filter((each) => each > 0).toSorted((a, b) => a - b);
  return positive.length < 2 ? null : positive[Math.floor((positive.length - 1) / 2)]!;
}

/** How far back samples are looked at: enough for a few at any interval people use. */
export const LEARNING_WINDOW = seconds(900);

/**
 * Where the interval of a clock hour is learnt: up to the end of its first grid interval. A function of the hour alone, so that
 * live operation and a later backfill learn the same.
 */
export function learningInstant(start: EpochSeconds, step: Seconds): EpochSeconds {
  return epochSeconds(floorTo(start, HOUR) + step);
}

/**
 * How many scrapes several series of one object show together: samples of different sources within one scrape interval count
 * once. It tells sources that followed one another (more than any one has) from sources side by side.
 */
export function scrapesTogether(series: readonly (readonly number[])[], scrape: Seconds): number {
  return new Set(series.flat().map((t) => Math.floor(t / scrape))).size;
}
