/** The express application: the routing table between what guards it and what answers errors. */
import { randomUUID } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { authorizer, guardBrowser, ROLES } from './auth.js';
import type { HandlerDeps } from './deps.js';
import { docsRoute } from './api-docs/route.js';
import { answerPreflight, cors, securityHeaders } from './headers.js';
import { clientOf, type Limits } from './limits.js';
import { openApiRoute } from './openapi.js';
import { asProblem, Problem, sendProblem } from './problem.js';
import { compressed } from './compression.js';
import { parseParams, parseQuery } from './query.js';
import { requestMetrics } from './request-metrics.js';
import type { Answer, Route, StreamedAnswer } from './routes/route.js';
import { sendPieces } from './stream.js';

export const MAX_BODY_BYTES = 64 * 1024;
const MAX_URL_LENGTH = 8192;
const ANSWER_TIMEOUT_MS = 30_000;

export function createApp(deps: HandlerDeps, routes: readonly Route[], limits: Limits): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false);
  app.use(
    requestMetrics(deps.registry),
    securityHeaders(deps.tls !== undefined),
    cors(deps.corsOrigins),
    shortUrl,
  );
  const described = [...routes, docsRoute(routes)];
  const router = createRouter(deps, [...described, openApiRoute(described, deps.version.version)], limits);
  app.use(router);
  // Proxies that keep the prefix and proxies that strip it are both served.
  if (deps.rootPath !== '') app.use(deps.rootPath, router);
  app.use(...limits.budget('read'), () => {
    throw new Problem('not-found', 'There is nothing here.', {
      fix: 'See /api/v1/openapi.json for what there is.',
    });
  });
  app.use(errorHandler(deps));
  return app;
}

const shortUrl: RequestHandler = (req, _res, next) => {
  if (req.url.length > MAX_URL_LENGTH)
    throw new Problem('uri-too-long', `The URL is longer than ${MAX_URL_LENGTH}.`);
  next();
};

function createRouter(deps: HandlerDeps, routes: readonly Route[], limits: Limits): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const authorize = guard(deps, limits);
  const body = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false });
  for (const [path, table] of byPath(routes)) {
    const methods = allowedMethods(table);
    for (const r of table) {
      const stack = [
        named(r.path),
        ...limits.budget(r.role),
        authorize(r),
        acceptable(r),
        body,
        answer(deps, r, limits),
      ];
      router[r.method](path, ...stack);
    }
    router.all(path, named(path), ...limits.budget(table[0]!.role), (req, res) => {
      if (answerPreflight(req, res, methods)) return;
      throw new Problem('method-not-allowed', `${path} does not take this method.`, {
        fix: `Use ${methods}.`,
        headers: { Allow: methods },
      });
    });
  }
  return router;
}

/** Routes by path, as express writes paths; one without a role that exists is left out. */
function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const table = new Map<string, Route[]>();
  for (const r of routes.filter(({ role }) => ROLES.includes(role))) {
    const path = r.path.replace(/\{(\w+)\}/g, ':$1');
    table.set(path, [...(table.get(path) ?? []), r]);
  }
  return table;
}

function allowedMethods(table: readonly Route[]): string {
  return table
    .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .join(', ');
}

/** For the metrics: the path of the table, never the one of the request. */
const named = (path: string): RequestHandler => {
  return (_req, res, next) => {
    res.locals['route'] = path;
    next();
  };
};

function guard(deps: HandlerDeps, limits: Limits): (r: Route) => RequestHandler {
  const authorize = authorizer(deps.auth, deps.host);
  const browser = guardBrowser(deps.auth, deps.host);
  return ({ role, path }) =>
    (req, _res, next) => {
      browser({ role, host: req.headers.host, origin: req.headers.origin });
      const { authorization } = req.headers;
      const key = `${role === 'metrics' ? 'metrics' : 'api'} ${clientOf(req)}`;
      if (authorization !== undefined && role !== 'public') limits.failures.check(key, performance.now());
      try {
        authorize(role, authorization);
      } catch (error) {
        if (authorization !== undefined && error instanceof Problem && error.status === 401) {
          limits.failures.add(key);
          deps.log.warn({ client: req.socket.remoteAddress, route: path }, 'a wrong token was refused');
        }
        throw error;
      }
      next();
    };
}

function acceptable({ produces }: Route): RequestHandler {
  return (req, _res, next) => {
    if (produces !== null && req.accepts(produces) === false) {
      throw new Problem('not-acceptable', `This answers ${produces} only.`, {
        fix: `Send "Accept: ${produces}".`,
      });
    }
    next();
  };
}

function answer(deps: HandlerDeps, r: Route, limits: Limits): RequestHandler {
  const api = r.role === 'read' || r.role === 'change';
  return async (req, res) => {
    const query = parseQuery(r.query, /\?(.*)$/s.exec(req.url)?.[1] ?? '');
    const call = {
      query: query as never,
      params: parseParams(r.params, req.params) as never,
      now: deps.clock.now(),
      accept: req.headers.accept,
      acceptEncoding: req.headers['accept-encoding']?.toString(),
    };
    const work = async () => r.handle(deps, call);
    const reply = await withTimeout(api ? limits.inFlight.run(work) : work());
    if ('pieces' in reply) await limits.streams.run(() => sendStream(req, res, reply));
    else await send(res, reply, r.role === 'metrics' ? undefined : call.acceptEncoding);
  };
}

async function withTimeout(work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const problem = new Problem('answer-timeout', 'The answer took longer than 30 s.', {
      fix: 'Ask for a shorter range.',
    });
    timer = setTimeout(() => reject(problem), ANSWER_TIMEOUT_MS).unref();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function sendStream(req: Request, res: Response, reply: StreamedAnswer): Promise<void> {
  for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
  res.setHeader('Content-Type', reply.contentType);
  if (req.method === 'HEAD') res.end();
  else await sendPieces(res, reply.pieces);
}

/** @param acceptEncoding of the request; undefined: the answer is sent as it is */
async function send(
  res: Response,
  reply: Exclude<Answer, StreamedAnswer>,
  acceptEncoding: string | undefined,
): Promise<void> {
  for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
  const [type, content] =
    'json' in reply
      ? ['application/json; charset=utf-8', JSON.stringify(reply.json)]
      : [reply.contentType, reply.content];
  res.status('json' in reply ? (reply.status ?? 200) : 200);
  // Not `send`, which would add a charset of its own to the type.
  res.setHeader('Content-Type', type);
  const body = await compressed(res, content, acceptEncoding);
  res.setHeader('Content-Length', body.length);
  res.end(body);
}

function errorHandler({ log }: HandlerDeps): ErrorRequestHandler {
  return (error: unknown, req: Request, res: Response, _next) => {
    const requestId = randomUUID();
    const problem = asProblem(error, requestId);
    if (problem.type === 'internal-error') {
      log.error(
        { err: error, request_id: requestId, route: res.locals['route'] as unknown },
        'a request failed',
      );
    }
    if (res.headersSent) res.destroy();
    else sendProblem(problem, req, res);
  };
}
