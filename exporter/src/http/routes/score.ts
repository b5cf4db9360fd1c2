import { z } from 'zod';
import { DIMENSIONS, LEFT_OUT_REASONS } from '../../domain/score/dimensions.js';
import type { Score } from '../../domain/score/score.js';
import type { Finding } from '../../ports/findings.js';
import { instant } from '../amounts.js';
import { coverageSchema, filterParameters, instantSchema, keySchema, pageParameters } from '../schemas.js';
import { findingsPage, findingsSchema, outlookOf } from './findings.js';
import { passes } from './inventory.js';
import { route } from './route.js';

const loss = z.object({
  kind: z
    .enum(['workload', 'namespace', 'node', 'zone', 'other'])
    .meta({ description: '"other": all that are not named' }),
  name: z.string(),
  points: z.number().meta({ description: 'Points of the whole score' }),
});

const dimension = z.object({
  dimension: z.enum(DIMENSIONS),
  weight: z.number().meta({ description: 'Part of this score; those of one score sum to 1' }),
  score: z.number().min(0).max(100),
  points_lost: z.number().meta({ description: 'Points of the whole score: weight x (100 - score)' }),
  lost_to: z.array(loss).meta({ description: 'Largest first; they sum to points_lost' }),
});

const item = z
  .object({
    key: keySchema,
    from: instantSchema,
    to: instantSchema,
    coverage: coverageSchema,
    score: z.number().min(0).max(100).nullable().meta({ description: 'Null: no dimension has data' }),
    dimensions: z.array(dimension),
    left_out: z
      .array(
        z.object({
          dimension: z.enum(DIMENSIONS),
          weight: z.number().meta({ description: 'That it has where every dimension has data' }),
          reason: z.enum(LEFT_OUT_REASONS),
        }),
      )
      .meta({ description: 'Dimensions without data; the weights of the others are scaled up' }),
  })
  .meta({ id: 'Score' });

const answer = findingsSchema(item).meta({ id: 'Scores' });
export type ScoresAnswer = z.infer<typeof answer>;

export const score = route({
  method: 'get',
  path: '/api/v1/score',
  role: 'read',
  summary: 'Sustainability score of the cluster and of each namespace, with the points lost and to what',
  query: z.strictObject({
    cluster: filterParameters.cluster,
    namespace: filterParameters.namespace,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: '', asks: 'the cluster, then its namespaces' },
    { query: 'namespace=shop', asks: 'one namespace' },
  ],
  handle: async (deps, { query, now }) => {
    const found = await outlookOf(deps).findings({ kind: 'score', clusters: query.cluster ?? [] });
    const wanted = found.filter(({ body }) => passes(query.namespace, body.namespace));
    return { json: findingsPage(query, now, { score: 'points of 100' }, wanted, shape) };
  },
});

function shape({ cluster, body }: Finding<Score>): z.infer<typeof item> {
  return {
    key: body.namespace === '' ? { cluster } : { cluster, namespace: body.namespace },
    from: instant(body.window.from),
    to: instant(body.window.to),
    coverage: body.coverage,
    score: body.score,
    dimensions: body.dimensions.map((d) => ({
      dimension: d.dimension,
      weight: d.weight,
      score: d.score,
      points_lost: d.pointsLost,
      lost_to: d.lostTo.map((l) => ({ ...l })),
    })),
    left_out: body.leftOut.map((l) => ({ ...l })),
  };
}
