/** What became of recommendations: their changes of status, and what applied ones have saved. */
import { z } from 'zod';
import { RECOMMENDATION_TYPES, type Recommendation } from '../../domain/recommendations/model.js';
import { parseRange } from '../../pipeline/query-range.js';
import { TooManyJobs } from '../../ports/jobs.js';
import type { BookedSavings } from '../../ports/recommendations.js';
import { decimal, instant } from '../amounts.js';
import { Problem } from '../problem.js';
import {
  eventSchema,
  realisedSchema,
  shapeEvent,
  shapeRealised,
  shapeTarget,
  targetSchema,
} from '../recommendations.js';
import { filterParameters, filtersOf, instantSchema, pageParameters, rangeParameters } from '../schemas.js';
import { jobSchema, shapeJob } from './jobs.js';
import { noParameters, route } from './route.js';
import { historyOf } from './recommendations.js';

const { cluster, namespace } = filterParameters;
const events = z.object({ items: z.array(eventSchema) }).meta({ id: 'RecommendationEvents' });

export const recommendationHistory = route({
  method: 'get',
  path: '/api/v1/recommendations/history',
  role: 'read',
  summary: 'Changes of status, newest first',
  query: z.strictObject({ ...rangeParameters, cluster, namespace, limit: pageParameters.limit }),
  produces: 'application/json',
  answer: events,
  examples: [
    { query: '', asks: 'the last hundred changes' },
    { query: 'last=7d&namespace=shop', asks: 'the changes of a week in one namespace' },
  ],
  handle: async (deps, { query, now }) => {
    const isRanged = [query.last, query.from, query.to].some((text) => text !== undefined);
    const range = isRanged ? parseRange(query, now, deps.step) : null;
    const { cluster: clusters = [], namespace: namespaces = [] } = filtersOf(query);
    const found = await historyOf(deps).recommendationEvents({
      clusters,
      namespaces,
      ids: [],
      from: range?.from ?? null,
      to: range?.to ?? null,
      limit: query.limit,
    });
    return { json: { items: found.map(shapeEvent) } satisfies z.infer<typeof events> };
  },
});

const moneySchema = z.array(z.object({ currency: z.string(), amount: z.number() }));
const savedShape = {
  hours: z.number(),
  energy_joules: z.number(),
  co2e_grams: z.number(),
  cost: moneySchema,
};

const savings = z
  .object({
    from: instantSchema.nullable(),
    to: instantSchema.nullable(),
    items: z.array(
      z.object({
        id: z.string(),
        type: z.enum(RECOMMENDATION_TYPES),
        target: targetSchema,
        ...savedShape,
        realised: realisedSchema
          .nullable()
          .meta({ description: 'Of the whole time since it was applied; null: not applied now' }),
      }),
    ),
    total: z.object({ ...savedShape, verified_co2e_grams: z.number() }),
  })
  .meta({ id: 'RecommendationSavings' });

export const recommendationSavings = route({
  method: 'get',
  path: '/api/v1/recommendations/savings',
  role: 'read',
  summary: 'What applied recommendations have saved, hour by hour against the same hours of the week before',
  query: z.strictObject({ ...rangeParameters, cluster, namespace }),
  produces: 'application/json',
  answer: savings,
  examples: [
    { query: '', asks: 'all that was ever saved' },
    { query: 'last=30d', asks: 'what was saved in the last 30 days' },
  ],
  handle: async (deps, { query, now }) => {
    const isRanged = [query.last, query.from, query.to].some((text) => text !== undefined);
    const range = isRanged ? parseRange(query, now, deps.step) : null;
    const history = historyOf(deps);
    const { cluster: clusters = [], namespace: namespaces = [] } = filtersOf(query);
    const none: readonly never[] = [];
    const known = await history.recommendations({
      ...{ clusters, statuses: none, types: none, namespaces, workloads: none, nodes: none, ids: none },
    });
    const booked = new Map((await history.bookedSavings(range)).map((b) => [`${b.cluster}/${b.id}`, b]));
    const items = known.flatMap((r) => itemOf(r, booked.get(`${r.cluster}/${r.id}`)) ?? []);
    const json: z.infer<typeof savings> = {
      from: range && instant(range.from),
      to: range && instant(range.to),
      items,
      total: totalOf(items),
    };
    return { json };
  },
});

type Item = z.infer<typeof savings>['items'][number];

function itemOf(r: Recommendation, booked: BookedSavings | undefined): Item | null {
  if (!booked) return null;
  return {
    id: r.id,
    type: r.type,
    target: shapeTarget(r.cluster, r.target),
    hours: booked.hours,
    energy_joules: decimal(booked.millijoules, 3),
    co2e_grams: decimal(booked.micrograms, 6),
    cost: booked.cost.map(({ currency, nano }) => ({ currency, amount: decimal(nano, 9) })),
    realised: r.realised && shapeRealised(r.realised),
  };
}

function totalOf(items: readonly Item[]): z.infer<typeof savings>['total'] {
  const money = new Map<string, number>();
  for (const { cost } of items) {
    for (const { currency, amount } of cost) money.set(currency, (money.get(currency) ?? 0) + amount);
  }
  const sum = (of: readonly Item[], field: 'hours' | 'energy_joules' | 'co2e_grams') =>
    of.reduce((total, item) => total + item[field], 0);
  return {
    hours: sum(items, 'hours'),
    energy_joules: sum(items, 'energy_joules'),
    co2e_grams: sum(items, 'co2e_grams'),
    cost: [...money].map(([currency, amount]) => ({ currency, amount })),
    verified_co2e_grams: sum(
      items.filter((i) => i.realised?.verdict === 'verified'),
      'co2e_grams',
    ),
  };
}

export const recommendationScan = route({
  method: 'post',
  path: '/api/v1/recommendations/scan',
  role: 'change',
  summary: 'Look at everything again now, not only when the next hour is whole',
  query: noParameters,
  produces: 'application/json',
  answer: jobSchema,
  success: 202,
  examples: [{ query: '', asks: 'a scan' }],
  handle: async (deps) => {
    if (!deps.recommender) throw new Problem('not-found', 'Nothing here makes recommendations.');
    const job = await deps.jobs.start('scan', {}).catch((error: unknown) => {
      if (!(error instanceof TooManyJobs)) throw error;
      throw new Problem('too-many-requests', `${error.most} jobs are waiting already.`, {
        fix: 'Wait until one has ended: GET /api/v1/jobs.',
        headers: { 'Retry-After': '60' },
      });
    });
    return {
      status: 202,
      headers: { Location: `${deps.rootPath}/api/v1/jobs/${job.id}` },
      json: shapeJob(job),
    };
  },
});
