/** Lists of recommendations. They are what the last scan left: no question makes one. */
import { z } from 'zod';
import { sumOf } from '../../domain/recommendations/claims.js';
import {
  PRIORITIES,
  RECOMMENDATION_TYPES,
  STATUSES,
  type Recommendation,
  type Status,
} from '../../domain/recommendations/model.js';
import { epochSeconds } from '../../domain/units.js';
import type { Position } from '../../pipeline/query-history.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { HandlerDeps } from '../deps.js';
import { Problem } from '../problem.js';
import {
  recommendationSchema,
  scanSchema,
  shapeRecommendation,
  shapeScan,
  shapeYearly,
  yearlySchema,
} from '../recommendations.js';
import { filterParameters, filtersOf, nextCursorSchema, pageParameters } from '../schemas.js';
import { route } from './route.js';

const SORTS = ['co2e_grams', '-co2e_grams', 'cost', '-cost'] as const;

const listParameters = {
  ...filterParameters,
  type: z
    .array(z.enum(RECOMMENDATION_TYPES))
    .optional()
    .meta({ description: 'Only these types; may be repeated' }),
  priority: z
    .array(z.enum(PRIORITIES))
    .optional()
    .meta({ description: 'Only these priorities; may be repeated' }),
  sort: z
    .enum(SORTS)
    .default('-co2e_grams')
    .meta({ description: 'By claimed savings of a year; "-" for largest first', default: '-co2e_grams' }),
  ...pageParameters,
};
const listQuery = z.strictObject(listParameters);
type ListQuery = z.infer<typeof listQuery>;

const totalsSchema = z
  .object({
    count: z.number(),
    ...yearlySchema.shape,
    immediate: yearlySchema,
  })
  .meta({ description: 'Sums over all pages of what was asked for; savings do not overlap' });

const answer = z
  .object({
    items: z.array(recommendationSchema),
    totals: totalsSchema,
    scans: z.array(scanSchema).meta({
      description: 'The last scan of each cluster: claimed and realisable savings of all active ones',
    }),
    next_cursor: nextCursorSchema,
  })
  .meta({ id: 'Recommendations' });
export type RecommendationsAnswer = z.infer<typeof answer>;

interface Listed {
  readonly path: string;
  readonly summary: string;
  readonly asks: string;
}

/** @param statusesOf what of the question restricts the status; empty: nothing does */
function listRoute<Q extends z.ZodObject>(
  { path, summary, asks }: Listed,
  query: Q,
  statusesOf: (query: z.infer<Q>) => readonly Status[],
) {
  return route({
    method: 'get',
    path,
    role: 'read',
    summary,
    query,
    produces: 'application/json',
    answer,
    examples: [{ query: '', asks }],
    handle: async (deps: HandlerDeps, call) => {
      const asked = call.query as z.infer<Q> & ListQuery;
      return { json: await list(deps, asked, statusesOf(asked)) };
    },
  });
}

/** @throws Problem where the database keeps none */
export function historyOf({ recommendations }: HandlerDeps): NonNullable<HandlerDeps['recommendations']> {
  if (recommendations) return recommendations;
  throw new Problem('not-found', 'Recommendations are not kept in this kind of database.');
}

async function list(
  deps: HandlerDeps,
  query: ListQuery,
  statuses: readonly Status[],
): Promise<RecommendationsAnswer> {
  const history = historyOf(deps);
  const { cluster = [], namespace = [], workload = [], node = [] } = filtersOf(query);
  const found = await history.recommendations({
    clusters: cluster,
    statuses,
    types: query.type ?? [],
    namespaces: namespace,
    workloads: workload,
    nodes: node,
    ids: [],
  });
  const wanted = found.filter((r) => query.priority === undefined || query.priority.includes(r.priority));
  const scans = (await history.scans()).filter((s) => cluster.length === 0 || cluster.includes(s.cluster));
  const { items, next } = pageOf(wanted, query);
  return {
    items: items.map((r) => shapeRecommendation(r, deps.rootPath)),
    totals: totalsOf(wanted),
    scans: scans.map(shapeScan),
    next_cursor: next && encodeCursor(query, { range: NO_RANGE, after: next }),
  };
}

function totalsOf(all: readonly Recommendation[]): z.infer<typeof totalsSchema> {
  const currency = all.map((r) => r.savings.currency).find((c) => c !== '') ?? '';
  // Sums of money need one currency: what is in another one is not added to it.
  const priced = all.map((r) =>
    r.savings.currency === currency ? r.savings : { ...r.savings, ...withoutCost(r) },
  );
  return {
    count: all.length,
    ...shapeYearly(sumOf(priced.map((s) => s.claimed)), currency),
    immediate: shapeYearly(sumOf(priced.map((s) => s.immediate)), currency),
  };
}

const withoutCost = ({ savings }: Recommendation) => ({
  claimed: { ...savings.claimed, cost: null },
  immediate: { ...savings.immediate, cost: null },
});

/** Cursors are of a range; these lists are of none. */
const NO_RANGE = { from: epochSeconds(0), to: epochSeconds(1) };

/** What is sorted by, as an integer: micrograms, or nano-units of currency. */
function amountOf({ savings }: Recommendation, sort: ListQuery['sort']): bigint {
  const scaled = sort.endsWith('cost') ? (savings.claimed.cost ?? 0) * 1e9 : savings.claimed.grams * 1e6;
  return BigInt(Math.round(scaled));
}

function pageOf(
  all: readonly Recommendation[],
  query: ListQuery,
): { readonly items: readonly Recommendation[]; readonly next: Position | null } {
  const sign = query.sort.startsWith('-') ? -1 : 1;
  const keyed = all
    .map((r) => ({ r, amount: amountOf(r, query.sort), name: r.id }))
    .sort((a, b) => sign * compare(a.amount, b.amount) || compare(a.name, b.name));
  const after = query.cursor === undefined ? null : decodeCursor(query, query.cursor).after;
  const isAfter = (k: Position) =>
    after === null || (sign * compare(k.amount, after.amount) || compare(k.name, after.name)) > 0;
  const rest = keyed.filter(isAfter);
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const next = last && rest.length > items.length ? { amount: last.amount, name: last.name } : null;
  return { items: items.map(({ r }) => r), next };
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const statusParameter = {
  status: z.array(z.enum(STATUSES)).optional().meta({ description: 'Only these statuses; may be repeated' }),
};

export const recommendations = listRoute(
  {
    path: '/api/v1/recommendations',
    summary:
      'Recommendations of any status, largest savings first, with what they claim to save and can save',
    asks: 'all recommendations',
  },
  z.strictObject({ ...statusParameter, ...listParameters }),
  (query) => query.status ?? [],
);

const ofStatus = (status: Status, summary: string) =>
  listRoute(
    { path: `/api/v1/recommendations/${status}`, summary, asks: `all ${status} recommendations` },
    listQuery,
    () => [status],
  );

export const activeRecommendations = ofStatus('active', 'Recommendations that wait for somebody');
export const ignoredRecommendations = ofStatus('ignored', 'Recommendations that somebody does not want');
export const appliedRecommendations = ofStatus(
  'applied',
  'Recommendations that were followed, with what was saved',
);

export const topRecommendations = listRoute(
  {
    path: '/api/v1/recommendations/top',
    summary: 'The active recommendations with the largest savings',
    asks: 'the five largest',
  },
  z.strictObject({
    ...listParameters,
    limit: z
      .string()
      .regex(/^\d{1,2}$/, 'is not a whole number')
      .transform(Number)
      .pipe(z.int().min(1).max(50))
      .default(5)
      .meta({ type: 'integer', minimum: 1, maximum: 50, default: 5, description: 'How many, 1 to 50' }),
  }),
  () => ['active'],
);
