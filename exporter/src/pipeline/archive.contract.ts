/** What moving a ledger must keep, whatever the database. An adapter's test file calls `archiveContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cores } from '../domain/units.js';
import { podRow, resultOf, shareRow, T0 } from '../ports/testing/results.js';
import { planExport } from './archive.js';
import {
  addRecords,
  arbLedger,
  type ArchivePlace,
  type ArchiveStores,
  at,
  countOf,
  EVER,
  exported,
  fill,
  imported,
  type LedgerPlan,
  type MakeArchivePlace,
  NOW,
  PER_DAY,
  placed,
  prune,
  RANGE,
  restateOne,
  resultAt,
  same,
  told,
  withoutTotals,
} from './testing/archive-ledgers.js';
import { recommendationOf } from './testing/archive-records.js';

/** @param runs how often a law is tried, by how long one try takes in this database */
/** How much of an export there is before it breaks off: never all of it. */
const arbPart = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

export function archiveContract(name: string, makePlace: MakeArchivePlace, runs: number): void {
  // Smaller ledgers are not tried when one has failed: each takes as long.
  const params = { numRuns: runs, endOnFailure: true };

  async function between(use: (a: ArchivePlace, b: ArchivePlace) => Promise<void>): Promise<void> {
    const [a, b] = [await makePlace(), await makePlace()];
    try {
      await use(a, b);
    } finally {
      await a.remove();
      await b.remove();
    }
  }

  async function filled(place: ArchivePlace, plan: LedgerPlan): Promise<ArchiveStores> {
    const stores = await place.open();
    await fill(stores, plan);
    await restateOne(stores, 2 * PER_DAY - 1);
    await restateOne(stores, 1);
    await addRecords(stores);
    await prune(stores, plan);
    return stores;
  }

  describe(`${name}: moving a ledger`, () => {
    it('keeps all that can be asked, and gives the same lines again', () =>
      fc.assert(
        fc.asyncProperty(arbLedger, (plan) =>
          between(async (a, b) => {
            const [from, to] = [await filled(a, plan), await b.open()];
            const lines = await exported(from);
            await imported(to, lines);
            expect(await told(to, await b.openHistory())).toEqual(await told(from, await a.openHistory()));
            same(await exported(to), lines);
          }),
        ),
        params,
      ));

    it('goes on where it was broken off, and changes nothing when it is done again', () =>
      fc.assert(
        fc.asyncProperty(arbLedger, arbPart, (plan, part) =>
          between(async (a, b) => {
            const [from, to] = [await filled(a, plan), await b.open()];
            const lines = await exported(from);
            const some = lines.slice(0, Math.floor(part * lines.length));
            await expect(imported(to, some)).rejects.toThrow(/before its end/);
            const second = await imported(to, lines);
            same(await exported(to), lines);
            expect(await imported(to, lines)).toMatchObject({ written: 0, kept: 0 });
            expect(second.kept).toBe(0);
            same(await exported(to), lines);
          }),
        ),
        params,
      ));

    it('leaves a ledger that goes on as if it had been there from the beginning', () =>
      fc.assert(
        fc.asyncProperty(arbLedger, (plan) =>
          between(async (a, b) => {
            const [from, to] = [await filled(a, plan), await b.open()];
            await imported(to, await exported(from));
            for (const stores of [from, to]) {
              for (let n = countOf(plan); n < 3 * PER_DAY; n++)
                await stores.ledger.commit(resultAt(plan, n), NOW);
              const end = at(3 * PER_DAY);
              while (
                Object.values(await stores.ledger.prune({ raw: end, hour: end, day: at(0) })).some(
                  (n) => n > 0,
                )
              );
            }
            expect(await told(to, await b.openHistory())).toEqual(await told(from, await a.openHistory()));
            same(await exported(to), await exported(from));
          }),
        ),
        params,
      ));

    it('makes whole what was known in part, and leaves what is known better', () =>
      between(async (a, b) => {
        const plan = { pool: [resultOf(T0, ROWS)], picks: [0], more: 3, hours: 30, pruned: 'hours' } as const;
        const [from, to] = [
          await filled(a, { ...plan, pool: [...plan.pool], picks: [...plan.picks] }),
          await b.open(),
        ];
        const lines = await exported(from);
        // Of an hour the second half, of a day some intervals; and one interval better than where it comes from.
        for (const n of [5, 9, PER_DAY + 1, PER_DAY + 2])
          await to.ledger.commit(placed(resultOf(T0, ROWS), n), NOW);
        await imported(to, lines);
        const [told1, told2] = [
          await told(to, await b.openHistory()),
          await told(from, await a.openHistory()),
        ];
        expect(told1.answers).toEqual(told2.answers);
        expect(told1.counters.workloads).toEqual(told2.counters.workloads);
        expect(told1.counters.nodes).toEqual(told2.counters.nodes);
        const better = await exported(to);
        await imported(from, better);
        expect((await told(from, await a.openHistory())).answers).toEqual(told2.answers);
      }));

    it('counts what was moved and what was known before', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        const commit = async (stores: ArchiveStores, ...of: readonly number[]) => {
          for (const n of of) await stores.ledger.commit(placed(resultOf(T0, ROWS), n), NOW);
        };
        await commit(from, 0, 1, 2, 3);
        await from.ledger.prune({ raw: at(2), hour: at(0), day: null });
        await commit(to, 4, 5);
        await imported(to, await exported(from));
        await commit(from, 4, 5);
        expect(await to.ledger.counters()).toEqual(await from.ledger.counters());
        same(await exported(to), await exported(from));
      }));

    it('never replaces a whole hour by one of which less is known', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        const known = (n: number, coverage: number) =>
          placed(resultOf(T0, ROWS, { state: coverage < 1 ? 'partial' : 'complete', coverage } as never), n);
        for (const n of [0, 1, 2, 3]) {
          await from.ledger.commit(known(n, 0.5), NOW);
          await to.ledger.commit(known(n, 1), NOW);
        }
        for (const stores of [from, to]) await stores.ledger.prune({ raw: at(2), hour: at(0), day: null });
        const before = await exported(to);
        expect(await imported(to, await exported(from))).toEqual({ written: 0, held: 4, kept: 0 });
        same(withoutTotals(await exported(to)), withoutTotals(before));
        expect(await imported(from, before)).toEqual({ written: 2, held: 0, kept: 2 });
      }));

    it('takes a part of the time', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        for (let n = 0; n < 8; n++) await from.ledger.commit(placed(resultOf(T0, ROWS), n), NOW);
        await from.ledger.prune({ raw: at(2), hour: at(0), day: null });
        const source = { ledger: from.ledger, archive: await from.openArchive() };
        expect(await planExport(source, { from: at(1), to: at(5) })).toMatchObject({ intervals: 3, cut: 1 });
        await imported(to, await exported(from, { from: at(2), to: at(6) }));
        expect((await to.ledger.marks(EVER)).map((m) => m.start)).toEqual([2, 3, 4, 5].map(at));
      }));

    it('has no newest interval where it was given the sums of that time alone', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        for (let n = 0; n < 4; n++) await from.ledger.commit(placed(resultOf(T0, ROWS), n), NOW);
        await from.ledger.prune({ raw: at(2), hour: at(0), day: null });
        await imported(to, await exported(from, { from: at(0), to: at(2) }));
        expect(await to.ledger.latest()).toBeNull();
        await to.ledger.commit(placed(resultOf(T0, ROWS), 2), NOW);
        expect(await to.ledger.latest()).toEqual(await from.ledger.interval(at(2)));
      }));

    it('keeps amounts past 2^53', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        const big = 2 ** 52 + 1;
        const rows = [podRow({ energy: big as never, operational: big as never }), shareRow('idle')];
        for (let n = 0; n < PER_DAY; n++) await from.ledger.commit(placed(resultOf(T0, rows), n), NOW);
        await from.ledger.commit(placed(resultOf(T0, ROWS), PER_DAY), NOW);
        const all = { raw: at(PER_DAY), hour: at(PER_DAY), day: null };
        while (Object.values(await from.ledger.prune(all)).some((n) => n > 0));
        const lines = await exported(from);
        await imported(to, lines);
        same(await exported(to), lines);
        const { total } = await (await b.openHistory()).totals({ range: RANGE, by: [], filters: {} });
        expect(total.energy > BigInt(PER_DAY) * BigInt(big)).toBe(true);
        expect(await to.ledger.counters()).toEqual(await from.ledger.counters());
      }));

    it('gives recommendations the ids that they have in a cluster of another name', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        if (!from.outlook || !to.outlook) return;
        await addRecords(from);
        await imported(to, await exported(from), 'renamed');
        const { recommendation } = recommendationOf(at(0), 'renamed');
        const kept = (await to.outlook.recommendations.keptRecommendations()).map((k) => k.recommendation.id);
        expect(kept).toEqual([recommendation.id]);
        const lines = (await exported(to)).filter((line) => /"record":"(event|booking)"/.test(line));
        expect(lines).toHaveLength(4);
        expect(lines.every((line) => line.includes(recommendation.id))).toBe(true);
        expect(await to.outlook.recommendations.savingsCounters()).toEqual(
          await from.outlook.recommendations.savingsCounters(),
        );
      }));

    it('names the line that cannot be stored', () =>
      between(async (a, b) => {
        const [from, to] = [await a.open(), await b.open()];
        for (let n = 0; n < 4; n++) await from.ledger.commit(placed(resultOf(T0, ROWS), n), NOW);
        await addRecords(from);
        await from.ledger.prune({ raw: at(2), hour: at(0), day: null });
        const lines = await exported(from);
        const bucket = lines.findIndex((line) => line.includes('"grain"'));
        const damaged = (at: number, line: string) => lines.map((l, i) => (i === at ? line : l));
        const cases: [string[], RegExp][] = [
          [damaged(bucket, lines[bucket]!.slice(0, 99)), new RegExp(`line ${bucket + 1} is not JSON`)],
          [damaged(bucket, '[]'), new RegExp(`line ${bucket + 1} `)],
          [damaged(bucket, '{"grain":"hour"}'), new RegExp(`line ${bucket + 1} `)],
          [
            damaged(bucket, lines[bucket]!.replace(/"energy":\d+/, '"energy":1')),
            new RegExp(`line ${bucket + 1} has pods with energy`),
          ],
          [
            damaged(bucket, lines[bucket]!.replace(/"storage":\d+/, '"storage":"much"')),
            new RegExp(`line ${bucket + 1} has pods whose storage is no whole number`),
          ],
          [
            damaged(bucket, lines[bucket]!.replace(/"lastRows":\[{"start":\d+/, '"lastRows":[{"start":7')),
            new RegExp(`line ${bucket + 1} has the row of a node of another time`),
          ],
          [damaged(0, '{}'), /line 1 /],
          [damaged(0, lines[0]!.replace('"version":2', '"version":9')), /line 1 has version 9/],
          [damaged(lines.length - 1, '{"end":1}'), /before its end/],
        ];
        for (const [bad, message] of cases) await expect(imported(to, bad)).rejects.toThrow(message);
        const note = lines.findIndex((line) => line.includes('"record":"note"'));
        const noValue = damaged(note, '{"record":"note","key":"x","value":null}');
        await expect(imported(to, noValue)).rejects.toThrow(new RegExp(`line ${note + 1} `));
        await imported(to, lines);
        same(await exported(to), lines);
      }));
  });
}

const ROWS = [
  podRow({ cpuRequest: cores(0.5) }),
  podRow({ pod: 'web-2', namespace: 'data', labels: { team: 'a' }, node: 'n2' }),
  shareRow('idle'),
  shareRow('system', { node: 'n2' }),
];
