import { z } from 'zod';
import { querySeries, type Metric } from '../../pipeline/query-history.js';
import { formatDuration, parseRange, parseStep } from '../../pipeline/query-range.js';
import type { SeriesAnswer as StoredSeries, SeriesGroup, Sums } from '../../ports/history.js';
import { estimatedRatio, instant, metricOf } from '../amounts.js';
import {
  byParameter,
  coverageSchema,
  estimatedRatioSchema,
  filterParameters,
  filtersOf,
  instantSchema,
  keySchema,
  metricParameter,
  rangeParameters,
  stepParameter,
} from '../schemas.js';
import { route } from './route.js';

const seriesSchema = z.object({
  key: keySchema,
  metric: z.string(),
  unit: z.string().meta({ description: 'J, g, or the currency' }),
  values: z.array(z.number().nullable()).meta({ description: 'One a time; null: nothing known; 0: zero' }),
});

const answer = z
  .object({
    from: instantSchema,
    to: instantSchema,
    step: z.string(),
    times: z.array(z.number()).meta({ description: 'Start of each bucket, epoch seconds' }),
    coverage: z.array(coverageSchema),
    estimated_ratio: estimatedRatioSchema,
    series: z.array(seriesSchema),
  })
  .meta({ id: 'Series' });

export type SeriesAnswer = z.infer<typeof answer>;

export const series = route({
  method: 'get',
  path: '/api/v1/series',
  role: 'read',
  summary: 'Energy, emissions and cost over time: one series a group and metric',
  query: z.strictObject({
    by: byParameter,
    metric: metricParameter,
    step: stepParameter,
    ...rangeParameters,
    ...filterParameters,
  }),
  produces: 'application/json',
  answer,
  handle: async ({ history, step: ledgerStep }, { query, now }) => {
    const range = parseRange(query, now, ledgerStep);
    const step = query.step === undefined ? null : parseStep(query.step, ledgerStep);
    const metrics: readonly Metric[] = query.metric.length > 0 ? query.metric : ['energy_joules'];
    const question = {
      range,
      by: query.by,
      filters: filtersOf(query),
      step,
      ledgerStep,
      metrics: metrics.length,
    };
    const found = await querySeries(history, question);
    const json: SeriesAnswer = {
      from: instant(range.from),
      to: instant(range.to),
      step: formatDuration(found.step),
      times: [...found.times],
      coverage: [...found.coverage],
      estimated_ratio: overall(found),
      series: found.groups.flatMap((group) => metrics.flatMap((metric) => columnsOf(group, metric))),
    };
    return { json };
  },
});

function columnsOf({ key, points }: SeriesGroup, metric: Metric): z.infer<typeof seriesSchema>[] {
  const column = (unit: string) => ({
    key: { ...key },
    metric,
    unit,
    values: points.map((sums) => sums && metricOf(sums, metric, unit)),
  });
  if (metric !== 'cost') return [column(metric === 'energy_joules' ? 'J' : 'g')];
  return currenciesIn(points).map(column);
}

function currenciesIn(points: readonly (Sums | null)[]): string[] {
  return [...new Set(points.flatMap((sums) => sums?.cost.map((c) => c.currency) ?? []))].toSorted();
}

function overall({ groups }: StoredSeries): number | null {
  let [energy, estimatedEnergy] = [0n, 0n];
  for (const { points } of groups) {
    for (const sums of points) {
      energy += sums?.energy ?? 0n;
      estimatedEnergy += sums?.estimatedEnergy ?? 0n;
    }
  }
  return estimatedRatio({ energy, estimatedEnergy });
}
