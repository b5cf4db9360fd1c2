import { z } from 'zod';
import type { PipelineStatus, SourceStatus } from '../../ports/status.js';
import { instant } from '../amounts.js';
import { assess } from '../health.js';
import { instantSchema } from '../schemas.js';
import { checkSchema } from './readyz.js';
import { noParameters, route } from './route.js';

const serviceSchema = z
  .object({
    status: z.enum(['healthy', 'unreachable', 'unknown']),
    required: z.boolean(),
    latency_ms: z.number().nullable(),
    last_success: instantSchema.nullable(),
    last_error: z.object({ reason: z.string(), message: z.string(), at: instantSchema }).nullable(),
    errors: z.record(z.string(), z.number()).meta({ description: 'Failed calls by reason since the start' }),
  })
  .meta({ id: 'Service' });

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

function servicesOf({ sources }: PipelineStatus): Record<string, z.infer<typeof serviceSchema>> {
  return Object.fromEntries(sources.map((source) => [source.name, serviceOf(source)]));
}

function serviceOf(source: SourceStatus): z.infer<typeof serviceSchema> {
  const { up, required, latency, lastSuccess, lastError, errors } = source;
  return {
    status: up === null ? 'unknown' : up ? 'healthy' : 'unreachable',
    required,
    latency_ms: latency === null ? null : latency * 1000,
    last_success: lastSuccess === null ? null : instant(lastSuccess),
    last_error: lastError && { ...lastError, at: instant(lastError.at) },
    errors: { ...errors },
  };
}
