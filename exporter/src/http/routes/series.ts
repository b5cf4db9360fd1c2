import { z } from 'zod';
import { AMOUNTS_OF, querySeries, type Metric } from '../../pipeline/query-history.js';
import { formatDuration, parseRange, parseStep } from '../../pipeline/query-range.js';
import type { SeriesColumn, SeriesGroup } from '../../ports/history.js';
import { amountOf, estimatedRatio, instant } from '../amounts.js';
import {
  byParameter,
  coverageSchema,
  estimatedRatioSchema,
  filterParameters,
  filtersOf,
  groupsOf,
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
  examples: [
    {
      query: 'by=namespace&metric=energy_joules,co2e_grams&last=7d&step=1h',
      asks: 'a week of hours by namespace',
    },
    { query: 'metric=cost&last=24h', asks: 'the cost of the last 24 h' },
  ],
  handle: async ({ history, podLabels, step: ledgerStep }, { query, now }) => {
    const range = parseRange(query, now, ledgerStep);
    const step = query.step === undefined ? null : parseStep(query.step, ledgerStep);
    const metrics: readonly Metric[] = query.metric.length > 0 ? query.metric : ['energy_joules'];
    const question = {
      range,
      by: groupsOf(query.by, podLabels),
      filters: filtersOf(query),
      step,
      ledgerStep,
      metrics,
    };
    const found = await querySeries(history, question);
    const json: SeriesAnswer = {
      from: instant(range.from),
      to: instant(range.to),
      step: formatDuration(found.step),
      times: [...found.times],
      coverage: [...found.coverage],
      estimated_ratio: estimatedRatio(found.totals.total),
      series: found.groups.flatMap((group) => metrics.flatMap((metric) => columnsOf(group, metric))),
    };
    return { json };
  },
});

/** One column, or one a currency; a group without any price has none for its cost. */
function columnsOf({ key, columns }: SeriesGroup, metric: Metric): z.infer<typeof seriesSchema>[] {
  const parts = columns.filter((c) => AMOUNTS_OF[metric].includes(c.amount));
  if (metric === 'cost') return parts.map((part) => shown(key, metric, part.currency, [part]));
  return [shown(key, metric, metric === 'energy_joules' ? 'J' : 'g', parts)];
}

function shown(key: SeriesGroup['key'], metric: Metric, unit: string, parts: readonly SeriesColumn[]) {
  const values = parts[0]!.values.map((_, t) => {
    const summands = parts.map((part) => part.values[t] ?? null);
    return summands.some((s) => s === null) ? null : amountOf(summands as bigint[], metric);
  });
  return { key: { ...key }, metric, unit, values };
}
