/** Questions about the past: which groups, in which order, how many at a time. One statement of the repository answers each. */
import type { TimeRange } from '../domain/interval.js';
import { seconds, type Seconds } from '../domain/units.js';
import type {
  Amount,
  Filters,
  Group,
  GroupId,
  GroupKey,
  History,
  Ranking,
  SeriesAnswer,
  Sums,
  Totals,
} from '../ports/history.js';
import { autoStep, checkBudget } from './query-range.js';

export const METRICS = [
  'energy_joules',
  'co2e_grams',
  'co2e_operational_grams',
  'co2e_embodied_grams',
  'cost',
] as const;
export type Metric = (typeof METRICS)[number];

/** "name" orders by the group's key alone. */
export const SORT_KEYS = [...METRICS, 'name'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Where a page ended: the sorted amount and the name of its last entry. */
export interface Position {
  readonly amount: bigint;
  readonly name: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Null: this was the last page. */
  readonly next: Position | null;
}

export interface TotalsQuestion {
  readonly range: TimeRange;
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  readonly sort: Sort;
  readonly limit: number;
  readonly after: Position | null;
}

export interface TotalsPage extends Page<Group> {
  readonly totals: Totals;
}

/** One page of groups in the asked order, and the sums of all of them. */
export async function queryTotals(history: History, question: TotalsQuestion): Promise<TotalsPage> {
  const { range, by, filters, sort, limit, after } = question;
  const ranking = rankingOf(question);
  const totals = await history.totals({ range, by, filters, ...(ranking && { ranking }) });
  const groups = by.length === 0 ? [] : totals.groups;
  const position = (group: Group): Position => ({
    amount: amountFor(group.sums, sort.key),
    name: nameOf(group.key),
  });
  return { totals, ...pageOf(groups, position, sort.descending, limit, after) };
}

/** One group more than the page holds tells that another page follows. */
function rankingOf({ sort, limit, after }: TotalsQuestion): Ranking | null {
  if (sort.key === 'name') return null;
  const { key, descending } = sort;
  return { amounts: AMOUNTS_OF[key], descending, after: after && after.amount, limit: limit + 1 };
}

/** Entries after a position, `limit` at most. The order is total, so pages neither repeat nor skip an entry. */
export function pageOf<T>(
  entries: readonly T[],
  positionOf: (entry: T) => Position,
  descending: boolean,
  limit: number,
  after: Position | null,
): Page<T> {
  const sign = descending ? -1 : 1;
  const placed = entries.map((entry) => ({ entry, at: positionOf(entry) }));
  const rest = after === null ? placed : placed.filter(({ at }) => sign * compare(at, after) > 0);
  const page = rest.toSorted((a, b) => sign * compare(a.at, b.at)).slice(0, limit);
  return {
    items: page.map(({ entry }) => entry),
    next: rest.length > page.length ? (page.at(-1)?.at ?? null) : null,
  };
}

function compare(a: Position, b: Position): number {
  if (a.amount !== b.amount) return a.amount < b.amount ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

/** A group's key as one string that sorts by the key's fields and that no other group has. */
export function nameOf(key: GroupId): string {
  return JSON.stringify(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** With several currencies the largest amount counts: they cannot be added. */
function amountFor(sums: Sums, key: SortKey): bigint {
  switch (key) {
    case 'name':
      return 0n;
    case 'energy_joules':
      return sums.energy;
    case 'co2e_grams':
      return sums.operational + sums.embodied;
    case 'co2e_operational_grams':
      return sums.operational;
    case 'co2e_embodied_grams':
      return sums.embodied;
    case 'cost':
      return sums.cost.reduce((most, { nano }) => (nano > most ? nano : most), 0n);
  }
}

export interface SeriesQuestion {
  readonly range: TimeRange;
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  /** Null: chosen from the range. */
  readonly step: Seconds | null;
  readonly metrics: readonly Metric[];
  readonly ledgerStep: Seconds;
}

export interface SeriesFound extends SeriesAnswer {
  readonly step: Seconds;
  /** Of the whole range. */
  readonly totals: Totals;
}

/** What a metric is added up from. */
export const AMOUNTS_OF: Readonly<Record<Metric, readonly Amount[]>> = {
  energy_joules: ['energy'],
  co2e_grams: ['operational', 'embodied'],
  co2e_operational_grams: ['operational'],
  co2e_embodied_grams: ['embodied'],
  cost: ['cost'],
};

/** No finer than what is still held of the range: shorter buckets would be empty. */
async function stepFor(history: History, range: TimeRange, ledgerStep: Seconds): Promise<Seconds> {
  return seconds(Math.max(autoStep(range, ledgerStep), await history.resolution(range)));
}

/**
 * A series per group. The number of groups is asked for before the points are, so that an answer over the budget is refused
 * (`QueryProblem`) before it takes any memory; without grouping there is one.
 */
export async function querySeries(history: History, question: SeriesQuestion): Promise<SeriesFound> {
  const { range, by, filters, ledgerStep, metrics } = question;
  const step = question.step ?? (await stepFor(history, range, ledgerStep));
  checkBudget(range, step, ledgerStep, metrics.length);
  const totals = await history.totals({ range, by, filters });
  checkBudget(range, step, ledgerStep, totals.groups.length * metrics.length);
  const amounts = [...new Set(metrics.flatMap((metric) => AMOUNTS_OF[metric]))];
  return { ...(await history.series({ range, by, filters, step, amounts })), step, totals };
}
