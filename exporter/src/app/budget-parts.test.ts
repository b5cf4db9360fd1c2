/** What budgets count is what the totals say, and parts of a cluster add to the cluster: over any stored past. */
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Budget, BudgetScope } from '../domain/budget/budget.js';
import { DAY } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import { epochSeconds } from '../domain/units.js';
import { computeBudget } from '../pipeline/budgets.js';
import type { History } from '../ports/history.js';
import { arbResults, STEP, T0 } from '../ports/testing/results.js';
import { withHistory } from '../ports/testing/store.js';
import { makeSqliteStore } from '../repositories/sqlite/testing/store.js';

const LIMITS = {
  co2e: { amount: 'co2e', value: 100, currency: '' },
  energy: { amount: 'energy', value: 1, currency: '' },
  cost: { amount: 'cost', value: 10, currency: 'USD' },
} as const satisfies Record<string, Budget['limit']>;

const PACING = { pause: () => Promise.resolve(), signal: new AbortController().signal };
const AS_OF = epochSeconds(T0 + 2 * 3600);
/** Some intervals in each of the two hours. */
const pasts: fc.Arbitrary<IntervalResult[]> = arbResults(24).map((all) => all.filter((_, i) => i % 5 === 0));

const used = async (history: History, scope: BudgetScope, limit: Budget['limit']): Promise<number> => {
  const budget = { name: 'b', scope, limit, period: 'day', timeZone: 'UTC' } as const;
  return (await computeBudget({ cluster: 'c', history, step: STEP, pacing: PACING }, budget, AS_OF)).used;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const range = { from: T0, to: epochSeconds(T0 + DAY) };

/** Over `cases` made-up pasts beside one that belongs to another cluster. */
const overPasts = (use: (history: History) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(pasts, pasts, (mine, others) =>
      withHistory(makeSqliteStore, { c: mine, other: others }, use),
    ),
    { numRuns: 5 },
  );

jest.setTimeout(60_000);

describe('over any past', () => {
  it.each(Object.values(LIMITS))('namespaces, idle and system shares add to the cluster: $amount', (limit) =>
    overPasts(async (history) => {
      const { groups } = await history.totals({ range, by: ['namespace'], filters: { cluster: ['c'] } });
      const names = groups.map(({ key }) => key.namespace!);
      const parts = await Promise.all(
        names.map((namespace) => used(history, { kind: 'namespace', namespace }, limit)),
      );
      expect(sum(parts)).toBeCloseTo(await used(history, { kind: 'cluster' }, limit), 6);
    }),
  );

  it('values of a label add to all that the cluster takes', () =>
    overPasts(async (history) => {
      const of = (team: string) => used(history, { kind: 'labels', labels: { team } }, LIMITS.co2e);
      const parts = await Promise.all(['', 'a'].map(of));
      expect(sum(parts)).toBeCloseTo(await used(history, { kind: 'cluster' }, LIMITS.co2e), 6);
      expect(await of('nobody')).toBe(0);
    }));

  it('two labels are both asked for', () =>
    overPasts(async (history) => {
      const of = (labels: Record<string, string>) => used(history, { kind: 'labels', labels }, LIMITS.energy);
      const [withTeam, without] = [await of({ app: 'web', team: 'a' }), await of({ app: 'web', team: '' })];
      expect(withTeam + without).toBeCloseTo(await of({ app: 'web' }), 6);
    }));
});
