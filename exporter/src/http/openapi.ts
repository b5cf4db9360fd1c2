/** The OpenAPI 3.1 document, generated from the schemas that validate and the table that routes. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Role } from './auth.js';
import { problemSchema } from './problem.js';
import { noParameters, route, type Route } from './routes/route.js';

export const OPENAPI_PATH = '/api/v1/openapi.json';

const SCHEMES: Readonly<Record<Role, readonly string[]>> = {
  public: [],
  metrics: ['metricsToken', 'token', 'operatorToken'],
  read: ['token', 'operatorToken'],
  change: ['operatorToken'],
};

/** The same for the same table: nothing of the running process is in it but its version. */
export function openApiDocument(routes: readonly Route[], version: string) {
  const registry = new OpenAPIRegistry();
  for (const scheme of SCHEMES.metrics) {
    registry.registerComponent('securitySchemes', scheme, { type: 'http', scheme: 'bearer' });
  }
  for (const r of routes) registerRoute(registry, r);
  return new OpenApiGeneratorV31(registry.definitions, { sortComponents: 'alphabetically' }).generateDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'GreenKube exporter',
        version,
        description: 'Energy, CO2e and cost of Kubernetes workloads.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
  );
}

function registerRoute(registry: OpenAPIRegistry, r: Route): void {
  registry.registerPath({
    method: r.method,
    path: r.path,
    summary: r.summary,
    operationId: operationId(r),
    security: SCHEMES[r.role].map((scheme) => ({ [scheme]: [] })),
    request: { query: r.query },
    responses: {
      200: { description: 'The answer', content: { [r.produces ?? 'text/plain']: { schema: r.answer } } },
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  });
}

/** get /api/v1/energy/comparison: getEnergyComparison. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace('/api/v1', '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return (
    method + (words.length === 0 ? ['Landing'] : words).map((w) => w[0]!.toUpperCase() + w.slice(1)).join('')
  );
}

/** The route that answers with the document of all routes, itself included. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
  let document: object | null = null;
  const self: Route = route({
    method: 'get',
    path: OPENAPI_PATH,
    role: 'read',
    summary: 'This document',
    query: noParameters,
    produces: 'application/json',
    answer: z.record(z.string(), z.unknown()),
    handle: () => ({ json: (document ??= openApiDocument([...routes, self], version)) }),
  });
  return self;
}
