import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Role } from './auth.js';
import type { AuthSettings } from './deps.js';
import { OPENAPI_PATH } from './openapi.js';
import { ROUTES } from './routes/index.js';
import { DOCS_PATH } from './api-docs/route.js';
import { noParameters, pathOf, route, type Route } from './routes/route.js';
import { NO_AUTH, rawRequest, start } from './testing/harness.js';

const READ = 'read-token-0123456789';
const OPERATOR = 'operator-token-0123456789';
const SCRAPE = 'metrics-token-0123456789';
const ALL_SET: AuthSettings = { ...NO_AUTH, token: READ, operatorToken: OPERATOR, metricsToken: SCRAPE };

/** A route that changes something and takes nothing. */
const change: Route = route({
  method: 'post',
  path: '/api/v1/change',
  role: 'change',
  summary: 'Changes',
  query: noParameters,
  produces: 'application/json',
  answer: z.object({ done: z.boolean() }),
  handle: () => ({ json: { done: true } }),
});
const TABLE = [...ROUTES, change];
const MADE = [OPENAPI_PATH, DOCS_PATH].map((path) => ({ method: 'get', path, role: 'read' }) as Route);

/** Let in, whatever the answer is then. */
const letIn = (status: number) => status !== 401 && status !== 403;

const CREDENTIALS = {
  nothing: undefined,
  'an unknown token': 'Bearer unknown-token',
  'a prefix of the token': `Bearer ${READ.slice(0, -1)}`,
  'the token and more': `Bearer ${READ}x`,
  'two tokens': `Bearer ${READ} ${OPERATOR}`,
  'an empty token': 'Bearer ',
  'basic credentials': `Basic ${Buffer.from(`a:${READ}`).toString('base64')}`,
  'the bare token': READ,
  'the metrics token': `Bearer ${SCRAPE}`,
  'the read token': `Bearer ${READ}`,
  'the operator token': `Bearer ${OPERATOR}`,
} as const;

/** Status expected of a role, with all tokens set. 200 stands for "let in". */
const EXPECTED: Readonly<Record<Role, Partial<Record<keyof typeof CREDENTIALS, number>>>> = {
  public: Object.fromEntries(Object.keys(CREDENTIALS).map((c) => [c, 200])),
  metrics: { 'the metrics token': 200, 'the read token': 200, 'the operator token': 200 },
  read: { 'the metrics token': 403, 'the read token': 200, 'the operator token': 200 },
  change: { 'the metrics token': 403, 'the read token': 403, 'the operator token': 200 },
};

describe('who may use which route, all tokens set', () => {
  it.each([...TABLE, ...MADE].map((r) => [r.method, r.path, r.role, pathOf(r)] as const))(
    '%s %s (%s)',
    async (method, _path, role, path) => {
      await using running = await start({ auth: ALL_SET, limits: { failedTokens: 1000 } }, TABLE);
      for (const [name, authorization] of Object.entries(CREDENTIALS)) {
        const headers = authorization === undefined ? {} : { authorization };
        const reply = await running.get(path, { method: method.toUpperCase(), headers });
        const expected = EXPECTED[role][name as keyof typeof CREDENTIALS] ?? 401;
        expect([name, letIn(reply.status) ? 200 : reply.status]).toEqual([name, expected]);
        if (expected === 401) {
          expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="greenkube"');
          expect(reply.json()).toMatchObject({ type: '/problems/unauthorized', status: 401 });
        }
      }
    },
  );

  it('only the landing page and the probes are public', () => {
    expect(ROUTES.filter((r) => r.role === 'public').map((r) => r.path)).toEqual(['/', '/livez', '/readyz']);
  });

  it('a route without a role, or with one that does not exist, is not there', async () => {
    const without = [undefined, 'admin', '', 'constructor'].map(
      (role, i) => ({ ...change, path: `/bad${i}`, role }) as Route,
    );
    await using running = await start({ auth: ALL_SET }, [...TABLE, ...without]);
    for (const { path } of without) {
      const reply = await running.get(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${OPERATOR}` },
      });
      expect(reply.status).toBe(404);
    }
  });
});

describe('anonymous requests', () => {
  const statuses = async (auth: Partial<AuthSettings>, host = '127.0.0.1') => {
    await using running = await start({ auth: { ...NO_AUTH, ...auth }, host }, TABLE);
    const post = { method: 'POST' };
    return {
      metrics: (await running.get('/metrics')).status,
      read: (await running.get('/api/v1/version')).status,
      change: (await running.get('/api/v1/change', post)).status,
    };
  };

  it.each([
    ['no token, on loopback', {}, '127.0.0.1', { metrics: 200, read: 200, change: 200 }],
    ['no token, on every address', {}, '0.0.0.0', { metrics: 200, read: 401, change: 401 }],
    [
      'allowed, on every address',
      { allowAnonymous: true },
      '0.0.0.0',
      { metrics: 200, read: 200, change: 401 },
    ],
    ['a read token', { token: READ }, '127.0.0.1', { metrics: 200, read: 401, change: 401 }],
    [
      'an operator token only',
      { operatorToken: OPERATOR },
      '127.0.0.1',
      { metrics: 200, read: 401, change: 401 },
    ],
    [
      'allowed beside a token',
      { token: READ, allowAnonymous: true },
      '127.0.0.1',
      { metrics: 200, read: 200, change: 401 },
    ],
    ['a metrics token', { metricsToken: SCRAPE }, '127.0.0.1', { metrics: 401, read: 200, change: 200 }],
    [
      'metrics not anonymous',
      { token: READ, metricsAnonymous: false },
      '127.0.0.1',
      { metrics: 401, read: 401, change: 401 },
    ],
    [
      'an empty token is none',
      { token: '', operatorToken: '' },
      '0.0.0.0',
      { metrics: 200, read: 401, change: 401 },
    ],
  ] as const)('%s', async (_what, auth, host, expected) => {
    expect(await statuses(auth, host)).toEqual(expected);
  });

  it('a wrong token is refused even where none is needed', async () => {
    await using running = await start({ auth: { ...NO_AUTH, token: READ, allowAnonymous: true } });
    const reply = await running.get('/api/v1/version', { headers: { authorization: 'Bearer wrong' } });
    expect(reply.status).toBe(401);
  });
});

describe('pages of other sites', () => {
  it.each([
    ['evil.example', 403],
    ['evil.example:8000', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
    ['169.254.169.254', 403],
    ['localhost', 200],
    ['LOCALHOST:8000', 200],
    ['127.0.0.1:1', 200],
    ['127.1.2.3', 200],
    ['[::1]:8000', 200],
  ])('without a token, Host: %s is answered %d', async (host, expected) => {
    await using running = await start();
    for (const path of ['/', '/metrics', '/api/v1/version', '/readyz']) {
      expect((await rawRequest(running.port, { path, headers: { host } })).status).toBe(expected);
    }
  });

  it('with a token any name of the server is answered', async () => {
    await using running = await start({ auth: ALL_SET });
    const headers = { host: 'greenkube.example', authorization: `Bearer ${READ}` };
    expect((await rawRequest(running.port, { path: '/api/v1/version', headers })).status).toBe(200);
  });

  it.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['http://localhost:3000', 200],
  ])('without a token, a change from origin %s is answered %d', async (origin, expected) => {
    await using running = await start({}, TABLE);
    const reply = await running.get('/api/v1/change', { method: 'POST', headers: { origin } });
    expect(reply.status).toBe(expected);
  });
});

describe('guessing', () => {
  it('ends after some wrong tokens, for the API alone: the scrape goes on', async () => {
    await using running = await start({ auth: ALL_SET, limits: { failedTokens: 3 } });
    const guess = async () =>
      (await running.get('/api/v1/version', { headers: { authorization: 'Bearer guess' } })).status;
    expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
    const right = await running.get('/api/v1/version', { headers: { authorization: `Bearer ${READ}` } });
    expect(right.status).toBe(429);
    expect(right.headers.get('retry-after')).toBe('60');
    const scrape = await running.get('/metrics', { headers: { authorization: `Bearer ${SCRAPE}` } });
    expect(scrape.status).toBe(200);
  });

  it('no token is written to the log', async () => {
    await using running = await start({ auth: ALL_SET });
    await running.get('/api/v1/version', { headers: { authorization: 'Bearer canary-secret' } });
    expect(running.log.map((l) => l.level)).toEqual(['warn']);
    expect(JSON.stringify(running.log)).not.toContain('canary');
  });
});
