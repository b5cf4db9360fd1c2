/** What every `Ledger` may prune, and what can still be told afterwards. An adapter's test file calls `pruneContract`. */
import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import { epochSeconds, millijoules, seconds } from '../domain/units.js';
import type { History } from './history.js';
import type { Ledger } from './ledger.js';
import { impossibleResult, nodeRowOf, podRow, resultOf, shareRow, T0 } from './testing/results.js';
import { withStore, type MakeStore } from './testing/store.js';

/** Two intervals an hour: few enough to fill days with. */
const STEP = seconds(1800);
const PER_DAY = DAY / STEP;
const DAYS = 2;
const at = (n: number) => epochSeconds(T0 + n * STEP);
const NOW = epochSeconds(1_800_000_000);
const EVER = { from: at(0), to: at(DAYS * PER_DAY) };

/** Intervals after 6 h, hours after a day. */
async function pruneAll(ledger: Ledger, now: number): Promise<void> {
  const before = { raw: epochSeconds(now - 6 * HOUR), hour: epochSeconds(now - DAY), day: null };
  while (Object.values(await ledger.prune(before)).some((n) => n > 0));
}

export function pruneContract(name: string, makeStore: MakeStore): void {
  const withBoth = <T>(use: (ledger: Ledger, history: History) => Promise<T>) =>
    withStore(makeStore, async (store) => {
      const ledger = await store.openLedger('c', STEP);
      return use(ledger, await store.openHistory(STEP));
    });

  describe(`${name}: pruning`, () => {
    const filled = async (ledger: Ledger, count: number) => {
      for (let n = 0; n < count; n++) await ledger.commit(resultAt(n), NOW);
    };
    const resultAt = (n: number, revision = 'r1'): IntervalResult => ({
      ...resultOf(at(n), [podRow({ energy: millijoules(1_000_000 + n) }), shareRow('idle')], { revision }),
      interval: { start: at(n), step: STEP },
    });
    const never = { raw: at(0), hour: at(0), day: null };
    const end = at(DAYS * PER_DAY);

    it('takes one bucket of a grain at a time, and rows only of whole hours', () =>
      withBoth(async (ledger) => {
        await filled(ledger, 3);
        await ledger.commit(resultAt(5), NOW);
        const all = { raw: end, hour: end, day: end };
        expect(await ledger.prune({ ...never, raw: epochSeconds(at(2) - 1) })).toEqual({
          raw: 0,
          hour: 0,
          day: 0,
        });
        expect(await ledger.prune(all)).toEqual({ raw: 1, hour: 0, day: 0 });
        expect(await ledger.prune(all)).toEqual({ raw: 0, hour: 0, day: 0 });
      }));

    it('leaves the newest known interval, whole', () =>
      withBoth(async (ledger) => {
        await filled(ledger, PER_DAY);
        await pruneAll(ledger, end + 9 * DAY);
        expect(await ledger.latest()).toEqual(resultAt(PER_DAY - 1));
      }));

    it('makes what was pruned final: a better or later result is turned away and counted as an attempt', () =>
      withBoth(async (ledger, history) => {
        await filled(ledger, 4);
        expect(await ledger.commit(resultAt(0, 'r2'), NOW)).toBe('replaced');
        await ledger.prune({ ...never, raw: at(2) });
        const before = await history.totals({ range: EVER, by: ['pod'], filters: {} });
        const counters = await ledger.counters();
        expect(await ledger.commit(resultAt(0, 'r3'), NOW)).toBe('unchanged');
        expect((await ledger.marks({ from: at(0), to: at(1) }))[0]).toMatchObject({
          revision: 'r2',
          attempts: 3,
        });
        expect(await history.totals({ range: EVER, by: ['pod'], filters: {} })).toEqual(before);
        expect(await ledger.counters()).toEqual(counters);
        expect(await history.interval({ cluster: 'c', start: at(0), node: 'n1' })).toBeNull();
        expect(await history.interval({ cluster: 'c', start: at(2), node: 'n1' })).not.toBeNull();
      }));

    it('keeps marks and counters for ever', () =>
      withBoth(async (ledger) => {
        await filled(ledger, DAYS * PER_DAY);
        const before = [await ledger.marks(EVER), await ledger.counters()];
        await pruneAll(ledger, end + 99 * DAY);
        expect([await ledger.marks(EVER), await ledger.counters()]).toEqual(before);
      }));

    it('tells the resolution that is left, and leaves out what a range cuts', () =>
      withBoth(async (ledger, history) => {
        await filled(ledger, DAYS * PER_DAY);
        const cut = { from: at(1), to: at(PER_DAY) };
        const read = async () => ({
          resolution: await history.resolution(cut),
          coverage: (await history.totals({ range: cut, by: [], filters: {} })).coverage,
        });
        expect(await read()).toEqual({ resolution: STEP, coverage: 1 });
        await ledger.prune({ ...never, raw: at(2) });
        expect(await read()).toEqual({ resolution: HOUR, coverage: (PER_DAY - 2) / (PER_DAY - 1) });
        await pruneAll(ledger, end + DAY);
        expect(await read()).toEqual({ resolution: DAY, coverage: 0 });
        expect(await history.resolution({ from: end, to: at(999) })).toBe(STEP);
      }));

    it('drops days only when told to, and then says that nothing is known', () =>
      withBoth(async (ledger, history) => {
        await filled(ledger, DAYS * PER_DAY);
        const total = async () =>
          (await history.totals({ range: EVER, by: ['pod'], filters: {} })).total.energy;
        const whole = await total();
        await pruneAll(ledger, end + 99 * DAY);
        expect(await total()).toBe(whole);
        while ((await ledger.prune({ raw: end, hour: end, day: end })).day > 0);
        const left = await history.totals({ range: EVER, by: ['pod'], filters: {} });
        expect(left.coverage).toBe(0.5);
        expect((await history.clusters())[0]).toMatchObject({ firstSeen: at(PER_DAY) });
        expect(await ledger.commit(resultAt(0, 'r9'), NOW)).toBe('unchanged');
      }));

    it('forgets names that only dropped days had, and none that is still in use', () =>
      withBoth(async (ledger, history) => {
        const withPod = (n: number, pod: string) => ({
          ...resultOf(at(n), [
            podRow({ pod, labels: { of: pod } }),
            shareRow(n === 2 * PER_DAY ? 'system' : 'idle'),
          ]),
          interval: { start: at(n), step: STEP },
        });
        for (let n = 0; n < 2 * PER_DAY; n++)
          await ledger.commit(withPod(n, n < PER_DAY ? 'old' : 'new'), NOW);
        await ledger.commit(withPod(2 * PER_DAY, 'old'), NOW);
        const all = { raw: at(999), hour: at(999), day: at(999) };
        while (Object.values(await ledger.prune(all)).some((n) => n > 0));
        await ledger.commit(withPod(2 * PER_DAY + 1, 'old'), NOW);
        const range = { from: at(0), to: at(3 * PER_DAY) };
        const filters = { namespace: ['shop'] };
        const { groups } = await history.totals({ range, by: ['pod', 'label:of'], filters });
        const both = 2n * BigInt(podRow().energy);
        expect(groups.map((g) => [g.key.pod, g.key['label:of'], g.sums.energy])).toEqual([
          ['old', 'old', both],
        ]);
      }));
  });

  describe(`${name}: what there was`, () => {
    it('is told alike from intervals, hours and days', () =>
      withBoth(async (ledger, history) => {
        for (let n = 0; n < DAYS * PER_DAY; n++) {
          const rows = [
            podRow(),
            ...(n === 7 ? [podRow({ namespace: 'once', pod: 'x', node: 'n2' })] : []),
            shareRow('idle'),
          ];
          await ledger.commit(
            {
              ...resultOf(at(n), rows, {}, () => ({ instanceType: `t${n}` })),
              interval: { start: at(n), step: STEP },
            },
            NOW,
          );
        }
        const told = async () => [
          await history.nodes(EVER),
          await history.namespaces(EVER),
          await history.workloads(EVER),
        ];
        const before = await told();
        expect(before[0]).toMatchObject([
          {
            firstSeen: at(0),
            lastSeen: at(DAYS * PER_DAY - 1),
            row: { instanceType: `t${DAYS * PER_DAY - 1}` },
          },
          {
            firstSeen: at(7),
            lastSeen: at(7),
            row: nodeRowOf([podRow({ node: 'n2' })], { instanceType: 't7' }),
          },
        ]);
        await pruneAll(ledger, EVER.to);
        expect(await told()).toEqual(before);
        await pruneAll(ledger, EVER.to + 9 * DAY);
        expect(await told()).toEqual(before);
      }));

    it('names days that are not whole', () =>
      withBoth(async (ledger) => {
        for (const n of [0, 1, PER_DAY + 3, 5 * PER_DAY]) {
          await ledger.commit({ ...impossibleResult(at(n)), interval: { start: at(n), step: STEP } }, NOW);
        }
        for (let n = 2; n < PER_DAY; n++) {
          await ledger.commit({ ...impossibleResult(at(n)), interval: { start: at(n), step: STEP } }, NOW);
        }
        expect(await ledger.openDays(at(9 * PER_DAY))).toEqual([at(PER_DAY), at(5 * PER_DAY)]);
        expect(await ledger.openDays(at(6 * PER_DAY))).toEqual([at(PER_DAY), at(5 * PER_DAY)]);
        expect(await ledger.openDays(epochSeconds(at(6 * PER_DAY) - 1))).toEqual([at(PER_DAY)]);
        expect(await ledger.openDays(at(1))).toEqual([]);
      }));
  });
}
