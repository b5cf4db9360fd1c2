import { z } from 'zod';
import {
  LOAD_SOURCES,
  VERDICTS,
  type ReleaseFinding,
  type ReleaseSide,
} from '../../domain/releases/finding.js';
import type { Change } from '../../domain/releases/matched.js';
import type { Finding } from '../../ports/findings.js';
import { instant } from '../amounts.js';
import { filterParameters, instantSchema, keySchema, pageParameters } from '../schemas.js';
import { findingsPage, findingsSchema, outlookOf } from './findings.js';
import { passes } from './inventory.js';
import { route } from './route.js';

const change = z
  .object({
    before: z.number().meta({ description: 'Per unit of work, at the same load' }),
    after: z.number(),
    ratio: z.number().meta({ description: 'after / before' }),
    low: z.number().meta({ description: 'Lower end of the 95 % interval of the ratio' }),
    high: z.number(),
    hours: z.int().meta({ description: 'Hours of the same load that were compared' }),
  })
  .nullable()
  .meta({ description: 'Null: too few hours of the same load' });

const side = z.object({
  from: instantSchema,
  to: instantSchema,
  hours: z.int().meta({ description: 'Hours in which it ran alone and did work' }),
  units: z.number(),
});

const item = z
  .object({
    key: keySchema,
    workload_type: z.string(),
    revision: z.string().meta({ description: 'Name of its ReplicaSet or ControllerRevision' }),
    previous: z.string().meta({ description: 'The revision that it replaced' }),
    at: instantSchema.meta({ description: 'When its first pod ran' }),
    unit: z.string(),
    load: z.enum(LOAD_SOURCES).meta({ description: 'The expression of SCI_FILE, or what the pods received' }),
    verdict: z.enum(VERDICTS).meta({
      description:
        'moved: other machines, not the release; not-distinguishable: less than 5 % or not certain',
    }),
    final: z.boolean().meta({ description: 'False: later hours are still added' }),
    joules_per_unit: change,
    grams_per_unit: change,
    cpu_seconds_per_unit: change,
    request_ratio: z.number().nullable().meta({ description: 'CPU request of a pod after / before' }),
    before: side,
    after: side,
  })
  .meta({ id: 'Release' });

const answer = findingsSchema(item).meta({ id: 'Releases' });
export type ReleasesAnswer = z.infer<typeof answer>;

export const releases = route({
  method: 'get',
  path: '/api/v1/releases',
  role: 'read',
  summary: 'Releases of workloads: energy and emissions per unit of work before and after, and a verdict',
  query: z.strictObject({
    cluster: filterParameters.cluster,
    namespace: filterParameters.namespace,
    workload: filterParameters.workload,
    verdict: z
      .array(z.enum(VERDICTS))
      .max(VERDICTS.length)
      .optional()
      .meta({ description: 'Only these verdicts; may be repeated' }),
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'verdict=regressed', asks: 'releases that made work more expensive' },
    { query: 'namespace=shop', asks: 'the releases of one namespace' },
  ],
  handle: async (deps, { query, now }) => {
    const found = await outlookOf(deps).findings({ kind: 'release', clusters: query.cluster ?? [] });
    const wanted = found.filter(
      ({ body }) =>
        passes(query.namespace, body.namespace) &&
        passes(query.workload, body.workload) &&
        passes(query.verdict, body.verdict),
    );
    return { json: findingsPage(query, now, UNITS, wanted, shape) };
  },
});

const UNITS = { joules_per_unit: 'J/unit', grams_per_unit: 'g/unit', cpu_seconds_per_unit: 's/unit' };

function shape({ cluster, body }: Finding<ReleaseFinding>): z.infer<typeof item> {
  const { namespace, workload } = body;
  return {
    key: { cluster, namespace, workload },
    workload_type: body.workloadType,
    revision: body.revision,
    previous: body.previous,
    at: instant(body.at),
    unit: body.unit,
    load: body.load,
    verdict: body.verdict,
    final: body.final,
    joules_per_unit: changeOf(body.joules),
    grams_per_unit: changeOf(body.grams),
    cpu_seconds_per_unit: changeOf(body.cpuSeconds),
    request_ratio: body.requestRatio,
    before: sideOf(body.before),
    after: sideOf(body.after),
  };
}

const changeOf = (c: Change | null): z.infer<typeof change> => c && { ...c };

const sideOf = ({ range, hours, units }: ReleaseSide): z.infer<typeof side> => ({
  from: instant(range.from),
  to: instant(range.to),
  hours,
  units,
});
