import { z } from 'zod';
import { COMPARISON_KEYS, queryComparison, type ComparisonRow } from '../../pipeline/compare.js';
import { checkBudget, formatDuration, parseRange, parseStep } from '../../pipeline/query-range.js';
import type { Agreement } from '../../domain/energy/comparison.js';
import { instant } from '../amounts.js';
import { Problem } from '../problem.js';
import {
  coverageSchema,
  filterParameters,
  instantSchema,
  keySchema,
  rangeParameters,
  stepParameter,
  unitsSchema,
} from '../schemas.js';
import { route } from './route.js';

const UNITS = { joules: 'J', watts: 'W', w_idle: 'W per vCPU', w_full: 'W per vCPU', hours: 'node hours' };

const agreementShape = {
  estimated_joules: z.number(),
  measured_joules: z.number(),
  bias_ratio: z.number().meta({ description: '(estimated - measured) / measured, of the sums' }),
  mape: z
    .number()
    .nullable()
    .meta({ description: 'Mean |error| / measured at 20 % load and above; null: no such load was seen' }),
  mae_watts: z
    .number()
    .nullable()
    .meta({ description: 'Mean |error| below 20 % load; null: no such load was seen' }),
  rmse_watts: z.number(),
  r2: z
    .number()
    .nullable()
    .meta({ description: 'Of the estimate against the meter; null: the measured power never changed' }),
  nodes: z.int(),
  hours: z.number(),
  utilisation: z
    .tuple([z.number(), z.number()])
    .meta({ description: 'Least and largest utilisation for which the figures hold' }),
};

const row = z.object({
  key: keySchema,
  source: z.string(),
  scope: z.string().meta({ description: 'What the meter sees; the estimate is of the same' }),
  from: instantSchema.optional().meta({ description: 'Start of the bucket, where a step was asked for' }),
  ...agreementShape,
  coverage: coverageSchema,
  deciles: z.array(z.object({ decile: z.int().min(0).max(9), ...agreementShape })),
  fit: z
    .object({
      w_idle: z.number().meta({ description: 'W per vCPU without load, memory included, as metered' }),
      w_full: z.number().meta({ description: 'W per vCPU at full load, memory included, as metered' }),
      exponent: z.number(),
      n: z.int().meta({ description: 'Number of intervals' }),
      r2: z.number().nullable(),
    })
    .nullable()
    .meta({ description: 'Null: too few tenths of utilisation were seen' }),
});

const answer = z
  .object({
    from: instantSchema,
    to: instantSchema,
    by: z.enum(COMPARISON_KEYS),
    step: z.string().nullable(),
    units: unitsSchema,
    rows: z.array(row),
  })
  .meta({ id: 'EnergyComparison' });

export type EnergyComparisonAnswer = z.infer<typeof answer>;

/** Meters that a step is refused for, as if there were so many: how many there are is known only once the cells are read. */
const METERS_ASSUMED = 500;

export const energyComparison = route({
  method: 'get',
  path: '/api/v1/energy/comparison',
  role: 'read',
  summary: 'Estimated against measured energy of the same scope, by node or instance type and meter',
  query: z.strictObject({
    by: z.enum(COMPARISON_KEYS).default('node').meta({ description: 'What a row is of' }),
    step: stepParameter,
    ...rangeParameters,
    cluster: filterParameters.cluster,
    node: filterParameters.node,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'by=node&last=24h', asks: 'how far the model was off at each metered node in the last 24 h' },
    { query: 'by=instance_type&last=7d&step=1d', asks: 'the same by instance type and day' },
  ],
  handle: async ({ comparison, step: ledgerStep }, { query, now }) => {
    if (!comparison) throw new Problem('not-ready', 'The history of measured energy is not available.');
    const range = parseRange(query, now, ledgerStep);
    const step = query.step === undefined ? null : parseStep(query.step, ledgerStep);
    if (step !== null) checkBudget(range, step, ledgerStep, METERS_ASSUMED);
    const { by, cluster = [], node = [] } = query;
    const rows = await queryComparison(comparison, { range, by, step, filters: { cluster, node } });
    const json: EnergyComparisonAnswer = {
      from: instant(range.from),
      to: instant(range.to),
      by,
      step: step && formatDuration(step),
      units: UNITS,
      rows: rows.map((each) => shown(each, step !== null)),
    };
    return { json };
  },
});

function shown(found: ComparisonRow, withTime: boolean): z.infer<typeof row> {
  const { key, source, scope, bucket, coverage, deciles, fit } = found;
  return {
    key: { ...key },
    source,
    scope,
    ...(withTime && { from: instant(bucket) }),
    ...agreement(found),
    coverage,
    deciles: deciles.map((each) => ({ decile: each.decile, ...agreement(each) })),
    fit: fit && { w_idle: fit.idle, w_full: fit.full, exponent: fit.exponent, n: fit.n, r2: fit.r2 },
  };
}

const agreement = (a: Agreement) => ({
  estimated_joules: a.estimated,
  measured_joules: a.measured,
  bias_ratio: a.bias,
  mape: a.mape,
  mae_watts: a.mae,
  rmse_watts: a.rmse,
  r2: a.r2,
  nodes: a.nodes,
  hours: a.hours,
  utilisation: [a.utilisation[0], a.utilisation[1]] as [number, number],
});
