/** Hours, days and pruning: whatever happens in whatever order, no figure changes. An adapter's test file calls `rollupContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, floorTo, HOUR } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import { epochSeconds, millijoules, nanoCurrency, ratio, seconds } from '../domain/units.js';
import { AMOUNTS, type GroupKey, type History, type Totals } from './history.js';
import type { Ledger } from './ledger.js';
import { BucketOracle } from './testing/bucket-oracle.js';
import { NaiveStore } from './testing/naive-store.js';
import { addAll, groupsOf, linesOf, nameOfKey, sumsOf } from './testing/oracle.js';
import { arbResult, impossibleResult, podRow, resultOf, T0 } from './testing/results.js';
import { withStore, type LedgerStore, type MakeStore } from './testing/store.js';

/** Two intervals an hour: few enough to fill days with. */
const STEP = seconds(1800);
const PER_DAY = DAY / STEP;
const DAYS = 2;
const at = (n: number) => epochSeconds(T0 + n * STEP);
const NOW = epochSeconds(1_800_000_000);
const EVER = { from: at(0), to: at(DAYS * PER_DAY) };
const LAW_TIMEOUT_MS = 120_000;
const law = (title: string, holds: () => Promise<void>) => it(title, holds, LAW_TIMEOUT_MS);

type Operation =
  | { readonly kind: 'commit'; readonly result: IntervalResult }
  | { readonly kind: 'prune'; readonly now: number };

const ALL = Array.from({ length: DAYS * PER_DAY }, (_, n) => n);

/**
 * Some results, any of which stands in for any interval: making 96 different ones takes longer than trying them. Most ledgers get
 * whole days, early or late, so that replacements meet buckets that are whole, open, and pruned.
 */
const arbOperations: fc.Arbitrary<Operation[]> = fc
  .record({
    pool: fc.array(arbResult(T0), { minLength: 3, maxLength: 5 }),
    first: fc.oneof(
      fc.constant(ALL),
      fc.shuffledSubarray(ALL, { minLength: ALL.length }),
      fc.shuffledSubarray(ALL, { minLength: ALL.length - 4 }),
    ),
    picks: fc.infiniteStream(fc.nat()),
    again: fc.array(fc.nat({ max: ALL.length - 1 }), { maxLength: 30 }),
    late: fc.array(fc.nat({ max: ALL.length - 1 }), { maxLength: 10 }),
    prunes: fc.array(fc.integer({ min: -300, max: 5 * 1440 }), { maxLength: 6 }),
  })
  .map(({ pool, first, picks, again, late, prunes }) => {
    const pick = (below: number) => picks.next().value! % below;
    const commit = (n: number): Operation => ({
      kind: 'commit',
      result: moved(pool[pick(pool.length)]!, n, pick(7)),
    });
    const operations = first.map(commit);
    const insert = (operation: Operation) => operations.splice(pick(operations.length + 1), 0, operation);
    for (const n of again) insert(commit(n));
    for (const n of late) operations.push(commit(n));
    // At any minute, from before the first day to three days after the last.
    for (const minute of prunes) insert({ kind: 'prune', now: T0 + minute * 60 });
    return operations;
  });

function moved(result: IntervalResult, n: number, variant: number): IntervalResult {
  const interval = { start: at(n), step: STEP };
  if (variant === 6) return { ...impossibleResult(at(n)), interval };
  return { ...result, interval, revision: `r${variant}` };
}

/** Old enough to be pruned: intervals after 6 h, hours after a day. */
const beforeAt = (now: number) => ({
  raw: epochSeconds(now - 6 * HOUR),
  hour: epochSeconds(now - DAY),
  day: null,
});

async function pruneAll(
  ledger: Ledger,
  now: number,
  pruned: (one: Awaited<ReturnType<Ledger['prune']>>) => void,
) {
  for (;;) {
    const one = await ledger.prune(beforeAt(now));
    if (one.raw + one.hour + one.day === 0) return;
    pruned(one);
  }
}

/** What is asked of a store, good or bad. */
interface Subject {
  /** Whether the result was taken. */
  commit(result: IntervalResult): Promise<boolean>;
  compact(now: number): Promise<void>;
  /** Energy of all days. */
  energy(now: number): Promise<bigint>;
}

const losesNothing = (use: (holds: (subject: Subject) => Promise<void>) => Promise<void>) =>
  fc.asyncProperty(arbOperations, (operations) =>
    use(async (subject) => {
      const taken = new Map<number, bigint>();
      const check = async (now: number) =>
        expect(await subject.energy(now)).toBe([...taken.values()].reduce((a, b) => a + b, 0n));
      for (const operation of operations) {
        if (operation.kind === 'prune') {
          await subject.compact(operation.now);
          await check(operation.now);
        } else if (await subject.commit(operation.result)) {
          taken.set(operation.result.interval.start, sumsOf(linesOf('c', [operation.result])).energy);
        }
      }
      await check(EVER.to);
    }),
  );

export function rollupContract(name: string, makeStore: MakeStore): void {
  const withBoth = <T>(use: (ledger: Ledger, history: History, store: LedgerStore) => Promise<T>) =>
    withStore(makeStore, async (store) => {
      const ledger = await store.openLedger('c', STEP);
      return use(ledger, await store.openHistory(STEP), store);
    });
  const subjectOf = (ledger: Ledger, history: History): Subject => ({
    commit: async (result) => (await ledger.commit(result, NOW)) !== 'unchanged',
    compact: (now) => pruneAll(ledger, now, () => undefined),
    energy: async () => (await history.totals({ range: EVER, by: [], filters: {} })).total.energy,
  });

  describe(`${name}: laws of hours and days`, () => {
    law('neither lose nor double anything, at whatever minute they are made and pruned', () =>
      fc.assert(
        losesNothing((holds) => withBoth((ledger, history) => holds(subjectOf(ledger, history)))),
        { numRuns: 12 },
      ),
    );

    it('which a store that compacts by age and overwrites breaks', async () => {
      const broken = await fc.check(
        losesNothing((holds) => holds(new NaiveStore())),
        { numRuns: 12, endOnFailure: true },
      );
      expect(broken.failed).toBe(true);
    });

    law('give what the intervals give, for any range, grouping and step', () =>
      fc.assert(
        fc.asyncProperty(
          arbOperations,
          fc.array(arbQuestion, { minLength: 6, maxLength: 6 }),
          (operations, questions) =>
            withBoth(async (ledger, history) => {
              const oracle = new BucketOracle(STEP);
              for (const operation of operations) {
                if (operation.kind === 'prune') {
                  await pruneAll(ledger, operation.now, (one) => oracle.pruned(one));
                } else {
                  const outcome = await ledger.commit(operation.result, NOW);
                  expect(outcome === 'unchanged').toBe(!oracle.commit(operation.result));
                }
              }
              for (const question of questions) await agrees(history, oracle, question);
            }),
        ),
        { numRuns: 15 },
      ),
    );
  });

  it(`${name}: changes the hour and the day of an interval that is replaced after they were whole`, () =>
    withBoth(async (ledger, history) => {
      const withEnergy = (n: number, energy: number, revision: string): IntervalResult => ({
        ...resultOf(at(n), [podRow({ energy: millijoules(energy) })], { revision }),
        interval: { start: at(n), step: STEP },
      });
      for (const n of ALL) await ledger.commit(withEnergy(n, 1000, 'r1'), NOW);
      const read = async (from: number, to: number, by: readonly GroupKey[]) =>
        (await history.totals({ range: { from: at(from), to: at(to) }, by, filters: {} })).total.energy;
      expect(await ledger.commit(withEnergy(3, 400, 'r2'), NOW)).toBe('replaced');
      for (const by of [[], ['namespace'], ['pod']] as const) {
        expect(await read(0, PER_DAY, by)).toBe(BigInt(PER_DAY * 1000 - 600));
        expect(await read(2, 4, by)).toBe(1400n);
      }
      await pruneAll(ledger, EVER.to + 9 * DAY, () => undefined);
      for (const by of [[], ['namespace'], ['pod']] as const) {
        expect(await read(0, PER_DAY, by)).toBe(BigInt(PER_DAY * 1000 - 600));
      }
    }));

  it(`${name}: adds a cost of which a part is not known, and amounts past 2^53, in every grain`, () =>
    withBoth(async (ledger, history) => {
      const huge = 2 ** 53 - 1;
      for (let n = 0; n < PER_DAY; n++) {
        const row = podRow({
          energy: millijoules(huge),
          cost: n % 3 === 0 ? null : nanoCurrency(huge),
        });
        const result = resultOf(at(n), [row], { coverage: ratio(0.9), state: 'partial' });
        await ledger.commit({ ...result, interval: { start: at(n), step: STEP } }, NOW);
      }
      const expected = BigInt(huge) * BigInt(PER_DAY);
      for (const by of [[], ['namespace'], ['pod']] as const) {
        const { total } = await history.totals({ range: EVER, by, filters: {} });
        expect(total.energy).toBe(expected);
        expect(total.weighted.energyPowerLo).toBe(expected * 210n);
        expect(total.cost).toEqual([{ currency: 'USD', nano: (expected * 2n) / 3n }]);
      }
    }));
}

// ---------------------------------------------------------------------------------------------------------- questions

interface AnyQuestion {
  readonly from: number;
  readonly length: number;
  readonly by: readonly GroupKey[];
  readonly step: number;
}

const arbQuestion: fc.Arbitrary<AnyQuestion> = fc.record({
  from: fc.oneof(
    fc.integer({ min: -7000, max: DAYS * DAY }),
    fc.constantFrom(0, HOUR, DAY, DAY - HOUR, DAY + 3 * HOUR),
  ),
  length: fc.oneof(fc.integer({ min: 0, max: 2 * DAY }), fc.constantFrom(DAY, 2 * DAY, HOUR, 5 * HOUR)),
  by: fc.constantFrom<readonly GroupKey[]>(
    [],
    ['namespace'],
    ['node'],
    ['zone', 'provider'],
    ['namespace', 'provider'],
    ['pod'],
    ['workload', 'node'],
    ['label:team', 'zone'],
  ),
  step: fc.constantFrom(STEP, HOUR, 3 * HOUR, 5400, DAY, 2 * DAY),
});

const byName = (totals: Totals) => new Map(totals.groups.map((g) => [nameOfKey(g.key), g.sums]));

async function agrees(history: History, oracle: BucketOracle, question: AnyQuestion): Promise<void> {
  const { by } = question;
  const step = seconds(question.step);
  const range = {
    from: epochSeconds(T0 + question.from),
    to: epochSeconds(T0 + question.from + question.length),
  };
  const totals = await history.totals({ range, by, filters: {} });
  const lines = linesOf('c', oracle.readable(range));
  expect(totals.total).toEqual(sumsOf(lines));
  expect(byName(totals)).toEqual(new Map([...groupsOf(lines, by)].map(([id, group]) => [id, sumsOf(group)])));
  expect(totals.coverage).toBeCloseTo(oracle.coverage(range), 9);

  const series = await history.series({ range, by, filters: {}, step, amounts: AMOUNTS });
  for (const [i, time] of series.times.entries()) {
    const part = {
      from: epochSeconds(Math.max(time, range.from)),
      to: epochSeconds(Math.min(time + step, range.to)),
    };
    const known = oracle.readable(part, step);
    const sums = sumsOf(linesOf('c', known));
    const energies = series.groups.map((g) => g.columns.find((c) => c.amount === 'energy')!.values[i]!);
    if (known.some((r) => r.state !== 'impossible')) {
      expect(energies.reduce<bigint>((a, b) => a + (b ?? 0n), 0n)).toBe(sums.energy);
      expect(energies).not.toContain(null);
    } else {
      expect(energies.every((e) => e === null)).toBe(true);
    }
    expect(series.coverage[i]).toBeCloseTo(oracle.coverage(part, step), 9);
  }
  expect(addAll([...byName(totals).values()])).toEqual(totals.total);
  expect(floorTo(range.from, step)).toBe(series.times[0] ?? floorTo(range.from, step));
}
