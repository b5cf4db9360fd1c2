/** The server's own requests as metrics. Labels take only values from closed lists, whatever clients send. */
import type { RequestHandler } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Seconds: from a prepared buffer to the time a query may take. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30];

/** Counts every request when its answer has gone; the route is read from `res.locals.route`. */
export function requestMetrics(registry: Registry | undefined): RequestHandler {
  if (!registry) return (_req, _res, next) => next();
  const requests = new Counter({
    name: 'greenkube_http_requests_total',
    help: 'Requests answered, by route, method and status code.',
    labelNames: ['route', 'method', 'code'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'greenkube_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by route.',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return (req, res, next) => {
    const stop = durations.startTimer();
    res.once('close', () => {
      const route = String(res.locals['route'] ?? 'other');
      const method = METHODS.has(req.method) ? req.method : 'other';
      requests.inc({ route, method, code: String(res.statusCode) });
      stop({ route });
    });
    next();
  };
}
