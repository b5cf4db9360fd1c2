/** Which recommendations are shown, in which order and groups, and what they save together. */
import type { Recommendation } from '../api/recommendations';
import type { Amount } from '../format/quantity';
import { targetName, typeName } from './recommendation-words';

export interface Arrangement {
  readonly sort: 'co2e' | 'cost';
  readonly group: 'none' | 'workload';
  /** Looked for in names and kinds. */
  readonly text: string;
}

export interface Group {
  readonly name: string;
  readonly members: readonly Recommendation[];
}

export function arranged(
  items: readonly Recommendation[],
  { sort, group, text }: Arrangement,
): readonly Group[] {
  const wanted = text.trim().toLowerCase();
  const found = items.filter((item) =>
    `${targetName(item)} ${typeName(item.type)} ${item.type}`.toLowerCase().includes(wanted),
  );
  // What there is to do comes before what was done.
  const waiting = ({ status }: Recommendation) => Number(status === 'active');
  const sorted = [...found].sort((a, b) => waiting(b) - waiting(a) || sizeOf(b, sort) - sizeOf(a, sort));
  if (group === 'none') return sorted.length === 0 ? [] : [{ name: '', members: sorted }];
  const groups = new Map<string, Recommendation[]>();
  for (const item of sorted) {
    const { namespace, workload } = item.target;
    const name = [namespace, workload].filter((part) => part).join(' / ') || targetName(item);
    const members = groups.get(name) ?? [];
    groups.set(name, members);
    members.push(item);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

const sizeOf = ({ savings }: Recommendation, sort: Arrangement['sort']): number =>
  (sort === 'co2e' ? savings.co2e_grams_per_year : savings.cost_per_year?.amount) ?? -Infinity;

export interface SavingsSum {
  readonly count: number;
  readonly grams: number;
  readonly costs: readonly Amount[];
}

/** Of the active ones alone. */
export function savingsOf(items: readonly Recommendation[]): SavingsSum {
  const active = items.filter(({ status }) => status === 'active');
  const byCurrency = new Map<string, number>();
  for (const { savings } of active) {
    if (!savings.cost_per_year) continue;
    const { currency, amount } = savings.cost_per_year;
    byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + amount);
  }
  return {
    count: active.length,
    grams: active.reduce((sum, { savings }) => sum + savings.co2e_grams_per_year, 0),
    costs: [...byCurrency].map(([currency, amount]) => ({ currency, amount })),
  };
}
