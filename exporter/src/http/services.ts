/** How each service that the exporter works with does. */
import { z } from 'zod';
import type { PipelineStatus, SourceStatus } from '../ports/status.js';
import { instant } from './amounts.js';
import type { HandlerDeps } from './deps.js';
import { instantSchema } from './schemas.js';

export const serviceSchema = z
  .object({
    name: z.string(),
    status: z
      .enum(['healthy', 'unreachable', 'unknown', 'unconfigured'])
      .meta({ description: 'unknown: not asked yet; unconfigured: not used' }),
    configured: z.boolean(),
    discovered: z.boolean().meta({ description: 'Its address was found in the cluster, not configured' }),
    explanation: z
      .string()
      .nullable()
      .meta({ description: 'How its address was chosen among the Services of the cluster' }),
    required: z.boolean().meta({ description: 'Readiness fails while it is unreachable' }),
    latency_ms: z.number().nullable().meta({ description: 'Of the last call' }),
    last_success: instantSchema.nullable(),
    last_error: z.object({ reason: z.string(), message: z.string(), at: instantSchema }).nullable(),
    errors: z.record(z.string(), z.number()).meta({ description: 'Failed calls by reason since the start' }),
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof serviceSchema>;

/** Services that there are, used or not. */
export const SERVICES = [
  'prometheus',
  'kubernetes',
  'opencost',
  'electricity_maps',
  'boavizta',
  'database',
] as const;

/** Those of SERVICES that the status does not know are not used; sources of other names (the demo) come with the rest. */
export function servicesOf(status: PipelineStatus): Record<string, Service> {
  const sources = status.sources.map((source) => [serviceName(source.name), sourceService(source)] as const);
  const unused = SERVICES.map((name) => [name, unconfigured(name)] as const);
  return Object.fromEntries([...unused, ...sources, ['database', databaseService(status)]]);
}

/** Names are those of GreenKube 0.2; metric labels write "-" where it has "_". */
const serviceName = (source: string) => source.replaceAll('-', '_');

function sourceService(source: SourceStatus): Service {
  const { name, up, required, latency, lastSuccess, lastError, errors, discovered = false } = source;
  const { explanation = null } = source;
  return {
    name: serviceName(name),
    status: up === null ? 'unknown' : up ? 'healthy' : 'unreachable',
    configured: true,
    discovered,
    explanation,
    required,
    latency_ms: latency === null ? null : latency * 1000,
    last_success: lastSuccess === null ? null : instant(lastSuccess),
    last_error: lastError && { ...lastError, at: instant(lastError.at) },
    errors: { ...errors },
  };
}

const unconfigured = (name: string): Service => ({
  name,
  status: 'unconfigured',
  configured: false,
  discovered: false,
  explanation: null,
  required: false,
  latency_ms: null,
  last_success: null,
  last_error: null,
  errors: {},
});

/** The database of the writing side; what it says itself may hold a path and stays in the log. */
function databaseService({ databaseError }: PipelineStatus): Service {
  const status = databaseError === null ? 'healthy' : 'unreachable';
  return { ...unconfigured('database'), status, configured: true, required: true };
}

/** The same with the latency of a small read, made now. */
export async function readDatabase(
  service: Service,
  { history, clock, log }: Pick<HandlerDeps, 'history' | 'clock' | 'log'>,
): Promise<Service> {
  const began = performance.now();
  try {
    await history.clusters();
    return { ...service, latency_ms: performance.now() - began, last_success: instant(clock.now()) };
  } catch (error) {
    log.warn({ err: error }, 'the database cannot be read');
    const failure = {
      reason: 'server-error',
      message: 'the database cannot be read',
      at: instant(clock.now()),
    };
    return { ...service, status: 'unreachable', last_error: failure };
  }
}
