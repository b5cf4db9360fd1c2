/** From lines of stored savings to sums, whatever the database. */
import { RECOMMENDATION_TYPES, type RecommendationType } from '../domain/recommendations/model.js';
import type { BookedSavings, SavingsCounter } from '../ports/recommendations.js';

export interface SavingLine {
  readonly cluster: string;
  readonly id: string;
  readonly currency: string;
  readonly hours: bigint;
  readonly energy: bigint;
  readonly emissions: bigint;
  readonly cost: bigint | null;
}

/** Lines of one recommendation, by currency, to one sum. */
export function bookedOf(lines: readonly SavingLine[]): readonly BookedSavings[] {
  const sums = new Map<string, BookedSavings>();
  for (const { cluster, id, currency, hours, energy, emissions, cost } of lines) {
    const key = JSON.stringify([cluster, id]);
    const sum = sums.get(key) ?? { cluster, id, hours: 0, millijoules: 0n, micrograms: 0n, cost: [] };
    sums.set(key, {
      ...sum,
      hours: sum.hours + Number(hours),
      millijoules: sum.millijoules + energy,
      micrograms: sum.micrograms + emissions,
      cost: cost === null ? sum.cost : [...sum.cost, { currency, nano: cost }],
    });
  }
  return [...sums.values()];
}

export interface ShownRecord {
  readonly namespace: string;
  readonly type: RecommendationType;
  readonly unit: string;
  readonly amount: bigint;
}

/** The unit of emissions in `saving_shown`; no currency has a code in lower case. */
export const EMISSIONS = 'ug';

/** Lines of one namespace and type to one counter. */
export function countersOf(records: readonly ShownRecord[]): readonly SavingsCounter[] {
  const counters = new Map<
    string,
    { namespace: string; type: RecommendationType; micrograms: bigint; cost: SavingsCounter['cost'] }
  >();
  for (const { namespace, type, unit, amount } of records) {
    const key = JSON.stringify([namespace, type]);
    const counter = counters.get(key) ?? { namespace, type, micrograms: 0n, cost: [] };
    counters.set(key, counter);
    if (unit === EMISSIONS) counter.micrograms = amount;
    else counter.cost = [...counter.cost, { currency: unit, nano: amount }];
  }
  const rank = (c: SavingsCounter) => RECOMMENDATION_TYPES.indexOf(c.type);
  return [...counters.values()].sort((a, b) =>
    a.namespace === b.namespace ? rank(a) - rank(b) : a.namespace < b.namespace ? -1 : 1,
  );
}
