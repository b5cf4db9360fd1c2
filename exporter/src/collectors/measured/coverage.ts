/** Which share of an interval a number of samples covers. */
import { ratio, type Ratio, type Seconds } from '../../domain/units.js';

/**
 * Each sample stands for one scrape interval. Within one scrape interval of the whole, it is the whole: the phase of scraping
 * costs up to that much.
 */
export function coverageOf(samples: number, scrape: number, step: Seconds): Ratio {
  if (!(samples > 0)) return ratio(0);
  const covered = samples * scrape;
  return ratio(covered >= step - scrape * (1 + 1e-9) && samples > 1 ? 1 : Math.min(1, covered / step));
}

/** The scrape interval from instants of samples, one list a series: the median distance; null below three samples. */
export function scrapeInterval(series: readonly (readonly number[])[]): number | null {
  const medians = series.map(medianDistance).filter((each) => each !== null);
  return medians.length === 0 ? null : Math.min(...medians);
}

function medianDistance(instants: readonly number[]): number | null {
  const sorted = instants.toSorted((a, b) => a - b);
  const distances = sorted.slice(1).map((t, i) => t - sorted[i]!);
  const positive = distances.filter((each) => each > 0).toSorted((a, b) => a - b);
  return positive.length < 2 ? null : positive[Math.floor((positive.length - 1) / 2)]!;
}
