import { z } from 'zod';
import { assess } from '../health.js';
import { noParameters, route } from './route.js';

export const checkSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  required: z.boolean(),
  reason: z.string().nullable(),
});

const answer = z
  .object({ status: z.enum(['ok', 'unavailable']), checks: z.array(checkSchema) })
  .meta({ id: 'Readiness' });
export type ReadinessAnswer = z.infer<typeof answer>;

export const readyz = route({
  method: 'get',
  path: '/readyz',
  role: 'public',
  summary: 'Whether data are fresh and every required source answers; 503 if not, with the same body',
  query: noParameters,
  produces: 'application/json',
  answer,
  handle: ({ status, startedAt, step }, { now }) => {
    const { ready, checks } = assess(status(), { now, startedAt, step });
    return { status: ready ? 200 : 503, json: { status: ready ? 'ok' : 'unavailable', checks } };
  },
});
