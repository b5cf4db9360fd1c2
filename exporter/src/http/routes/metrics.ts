import { z } from 'zod';
import type { MetricsBody } from '../deps.js';
import { Problem } from '../problem.js';
import { noParameters, route, type Answer } from './route.js';

export const metrics = route({
  method: 'get',
  path: '/metrics',
  role: 'metrics',
  summary: 'The last published snapshot in the Prometheus text format or OpenMetrics',
  query: noParameters,
  produces: null,
  answer: z.string(),
  handle: (deps, { accept, acceptEncoding }) => answered(deps.metrics(accept, acceptEncoding)),
});

/** The names of GreenKube 0.2 for dashboards that still ask for them; found only with COMPAT_METRICS=true. */
export const compatMetrics = route({
  method: 'get',
  path: '/prometheus/metrics',
  role: 'metrics',
  summary: 'The same snapshot under the names of GreenKube 0.2 (COMPAT_METRICS=true)',
  query: noParameters,
  produces: null,
  answer: z.string(),
  handle: (deps, { acceptEncoding }) => {
    if (!deps.compatMetrics) {
      throw new Problem('not-found', 'The names of GreenKube 0.2 are off: set COMPAT_METRICS=true.');
    }
    return answered(deps.compatMetrics(acceptEncoding));
  },
});

function answered(found: MetricsBody | null): Answer {
  if (!found) {
    throw new Problem('not-ready', 'No snapshot has been published yet.', {
      headers: { 'Retry-After': '5' },
    });
  }
  const { body, contentType, gzip } = found;
  const headers = { Vary: 'Accept, Accept-Encoding', ...(gzip && { 'Content-Encoding': 'gzip' }) };
  return Buffer.isBuffer(body)
    ? { content: body, contentType, headers }
    : { pieces: body, contentType, headers };
}
