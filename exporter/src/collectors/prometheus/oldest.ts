/** Finding the oldest data of a server with a few cheap queries. */
import { floorTo } from '../../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { available, type Outcome } from '../../ports/outcome.js';
import { Flags, readSeries, type Grid, type ReadOptions, type Rejections } from './answer.js';
import { snapped } from './scrape-interval.js';
import type { PrometheusClient } from './client.js';

export interface Probe {
  readonly client: PrometheusClient;
  readonly expression: string;
  /** Samples of one node in the last `COUNTED` seconds. */
  readonly count: string;
  readonly rejections: Rejections;
}

const COARSE = seconds(3600);
const FINE = seconds(60);
const FINEST = seconds(5);
/** Over how long samples are counted to learn how far apart they are. */
export const COUNTED = seconds(120);
/** Points of one probe; Prometheus refuses more than 11 000. */
const MAX_POINTS = 10_000;

/**
 * The beginning, at or after `from`, of what the first sample stands for: one scrape interval before it, to five seconds; null when
 * there is none up to `now`. An hourly grid finds the hour, a grid of minutes the minute, one of seconds the rest; a server younger than an hour is found by minutes at once. Stretches
 * of data shorter than an hour before a gap may be passed over.
 */
export async function findOldest(
  probe: Probe,
  from: EpochSeconds,
  now: EpochSeconds,
  signal: AbortSignal | undefined,
): Promise<Outcome<EpochSeconds | null>> {
  const begin = floorTo(from, FINE);
  if (begin >= now) return available(null);
  const coarse = coarseStep(begin, now);
  let found: EpochSeconds | null = null;
  let [after, until] = [begin, now];
  for (const step of [coarse, FINE, FINEST]) {
    const seen = await firstSeen(probe, after, until, step, signal);
    if (!seen.ok) return seen;
    if (seen.value === null && found === null && step !== coarse) return available(null);
    found = seen.value ?? found;
    until = found ?? now;
    after = epochSeconds(Math.max(begin, until - step));
  }
  if (found === null) return available(null);
  const scrape = await scrapeInterval(probe, found, signal);
  return scrape.ok ? available(epochSeconds(Math.max(from, found - scrape.value))) : scrape;
}

/** How long one sample stands for at the beginning of the data; a minute when too little is there to tell. */
async function scrapeInterval(
  probe: Probe,
  first: EpochSeconds,
  signal: AbortSignal | undefined,
): Promise<Outcome<Seconds>> {
  const grid: Grid = { first: epochSeconds(first + COUNTED), step: COUNTED, count: 1 };
  const outcome = await probe.client.range(probe.count, grid, signal);
  if (!outcome.ok) return outcome;
  let samples = 0;
  readSeries(outcome.value, optionsFor(grid, probe), (_, values) => (samples = values[0]! || 0));
  return available(samples > 0 ? snapped(COUNTED / samples) : FINE);
}

function coarseStep(from: EpochSeconds, to: EpochSeconds): Seconds {
  return seconds(COARSE * Math.max(1, Math.ceil((to - from) / COARSE / MAX_POINTS)));
}

async function firstSeen(
  probe: Probe,
  from: EpochSeconds,
  to: EpochSeconds,
  step: Seconds,
  signal: AbortSignal | undefined,
): Promise<Outcome<EpochSeconds | null>> {
  const grid: Grid = { first: from, step, count: Math.floor((to - from) / step) + 1 };
  const outcome = await probe.client.range(probe.expression, grid, signal);
  if (!outcome.ok) return outcome;
  let first: EpochSeconds | null = null;
  readSeries(outcome.value, optionsFor(grid, probe), (_, values) => {
    const index = values.findIndex((value) => value > 0);
    if (index >= 0) first = epochSeconds(from + index * step);
  });
  return available(first);
}

const optionsFor = (grid: Grid, { rejections }: Probe): ReadOptions => ({
  grid,
  limit: Infinity,
  maxSeries: 1,
  flags: new Flags(grid.count),
  rejections,
});
