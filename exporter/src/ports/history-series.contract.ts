/** The part of the contract of `History` that is about series, by example; its laws stand with those of totals. */
import { describe, expect, it } from '@jest/globals';
import { epochSeconds, ratio, seconds } from '../domain/units.js';
import { AMOUNTS, type SeriesGroup } from './history.js';
import { at, impossibleResult, podRow, resultOf, shareRow, STEP } from './testing/results.js';
import { withHistory as withStoredHistory, type MakeStore } from './testing/store.js';

const DAY = { from: at(0), to: at(288) };
const energyOf = (group: SeriesGroup) => group.columns.find((c) => c.amount === 'energy')!.values;

export function historySeriesContract(name: string, makeStore: MakeStore): void {
  const withHistory = (
    clusters: Parameters<typeof withStoredHistory>[1],
    use: Parameters<typeof withStoredHistory<void>>[2],
  ) => withStoredHistory(makeStore, clusters, use);

  describe(`${name}: series`, () => {
    it('tells unknown (null) from none (0)', () =>
      withHistory(
        {
          a: [
            resultOf(at(0), [podRow(), podRow({ namespace: 'data', pod: 'db' })]),
            impossibleResult(at(1)),
            resultOf(at(3), [podRow()], { state: 'partial', coverage: ratio(0.5) }),
          ],
        },
        async (history) => {
          const query = {
            range: { from: at(0), to: at(4) },
            by: ['namespace'] as const,
            filters: {},
            step: STEP,
            amounts: ['energy'] as const,
          };
          const series = await history.series(query);
          expect(series.coverage).toEqual([1, 0, 0, 0.5]);
          const energy = (namespace: string) =>
            energyOf(series.groups.find((g) => g.key.namespace === namespace)!);
          const mj = BigInt(podRow().energy);
          expect(energy('shop')).toEqual([mj, null, null, mj]);
          expect(energy('data')).toEqual([mj, null, null, 0n]);
        },
      ));

    it('gives the amounts asked for, in that order, cost by currency', () => {
      const priced = (start: number, currency: string) =>
        resultOf(
          start,
          [podRow({ cost: 7 as never }), podRow({ namespace: 'free', cost: null, node: 'n2' })],
          {
            currency,
          },
        );
      const results = [priced(at(0), 'USD'), priced(at(1), 'EUR'), resultOf(at(2), [shareRow('idle')])];
      return withHistory({ a: results }, async (history) => {
        const { groups } = await history.series({
          range: { from: at(0), to: at(4) },
          by: ['namespace'],
          filters: { namespace: ['shop', 'free'] },
          step: STEP,
          amounts: ['cost', 'operational'],
        });
        const operational = BigInt(podRow().operational);
        const columns = (namespace: string) => groups.find((g) => g.key.namespace === namespace)!.columns;
        expect(columns('shop')).toEqual([
          { amount: 'cost', currency: 'EUR', values: [null, 7n, 0n, null] },
          { amount: 'cost', currency: 'USD', values: [7n, null, 0n, null] },
          { amount: 'operational', currency: '', values: [operational, operational, 0n, null] },
        ]);
        expect(columns('free').map((c) => c.amount)).toEqual(['operational']);
      });
    });

    it('cuts buckets on the epoch and covers only the part of them that was asked for', () =>
      withHistory({ a: [1, 2, 3, 4].map((n) => resultOf(at(n), [podRow()])) }, async (history) => {
        const range = { from: at(1), to: at(5) };
        const series = await history.series({
          range,
          by: [],
          filters: {},
          step: seconds(900),
          amounts: AMOUNTS,
        });
        expect(series.times).toEqual([at(0), at(3)]);
        expect(series.coverage).toEqual([1, 1]);
        expect(energyOf(series.groups[0]!)).toEqual([2n, 2n].map((n) => n * BigInt(podRow().energy)));
      }));

    it('refuses a step that cuts intervals', () =>
      withHistory({ a: [] }, async (history) => {
        for (const step of [0, 100, 450]) {
          const query = { range: DAY, by: [], filters: {}, step: seconds(step), amounts: AMOUNTS };
          await expect(history.series(query)).rejects.toThrow(`step ${step} s is not a multiple`);
        }
      }));

    it('refuses a range that is not whole seconds', () =>
      withHistory({ a: [] }, async (history) => {
        const range = { from: epochSeconds(NaN), to: at(1) };
        await expect(history.totals({ range, by: [], filters: {} })).rejects.toThrow('whole seconds');
      }));
  });
}
