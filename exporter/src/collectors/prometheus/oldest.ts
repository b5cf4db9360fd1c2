/** Finding the oldest data of a server with a few cheap queries. */
import { floorTo } from '../../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { available, type Outcome } from '../../ports/outcome.js';
import { Flags, readSeries, type Grid, type Rejections } from './answer.js';
import type { PrometheusClient } from './client.js';

export interface Probe {
  readonly client: PrometheusClient;
  readonly expression: string;
  readonly rejections: Rejections;
}

const COARSE = seconds(3600);
const FINE = seconds(60);
/** Points of one probe; Prometheus refuses more than 11 000. */
const MAX_POINTS = 10_000;

/**
 * The end of the minute, at or after `from`, in which the first sample lies: from there on nothing is missing, while an interval
 * that began before it could only ever be partial. Null when there is no sample up to `now`. An hourly grid finds
 * the hour and a grid of minutes the minute; a server younger than an hour is found by minutes at once. Stretches of data
 * shorter than an hour before a gap may be passed over.
 */
export async function findOldest(
  probe: Probe,
  from: EpochSeconds,
  now: EpochSeconds,
  signal: AbortSignal | undefined,
): Promise<Outcome<EpochSeconds | null>> {
  const begin = floorTo(from, FINE);
  if (begin >= now) return available(null);
  const coarse = await firstSeen(probe, begin, now, coarseStep(begin, now), signal);
  if (!coarse.ok) return coarse;
  const until = coarse.value ?? now;
  const width = coarseStep(begin, now);
  const fine = await firstSeen(probe, epochSeconds(Math.max(begin, until - width)), until, FINE, signal);
  if (!fine.ok) return fine;
  const seen = fine.value ?? coarse.value;
  return available(seen === null ? null : epochSeconds(Math.max(from, seen)));
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
  const options = {
    grid,
    limit: Infinity,
    maxSeries: 1,
    flags: new Flags(grid.count),
    rejections: probe.rejections,
  };
  readSeries(outcome.value, options, (_, values) => {
    const index = values.findIndex((value) => value > 0);
    if (index >= 0) first = epochSeconds(from + index * step);
  });
  return available(first);
}
