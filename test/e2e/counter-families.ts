/** The counters of amounts beside the answers of the API that say the same. */
import type { Counter, Scrape } from './scraped.js';

type Grouping = 'namespace' | 'workload' | 'node';

export interface Family {
  readonly name: string;
  readonly by: Grouping;
  /** Labels that the counter and the API group by. */
  readonly labels: readonly string[];
  /** Labels that choose among the family's series. */
  readonly where: Readonly<Record<string, string>>;
  readonly amountOf: (figures: Figures) => number;
  /** Both count in whole multiples of it. */
  readonly unit: number;
}

/** A row of /api/v1/totals. */
export interface Figures {
  readonly key: Readonly<Record<string, string>>;
  readonly energy_joules: number;
  readonly co2e_grams: { readonly operational: number; readonly embodied: number };
  readonly cost: readonly { readonly amount: number }[];
}

const LABELS: Readonly<Record<Grouping, readonly string[]>> = {
  namespace: ['namespace'],
  workload: ['namespace', 'workload', 'workload_type'],
  node: ['node'],
};

export const FAMILIES: readonly Family[] = (['namespace', 'workload', 'node'] as const).flatMap((by) => {
  const family = (
    amount: string,
    unit: number,
    where: Family['where'],
    amountOf: Family['amountOf'],
  ): Family => ({ name: `greenkube_${by}_${amount}_total`, by, labels: LABELS[by], where, amountOf, unit });
  return [
    family('energy_joules', 1e-3, {}, (f) => f.energy_joules),
    family('co2e_grams', 1e-6, { scope: 'operational' }, (f) => f.co2e_grams.operational),
    family('co2e_grams', 1e-6, { scope: 'embodied' }, (f) => f.co2e_grams.embodied),
    ...(by === 'node' ? [] : [family('cost', 1e-9, {}, (f) => f.cost[0]?.amount ?? 0)]),
  ];
});

/** Whole units by group, without groups that have none. */
type Amounts = ReadonlyMap<string, number>;

export const groupOf = (labels: Readonly<Record<string, string>>, { labels: names }: Family): string =>
  names.map((name) => labels[name]).join('/');

const belongs = ({ labels }: Counter, { name, where }: Family): boolean =>
  labels['__name__'] === name && Object.entries(where).every(([key, value]) => labels[key] === value);

function wholeUnits(amounts: Iterable<readonly [string, number]>, { unit }: Family): Amounts {
  const sums = new Map<string, number>();
  for (const [group, amount] of amounts) sums.set(group, (sums.get(group) ?? 0) + amount);
  const whole = [...sums].map(([group, amount]) => [group, Math.round(amount / unit)] as const);
  return new Map(whole.filter(([, amount]) => amount !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the counters grew by from one scrape to another; one that was not there yet began at 0. */
export function growth(first: Scrape, last: Scrape, family: Family): Amounts {
  const grown = [...last.counters].flatMap(([key, counter]) =>
    belongs(counter, family)
      ? [[groupOf(counter.labels, family), counter.value - (first.counters.get(key)?.value ?? 0)] as const]
      : [],
  );
  return wholeUnits(grown, family);
}

/** What the API says of a range. Shares of nodes that belong to no pod are no workload's and no namespace's. */
export function answered(rows: readonly Figures[], family: Family): Amounts {
  const own = rows.filter(({ key }) => !(key['namespace'] ?? '').startsWith('__'));
  return wholeUnits(
    own.map((row) => [groupOf(row.key, family), family.amountOf(row)]),
    family,
  );
}

/** Groups of which some counter was not there at the first scrape: increase() cannot know what it began with. */
export function begunSince(first: Scrape, last: Scrape, family: Family): ReadonlySet<string> {
  const fresh = [...last.counters].filter(
    ([key, counter]) => belongs(counter, family) && !first.counters.has(key),
  );
  return new Set(fresh.map(([, counter]) => groupOf(counter.labels, family)));
}

/** PromQL for the increase by group over the last `seconds`. */
export function increaseQuery({ name, labels, where }: Family, seconds: number): string {
  const matchers = Object.entries(where).map(([key, value]) => `${key}="${value}"`);
  return `sum by (${labels.join(',')}) (increase(${name}{${matchers.join(',')}}[${seconds}s]))`;
}
