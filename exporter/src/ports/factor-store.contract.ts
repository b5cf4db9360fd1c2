/** What every `FactorStore` must do, whatever database is under it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR } from '../domain/interval.js';
import type { IntensitySource } from '../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, type EpochSeconds } from '../domain/units.js';
import type { FactorStore } from './factor-store.js';
import type { IntensityPoint } from './intensity-provider.js';
import { MemoryFactorStore } from './testing/memory-factor-store.js';

const T0 = epochSeconds(1_767_225_600);
const hour = (n: number) => epochSeconds(T0 + n * HOUR);
const EVER = { from: epochSeconds(0), to: epochSeconds(2 ** 40) };
const point = (n: number, value: number, provisional = false): IntensityPoint => ({
  hour: hour(n),
  value: gramsPerKwh(value),
  provisional,
});
const assessed = (total: number | null, closestMatch = '') => ({
  total: total === null ? null : kilograms(total),
  band: { lo: 545, hi: 512 },
  closestMatch,
});

/** An open store and what removes it. */
export type OpenFactorStore = () => Promise<{
  readonly store: FactorStore;
  /** The same place, opened anew. */
  readonly reopen: () => Promise<FactorStore>;
  readonly remove: () => Promise<void>;
}>;

export function factorStoreContract(name: string, open: OpenFactorStore): void {
  const on = (use: (store: FactorStore, reopen: () => Promise<FactorStore>) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await use(opened.store, opened.reopen);
    } finally {
      await opened.remove();
    }
  };

  describe(`factor store, ${name}`, () => {
    it(
      'is empty at first',
      on(async (store) => {
        expect(await store.intensity('FR', EVER)).toEqual([]);
        expect(await store.intensityChanges(epochSeconds(0), 10)).toEqual([]);
        expect(await store.embodied('boavizta', 'aws', 'm5.large')).toBeNull();
        expect(await store.embodiedChanges(epochSeconds(0), 10)).toEqual([]);
      }),
    );

    it(
      'answers a half-open range of one zone by hour, with source and time, 0 among the values',
      on(async (store) => {
        await store.putIntensity('FR', 'electricity-maps', [point(2, 30.5), point(0, 0), point(1, 40)], T0);
        await store.putIntensity('DE', 'electricity-maps', [point(1, 400)], T0);
        await store.putIntensity('FR', 'prometheus', [point(1, 41, true)], hour(3));
        expect(await store.intensity('FR', { from: hour(0), to: hour(2) })).toEqual([
          { ...point(0, 0), source: 'electricity-maps', fetchedAt: T0 },
          { ...point(1, 40), source: 'electricity-maps', fetchedAt: T0 },
          { ...point(1, 41, true), source: 'prometheus', fetchedAt: hour(3) },
        ]);
      }),
    );

    it(
      'tells which hours changed, in the order in which they did, and not those that were only said again',
      on(async (store) => {
        const put = (points: IntensityPoint[], at: EpochSeconds) =>
          store.putIntensity('FR', 'electricity-maps', points, at);
        await put([point(0, 30, true), point(1, 40, true), point(2, 50)], hour(3));
        await put([point(0, 30, true), point(1, 44, true), point(2, 50)], hour(4));
        await put([point(0, 30, false)], hour(5));
        const changed = (n: number, at: number) => ({
          gridZone: 'FR',
          hour: hour(n),
          source: 'electricity-maps',
          at: hour(at),
        });
        expect(await store.intensityChanges(epochSeconds(0), 10)).toEqual([
          changed(2, 3),
          changed(1, 4),
          changed(0, 5),
        ]);
        expect(await store.intensityChanges(hour(4), 10)).toEqual([changed(1, 4), changed(0, 5)]);
        expect(await store.intensityChanges(hour(4), 1)).toEqual([changed(1, 4)]);
        expect(await store.intensityChanges(hour(6), 10)).toEqual([]);
      }),
    );

    it(
      'remembers assessments and that a type is not known, apart by source and provider',
      on(async (store, reopen) => {
        await store.putEmbodied('boavizta', 'aws', 'm5.large', assessed(48, 'm5a.large'), T0);
        await store.putEmbodied('boavizta', 'aws', 'nope', assessed(null), hour(1));
        const again = await reopen();
        expect(await again.embodied('boavizta', 'aws', 'm5.large')).toEqual({
          ...assessed(48, 'm5a.large'),
          fetchedAt: T0,
        });
        expect(await again.embodied('boavizta', 'aws', 'nope')).toEqual({
          ...assessed(null),
          fetchedAt: hour(1),
        });
        expect(await again.embodied('boavizta', 'gcp', 'm5.large')).toBeNull();
        expect(await again.embodied('other', 'aws', 'm5.large')).toBeNull();
      }),
    );

    it(
      'tells which types became known or changed, and not those that stay unknown',
      on(async (store) => {
        const put = (type: string, total: number | null, at: number) =>
          store.putEmbodied('boavizta', 'aws', type, assessed(total), hour(at));
        await put('a', null, 0);
        await put('b', 10, 1);
        await put('a', 20, 2);
        await put('b', 10, 3);
        const changed = (instanceType: string, at: number) => ({
          source: 'boavizta',
          provider: 'aws',
          instanceType,
          at: hour(at),
        });
        expect(await store.embodiedChanges(epochSeconds(0), 10)).toEqual([changed('b', 1), changed('a', 2)]);
        expect(await store.embodiedChanges(hour(2), 10)).toEqual([changed('a', 2)]);
      }),
    );

    it(
      'holds for any sequence of answers what a plain map holds',
      on(async (store) => {
        const arbPoint = fc
          .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 12.25, 473), fc.boolean())
          .map(([n, value, provisional]) => point(n, value, provisional));
        const arbPut = fc.record({
          zone: fc.constantFrom('FR', 'DE'),
          source: fc.constantFrom<IntensitySource>('electricity-maps', 'prometheus'),
          points: fc.uniqueArray(arbPoint, { maxLength: 6, selector: (p) => p.hour }),
        });
        let zones = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(arbPut, { maxLength: 12 }), async (puts) => {
            // Zones of its own for each run, so that one store serves all.
            const prefix = `${zones++}-`;
            const model = new MemoryFactorStore();
            for (const [i, { zone, source, points }] of puts.entries()) {
              await store.putIntensity(prefix + zone, source, points, hour(i));
              await model.putIntensity(prefix + zone, source, points, hour(i));
            }
            for (const zone of ['FR', 'DE']) {
              const asked = [prefix + zone, { from: hour(1), to: hour(5) }] as const;
              expect(await store.intensity(...asked)).toEqual(await model.intensity(...asked));
            }
            const mine = (await store.intensityChanges(hour(2), 10_000)).filter((c) =>
              c.gridZone.startsWith(prefix),
            );
            expect(mine).toEqual(await model.intensityChanges(hour(2), 10_000));
          }),
          { numRuns: 30 },
        );
      }),
    );
  });
}
