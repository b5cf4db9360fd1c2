/** The OpenAPI 3.1 document, generated from the schemas that validate and the table that routes. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Role } from './auth.js';
import { PROBLEMS, problemSchema, type ProblemType } from './problem.js';
import { noParameters, pathOf, route, type Route } from './routes/route.js';

export const OPENAPI_PATH = '/api/v1/openapi.json';

const SCHEMES: Readonly<Record<Role, readonly string[]>> = {
  public: [],
  metrics: ['metricsToken', 'token', 'operatorToken'],
  read: ['token', 'operatorToken'],
  change: ['operatorToken'],
};

const SCHEME_DESCRIPTIONS: Readonly<Record<string, string>> = {
  token: 'API_TOKEN: reads the API and scrapes',
  operatorToken: 'API_OPERATOR_TOKEN: what API_TOKEN may, and what changes something',
  metricsToken: 'METRICS_TOKEN: scrapes',
};

/** Groups of routes by the beginning of their path; the first that fits. */
const TAGS: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/(totals|series|explain)/, 'Figures'],
  [/^\/api\/v1\/(clusters|namespaces|workloads|nodes)/, 'Inventory'],
  [/^\/api\/v1\/(score|budgets|intensity|sci|releases|recommendations)/, 'Analysis'],
  [/^\/api\/v1\/report/, 'Reports'],
  [/^\/api\/v1\/(backfill|jobs)/, 'Jobs'],
  [/^\/api\/v1\/metrics/, 'Views of GreenKube 0.2'],
  [/^\/(metrics|prometheus\/metrics)$/, 'Metrics'],
  [/./, 'Exporter'],
];
const tagOf = ({ path }: Route): string => TAGS.find(([pattern]) => pattern.test(path))![1];

/** The same for the same table: nothing of the running process is in it but its version. */
export function openApiDocument(routes: readonly Route[], version: string) {
  const registry = new OpenAPIRegistry();
  for (const scheme of SCHEMES.metrics) {
    registry.registerComponent('securitySchemes', scheme, {
      type: 'http',
      scheme: 'bearer',
      description: SCHEME_DESCRIPTIONS[scheme]!,
    });
  }
  for (const r of routes) registerRoute(registry, r);
  const used = new Set(routes.map(tagOf));
  return new OpenApiGeneratorV31(registry.definitions, { sortComponents: 'alphabetically' }).generateDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'GreenKube exporter',
        version,
        description: 'Energy, CO2e and cost of Kubernetes workloads.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...new Set(TAGS.map(([, name]) => name))].filter((t) => used.has(t)).map((name) => ({ name })),
    },
  );
}

function registerRoute(registry: OpenAPIRegistry, r: Route): void {
  registry.registerPath({
    method: r.method,
    path: r.path,
    tags: [tagOf(r)],
    summary: r.summary,
    operationId: operationId(r),
    security: SCHEMES[r.role].map((scheme) => ({ [scheme]: [] })),
    request: { query: r.query, ...(r.params && { params: r.params }) },
    responses: {
      [r.success ?? 200]: {
        description: r.success === 202 ? 'Accepted: work that goes on in the background' : 'The answer',
        content: Object.fromEntries(mediaTypesOf(r).map((type) => [type, { schema: r.answer }])),
      },
      ...problemsOf(r),
    },
    ...(r.examples && {
      'x-examples': r.examples.map(({ query, asks }) => ({
        request: `${r.method.toUpperCase()} ${pathOf(r)}${query === '' ? '' : `?${query}`}`,
        asks,
      })),
    }),
  });
}

const mediaTypesOf = (r: Route): readonly string[] => r.formats ?? [r.produces ?? 'text/plain'];

/** What each kind of route may be refused with. Statuses that any request may get are under "default". */
function problemsOf(r: Route) {
  const guarded: readonly ProblemType[] = ['unauthorized', 'forbidden'];
  const types: readonly ProblemType[] = [
    'invalid-parameter',
    ...(r.role === 'public' ? [] : guarded),
    ...(r.params || r.path === '/api/v1/explain' ? (['not-found'] as const) : []),
    'too-many-requests',
    ...(r.role === 'metrics' ? (['not-ready'] as const) : []),
    ...(r.role === 'read' || r.role === 'change' ? (['answer-timeout'] as const) : []),
  ];
  const responses = types.map((type) => {
    const [status, title] = PROBLEMS[type];
    return [String(status), problemResponse(title, type)] as const;
  });
  return {
    ...Object.fromEntries(responses),
    default: problemResponse('What went wrong', 'malformed-request'),
  };
}

function problemResponse(description: string, type: ProblemType) {
  const [status, title] = PROBLEMS[type];
  const example = { type: `/problems/${type}`, title, status, detail: 'What was wrong, in a sentence.' };
  return { description, content: { 'application/problem+json': { schema: problemSchema, example } } };
}

/** get /api/v1/health/services/{name}: getHealthServicesName. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace('/api/v1', '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  // "/metrics" and "/api/v1/metrics" are two routes.
  const own = path.startsWith('/api/v1/metrics') ? ['Compat', ...words] : words;
  return (
    method + (own.length === 0 ? ['Landing'] : own).map((w) => w[0]!.toUpperCase() + w.slice(1)).join('')
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
