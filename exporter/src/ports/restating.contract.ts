/** What every `Restating` ledger must do. An adapter's test file calls `restatingContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR } from '../domain/interval.js';
import type { IntervalResult, NodeRow, Row } from '../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, micrograms, seconds } from '../domain/units.js';
import type { GroupKey, History, Totals } from './history.js';
import type { Ledger } from './ledger.js';
import type { Restatement, Restating } from './restating.js';
import { flattenCounters, groupsOf, linesOf, nameOfKey, OracleLedger, sumsOf } from './testing/oracle.js';
import {
  arbResult,
  impossibleResult,
  podRow,
  provenance,
  resultOf,
  shareRow,
  T0,
} from './testing/results.js';
import { withStore, type LedgerStore, type MakeStore } from './testing/store.js';

/** Two intervals an hour: few enough to fill days with. */
const STEP = seconds(1800);
const PER_DAY = DAY / STEP;
const at = (n: number) => epochSeconds(T0 + n * STEP);
const NOW = epochSeconds(1_800_000_000);
const EVER = { from: at(0), to: at(3 * PER_DAY) };
const LAW_TIMEOUT_MS = 120_000;

const moved = (result: IntervalResult, n: number): IntervalResult => ({
  ...result,
  interval: { start: at(n), step: STEP },
});

/** The same interval with `k` times the operational emissions and another footprint. */
function retold(result: IntervalResult, k: number): IntervalResult {
  const rows = result.rows.map((row) => ({
    ...row,
    operational: micrograms(row.operational * k),
    embodied: micrograms(row.embodied + k),
  }));
  const sum = (node: string, amount: 'operational' | 'embodied') =>
    micrograms(rows.reduce((s, row) => (row.node === node ? s + row[amount] : s), 0));
  const nodes = result.nodes.map((node) => ({
    ...node,
    operational: sum(node.node, 'operational'),
    embodied: sum(node.node, 'embodied'),
    embodiedTotal: kilograms(500 + k),
    provenance: {
      ...node.provenance,
      intensity: gramsPerKwh(44.18 * k),
      intensitySource: 'electricity-maps' as const,
      intensityTime: result.interval.start,
      intensityBand: { lo: 100 + k, hi: 100 },
      reasons: [],
    },
  }));
  return { ...result, rows, nodes, revision: `${result.revision}+${k}` };
}

const restatement = (over: Partial<Restatement> = {}): Restatement => ({
  start: at(0),
  node: 'n1',
  reason: 'intensity-found',
  at: NOW,
  oldEmissions: micrograms(100),
  newEmissions: micrograms(160),
  oldFactor: 44.18,
  newFactor: 70.5,
  oldSource: 'yearly-mean',
  newSource: 'electricity-maps',
  ...over,
});

const small = (n: number, nodes: readonly string[] = ['n1'], over: Partial<NodeRow> = {}): IntervalResult => {
  const rows = nodes.flatMap((node): Row[] => [podRow({ node }), shareRow('idle', { node })]);
  return moved(
    resultOf(at(n), rows, {}, () => over),
    n,
  );
};

type Both = Ledger & Restating;

export function restatingContract(name: string, makeStore: MakeStore): void {
  const withBoth = <T>(use: (ledger: Both, history: History, store: LedgerStore) => Promise<T>) =>
    withStore(makeStore, async (store) => {
      const ledger = await store.openLedger('c', STEP);
      return use(ledger, await store.openHistory(STEP), store);
    });

  describe(`${name}: an interval told anew`, () => {
    it(
      'leaves every sum as if it had been told so at first, and counters never fall',
      () =>
        fc.assert(
          fc.asyncProperty(
            fc.array(arbResult(T0), { minLength: 2, maxLength: 3 }),
            fc.array(fc.tuple(fc.nat({ max: PER_DAY }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 12 }),
            (pool, changes) =>
              withBoth(async (ledger, history) => {
                const oracle = new OracleLedger();
                const commit = async (result: IntervalResult) => {
                  oracle.commit(result);
                  await ledger.commit(result, NOW);
                };
                // A whole day, and one interval of the next: sealed hours, a sealed day, and what is open.
                for (let n = 0; n < PER_DAY; n++)
                  await commit(
                    n === 5 ? moved(impossibleResult(at(5)), 5) : moved(pool[n % pool.length]!, n),
                  );
                await commit(moved(pool[0]!, PER_DAY));
                for (const [n, k] of changes) {
                  const before = await ledger.interval(at(n));
                  if (!before || before.state === 'impossible') continue;
                  const after = retold(before, k);
                  await ledger.restate(after, [], NOW);
                  oracle.commit(after);
                  expect(await ledger.interval(at(n))).toEqual(after);
                  expect(flattenCounters(await ledger.counters())).toEqual(oracle.counters());
                }
                expect(await ledger.latest()).toEqual(oracle.latest());
                for (const range of RANGES) await agrees(history, oracle.results(), range);
              }),
          ),
          { numRuns: 10 },
        ),
      LAW_TIMEOUT_MS,
    );

    it('keeps what else is known of it', () =>
      withBoth(async (ledger) => {
        const first = small(0);
        await ledger.commit(first, NOW);
        await ledger.commit(first, NOW);
        const [mark] = await ledger.marks(EVER);
        await ledger.restate(retold(first, 2), [], epochSeconds(NOW + 60));
        expect(await ledger.marks(EVER)).toEqual([{ ...mark, revision: 'r1+2' }]);
        expect((await ledger.counters()).intervals).toEqual({ complete: 1, partial: 0, impossible: 0 });
      }));

    it('may be told in another currency', () =>
      withBoth(async (ledger) => {
        await ledger.commit(small(0), NOW);
        await ledger.restate({ ...retold(small(0), 1), currency: 'EUR' }, [], NOW);
        expect((await ledger.interval(at(0)))?.currency).toBe('EUR');
        expect((await ledger.counters()).workloads[0]?.cost.map((c) => c.currency)).toContain('EUR');
      }));
  });

  describe(`${name}: restatements`, () => {
    it('are kept with old, new and reason, and counted by reason for the life of the ledger', () =>
      withBoth(async (ledger, _history, store) => {
        for (const n of [0, 1]) await ledger.commit(small(n, ['n1', 'n2']), NOW);
        const found = [restatement(), restatement({ node: 'n2', newEmissions: micrograms(30) })];
        await ledger.restate(retold(small(0, ['n1', 'n2']), 2), found, NOW);
        const footprint = restatement({ start: at(1), reason: 'embodied-found', newSource: 'boavizta' });
        await ledger.restate(retold(small(1, ['n1', 'n2']), 2), [footprint], NOW);
        expect(await ledger.restatements(EVER)).toEqual([...found, footprint]);
        expect(await ledger.restatements({ from: at(1), to: at(2) })).toEqual([footprint]);
        const counted = { 'intensity-found': 130n, 'embodied-found': 60n };
        expect((await ledger.counters()).restated).toEqual(counted);
        await ledger.close();
        const again = await store.openLedger('c', STEP);
        expect((await again.counters()).restated).toEqual(counted);
        expect(await again.restatements(EVER)).toHaveLength(3);
      }));

    it('for one reason within one second are one, from the first to the last', () =>
      withBoth(async (ledger) => {
        await ledger.commit(small(0), NOW);
        const second = restatement({
          oldEmissions: micrograms(160),
          newEmissions: micrograms(90),
          oldFactor: 70.5,
          newFactor: 50,
        });
        await ledger.restate(retold(small(0), 2), [restatement()], NOW);
        await ledger.restate(retold(small(0), 3), [second], NOW);
        expect(await ledger.restatements(EVER)).toEqual([
          { ...second, oldEmissions: 100, oldFactor: 44.18, oldSource: 'yearly-mean' },
        ]);
        expect((await ledger.counters()).restated).toEqual({ 'intensity-found': 130n });
      }));
  });

  describe(`${name}: what intervals were computed with`, () => {
    it('is told by start and node, narrowed by grid zone and reasons', () =>
      withBoth(async (ledger) => {
        const of = (gridZone: string, reasons: NodeRow['provenance']['reasons']) => ({
          provenance: provenance({ gridZone, reasons }),
        });
        await ledger.commit(small(0, ['n2', 'n1'], of('FR', ['EMBODIED_DEFAULT', 'PUE_DEFAULT'])), NOW);
        await ledger.commit(small(1, ['n1'], of('DE', ['INTENSITY_STALE'])), NOW);
        await ledger.commit(moved(impossibleResult(at(2)), 2), NOW);
        const used = await ledger.used(EVER);
        expect(used.map(({ start, node }) => [start, node])).toEqual([
          [at(0), 'n1'],
          [at(0), 'n2'],
          [at(1), 'n1'],
        ]);
        expect(used[2]).toEqual({
          start: at(1),
          node: 'n1',
          gridZone: 'DE',
          provider: 'aws',
          instanceType: 'm5.xlarge',
          intensity: 44.18,
          intensitySource: 'yearly-mean',
          intensityTime: provenance().intensityTime,
          embodiedTotal: 600,
          reasons: ['INTENSITY_STALE'],
        });
        const count = async (...asked: Parameters<Restating['used']>) => (await ledger.used(...asked)).length;
        expect(await count(EVER, { gridZone: 'FR' })).toBe(2);
        expect(await count(EVER, { reasons: ['INTENSITY_STALE', 'PUE_DEFAULT'] })).toBe(3);
        expect(await count(EVER, { gridZone: 'DE', reasons: ['PUE_DEFAULT'] })).toBe(0);
        expect(await count({ from: at(1), to: at(2) })).toBe(1);
        expect(await count({ from: at(2), to: at(9) })).toBe(0);
      }));
  });

  describe(`${name}: what can no longer be told anew`, () => {
    it('is what the ledger does not have, or has pruned: it is refused, and nothing changes', () =>
      withBoth(async (ledger, history) => {
        expect(await ledger.interval(at(0))).toBeNull();
        await expect(ledger.restate(small(0), [], NOW)).rejects.toThrow(/restate/);
        for (let n = 0; n < 2 * PER_DAY; n++) await ledger.commit(small(n), NOW);
        await ledger.restate(retold(small(0), 2), [restatement()], NOW);
        const total = async () => (await history.totals({ range: EVER, by: [], filters: {} })).total;
        const before = [await total(), await ledger.counters()];
        const prune = async (raw: number, hour: number) => {
          const to = { raw: epochSeconds(raw), hour: epochSeconds(hour), day: null };
          while (Object.values(await ledger.prune(to)).some((n) => n > 0));
        };
        await prune(at(0) + HOUR, 0);
        expect(await ledger.interval(at(0))).toBeNull();
        expect(await ledger.used({ from: at(0), to: at(2) })).toEqual([]);
        expect(await ledger.interval(at(2))).not.toBeNull();
        await expect(ledger.restate(retold(small(1), 3), [restatement()], NOW)).rejects.toThrow(/restate/);
        expect([await total(), await ledger.counters()]).toEqual(before);
        expect(await ledger.restatements(EVER)).toHaveLength(1);
        await prune(at(PER_DAY), at(PER_DAY));
        expect(await ledger.restatements(EVER)).toEqual([]);
        expect((await ledger.counters()).restated).toEqual({ 'intensity-found': 60n });
      }));

    it('is what does not add up', () =>
      withBoth(async (ledger) => {
        await ledger.commit(small(0), NOW);
        const bad = { ...retold(small(0), 2), nodes: small(0).nodes };
        await expect(ledger.restate(bad, [restatement()], NOW)).rejects.toThrow(/adds to/);
        expect(await ledger.interval(at(0))).toEqual(small(0));
        expect(await ledger.restatements(EVER)).toEqual([]);
      }));
  });
}

/** A sealed day with an open interval, a day that is cut, an hour, an hour that is cut, single intervals. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0, PER_DAY + 1],
  [1, PER_DAY],
  [2, 4],
  [3, 7],
  [0, 1],
];

const byName = (totals: Totals) => new Map(totals.groups.map((g) => [nameOfKey(g.key), g.sums]));

async function agrees(
  history: History,
  results: readonly IntervalResult[],
  [from, to]: readonly [number, number],
): Promise<void> {
  const range = { from: at(from), to: at(to) };
  const within = results.filter(({ interval: { start } }) => start >= range.from && start < range.to);
  const lines = linesOf('c', within);
  for (const by of [[], ['namespace'], ['node', 'zone'], ['pod']] as const satisfies readonly GroupKey[][]) {
    const totals = await history.totals({ range, by, filters: {} });
    expect(totals.total).toEqual(sumsOf(lines));
    expect(byName(totals)).toEqual(
      new Map([...groupsOf(lines, by)].map(([id, group]) => [id, sumsOf(group)])),
    );
  }
}
