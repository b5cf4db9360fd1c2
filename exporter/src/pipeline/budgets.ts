/** How the configured budgets stand: what is used of each in its present period, and what it comes to. */
import type { Budget } from '../domain/budget/budget.js';
import { periodAt } from '../domain/budget/period.js';
import type { HourAmount } from '../domain/budget/projection.js';
import { budgetState, type BudgetState, type BudgetUse } from '../domain/budget/state.js';
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Filters, GroupKey, History, SeriesAnswer, SeriesColumn, Sums } from '../ports/history.js';
import { seriesByDay, type Pacing } from './series-pieces.js';
import { co2eOf, decimal, energyOf, gramsOf, isZero, joulesOf, moneyOf } from './figures.js';

export interface BudgetDeps {
  readonly cluster: string;
  readonly history: Pick<History, 'totals' | 'series'>;
  /** The ledger's. */
  readonly step: Seconds;
  readonly pacing: Pacing;
}

/** How far back the hours of the week are learnt from; of labels, which only rows of pods tell, less far. */
const PROFILE = { namespace: 28 * DAY, cluster: 28 * DAY, labels: 7 * DAY } as const;
const JOULES_PER_KWH = 3.6e6;

/** @param asOf up to when use counts: the end of the newest interval */
export async function computeBudget(
  deps: BudgetDeps,
  budget: Budget,
  asOf: EpochSeconds,
): Promise<BudgetState> {
  const period = periodAt(budget.period, budget.timeZone, epochSeconds(asOf - 1));
  const elapsed = { from: period.from, to: asOf };
  const hours = await hoursOf(deps, budget, period, asOf);
  return budgetState(budget, period, asOf, { ...(await usedOf(deps, budget, elapsed)), hours });
}

/** What a scope asks the history for, and which of its groups belong to it. */
interface Asked {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  readonly has: (key: Readonly<Record<string, string | undefined>>) => boolean;
}

function askedBy(cluster: string, { scope }: Budget): Asked {
  const filters = { cluster: [cluster] };
  if (scope.kind === 'cluster') return { by: [], filters, has: () => true };
  if (scope.kind === 'namespace') {
    return { by: ['namespace'], filters: { ...filters, namespace: [scope.namespace] }, has: () => true };
  }
  const wanted = Object.entries(scope.labels);
  return {
    by: wanted.map(([label]) => `label:${label}` as const),
    filters,
    has: (key) => wanted.every(([label, value]) => key[`label:${label}`] === value),
  };
}

async function usedOf(
  { cluster, history }: BudgetDeps,
  budget: Budget,
  range: TimeRange,
): Promise<Omit<BudgetUse, 'hours'>> {
  const { by, filters, has } = askedBy(cluster, budget);
  const { groups, coverage, total } = await history.totals({ range, by, filters });
  const mine = by.length === 0 ? [total] : groups.filter(({ key }) => has(key)).map(({ sums }) => sums);
  const parts = mine
    .filter((sums) => !isZero(sums) || sums.cost.length > 0)
    .map((sums) => amountOf(budget, sums));
  const sum = (of: (part: Amount) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const banded = budget.limit.amount !== 'cost';
  return {
    used: sum((p) => p.value),
    usedLow: banded ? sum((p) => p.low) : null,
    usedHigh: banded ? sum((p) => p.high) : null,
    coverage,
  };
}

interface Amount {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** In the unit of the limit. Money in another currency than the budget's counts for nothing: it cannot be converted. */
function amountOf({ limit }: Budget, sums: Sums): Amount {
  if (limit.amount === 'co2e') return co2eOf(sums);
  if (limit.amount === 'energy') {
    const { value, low, high } = energyOf(sums);
    return { value: value / JOULES_PER_KWH, low: low / JOULES_PER_KWH, high: high / JOULES_PER_KWH };
  }
  const nano = sums.cost.find(({ currency }) => currency === limit.currency)?.nano ?? 0n;
  const value = decimal(nano, 9);
  return { value, low: value, high: value };
}

const AMOUNTS_OF = { co2e: ['operational', 'embodied'], energy: ['energy'], cost: ['cost'] } as const;

/** Known whole hours of the last weeks and of the period, ascending. Hours that have been rolled up into days are not there. */
async function hoursOf(
  { cluster, history, step, pacing }: BudgetDeps,
  budget: Budget,
  period: TimeRange,
  asOf: EpochSeconds,
): Promise<readonly HourAmount[]> {
  const to = floorTo(asOf, HOUR);
  const learnt = to - PROFILE[budget.scope.kind];
  const from = floorTo(budget.scope.kind === 'labels' ? learnt : Math.min(period.from, learnt), HOUR);
  const { by, filters, has } = askedBy(cluster, budget);
  const bucket = Math.max(HOUR, step) as Seconds;
  const amounts = AMOUNTS_OF[budget.limit.amount];
  const query = { range: { from, to }, by, filters, step: bucket, amounts };
  const answers = await seriesByDay(history, query, pacing);
  return answers.flatMap((answer) => {
    const columns = answer.groups
      .filter(({ key }) => has(key))
      .flatMap(({ columns }) => columns)
      .filter(({ amount, currency }) => amount !== 'cost' || currency === budget.limit.currency);
    return answer.times.flatMap((hour, i) => hourOf(budget, answer, columns, hour, i) ?? []);
  });
}

/** Of hours seen in part, what was seen is taken for the mean of the rest; below half, the hour is not known. */
const ENOUGH = 0.5;

function hourOf(
  { limit }: Budget,
  { coverage }: SeriesAnswer,
  columns: readonly SeriesColumn[],
  hour: EpochSeconds,
  i: number,
): HourAmount | null {
  const known = coverage[i]!;
  if (known < ENOUGH) return null;
  const sum = columns.reduce((total, { values }) => total + (values[i] ?? 0n), 0n);
  const value =
    limit.amount === 'co2e'
      ? gramsOf(sum)
      : limit.amount === 'energy'
        ? joulesOf(sum) / JOULES_PER_KWH
        : moneyOf(sum);
  return { hour, value: value / known };
}
