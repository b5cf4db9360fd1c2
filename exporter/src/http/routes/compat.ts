import { z } from 'zod';
import { nameOf, pageOf, queryTotals } from '../../pipeline/query-history.js';
import { parseRange } from '../../pipeline/query-range.js';
import type { Group } from '../../ports/history.js';
import { gramsOf, joulesOf } from '../../pipeline/figures.js';
import { estimatedRatio, instant } from '../amounts.js';
import {
  breakdownOf,
  breakdownShape,
  costFields,
  costOf,
  GRANULARITIES,
  isPod,
  pointShape,
  pointsOf,
  summaryOf,
  summaryShape,
} from '../compat.js';
import {
  coverageSchema,
  estimatedRatioSchema,
  filterParameters,
  filtersOf,
  instantSchema,
  rangeParameters,
} from '../schemas.js';
import { route } from './route.js';

const parameters = { ...rangeParameters, ...filterParameters };

const wholeNumber = (min: number, max: number, fallback: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,7}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .default(fallback)
    .meta({
      type: 'integer',
      minimum: min,
      maximum: max,
      default: fallback,
      description: `${what}, ${min} to ${max}`,
    });

const metricItem = z
  .object({
    pod_name: z.string(),
    namespace: z.string(),
    timestamp: instantSchema.meta({ description: 'Start of the range' }),
    duration_seconds: z.number(),
    joules: z.number(),
    co2e_grams: z.number().meta({ description: 'Operational, scope 2' }),
    embodied_co2e_grams: z.number(),
    total_co2e_grams: z.number(),
    ...costFields,
    owner_kind: z.string(),
    owner_name: z.string(),
    node: z.string(),
    is_estimated: z.boolean(),
    estimated_ratio: estimatedRatioSchema,
    coverage: coverageSchema,
  })
  .meta({ id: 'CompatMetric' });

const metricsPage = z
  .object({ total: z.number(), offset: z.number(), limit: z.number(), items: z.array(metricItem) })
  .meta({ id: 'CompatMetrics' });
export type CompatMetricsAnswer = z.infer<typeof metricsPage>;

export const compatList = route({
  method: 'get',
  path: '/api/v1/metrics',
  role: 'read',
  summary: 'GreenKube 0.2: one row a pod and node, summed over the range, in the order of their names',
  query: z.strictObject({
    ...parameters,
    offset: wholeNumber(0, 9_999_999, 0, 'Rows to skip'),
    limit: wholeNumber(1, 10_000, 1000, 'Rows of the answer'),
  }),
  produces: 'application/json',
  answer: metricsPage,
  examples: [{ query: 'namespace=shop&last=24h', asks: 'the pods of a namespace' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const { groups } = await history.totals({
      range,
      by: ['workload', 'pod', 'node'],
      filters: filtersOf(query),
    });
    const ordered = pageOf(
      groups,
      ({ key }) => ({ amount: 0n, name: nameOf(key) }),
      false,
      groups.length,
      null,
    );
    const { offset, limit } = query;
    const length = range.to - range.from;
    const items = ordered.items.slice(offset, offset + limit).map((g) => metricOf(g, range.from, length));
    return { json: { total: groups.length, offset, limit, items } };
  },
});

function metricOf({ key, sums, coverage }: Group, from: number, length: number): z.infer<typeof metricItem> {
  return {
    pod_name: key.pod ?? '',
    namespace: key.namespace ?? '',
    timestamp: instant(from),
    duration_seconds: length,
    joules: joulesOf(sums.energy),
    co2e_grams: gramsOf(sums.operational),
    embodied_co2e_grams: gramsOf(sums.embodied),
    total_co2e_grams: gramsOf(sums.operational + sums.embodied),
    ...costOf(sums),
    owner_kind: key.workload_type ?? '',
    owner_name: key.workload ?? '',
    node: key.node ?? '',
    is_estimated: sums.estimatedEnergy > 0n,
    estimated_ratio: estimatedRatio(sums),
    coverage,
  };
}

const summary = z
  .object({
    from: instantSchema,
    to: instantSchema,
    ...summaryShape,
    coverage: coverageSchema,
    estimated_ratio: estimatedRatioSchema,
  })
  .meta({ id: 'CompatSummary' });

export const compatSummary = route({
  method: 'get',
  path: '/api/v1/metrics/summary',
  role: 'read',
  summary: 'GreenKube 0.2: sums of the range, and how many pods and namespaces there were',
  query: z.strictObject(parameters),
  produces: 'application/json',
  answer: summary,
  examples: [{ query: 'last=7d', asks: 'the last week' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const { fields, total, coverage } = await summaryOf(history, range, filtersOf(query));
    const json: z.infer<typeof summary> = {
      from: instant(range.from),
      to: instant(range.to),
      ...fields,
      coverage,
      estimated_ratio: estimatedRatio(total),
    };
    return { json };
  },
});

const timeseries = z
  .array(
    z.object({
      timestamp: z.string().meta({ description: 'Start of the period; of a week its ISO name, 2026-W02' }),
      ...pointShape,
    }),
  )
  .meta({ id: 'CompatTimeseries' });

export const compatTimeseries = route({
  method: 'get',
  path: '/api/v1/metrics/timeseries',
  role: 'read',
  summary: 'GreenKube 0.2: sums by hour, day, ISO week or month; null where nothing is known',
  query: z.strictObject({
    ...parameters,
    granularity: z.enum(GRANULARITIES).default('hour').meta({ description: 'Length of a period' }),
  }),
  produces: 'application/json',
  answer: timeseries,
  examples: [{ query: 'last=30d&granularity=day', asks: 'a month of days' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const { granularity } = query;
    const points = await pointsOf(history, range, granularity, filtersOf(query), step);
    const json = points.map(({ start, period, point }) => ({
      timestamp: granularity === 'week' ? period : instant(start),
      ...point,
    }));
    return { json };
  },
});

const largestFirst = { key: 'co2e_operational_grams', descending: true } as const;

export const compatByNamespace = route({
  method: 'get',
  path: '/api/v1/metrics/by-namespace',
  role: 'read',
  summary:
    'GreenKube 0.2: sums by namespace, largest first; what nodes did beside pods is __system__ and __idle__',
  query: z.strictObject(parameters),
  produces: 'application/json',
  answer: z.array(z.object(breakdownShape)).meta({ id: 'CompatNamespaces' }),
  examples: [{ query: 'last=24h', asks: 'all namespaces' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const question = {
      range,
      by: ['namespace'],
      filters: filtersOf(query),
      sort: largestFirst,
      after: null,
    } as const;
    const { items } = await queryTotals(history, { ...question, limit: Number.MAX_SAFE_INTEGER });
    return { json: items.map(breakdownOf) };
  },
});

export const compatTopPods = route({
  method: 'get',
  path: '/api/v1/metrics/top-pods',
  role: 'read',
  summary: 'GreenKube 0.2: the pods with the largest operational emissions',
  query: z.strictObject({ ...parameters, limit: wholeNumber(1, 50, 10, 'Pods of the answer') }),
  produces: 'application/json',
  answer: z.array(z.object({ pod_name: z.string(), ...breakdownShape })).meta({ id: 'CompatTopPods' }),
  examples: [{ query: 'last=24h&limit=5', asks: 'the five largest' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const { limit } = query;
    const question = {
      range,
      by: ['pod'],
      filters: filtersOf(query),
      sort: largestFirst,
      after: null,
    } as const;
    // The shares of nodes, two for each cluster, may be among the largest.
    const { items } = await queryTotals(history, { ...question, limit: Number.MAX_SAFE_INTEGER });
    const pods = items.filter(isPod).slice(0, limit);
    return { json: pods.map((group) => ({ pod_name: group.key.pod ?? '', ...breakdownOf(group) })) };
  },
});
