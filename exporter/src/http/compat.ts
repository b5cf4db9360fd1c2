/**
 * The views of GreenKube 0.2 over totals and series: its field names where the meaning is the same. `co2e_grams` is operational
 * (scope 2), `joules` is energy before PUE. What 0.2 took from the last sample of a window (usage, node, flags) is not here.
 */
import { z } from 'zod';
import { DAY, HOUR, type TimeRange } from '../domain/interval.js';
import { seconds, type Seconds } from '../domain/units.js';
import { gramsOf, isZero, joulesOf, moneyOf } from '../pipeline/figures.js';
import { checkBudget } from '../pipeline/query-range.js';
import { bucketsOf, type ReportStep } from '../pipeline/report-buckets.js';
import type { Amount, Filters, Group, History, SeriesAnswer, Sums } from '../ports/history.js';

const amount = z.number().nullable();

export const costFields = {
  total_cost: amount.meta({ description: 'Null: no price is known, or prices are in several currencies' }),
  currency: z.string().nullable(),
};

interface CostFields {
  readonly total_cost: number | null;
  readonly currency: string | null;
}

/** One number where there is one currency; several are told apart by /api/v1/totals. */
export function costOf({ cost }: Pick<Sums, 'cost'>): CostFields {
  const [only, other] = cost;
  if (!only || other) return { total_cost: null, currency: null };
  return { total_cost: moneyOf(only.nano), currency: only.currency };
}

/** What a node did beside its pods is listed under this name and "__idle__". */
const SHARES: ReadonlySet<string | undefined> = new Set(['__system__', '__idle__']);
export const isPod = ({ key }: Group): boolean => !SHARES.has(key.pod ?? key.namespace);

export const summaryShape = {
  total_co2e_grams: amount.meta({ description: 'Operational, scope 2' }),
  total_embodied_co2e_grams: amount.meta({ description: 'Embodied, scope 3' }),
  total_co2e_all_scopes: amount,
  ...costFields,
  total_energy_joules: amount,
  pod_count: z.number(),
  namespace_count: z.number(),
};

/** Sums and counts of a range; null where nothing of it is known. */
export async function summaryOf(history: History, range: TimeRange, filters: Filters) {
  const { groups, total, coverage } = await history.totals({ range, by: ['pod'], filters });
  const pods = groups.filter(isPod);
  const known = coverage > 0 || !isZero(total);
  const figure = (value: number) => (known ? value : null);
  return {
    total,
    coverage,
    fields: {
      total_co2e_grams: figure(gramsOf(total.operational)),
      total_embodied_co2e_grams: figure(gramsOf(total.embodied)),
      total_co2e_all_scopes: figure(gramsOf(total.operational + total.embodied)),
      ...costOf(total),
      total_energy_joules: figure(joulesOf(total.energy)),
      pod_count: pods.length,
      namespace_count: new Set(pods.map(({ key }) => `${key.cluster} ${key.namespace}`)).size,
    },
  };
}

export const breakdownShape = {
  namespace: z.string(),
  co2e_grams: z.number(),
  embodied_co2e_grams: z.number(),
  ...costFields,
  energy_joules: z.number(),
};

export function breakdownOf({ key, sums }: Group) {
  return {
    namespace: key.namespace ?? '',
    co2e_grams: gramsOf(sums.operational),
    embodied_co2e_grams: gramsOf(sums.embodied),
    ...costOf(sums),
    energy_joules: joulesOf(sums.energy),
  };
}

export const GRANULARITIES = ['hour', 'day', 'week', 'month'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export const pointShape = {
  co2e_grams: amount,
  embodied_co2e_grams: amount,
  total_co2e_all_scopes: amount,
  ...costFields,
  joules: amount,
  coverage: z.number(),
};

const AMOUNTS: readonly Amount[] = ['energy', 'operational', 'embodied', 'cost'];

/** One point a period of the calendar that the range touches, the first and the last cut to the range. */
export async function pointsOf(
  history: History,
  range: TimeRange,
  granularity: Granularity,
  filters: Filters,
  ledgerStep: Seconds,
) {
  const step = seconds(granularity === 'hour' ? HOUR : DAY);
  checkBudget(range, step, ledgerStep, AMOUNTS.length);
  const found = await history.series({ range, by: [], filters, step, amounts: AMOUNTS });
  return [...bucketsOf(range, granularity satisfies ReportStep, ledgerStep)].map((bucket) => ({
    start: periodStart(bucket.from, granularity),
    period: bucket.period,
    point: pointOf(found, bucket, step, range),
  }));
}

/** Where the period begins of which the range has a part. */
function periodStart(t: number, granularity: Granularity): number {
  const date = new Date(t * 1000);
  if (granularity === 'hour') return t - (t % HOUR);
  if (granularity === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
  const day = t - (t % DAY);
  return granularity === 'day' ? day : day - ((date.getUTCDay() + 6) % 7) * DAY;
}

/** Sums of the stored buckets within a period. Periods are many and buckets more, so each is found by its index. */
function pointOf(
  { times, coverage, groups }: SeriesAnswer,
  bucket: TimeRange,
  step: Seconds,
  range: TimeRange,
) {
  const first = times[0] ?? 0;
  const from = Math.floor((bucket.from - first) / step);
  const to = Math.min(Math.ceil((bucket.to - first) / step), times.length);
  let known = 0;
  for (let i = from; i < to; i++) {
    known += coverage[i]! * (Math.min(times[i]! + step, range.to) - Math.max(times[i]!, range.from));
  }
  const sum = (of: Amount, currency: string): bigint | null => {
    let total: bigint | null = known > 0 && of !== 'cost' ? 0n : null;
    for (const { columns } of groups) {
      for (const { values } of columns.filter((c) => c.amount === of && c.currency === currency)) {
        for (let i = from; i < to; i++) if (values[i] != null) total = (total ?? 0n) + values[i]!;
      }
    }
    return total;
  };
  return {
    ...figuresOf(sum, currenciesOf(groups)),
    coverage: Math.min(1, known / (bucket.to - bucket.from)),
  };
}

function currenciesOf(groups: SeriesAnswer['groups']): readonly string[] {
  const priced = groups.flatMap(({ columns }) => columns).filter((c) => c.amount === 'cost');
  return [...new Set(priced.map((c) => c.currency))];
}

function figuresOf(sum: (of: Amount, currency: string) => bigint | null, currencies: readonly string[]) {
  const cost = currencies.flatMap((currency) => {
    const nano = sum('cost', currency);
    return nano === null ? [] : [{ currency, nano }];
  });
  const [energy, operational, embodied] = [sum('energy', ''), sum('operational', ''), sum('embodied', '')];
  const grams = (ug: bigint | null) => (ug === null ? null : gramsOf(ug));
  return {
    co2e_grams: grams(operational),
    embodied_co2e_grams: grams(embodied),
    total_co2e_all_scopes: operational === null || embodied === null ? null : gramsOf(operational + embodied),
    ...costOf({ cost }),
    joules: energy === null ? null : joulesOf(energy),
  };
}
