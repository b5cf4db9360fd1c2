import { z } from 'zod';
import { unitOf, type Budget } from '../../domain/budget/budget.js';
import { PERIODS } from '../../domain/budget/period.js';
import { BUDGET_STATUSES, type BudgetState } from '../../domain/budget/state.js';
import type { Finding } from '../../ports/findings.js';
import { instant } from '../amounts.js';
import { coverageSchema, filterParameters, instantSchema, keySchema, pageParameters } from '../schemas.js';
import { findingsPage, findingsSchema, outlookOf } from './findings.js';
import { passes } from './inventory.js';
import { route } from './route.js';

const nullable = (description: string) => z.number().nullable().meta({ description });

const item = z
  .object({
    name: z.string(),
    key: keySchema.meta({ description: 'Cluster, and namespace or label:<key>, that the budget is of' }),
    unit: z.string().meta({ description: 'g, kWh, or the currency' }),
    limit: z.number(),
    period: z.enum(PERIODS),
    time_zone: z.string(),
    from: instantSchema,
    to: instantSchema,
    as_of: instantSchema.meta({ description: 'Up to when use counts' }),
    used: z.number(),
    used_low: nullable('By what is uncertain about the figure; null for money'),
    used_high: nullable('By what is uncertain about the figure; null for money'),
    used_ratio: z.number(),
    coverage: coverageSchema.meta({ description: 'Share of the elapsed part of the period that is known' }),
    burn_rate: nullable('Use so far over an even use of the budget: 1 lasts exactly for the period'),
    burn_rate_24h: nullable('The same of the last 24 hours'),
    projected: z
      .object({ value: z.number(), low: z.number(), high: z.number() })
      .nullable()
      .meta({ description: 'At the end of the period, with a 90 % band; null: too little is known' }),
    projected_ratio: nullable('projected / limit'),
    runs_out_at: instantSchema
      .nullable()
      .meta({ description: 'When the limit is or was reached; null: not within the period' }),
    status: z.enum(BUDGET_STATUSES),
  })
  .meta({ id: 'Budget' });

const answer = findingsSchema(item).meta({ id: 'Budgets' });
export type BudgetsAnswer = z.infer<typeof answer>;

export const budgets = route({
  method: 'get',
  path: '/api/v1/budgets',
  role: 'read',
  summary: 'The configured budgets: used, how fast, and what they come to by the end of their period',
  query: z.strictObject({
    cluster: filterParameters.cluster,
    namespace: filterParameters.namespace,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: '', asks: 'all budgets' },
    { query: 'namespace=shop', asks: 'those of one namespace' },
  ],
  handle: async (deps, { query, now }) => {
    const found = await outlookOf(deps).findings({ kind: 'budget', clusters: query.cluster ?? [] });
    const wanted = found.filter(({ body }) => passes(query.namespace, namespaceOf(body.budget)));
    return { json: findingsPage(query, now, UNITS, wanted, shape) };
  },
});

const UNITS = { used: 'unit of the item', limit: 'unit of the item' };

const namespaceOf = ({ scope }: Budget): string => (scope.kind === 'namespace' ? scope.namespace : '');

function keyOf(cluster: string, { scope }: Budget): Record<string, string> {
  if (scope.kind === 'cluster') return { cluster };
  if (scope.kind === 'namespace') return { cluster, namespace: scope.namespace };
  const labels = Object.entries(scope.labels).map(([label, value]) => [`label:${label}`, value] as const);
  return { cluster, ...Object.fromEntries(labels) };
}

function shape({ cluster, body }: Finding<BudgetState>): z.infer<typeof item> {
  const { budget, period, projected } = body;
  return {
    name: budget.name,
    key: keyOf(cluster, budget),
    unit: unitOf(budget.limit),
    limit: budget.limit.value,
    period: budget.period,
    time_zone: budget.timeZone,
    from: instant(period.from),
    to: instant(period.to),
    as_of: instant(body.asOf),
    used: body.used,
    used_low: body.usedLow,
    used_high: body.usedHigh,
    used_ratio: body.usedRatio,
    coverage: body.coverage,
    burn_rate: body.burnRate,
    burn_rate_24h: body.burnRate24h,
    projected: projected && { ...projected },
    projected_ratio: projected && projected.value / budget.limit.value,
    runs_out_at: body.runsOutAt === null ? null : instant(body.runsOutAt),
    status: body.status,
  };
}
