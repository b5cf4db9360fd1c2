/** What every `History` must answer, whatever database is under it. An adapter's test file calls `historyContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { floorTo } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import { epochSeconds, millijoules, seconds } from '../domain/units.js';
import {
  AMOUNTS,
  GROUP_KEYS,
  type Filters,
  type Group,
  type GroupKey,
  type History,
  type SeriesGroup,
  type Sums,
  type Totals,
} from './history.js';
import { historySeriesContract } from './history-series.contract.js';
import { addAll, groupsOf, linesOf, matches, nameOfKey, sumsOf } from './testing/oracle.js';
import { arbResults, at, podRow, provenance, resultOf, shareRow, STEP } from './testing/results.js';
import { withHistory as withStoredHistory, type MakeStore } from './testing/store.js';

/** For a law tried on many ledgers: some databases take tens of milliseconds to begin one. */
const LAW_TIMEOUT_MS = 60_000;
const law = (title: string, holds: () => Promise<void>) => it(title, holds, LAW_TIMEOUT_MS);
const DAY = { from: at(0), to: at(288) };
const KEYS: readonly GroupKey[] = [...GROUP_KEYS, 'label:team', 'label:app'];
const arbBy = fc.subarray([...KEYS]);
const arbFilters: fc.Arbitrary<Filters> = fc.record(
  {
    cluster: fc.subarray(['a', 'b', 'nowhere']),
    namespace: fc.subarray(['shop', 'data', '__system__', '__idle__']),
    workload: fc.subarray(['web', 'nightly', '__idle__']),
    node: fc.subarray(['n1', 'n2']),
  },
  { requiredKeys: [] },
);
/** Ranges on and off the grid, within and around six intervals. */
const arbRange = fc
  .tuple(fc.integer({ min: -400, max: 2200 }), fc.integer({ min: 0, max: 2200 }))
  .map(([from, length]) => ({ from: epochSeconds(at(0) + from), to: epochSeconds(at(0) + from + length) }));

type Clusters = Readonly<Record<'a' | 'b', readonly IntervalResult[]>>;
const arbClusters: fc.Arbitrary<Clusters> = fc.record({ a: arbResults(6), b: arbResults(2) });

/** The amounts of a series added over time, by name and currency. */
const amountsOf = ({ columns }: SeriesGroup) =>
  new Map(
    columns.map((c) => [`${c.amount} ${c.currency}`, c.values.reduce<bigint>((s, v) => s + (v ?? 0n), 0n)]),
  );
const chosenOf = (sums: Sums) =>
  new Map([
    ...(['energy', 'operational', 'embodied'] as const).map((a) => [`${a} `, sums[a]] as const),
    ...sums.cost.map((c) => [`cost ${c.currency}`, c.nano] as const),
  ]);

const MAGNITUDES = {
  energy: (sums: Sums) => sums.energy,
  operational: (sums: Sums) => sums.operational,
  embodied: (sums: Sums) => sums.embodied,
};

const byName = (totals: Totals) => new Map(totals.groups.map((g) => [nameOfKey(g.key), g.sums]));

export function historyContract(name: string, makeStore: MakeStore): void {
  const withHistory = <T>(clusters: Partial<Clusters>, use: (history: History) => Promise<T>) =>
    withStoredHistory(makeStore, clusters, use);
  const property = <T extends unknown[]>(
    arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
    holds: (history: History, clusters: Clusters, ...rest: T) => Promise<void>,
  ) =>
    fc.assert(
      fc.asyncProperty(arbClusters, fc.tuple(...(arbitraries as fc.Arbitrary<unknown>[])), (clusters, rest) =>
        withHistory(clusters, (history) => holds(history, clusters, ...(rest as T))),
      ),
      { numRuns: 25 },
    );
  const linesIn = (clusters: Clusters, range: { from: number; to: number }, filters: Filters) =>
    Object.entries(clusters)
      .flatMap(([cluster, results]) => linesOf(cluster, results))
      .filter((l) => l.start >= range.from && l.start < range.to && matches(l, filters));

  describe(`${name}: laws of history`, () => {
    law('sums what was committed, by any keys and filters', () =>
      property<[GroupKey[], Filters, typeof DAY]>(
        [arbBy, arbFilters, arbRange],
        async (history, clusters, by, filters, range) => {
          const totals = await history.totals({ range, by, filters });
          const lines = linesIn(clusters, range, filters);
          const expected = new Map([...groupsOf(lines, by)].map(([id, group]) => [id, sumsOf(group)]));
          expect(byName(totals)).toEqual(expected);
          expect(totals.total).toEqual(sumsOf(lines));
        },
      ),
    );

    law('gives groups that add to the whole, whatever the grouping', () =>
      property<[Filters]>([arbFilters], async (history, _, filters) => {
        const whole = (await history.totals({ range: DAY, by: [], filters })).total;
        for (const key of KEYS) {
          const { groups, total } = await history.totals({ range: DAY, by: [key], filters });
          expect(total).toEqual(whole);
          expect(addAll(groups.map((g) => g.sums))).toEqual(whole);
        }
      }),
    );

    law('gives the first groups in the order of an amount, and the sums of all', () =>
      property<[GroupKey[], (keyof typeof MAGNITUDES)[], number, number, boolean]>(
        [
          arbBy,
          fc.subarray(['energy', 'operational', 'embodied'], { minLength: 1 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: -1, max: 6 }),
          fc.boolean(),
        ],
        async (history, _, by, amounts, limit, skip, descending) => {
          const all = await history.totals({ range: DAY, by, filters: {} });
          const amountOf = ({ sums }: Group) => amounts.reduce((sum, a) => sum + MAGNITUDES[a](sums), 0n);
          const sign = descending ? -1n : 1n;
          const order = all.groups.toSorted((a, b) => Number(sign * (amountOf(a) - amountOf(b))));
          const after = order[skip] ? amountOf(order[skip]) : null;
          const query = { range: DAY, by, filters: {}, ranking: { amounts, descending, after, limit } };
          const ranked = await history.totals(query);
          const rest = order.filter((g) => after === null || sign * amountOf(g) >= sign * after);
          expect(ranked.groups).toEqual(expect.arrayContaining(rest.slice(0, limit)));
          expect(all.groups).toEqual(expect.arrayContaining([...ranked.groups]));
          expect({ ...ranked, groups: [] }).toEqual({ ...all, groups: [] });
        },
      ),
    );

    law('adds over any split of a range', () =>
      property<[GroupKey[], number]>(
        [arbBy, fc.integer({ min: -300, max: 2100 })],
        async (history, _, by, cut) => {
          const middle = epochSeconds(at(0) + cut);
          const ask = (from: number, to: number) =>
            history.totals({ range: { from: epochSeconds(from), to: epochSeconds(to) }, by, filters: {} });
          const [whole, left, right] = [
            await ask(at(-2), at(8)),
            await ask(at(-2), middle),
            await ask(middle, at(8)),
          ];
          expect(addAll([left.total, right.total])).toEqual(whole.total);
          const parts = [byName(left), byName(right)];
          for (const [id, sums] of byName(whole)) {
            expect(addAll(parts.flatMap((p) => p.get(id) ?? []))).toEqual(sums);
          }
        },
      ),
    );

    law('gives series whose buckets add to the totals', () =>
      property<[GroupKey[], Filters, typeof DAY, number]>(
        [arbBy, arbFilters, arbRange, fc.constantFrom(300, 600, 900, 3600)],
        async (history, _, by, filters, range, step) => {
          const totals = await history.totals({ range, by, filters });
          const series = await history.series({
            range,
            by,
            filters,
            step: seconds(step),
            amounts: AMOUNTS,
          });
          const sums = series.groups.map((g) => [nameOfKey(g.key), amountsOf(g)] as const);
          expect(new Map(sums)).toEqual(
            new Map(totals.groups.map((g) => [nameOfKey(g.key), chosenOf(g.sums)])),
          );
          const times = [];
          for (let t: number = floorTo(range.from, step); t < range.to && range.from < range.to; t += step)
            times.push(t);
          expect(series.times).toEqual(times);
          expect(series.coverage).toHaveLength(times.length);
          for (const column of series.groups.flatMap((g) => g.columns))
            expect(column.values).toHaveLength(times.length);
        },
      ),
    );

    law('knows as much of a range as the intervals in it were covered', () =>
      property<[typeof DAY]>([arbRange], async (history, clusters, range) => {
        const known = (results: readonly IntervalResult[]) =>
          results
            .filter(
              (r) =>
                r.interval.start >= range.from && r.interval.start < range.to && r.state !== 'impossible',
            )
            .reduce((s, r) => s + r.coverage * STEP, 0);
        const length = range.to - range.from;
        const share = (s: number, whole: number) => (whole === 0 ? 0 : Math.min(1, s / whole));
        const totals = await history.totals({ range, by: [], filters: {} });
        expect(totals.coverage).toBeCloseTo(share(known(clusters.a) + known(clusters.b), 2 * length), 9);
        for (const { key, coverage } of totals.groups) {
          expect(coverage).toBeCloseTo(share(known(clusters[key.cluster as 'a' | 'b']), length), 9);
        }
        const one = await history.totals({ range, by: [], filters: { cluster: ['b'] } });
        expect(one.coverage).toBeCloseTo(share(known(clusters.b), length), 9);
      }),
    );
  });

  describe(`${name}: totals`, () => {
    it('names groups in the words of the API', () =>
      withHistory(
        { a: [resultOf(at(0), [podRow(), shareRow('system'), shareRow('idle')])] },
        async (history) => {
          const keys = async (...by: GroupKey[]) =>
            (await history.totals({ range: DAY, by, filters: {} })).groups.map((g) => g.key);
          const shares = ['__idle__', '__system__'];
          expect(await keys()).toEqual([{ cluster: 'a' }]);
          expect(await keys('namespace')).toEqual(
            [...shares, 'shop'].map((namespace) => ({ cluster: 'a', namespace })),
          );
          expect(await keys('workload')).toEqual([
            ...shares.map((s) => ({ cluster: 'a', namespace: s, workload: s, workload_type: '' })),
            { cluster: 'a', namespace: 'shop', workload: 'web', workload_type: 'Deployment' },
          ]);
          expect(await keys('pod')).toEqual([
            ...shares.map((s) => ({ cluster: 'a', namespace: s, pod: s })),
            { cluster: 'a', namespace: 'shop', pod: 'web-1' },
          ]);
          expect(await keys('node')).toEqual([{ cluster: 'a', node: 'n1' }]);
          expect(await keys('zone', 'provider')).toEqual([{ cluster: 'a', zone: 'FR', provider: 'aws' }]);
        },
      ));

    it('takes a pod that moved, was recreated or changed its requests as one', () =>
      withHistory(
        {
          a: [
            resultOf(at(0), [podRow(), podRow({ node: 'n2' }), podRow({ uid: 'u2' })]),
            resultOf(at(1), [podRow({ cpuRequest: null, labels: { v: '2' } })]),
          ],
        },
        async (history) => {
          const { groups } = await history.totals({ range: DAY, by: ['pod'], filters: {} });
          expect(groups.map((g) => [g.key.pod, g.sums.energy])).toEqual([
            ['web-1', 4n * BigInt(podRow().energy)],
          ]);
          expect(
            (await history.totals({ range: DAY, by: ['pod', 'node'], filters: {} })).groups,
          ).toHaveLength(2);
        },
      ));

    it.each(['team', "it's", '"', '__proto__', '$.x', 'é🌳'])('groups by the label %j', (label) =>
      withHistory(
        {
          a: [
            resultOf(at(0), [
              podRow({
                labels: JSON.parse(
                  JSON.stringify({ k: 'blue', zz: '1' }).replace('"k"', JSON.stringify(label)),
                ),
              }),
              podRow({ pod: 'p2', labels: JSON.parse(`{${JSON.stringify(label)}:"blue"}`) }),
              podRow({ pod: 'p3' }),
              shareRow('idle'),
            ]),
          ],
        },
        async (history) => {
          const key: GroupKey = `label:${label}`;
          const { groups } = await history.totals({ range: DAY, by: [key], filters: {} });
          const mj = BigInt(podRow().energy);
          expect(groups.map((g) => [g.key[key], g.sums.energy])).toEqual([
            ['', 2n * mj],
            ['blue', 2n * mj],
          ]);
        },
      ),
    );

    it('is empty, not wrong, where nothing is stored', () =>
      withHistory({ a: [] }, async (history) => {
        const totals = await history.totals({ range: DAY, by: ['pod'], filters: {} });
        expect(totals).toEqual({ groups: [], total: sumsOf([]), coverage: 0 });
      }));

    it('does not take a cluster that never had an interval for one whose intervals are missing', () =>
      withHistory({ a: [resultOf(at(0), [podRow()])], b: [] }, async (history) => {
        const range = { from: at(0), to: at(1) };
        expect((await history.totals({ range, by: [], filters: {} })).coverage).toBe(1);
        expect((await history.totals({ range, by: [], filters: { cluster: ['b'] } })).coverage).toBe(0);
        expect((await history.clusters()).map(({ cluster }) => cluster)).toEqual(['a', 'b']);
      }));

    it('has no cost where no price is known, and 0 where it is 0', () =>
      withHistory(
        {
          a: [resultOf(at(0), [podRow({ cost: null })])],
          b: [resultOf(at(0), [podRow({ cost: 0 as never })])],
        },
        async (history) => {
          const { groups } = await history.totals({ range: DAY, by: ['namespace'], filters: {} });
          expect(groups.map((g) => g.sums.cost)).toEqual([[], [{ currency: 'USD', nano: 0n }]]);
        },
      ));

    it('adds weights past 2^63', () => {
      const row = podRow({ energy: millijoules(2 ** 52 + 1) });
      const wide = () => ({ provenance: provenance({ powerBand: { lo: 900, hi: 800 } }) });
      const results = [0, 1, 2, 3].map((n) => resultOf(at(n), [row], {}, wide));
      return withHistory({ a: results }, async (history) => {
        for (const by of ['namespace', 'node'] as const) {
          const { total } = await history.totals({ range: DAY, by: [by], filters: {} });
          expect(total.weighted.energyPowerLo).toBe(4n * 900n * BigInt(row.energy));
          expect(total.weighted.energyPowerHi).toBe(4n * 800n * BigInt(row.energy));
        }
      });
    });

    it.each([`x' OR '1'='1`, '%', '__proto__', '"', 'é🌳'])('takes %j in a filter for a name', (hostile) =>
      withHistory(
        { a: [resultOf(at(0), [podRow(), podRow({ namespace: hostile, pod: 'p2' })])] },
        async (history) => {
          const { groups } = await history.totals({
            range: DAY,
            by: ['namespace'],
            filters: { namespace: [hostile] },
          });
          expect(groups.map((g) => g.key)).toEqual([{ cluster: 'a', namespace: hostile }]);
          for (const filter of ['cluster', 'node', 'workload'] as const) {
            expect(
              (await history.totals({ range: DAY, by: [], filters: { [filter]: [hostile] } })).groups,
            ).toEqual([]);
          }
        },
      ),
    );
  });

  historySeriesContract(name, makeStore);
}
