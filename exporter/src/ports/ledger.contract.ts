/** What every `Ledger` must do, whatever database is under it. An adapter's test file calls `ledgerContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalResult, Row } from '../domain/model.js';
import { epochSeconds, micrograms, millijoules, nanoCurrency, ratio, seconds } from '../domain/units.js';
import type { Ledger } from './ledger.js';
import { flattenCounters, OracleLedger } from './testing/oracle.js';
import {
  arbResult,
  arbResults,
  at,
  impossibleResult,
  podRow,
  provenance,
  resultOf,
  shareRow,
  T0,
} from './testing/results.js';
import { withStore, type MakeStore } from './testing/store.js';

const EVER = { from: epochSeconds(0), to: at(1e6) };
const NOW = epochSeconds(1_800_000_000);
/** For a law tried on many ledgers: some databases take tens of milliseconds to begin one. */
const LAW_TIMEOUT_MS = 60_000;
const law = (title: string, holds: () => Promise<void>) => it(title, holds, LAW_TIMEOUT_MS);
const ROWS = [podRow(), shareRow('idle')];

const commitAll = async (ledger: Ledger, results: readonly IntervalResult[]) => {
  for (const result of results) await ledger.commit(result, NOW);
};

/** Everything that can be asked of a ledger. */
const everythingOf = async (ledger: Ledger) => ({
  marks: await ledger.marks(EVER),
  latest: await ledger.latest(),
  counters: await ledger.counters(),
});

/** The same without what tells how often and in which order things were committed. */
const factsOf = async (ledger: Ledger) => {
  const { marks, latest, counters } = await everythingOf(ledger);
  return {
    marks: marks.map(({ attempts: _, ...mark }) => mark),
    latest,
    counters: flattenCounters(counters),
    intervals: counters.intervals,
  };
};

export function ledgerContract(name: string, makeStore: MakeStore): void {
  const withLedger = <T>(use: (ledger: Ledger) => Promise<T>) =>
    withStore(makeStore, async (store) => use(await store.openLedger()));
  const property = <T>(arbitrary: fc.Arbitrary<T>, holds: (ledger: Ledger, value: T) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(arbitrary, (value) => withLedger((ledger) => holds(ledger, value))),
      { numRuns: 25 },
    );

  describe(`${name}: laws of the ledger`, () => {
    law('agrees after every commit with sums worked out anew, through replacements and revisions', () =>
      property(
        fc
          .tuple(arbResults(3), arbResults(3), arbResults(3))
          .chain((a) => fc.shuffledSubarray(a.flat(), { minLength: 4 })),
        async (ledger, results) => {
          const oracle = new OracleLedger();
          for (const result of results) {
            expect(await ledger.commit(result, NOW)).toBe(oracle.commit(result));
            expect(flattenCounters(await ledger.counters())).toEqual(oracle.counters());
            expect(await ledger.latest()).toEqual(oracle.latest());
          }
          const attempts = (await ledger.marks(EVER)).map((m) => [m.start, m.state, m.coverage, m.attempts]);
          const expected = oracle
            .results()
            .map((r) => [
              ...[r.interval.start, r.state, r.coverage],
              oracle.held.get(r.interval.start)!.attempts,
            ]);
          expect(attempts).toEqual(expected);
        },
      ),
    );

    law('gives the same answers in whatever order intervals are committed', () =>
      property(
        arbResults(4).chain((results) =>
          fc.tuple(fc.constant(results), fc.shuffledSubarray(results, { minLength: 4 })),
        ),
        async (ledger, [results, shuffled]) => {
          await commitAll(ledger, shuffled);
          const inOrder = await withLedger(async (other) => {
            await commitAll(other, results);
            return factsOf(other);
          });
          expect(await factsOf(ledger)).toEqual(inOrder);
        },
      ),
    );

    law('changes nothing but the number of attempts when an interval is committed again', () =>
      property(arbResults(3), async (ledger, results) => {
        await commitAll(ledger, results);
        const once = await factsOf(ledger);
        for (const result of results)
          expect(await ledger.commit(result, epochSeconds(NOW + 99))).toBe('unchanged');
        expect(await factsOf(ledger)).toEqual(once);
        expect((await ledger.marks(EVER)).map((m) => m.attempts)).toEqual(results.map(() => 2));
      }),
    );

    law('gives back the newest interval as it was given', () =>
      property(arbResult(T0), async (ledger, result) => {
        await ledger.commit(result, NOW);
        expect(await ledger.latest()).toEqual(result);
      }),
    );

    law('answers the same after it was closed and opened again', () =>
      fc.assert(
        fc.asyncProperty(arbResults(3), (results) =>
          withStore(makeStore, async (store) => {
            const ledger = await store.openLedger();
            await commitAll(ledger, results);
            const before = await everythingOf(ledger);
            await ledger.close();
            const again = await store.openLedger();
            expect(await everythingOf(again)).toEqual(before);
            for (const result of results) expect(await again.commit(result, NOW)).toBe('unchanged');
          }),
        ),
        { numRuns: 15 },
      ),
    );
  });

  describe(`${name}: commits`, () => {
    it('is empty at first', () =>
      withLedger(async (ledger) => {
        expect(await everythingOf(ledger)).toEqual({
          marks: [],
          latest: null,
          counters: {
            workloads: [],
            nodes: [],
            intervals: { complete: 0, partial: 0, impossible: 0 },
            restated: {},
          },
        });
      }));

    it('keeps a mark of every interval, and gives those of a half-open range in order', () =>
      withLedger(async (ledger) => {
        for (const n of [2, 0, 3, 1]) await ledger.commit(resultOf(at(n), ROWS), epochSeconds(NOW + n));
        expect(await ledger.marks({ from: at(1), to: at(3) })).toEqual(
          [1, 2].map((n) => ({
            start: at(n),
            step: seconds(300),
            state: 'complete',
            coverage: 1,
            partialReasons: [],
            revision: 'r1',
            attempts: 1,
            committedAt: NOW + n,
          })),
        );
      }));

    it.each<[string, Partial<IntervalResult>, Partial<IntervalResult>, string]>([
      [
        'coverage rises',
        { state: 'partial', coverage: ratio(0.5) },
        { state: 'partial', coverage: ratio(0.6) },
        'replaced',
      ],
      [
        'coverage falls',
        { state: 'partial', coverage: ratio(0.6) },
        { state: 'partial', coverage: ratio(0.5) },
        'unchanged',
      ],
      ['partial becomes complete', { state: 'partial' }, { state: 'complete' }, 'replaced'],
      ['complete would become partial', { state: 'complete' }, { state: 'partial' }, 'unchanged'],
      ['the revision differs', { revision: 'r1' }, { revision: 'r2' }, 'replaced'],
      [
        'a revision knows less',
        { coverage: ratio(1) },
        { coverage: ratio(0.9), revision: 'r2' },
        'unchanged',
      ],
      ['nothing differs', {}, {}, 'unchanged'],
    ])('when %s', (_, first, second, outcome) =>
      withLedger(async (ledger) => {
        expect(await ledger.commit(resultOf(T0, ROWS, first), NOW)).toBe('written');
        expect(await ledger.commit(resultOf(T0, [shareRow('idle')], second), epochSeconds(NOW + 60))).toBe(
          outcome,
        );
        const [mark] = await ledger.marks(EVER);
        expect(mark).toMatchObject({ attempts: 2, committedAt: outcome === 'replaced' ? NOW + 60 : NOW });
        expect((await ledger.latest())?.rows).toHaveLength(outcome === 'replaced' ? 1 : 2);
      }),
    );

    it('lets data take the place of "impossible", and never the other way round', () =>
      withLedger(async (ledger) => {
        expect(await ledger.commit(impossibleResult(T0), NOW)).toBe('written');
        expect(await ledger.latest()).toBeNull();
        const thin = resultOf(T0, ROWS, {
          state: 'partial',
          coverage: ratio(0),
          partialReasons: ['source-warning'],
        });
        expect(await ledger.commit(thin, NOW)).toBe('replaced');
        expect(await ledger.commit(impossibleResult(T0, { coverage: ratio(1), revision: 'r9' }), NOW)).toBe(
          'unchanged',
        );
        expect(await ledger.latest()).toEqual(thin);
        expect((await ledger.counters()).intervals).toEqual({ complete: 0, partial: 1, impossible: 1 });
      }));

    it('serves a hundred commits of one interval at once as one', () =>
      withLedger(async (ledger) => {
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, () => ledger.commit(resultOf(T0, ROWS), NOW)),
        );
        expect(outcomes.filter((o) => o === 'written')).toHaveLength(1);
        expect(outcomes.filter((o) => o === 'unchanged')).toHaveLength(99);
        expect((await ledger.marks(EVER))[0]?.attempts).toBe(100);
        expect((await ledger.counters()).workloads[0]?.operational).toBe(BigInt(podRow().operational));
      }));
  });

  describe(`${name}: counters`, () => {
    it('never fall: a revision that lowers a sum holds it until the truth passes it', () =>
      withLedger(async (ledger) => {
        const withEnergy = (start: number, mj: number, revision: string) =>
          resultOf(start, [podRow({ energy: millijoules(mj) })], { revision });
        const shown = async () => (await ledger.counters()).workloads[0]!.energy;
        const of = (mj: bigint) => [{ method: 'estimated', millijoules: mj }];
        await ledger.commit(withEnergy(at(0), 1000, 'r1'), NOW);
        await ledger.commit(withEnergy(at(0), 400, 'r2'), NOW);
        expect(await shown()).toEqual(of(1000n));
        await ledger.commit(withEnergy(at(1), 500, 'r1'), NOW);
        expect(await shown()).toEqual(of(1000n));
        await ledger.commit(withEnergy(at(2), 500, 'r1'), NOW);
        expect(await shown()).toEqual(of(1400n));
      }));

    it('are kept by the method of the node, and of currencies by their code', () =>
      withLedger(async (ledger) => {
        const measured = () => ({ provenance: provenance({ method: 'measured' }) });
        const pod = podRow({ energy: millijoules(10), cost: nanoCurrency(3) });
        await ledger.commit(resultOf(at(0), [pod], { currency: 'EUR' }, measured), NOW);
        await ledger.commit(resultOf(at(1), [pod], { currency: 'USD' }), NOW);
        await ledger.commit(resultOf(at(2), [{ ...pod, cost: null }]), NOW);
        const [workload] = (await ledger.counters()).workloads;
        expect(workload?.energy).toEqual([
          { method: 'estimated', millijoules: 20n },
          { method: 'measured', millijoules: 10n },
        ]);
        expect(workload?.cost).toEqual([
          { currency: 'EUR', nano: 3n },
          { currency: 'USD', nano: 3n },
        ]);
      }));

    it('number workloads in the order they join, larger energy first, for good', () =>
      withLedger(async (ledger) => {
        const pod = (workload: string, mj: number) =>
          podRow({ pod: workload, workload: { name: workload, type: 'Job' }, energy: millijoules(mj) });
        const order = async () => (await ledger.counters()).workloads.map((w) => [w.ordinal, w.workload]);
        await ledger.commit(resultOf(at(0), [pod('b', 5), pod('a', 5), pod('c', 9), pod('z', 0)]), NOW);
        const first = [
          [0, 'c'],
          [1, 'a'],
          [2, 'b'],
          [3, 'z'],
        ];
        expect(await order()).toEqual(first);
        await ledger.commit(resultOf(at(1), [pod('a', 99), pod('d', 1), pod('e', 2)]), NOW);
        await ledger.commit(resultOf(at(0), [pod('f', 7)], { revision: 'r2' }), NOW);
        expect(await order()).toEqual([...first, [4, 'e'], [5, 'd'], [6, 'f']]);
      }));

    it('do not count the shares of nodes as workloads', () =>
      withLedger(async (ledger) => {
        await ledger.commit(resultOf(T0, [shareRow('idle'), shareRow('system')]), NOW);
        const { workloads, nodes } = await ledger.counters();
        expect(workloads).toEqual([]);
        expect(nodes[0]?.energy.map((e) => e.part)).toEqual(['idle', 'system']);
      }));

    it('pass 2^53 exactly', () =>
      withLedger(async (ledger) => {
        const huge = 2 ** 52 + 1;
        for (let n = 0; n < 5; n++)
          await ledger.commit(resultOf(at(n), [podRow({ energy: millijoules(huge) })]), NOW);
        expect((await ledger.counters()).workloads[0]?.energy[0]?.millijoules).toBe(5n * BigInt(huge));
      }));
  });

  describe(`${name}: refuses what would make sums wrong, and keeps nothing of it`, () => {
    const good = resultOf(T0, ROWS);
    const withRow = (over: Partial<Row>) => ({
      ...good,
      rows: [{ ...good.rows[0]!, ...over }, good.rows[1]!],
    });
    it.each<[string, IntervalResult, RegExp]>([
      ['energy lost', withRow({ energy: millijoules(1) }), /energy of the rows of node n1 adds to/],
      ['grams lost', withRow({ operational: micrograms(1) }), /operational of the rows of node n1/],
      [
        'a fraction',
        withRow({ dynamic: millijoules(0.5) }),
        /shop\/web-1: dynamic 0.5 is not a whole number/,
      ],
      ['a row twice', { ...good, rows: [...good.rows, good.rows[0]!] }, /shop\/web-1 appears twice/],
      ['another step', { ...good, interval: { ...good.interval, step: seconds(60) } }, /step is 60 s/],
    ])('%s', (_, bad, message) =>
      withLedger(async (ledger) => {
        await ledger.commit(resultOf(at(1), ROWS), NOW);
        const before = await everythingOf(ledger);
        await expect(ledger.commit(bad, NOW)).rejects.toThrow(message);
        expect(await everythingOf(ledger)).toEqual(before);
        expect(await ledger.commit(good, NOW)).toBe('written');
      }),
    );
  });

  describe(`${name}: notes, names and clusters`, () => {
    it('keeps notes, the last of each key', () =>
      withStore(makeStore, async (store) => {
        const ledger = await store.openLedger();
        expect(await ledger.note('first-backfill')).toBeNull();
        await ledger.setNote('first-backfill', '1');
        await ledger.setNote('first-backfill', '2');
        await ledger.setNote("it's", '');
        await ledger.close();
        const again = await store.openLedger();
        expect(await again.note('first-backfill')).toBe('2');
        expect(await again.note("it's")).toBe('');
      }));

    const HOSTILE = [
      `'; DROP TABLE x; --`,
      '"',
      '100%_',
      '\\',
      '__proto__',
      'constructor',
      'é🌳',
      'x'.repeat(253),
      ' ',
    ];
    it.each(HOSTILE)('takes %j for any name', (hostile) =>
      withLedger(async (ledger) => {
        const row = podRow({
          namespace: hostile,
          pod: hostile,
          uid: hostile,
          node: hostile,
          workload: { name: hostile, type: hostile },
          labels: JSON.parse(JSON.stringify({ k: hostile }).replace('"k"', JSON.stringify(hostile))),
        });
        const result = resultOf(T0, [row], { currency: hostile, revision: hostile }, () => ({
          instanceType: hostile,
          provenance: provenance({ provider: hostile, gridZone: hostile }),
        }));
        await ledger.commit(result, NOW);
        expect(await ledger.latest()).toEqual(result);
        expect((await ledger.counters()).workloads[0]).toMatchObject({
          namespace: hostile,
          workload: hostile,
        });
      }),
    );

    it('does not mix clusters that hold the same names', () =>
      withStore(makeStore, async (store) => {
        const a = await store.openLedger('a');
        await a.commit(resultOf(at(0), ROWS), NOW);
        await a.commit(resultOf(at(1), ROWS), NOW);
        await a.setNote('k', 'a');
        const ofA = await everythingOf(a);
        await a.close();
        const b = await store.openLedger('b');
        expect(await b.latest()).toBeNull();
        expect(await b.note('k')).toBeNull();
        await b.commit(resultOf(at(0), [podRow({ energy: millijoules(7) })]), NOW);
        expect(
          await b.commit(resultOf(at(0), [podRow({ energy: millijoules(8) })], { revision: 'r2' }), NOW),
        ).toBe('replaced');
        expect((await b.counters()).workloads).toMatchObject([{ ordinal: 0, energy: [{ millijoules: 8n }] }]);
        await b.close();
        expect(await everythingOf(await store.openLedger('a'))).toEqual(ofA);
      }));
  });
}
