import { z } from 'zod';
import { instant } from '../amounts.js';
import { assess } from '../health.js';
import { instantSchema } from '../schemas.js';
import { readDatabase, SERVICES, serviceSchema, servicesOf, type Service } from '../services.js';
import { Problem } from '../problem.js';
import type { HandlerDeps } from '../deps.js';
import { checkSchema } from './readyz.js';
import { noParameters, route } from './route.js';

const answer = z
  .object({
    status: z.enum(['ok', 'degraded', 'error']),
    version: z.string(),
    cluster: z.string(),
    checks: z.array(checkSchema),
    services: z.record(z.string(), serviceSchema),
    freshness: z.object({
      last_completed: instantSchema.nullable(),
      age_seconds: z.number(),
      stale_after_seconds: z.number(),
      stale: z.boolean(),
    }),
    intervals_pending: z.number(),
    backfill: z.object({ done: z.number(), total: z.number() }).nullable(),
  })
  .meta({ id: 'Health' });

export type HealthAnswer = z.infer<typeof answer>;

export const health = route({
  method: 'get',
  path: '/api/v1/health',
  role: 'read',
  summary: 'How the exporter and each of its sources do',
  query: noParameters,
  produces: 'application/json',
  answer,
  examples: [{ query: '', asks: 'everything' }],
  handle: ({ status: statusOf, version, cluster, startedAt, step }, { now }) => {
    const status = statusOf();
    const { ready, checks, freshness } = assess(status, { now, startedAt, step });
    const json: HealthAnswer = {
      status: !ready ? 'error' : checks.every((c) => c.ok) ? 'ok' : 'degraded',
      version: version.version,
      cluster,
      checks: [...checks],
      services: servicesOf(status),
      freshness: {
        last_completed: freshness.lastCompleted === null ? null : instant(freshness.lastCompleted),
        age_seconds: freshness.age,
        stale_after_seconds: freshness.staleAfter,
        stale: freshness.stale,
      },
      intervals_pending: status.pending,
      backfill: status.backfill && { ...status.backfill },
    };
    return { json };
  },
});

const services = z.object({ services: z.record(z.string(), serviceSchema) }).meta({ id: 'Services' });
export type ServicesAnswer = z.infer<typeof services>;

export const healthServices = route({
  method: 'get',
  path: '/api/v1/health/services',
  role: 'read',
  summary: 'Each service that the exporter works with: status, latency, last success',
  query: noParameters,
  produces: 'application/json',
  answer: services,
  examples: [{ query: '', asks: 'all services' }],
  handle: async (deps) => {
    const json: ServicesAnswer = { services: await servicesNow(deps) };
    return { json };
  },
});

export const healthService = route({
  method: 'get',
  path: '/api/v1/health/services/{name}',
  role: 'read',
  summary: 'One service',
  query: noParameters,
  params: z.strictObject({
    name: z
      .string()
      .max(100)
      .meta({ description: `One of ${SERVICES.join(', ')}, or demo`, example: 'prometheus' }),
  }),
  produces: 'application/json',
  answer: serviceSchema,
  examples: [{ query: '', asks: 'one service' }],
  handle: async (deps, { params: { name } }) => {
    const all = await servicesNow(deps);
    if (!Object.hasOwn(all, name)) {
      throw new Problem('not-found', 'There is no such service.', {
        parameter: 'name',
        fix: `Services: ${Object.keys(all).join(', ')}.`,
      });
    }
    return { json: all[name] };
  },
});

async function servicesNow(deps: HandlerDeps): Promise<Record<string, Service>> {
  const services = servicesOf(deps.status());
  return { ...services, database: await readDatabase(services['database']!, deps) };
}
