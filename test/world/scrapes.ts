/** When each target is scraped: its own offset within the interval, as Prometheus spreads its load, and optional lateness. */
import { hashText, unit } from '../../exporter/src/demo/hash.js';

export interface ScrapeOptions {
  /** Seconds. */
  readonly scrapeInterval: number;
  /** Each scrape is late by up to a twentieth of the interval, drawn from this seed; absent: exactly periodic. */
  readonly jitterSeed?: number | undefined;
}

/** Scrapes of a target in [from, to) seconds, as ms since the epoch, ascending. */
export function scrapesOf(
  target: string,
  from: number,
  to: number,
  options: ScrapeOptions,
): readonly number[] {
  const interval = options.scrapeInterval * 1000;
  const key = hashText(target);
  const offset = key % interval;
  const out: number[] = [];
  for (let n = Math.floor((from * 1000 - offset) / interval) - 1; n * interval + offset < to * 1000; n++) {
    const late = options.jitterSeed === undefined ? 0 : unit(key ^ options.jitterSeed, n) * 0.05 * interval;
    const at = Math.floor(n * interval + offset + late);
    if (at >= from * 1000 && at < to * 1000) out.push(at);
  }
  return out;
}
