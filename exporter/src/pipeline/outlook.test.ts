import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../domain/interval.js';
import type { NodeRow } from '../domain/model.js';
import type { ZoneOutlook } from '../domain/forecast/outlook.js';
import { LEADS } from '../domain/forecast/provider-misses.js';
import { epochSeconds, gramsPerKwh } from '../domain/units.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import { available, unavailable } from '../ports/outcome.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import { nodeRowOf, provenance, resultOf, shareRow, T0 } from '../ports/testing/results.js';
import { computeOutlooks, fullestOf, zonesInUse } from './outlook.js';

const NOW = epochSeconds(T0 + 30 * 24 * HOUR + 600);
const hour = (n: number) => epochSeconds(T0 + 30 * 24 * HOUR + n * HOUR);
const signal = new AbortController().signal;
const point = (n: number, value: number) => ({
  hour: hour(n),
  value: gramsPerKwh(value),
  provisional: false,
});
const points = (from: number, to: number, value: number) =>
  Array.from({ length: to - from }, (_, i) => point(from + i, value));

const latest = (...nodes: readonly Partial<NodeRow['provenance']>[]) => {
  const rows = nodes.map((_, i) => shareRow('idle', { node: `n${i}` }));
  const result = resultOf(T0, rows);
  return {
    ...result,
    nodes: nodes.map((over, i) => ({
      ...nodeRowOf([rows[i]!]),
      node: `n${i}`,
      provenance: provenance(over),
    })),
  };
};

async function storeWith(zone: string, days: number) {
  const store = new MemoryFactorStore();
  await store.putIntensity(zone, 'prometheus', points(-days * 24, 0, 100), NOW);
  return store;
}

const forecaster = (answer: IntensityProvider['forecast']): IntensityProvider => ({
  name: 'electricity-maps',
  covers: (zone) => zone === 'FR',
  history: () => Promise.resolve(available([])),
  ...(answer && { forecast: answer }),
});

describe('the outlook of a zone', () => {
  it('is what a provider forecasts, where one does', async () => {
    const provider = forecaster(() => Promise.resolve(available(points(-1, 4, 50))));
    const deps = { store: await storeWith('FR', 20), providers: [provider] };
    const [outlook] = await computeOutlooks(deps, latest({ gridZone: 'FR' }), NOW, signal);
    expect(outlook).toMatchObject({
      zone: 'FR',
      method: 'provider',
      source: 'electricity-maps',
      historyHours: 480,
    });
    expect(outlook!.hours.map((h) => [h.hour, h.value])).toEqual([0, 1, 2, 3].map((n) => [hour(n), 50]));
    expect(outlook!.backtest).toMatchObject({ mape: 0, days: 7 });
  });

  it('has a band of what the provider was off by, once enough of its forecasts have come', async () => {
    const store = new MemoryFactorStore();
    /** What comes, and a forecast that is too low by more the further ahead it is: 5 g/kWh an hour at most. */
    const comes = (n: number) => 900 + 100 * Math.sin(n / 4);
    const miss = (n: number, lead: number) => (lead * 5 * (1 + Math.sin(n * 12.9898))) / 2;
    let now = 0;
    const provider = forecaster(() =>
      Promise.resolve(
        available(Array.from({ length: 72 }, (_, i) => point(now + i, comes(now + i) - miss(now + i, i)))),
      ),
    );
    let before: readonly ZoneOutlook[] = [];
    const bands: number[] = [];
    const DAYS = 8;
    for (; now < DAYS * 24; now++) {
      await store.putIntensity('FR', 'electricity-maps', [point(now - 1, comes(now - 1))], hour(now));
      const at = epochSeconds(hour(now) + 600);
      const deps = { store, providers: [provider], before };
      before = JSON.parse(
        JSON.stringify(await computeOutlooks(deps, latest({ gridZone: 'FR' }), at, signal)),
      ) as ZoneOutlook[];
      bands.push(before[0]!.hours[24]!.high - before[0]!.hours[24]!.low);
    }
    // A forecast of 48 hours ahead is told after 48, and 48 of those are needed.
    expect(bands.findIndex((width) => width > 0)).toBe(48 + 48);
    const { hours, misses } = before[0]!;
    for (const [lead, { value, low, high }] of hours.entries()) {
      expect(low).toBe(value);
      expect(high - value).toBeGreaterThan(4);
      expect(high - value).toBeLessThanOrEqual(5 * Math.max(lead, 48));
    }
    const within = hours.filter(({ high }, lead) => comes(now - 1 + lead) <= high).length;
    expect(within / hours.length).toBeGreaterThan(0.7);
    // Each lead waits for as many hours, and for the present one.
    expect(misses!.waiting.length).toBeLessThanOrEqual(1 + 6 + 24 + 48 + LEADS.length);
    // Another provider begins anew.
    const other: IntensityProvider = { ...provider, name: 'uk-carbon-intensity' };
    const deps = { store, providers: [other], before };
    const [anew] = await computeOutlooks(deps, latest({ gridZone: 'FR' }), hour(now), signal);
    expect(anew!.misses).toMatchObject({ source: 'uk-carbon-intensity', off: [] });
    expect(anew!.hours.every((h) => h.low === h.value && h.high === h.value)).toBe(true);
    // One that does not answer loses nothing of what was known.
    const silent = forecaster(() => Promise.resolve(unavailable('timeout', 'late')));
    const [kept] = await computeOutlooks(
      { ...deps, providers: [silent] },
      latest({ gridZone: 'FR' }),
      hour(now),
      signal,
    );
    expect(kept!.misses).toEqual(misses);
  });

  it.each([
    ['does not answer', forecaster(() => Promise.resolve(unavailable('timeout', 'late')))],
    ['may not be asked with the token', forecaster(() => Promise.resolve(available([])))],
    ['knows no forecasts', forecaster(undefined)],
  ])('is of the hours of the week where the provider %s', async (_, provider) => {
    const deps = { store: await storeWith('FR', 20), providers: [provider] };
    const [outlook] = await computeOutlooks(deps, latest({ gridZone: 'FR' }), NOW, signal);
    expect(outlook).toMatchObject({ method: 'hour-of-week', source: 'prometheus' });
    expect(outlook!.hours).toHaveLength(72);
  });

  it('says what is in use also where nothing is forecast', async () => {
    const used = { gridZone: 'PL', intensity: gramsPerKwh(640), intensitySource: 'yearly-mean' } as const;
    const deps = { store: new MemoryFactorStore(), providers: [] };
    const [outlook] = await computeOutlooks(deps, latest(used), NOW, signal);
    expect(outlook).toMatchObject({ zone: 'PL', method: null, inUse: { value: 640, source: 'yearly-mean' } });
  });

  it('is made for each zone that a node draws from, by the newest value of it', () => {
    const old = { gridZone: 'FR', intensity: gramsPerKwh(1), intensityTime: T0 };
    const zones = zonesInUse(
      latest(
        { gridZone: 'SE', intensityTime: T0 },
        { gridZone: 'FR', intensity: gramsPerKwh(2), intensityTime: hour(0) },
        old,
        { gridZone: '' },
      ),
    );
    expect([...zones].map(([zone, { value }]) => [zone, value])).toEqual([
      ['FR', 2],
      ['SE', 44.18],
    ]);
  });

  it('rests on one source, that of most hours', () => {
    const stored = [
      ...points(0, 3, 1).map((p) => ({ ...p, source: 'prometheus' as const, fetchedAt: NOW })),
      ...points(0, 5, 2).map((p) => ({ ...p, source: 'electricity-maps' as const, fetchedAt: NOW })),
    ];
    expect(fullestOf(stored)).toMatchObject({ pastSource: 'electricity-maps', past: { length: 5 } });
    expect(fullestOf([])).toEqual({ past: [], pastSource: '' });
  });
});
