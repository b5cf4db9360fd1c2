/** Recommendations as the API answers them. */
import { z } from 'zod';
import {
  ACTORS,
  CAVEATS,
  PRIORITIES,
  RECOMMENDATION_TYPES,
  STATUSES,
  VERDICTS,
  type Recommendation,
  type RecommendationEvent,
  type Realised,
  type Scan,
  type Target,
  type YearlyAmounts,
} from '../domain/recommendations/model.js';
import { instant } from './amounts.js';
import { instantSchema } from './schemas.js';

const moneySchema = z.object({ currency: z.string(), amount: z.number() }).nullable();

const yearlyShape = {
  energy_joules_per_year: z.number(),
  co2e_grams_per_year: z.number(),
  cost_per_year: moneySchema.meta({ description: 'Null: no price is known' }),
};
export const yearlySchema = z.object(yearlyShape).meta({ id: 'YearlyAmounts' });

const details = z.record(z.string(), z.union([z.number(), z.string()]));
const nameOrNull = z.string().nullable();

export const targetSchema = z
  .object({
    cluster: z.string(),
    namespace: nameOrNull,
    workload: nameOrNull,
    workload_type: nameOrNull,
    container: nameOrNull.meta({ description: 'Null: all containers, or which one is not known' }),
    node: nameOrNull,
  })
  .meta({ id: 'RecommendationTarget' });

const windowSchema = z.object({ from: instantSchema, to: instantSchema });

export const realisedSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    hours: z.number(),
    energy_joules: z.number(),
    co2e_grams: z.number(),
    co2e_grams_low: z.number(),
    co2e_grams_high: z.number(),
    cost: moneySchema,
    verdict: z.enum(VERDICTS),
  })
  .meta({
    id: 'RealisedSavings',
    description:
      'Measured against the same hours of the week before; low and high bound 95 %. Below 0: more was taken than before',
  });

export const recommendationSchema = z
  .object({
    id: z.string(),
    type: z.enum(RECOMMENDATION_TYPES),
    status: z.enum(STATUSES),
    priority: z.enum(PRIORITIES),
    confidence: z.number().min(0).max(1),
    target: targetSchema,
    current: details,
    proposed: details,
    evidence: z
      .object({ window: windowSchema, samples: z.number(), caveats: z.array(z.enum(CAVEATS)) })
      .catchall(z.union([z.number(), z.string()]))
      .meta({
        description:
          'The numbers that it rests on, units in their names; caveats: what could not be looked at',
      }),
    savings: z.object({
      ...yearlyShape,
      co2e_grams_per_year_low: z.number(),
      co2e_grams_per_year_high: z.number(),
      immediate: yearlySchema.meta({
        description: 'The part that falls at once; the rest falls only when nodes go',
      }),
    }),
    realised: realisedSchema.nullable(),
    first_seen: instantSchema,
    last_seen: instantSchema,
    since: instantSchema.meta({ description: 'When it got its status' }),
    applied_by: z.enum(ACTORS).nullable(),
    ignored_reason: z.string().nullable(),
    patch_url: z.string(),
  })
  .meta({ id: 'Recommendation' });
export type RecommendationAnswer = z.infer<typeof recommendationSchema>;

const orNull = (text: string): string | null => (text === '' ? null : text);

export const shapeYearly = (amounts: YearlyAmounts, currency: string): z.infer<typeof yearlySchema> => ({
  energy_joules_per_year: amounts.joules,
  co2e_grams_per_year: amounts.grams,
  cost_per_year: amounts.cost === null ? null : { currency, amount: amounts.cost },
});

export const shapeTarget = (cluster: string, target: Target): z.infer<typeof targetSchema> => ({
  cluster,
  namespace: orNull(target.namespace),
  workload: orNull(target.workload),
  workload_type: orNull(target.workloadType),
  container: orNull(target.container),
  node: orNull(target.node),
});

export const shapeRealised = (r: Realised): z.infer<typeof realisedSchema> => ({
  from: instant(r.from),
  to: instant(r.to),
  hours: r.hours,
  energy_joules: r.joules,
  co2e_grams: r.grams,
  co2e_grams_low: r.gramsLow,
  co2e_grams_high: r.gramsHigh,
  cost: r.cost === null ? null : { currency: r.currency, amount: r.cost },
  verdict: r.verdict,
});

function evidenceOf({
  evidence,
  window,
  samples,
  caveats,
}: Recommendation): RecommendationAnswer['evidence'] {
  const own = {
    window: { from: instant(window.from), to: instant(window.to) },
    samples,
    caveats: [...caveats],
  };
  // The schema's index signature is of the details alone.
  return { ...evidence, ...own } as unknown as RecommendationAnswer['evidence'];
}

export function shapeRecommendation(r: Recommendation, rootPath: string): RecommendationAnswer {
  const { savings } = r;
  return {
    id: r.id,
    type: r.type,
    status: r.status,
    priority: r.priority,
    confidence: r.confidence,
    target: shapeTarget(r.cluster, r.target),
    current: r.current,
    proposed: r.proposed,
    evidence: evidenceOf(r),
    savings: {
      ...shapeYearly(savings.claimed, savings.currency),
      co2e_grams_per_year_low: savings.low.grams,
      co2e_grams_per_year_high: savings.high.grams,
      immediate: shapeYearly(savings.immediate, savings.currency),
    },
    realised: r.realised && shapeRealised(r.realised),
    first_seen: instant(r.firstSeen),
    last_seen: instant(r.lastSeen),
    since: instant(r.since),
    applied_by: r.appliedBy,
    ignored_reason: orNull(r.ignoredReason),
    patch_url: `${rootPath}/api/v1/recommendations/${r.id}/patch`,
  };
}

export const scanSchema = z
  .object({
    cluster: z.string(),
    at: instantSchema,
    window: windowSchema,
    hours: z.number().meta({ description: 'Whole hours that the window held' }),
    workloads: z.number(),
    nodes: z.number(),
    claimed: yearlySchema,
    immediate: yearlySchema,
    realisable: yearlySchema.meta({
      description:
        'What falls at once, and what goes with the nodes that all active recommendations together make dispensable',
    }),
    removable_nodes: z.array(z.string()),
    caveats: z.array(z.enum(CAVEATS)),
  })
  .meta({ id: 'RecommendationScan' });

export function shapeScan({
  cluster,
  at,
  window,
  hours,
  workloads,
  nodes,
  totals,
  caveats,
}: Scan): z.infer<typeof scanSchema> {
  return {
    cluster,
    at: instant(at),
    window: { from: instant(window.from), to: instant(window.to) },
    hours,
    workloads,
    nodes,
    claimed: shapeYearly(totals.claimed, totals.currency),
    immediate: shapeYearly(totals.immediate, totals.currency),
    realisable: shapeYearly(totals.realisable, totals.currency),
    removable_nodes: [...totals.removableNodes],
    caveats: [...caveats],
  };
}

export const eventSchema = z
  .object({
    at: instantSchema,
    id: z.string(),
    type: z.enum(RECOMMENDATION_TYPES),
    target: targetSchema,
    from: z.enum(STATUSES).nullable().meta({ description: 'Null: it was new' }),
    to: z.enum(STATUSES),
    by: z.enum(ACTORS),
    reason: z.string(),
  })
  .meta({ id: 'RecommendationEvent' });

export const shapeEvent = (e: RecommendationEvent): z.infer<typeof eventSchema> => ({
  at: instant(e.at),
  id: e.id,
  type: e.type,
  target: shapeTarget(e.cluster, e.target),
  from: e.from,
  to: e.to,
  by: e.by,
  reason: e.reason,
});
