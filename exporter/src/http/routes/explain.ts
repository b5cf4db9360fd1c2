import { z } from 'zod';
import { METHODS, PARTIAL_REASONS, REASONS } from '../../domain/model.js';
import { explain, parseFigure, type Explanation, type Factor } from '../../pipeline/explain.js';
import { parseInstant, QueryProblem } from '../../pipeline/query-range.js';
import { instant } from '../amounts.js';
import { Problem } from '../problem.js';
import { coverageSchema, instantSchema } from '../schemas.js';
import { route } from './route.js';

const factorSchema = z
  .object({
    symbol: z.string().meta({ description: 'As the formulas write it' }),
    name: z.string(),
    value: z.number(),
    unit: z.string(),
    source: z.string(),
    version: z.string().nullable(),
    year: z.number().nullable().meta({ description: 'That the value was published for' }),
    time: instantSchema.nullable().meta({ description: 'The instant that the value holds for' }),
    age_seconds: z.number().nullable().meta({ description: 'How long before the interval that was' }),
    low: z.number().nullable().meta({ description: 'Null: taken as known' }),
    high: z.number().nullable(),
  })
  .meta({ id: 'Factor' });

const stepSchema = z
  .object({
    symbol: z.string(),
    name: z.string(),
    formula: z.string(),
    numbers: z.string().meta({ description: 'The formula with the numbers in place of its symbols' }),
    value: z.number(),
    unit: z.string(),
  })
  .meta({ id: 'CalculationStep' });

const answer = z
  .object({
    series: z.string(),
    unit: z.string(),
    value: z.number().nullable().meta({ description: 'As stored; null: no price is known' }),
    low: z.number().nullable(),
    high: z.number().nullable(),
    interval: z.object({
      cluster: z.string(),
      start: instantSchema,
      end: instantSchema,
      state: z.enum(['complete', 'partial', 'impossible']),
      coverage: coverageSchema,
      partial_reasons: z.array(z.enum(PARTIAL_REASONS)),
    }),
    of: z.enum(['row', 'node', 'sum']).meta({
      description:
        'row: one pod, or the system or idle share of a node; node: a whole node; sum: several rows',
    }),
    formula: z.string(),
    methods: z.array(z.enum(METHODS)),
    estimated: z.boolean(),
    reasons: z.array(z.enum(REASONS)),
    calculation_version: z.number(),
    factors: z.array(factorSchema),
    steps: z.array(stepSchema),
    recomputed: z
      .number()
      .nullable()
      .meta({ description: 'The figure computed again from what the ledger kept; null for a sum' }),
    exact: z.boolean().nullable().meta({ description: 'Whether that is the stored figure to the last unit' }),
    differences: z.array(z.string()).meta({ description: 'Why it may not be' }),
    parts_unit: z.string(),
    parts: z
      .array(z.object({ series: z.string(), value: z.number(), share: z.number() }))
      .meta({ description: 'The largest parts of a sum or node; each can be asked about' }),
    rest: z.object({ count: z.number(), value: z.number() }).nullable(),
  })
  .meta({ id: 'Explanation' });
export type ExplainAnswer = z.infer<typeof answer>;

export const explainRoute = route({
  method: 'get',
  path: '/api/v1/explain',
  role: 'read',
  summary:
    'The formula of one figure of one interval: each factor with value, source, version, year, age and band',
  query: z.strictObject({
    series: z.string().min(1).max(2000).meta({
      description:
        'A figure as Prometheus writes a series, with equality matchers: a metric of /metrics, or a metric of /api/v1/totals with namespace, pod or node',
      example: 'greenkube_node_power_watts{node="n1"}',
    }),
    time: z.string().min(1).max(40).optional().meta({
      description: 'An instant of the interval: RFC 3339 or epoch seconds; default the newest known',
      example: '2026-01-01T00:00:00Z',
    }),
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'series=greenkube_node_power_watts{node="n1"}', asks: 'the power of a node' },
    {
      query: 'series=greenkube_pod_power_watts{namespace="shop",pod="web-1"}',
      asks: 'the power of a pod: the node and the share of the pod',
    },
    { query: 'series=co2e_grams{namespace="shop"}', asks: 'the emissions of a namespace: its largest pods' },
  ],
  handle: async ({ history, factors, cluster, step }, { query, now }) => {
    const figure = parseFigure(query.series);
    const time = query.time === undefined ? null : parseInstant('time', query.time);
    if (time !== null && time >= now) {
      throw new QueryProblem('time', 'time lies in the future.', 'Give a time before the present.');
    }
    const found = await explain(history, factors, { figure, time, cluster, step });
    if (!found) {
      throw new Problem('not-found', 'That interval is not known, or its single rows have been rolled up.', {
        parameter: 'time',
        fix: 'Give a time within RAW_RETENTION for which /api/v1/series has a value.',
      });
    }
    return { json: explanationJson(found) };
  },
});

/** The answer as JSON, also of the command `explain`. */
export function explanationJson(e: Explanation): ExplainAnswer {
  return {
    series: e.series,
    unit: e.unit,
    value: e.value,
    low: e.band?.low ?? null,
    high: e.band?.high ?? null,
    interval: {
      cluster: e.cluster,
      start: instant(e.start),
      end: instant(e.start + e.step),
      state: e.state,
      coverage: e.coverage,
      partial_reasons: [...e.partialReasons],
    },
    of: e.of,
    formula: e.formula,
    methods: [...e.methods],
    estimated: e.estimated,
    reasons: [...e.reasons],
    calculation_version: e.calculationVersion,
    factors: e.factors.map(factorShape),
    steps: e.steps.map((step) => ({ ...step })),
    recomputed: e.recomputed,
    exact: e.recomputed === null ? null : e.recomputed === e.value,
    differences: [...e.differences],
    parts_unit: e.partsUnit,
    parts: e.parts.map((part) => ({ ...part })),
    rest: e.rest && { ...e.rest },
  };
}

const factorShape = ({ time, age, ...factor }: Factor): z.infer<typeof factorSchema> => ({
  ...factor,
  time: time === null ? null : instant(time),
  age_seconds: age,
});
