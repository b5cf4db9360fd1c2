/** The hours ahead of every grid zone in use, from what live providers forecast or from the stored past. */
import { floorTo, HOUR } from '../domain/interval.js';
import { LOOKBACK, type IntensityHour } from '../domain/forecast/hour-of-week.js';
import { zoneOutlook, type IntensityInUse, type ZoneOutlook } from '../domain/forecast/outlook.js';
import { withForecast } from '../domain/forecast/provider-misses.js';
import type { IntervalResult } from '../domain/model.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { IntensityStore, StoredIntensity } from '../ports/factor-store.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import type { StatusKeeper } from './status.js';

export interface OutlookDeps {
  readonly store: Pick<IntensityStore, 'intensity'>;
  /** In the order in which they are believed. */
  readonly providers: readonly IntensityProvider[];
  readonly status?: Pick<StatusKeeper, 'ask'> | undefined;
  /** What was found the last time: it keeps how far off providers were. */
  readonly before?: readonly ZoneOutlook[];
}

/** By zone. @param latest the newest interval: its nodes say which zones are in use */
export async function computeOutlooks(
  deps: OutlookDeps,
  latest: IntervalResult,
  now: EpochSeconds,
  signal: AbortSignal,
): Promise<readonly ZoneOutlook[]> {
  const outlooks: ZoneOutlook[] = [];
  for (const [zone, inUse] of zonesInUse(latest)) {
    if (signal.aborted) break;
    outlooks.push(await outlookOf(deps, zone, inUse, now, signal));
  }
  return outlooks;
}

/** The newest value of each zone; nodes without a zone have no outlook. */
export function zonesInUse(latest: IntervalResult): ReadonlyMap<string, IntensityInUse> {
  const zones = new Map<string, IntensityInUse>();
  for (const { provenance: p } of latest.nodes) {
    if (p.gridZone === '' || p.intensityTime < (zones.get(p.gridZone)?.time ?? -Infinity)) continue;
    zones.set(p.gridZone, { value: p.intensity, source: p.intensitySource, time: p.intensityTime });
  }
  return new Map([...zones].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function outlookOf(
  deps: OutlookDeps,
  zone: string,
  inUse: IntensityInUse,
  now: EpochSeconds,
  signal: AbortSignal,
): Promise<ZoneOutlook> {
  const hour = floorTo(now, HOUR);
  const range = { from: epochSeconds(hour - LOOKBACK), to: hour };
  const stored = await deps.store.intensity(zone, range);
  const { past, pastSource } = fullestOf(stored);
  const { ahead, aheadSource } = await forecastBy(deps, zone, signal);
  const before = deps.before?.find((outlook) => outlook.zone === zone)?.misses ?? null;
  const actual = actualsOf(stored, aheadSource);
  const misses =
    ahead.length === 0 ? before : withForecast(before, { source: aheadSource, ahead, actual }, hour);
  return zoneOutlook({ zone, inUse, past, pastSource, ahead, aheadSource, misses }, hour);
}

/** What a source has said for good, by hour. */
const actualsOf = (stored: readonly StoredIntensity[], source: string): ReadonlyMap<number, number> =>
  new Map(
    stored.filter((p) => p.source === source && !p.provisional).map(({ hour, value }) => [hour, value]),
  );

/** Hours of the source that has most of them: mixing two would forecast the difference between them. */
export function fullestOf(stored: readonly StoredIntensity[]): {
  readonly past: readonly IntensityHour[];
  readonly pastSource: string;
} {
  const bySource = new Map<string, StoredIntensity[]>();
  for (const point of stored) {
    const points = bySource.get(point.source);
    if (points) points.push(point);
    else bySource.set(point.source, [point]);
  }
  const [best] = [...bySource].toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  if (!best) return { past: [], pastSource: '' };
  return { past: best[1].map(({ hour, value }) => ({ hour, value })), pastSource: best[0] };
}

/** The first provider that forecasts the zone; one that does not answer now is passed over, as its status says. */
async function forecastBy(
  { providers, status }: OutlookDeps,
  zone: string,
  signal: AbortSignal,
): Promise<{ readonly ahead: readonly IntensityHour[]; readonly aheadSource: string }> {
  for (const provider of providers) {
    if (!provider.forecast || !provider.covers(zone)) continue;
    const call = () => provider.forecast!(zone, signal);
    const answer = await (status ? status.ask(provider.name, call) : call());
    if (answer.ok && answer.value.length > 0) {
      return { ahead: answer.value.map(({ hour, value }) => ({ hour, value })), aheadSource: provider.name };
    }
  }
  return { ahead: [], aheadSource: '' };
}
