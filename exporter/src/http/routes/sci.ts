import { z } from 'zod';
import type { SciFigure, SciFinding } from '../../domain/sci/sci.js';
import type { Finding } from '../../ports/findings.js';
import { instant } from '../amounts.js';
import { filterParameters, instantSchema, keySchema, pageParameters } from '../schemas.js';
import { findingsPage, findingsSchema, outlookOf } from './findings.js';
import { passes } from './inventory.js';
import { route } from './route.js';

const figure = z.object({
  from: instantSchema,
  to: instantSchema,
  grams_per_unit: z
    .number()
    .nullable()
    .meta({ description: '((E x I) + M) / R; null: no unit of work was done in the hours that are known' }),
  joules_per_unit: z.number().nullable(),
  units: z.number().meta({ description: 'R' }),
  co2e_grams: z.object({ operational: z.number(), embodied: z.number(), total: z.number() }),
  energy_joules: z.number(),
  hours: z
    .int()
    .meta({ description: 'Hours in which units and emissions are known; all sums are over them' }),
});

const item = z
  .object({
    key: keySchema,
    unit: z.string(),
    source: z.string().meta({ description: 'Who counts the units' }),
    query: z.string(),
    last_24h: figure,
    window: figure,
    problem: z.string().nullable().meta({ description: 'Why there are no figures' }),
  })
  .meta({ id: 'SoftwareCarbonIntensity' });

const answer = findingsSchema(item).meta({ id: 'SoftwareCarbonIntensities' });
export type SciAnswer = z.infer<typeof answer>;

export const sci = route({
  method: 'get',
  path: '/api/v1/sci',
  role: 'read',
  summary: 'Software Carbon Intensity (ISO/IEC 21031) of the workloads whose unit of work is configured',
  query: z.strictObject({
    cluster: filterParameters.cluster,
    namespace: filterParameters.namespace,
    workload: filterParameters.workload,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: '', asks: 'all of them' },
    { query: 'namespace=shop', asks: 'those of one namespace' },
  ],
  handle: async (deps, { query, now }) => {
    const found = await outlookOf(deps).findings({ kind: 'sci', clusters: query.cluster ?? [] });
    const wanted = found.filter(
      ({ body: { unit } }) =>
        passes(query.namespace, unit.namespace) && passes(query.workload, unit.workload),
    );
    return { json: findingsPage(query, now, UNITS, wanted, shape) };
  },
});

const UNITS = { grams_per_unit: 'g/unit', joules_per_unit: 'J/unit', co2e_grams: 'g', energy_joules: 'J' };

function shape({ cluster, body }: Finding<SciFinding>): z.infer<typeof item> {
  const { namespace, workload, unit, query } = body.unit;
  return {
    key: { cluster, namespace, workload, workload_type: body.workloadType },
    unit,
    source: body.source,
    query,
    last_24h: figureOf(body.day),
    window: figureOf(body.window),
    problem: body.problem === '' ? null : body.problem,
  };
}

const figureOf = (f: SciFigure): z.infer<typeof figure> => ({
  from: instant(f.window.from),
  to: instant(f.window.to),
  grams_per_unit: f.gramsPerUnit,
  joules_per_unit: f.joulesPerUnit,
  units: f.units,
  co2e_grams: { operational: f.operational, embodied: f.embodied, total: f.operational + f.embodied },
  energy_joules: f.energy,
  hours: f.hours,
});
