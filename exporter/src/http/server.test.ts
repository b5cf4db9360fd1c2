import { afterEach, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { request as httpsRequest } from 'node:https';
import { Registry } from 'prom-client';
import { z } from 'zod';
import type { HttpDeps } from './deps.js';
import { noParameters, route, type Answer, type Method, type Route } from './routes/route.js';
import { ROUTES } from './routes/index.js';
import { TEST_CERT, TEST_KEY } from './testing/certificate.js';
import { NO_AUTH, rawRequest, start } from './testing/harness.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Opens a socket, writes, and resolves with all that came back when the server has closed it. */
function converse(port: number, ...writes: string[]): { closed: Promise<string>; socket: Socket } {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  for (const text of writes) socket.write(text);
  const closed = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  return { closed, socket };
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const problemOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as object;

const testRoute = (path: string, handle: () => Answer | Promise<Answer>, method: Method = 'get'): Route =>
  route({
    method,
    path,
    role: 'read',
    summary: '',
    query: noParameters,
    produces: 'application/json',
    answer: z.unknown(),
    handle,
  });

describe('what is refused before a route sees it', () => {
  it.each([
    ['GET', '/nothing', 404, 'not-found'],
    ['GET', '/api/v1/', 404, 'not-found'],
    ['GET', '/api/v1/TOTALS', 404, 'not-found'],
    ['GET', '/api/v1/totals/', 404, 'not-found'],
    ['GET', '/api/v1/../../etc/passwd', 404, 'not-found'],
    ['GET', '/%zz', 404, 'not-found'],
    ['GET', '/__proto__', 404, 'not-found'],
    ['POST', '/api/v1/totals', 405, 'method-not-allowed'],
    ['DELETE', '/metrics', 405, 'method-not-allowed'],
    ['TRACE', '/', 405, 'method-not-allowed'],
    ['OPTIONS', '/api/v1/totals', 405, 'method-not-allowed'],
  ])('%s %s: %d', async (method, path, status, type) => {
    await using running = await start();
    const reply = await rawRequest(running.port, { method, path });
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(reply.text)).toMatchObject({
      type: `/problems/${type}`,
      status,
      detail: expect.any(String),
    });
    expect(reply.headers['allow']).toBe(status === 405 ? 'GET, HEAD' : undefined);
  });

  it.each(['/api/v1/totals', '/readyz', '/'])(
    '406 where %s cannot answer in the accepted type',
    async (path) => {
      await using running = await start();
      const reply = await running.get(path, { headers: { accept: 'image/png' } });
      expect([reply.status, reply.json().type]).toEqual([406, '/problems/not-acceptable']);
    },
  );

  it('413 for a body over 64 KiB, whether its length is said or not', async () => {
    await using running = await start({}, [testRoute('/sink', () => ({ json: {} }), 'post')]);
    const said = await running.get('/sink', { method: 'POST', body: 'x'.repeat(65_537) });
    expect([said.status, said.json().type]).toEqual([413, '/problems/body-too-large']);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const head =
      'POST /sink HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const { closed } = converse(running.port, head, chunk, chunk, '0\r\n\r\n');
    expect(statusOf(await closed)).toBe(413);
    expect((await running.get('/sink', { method: 'POST', body: 'x'.repeat(65_536) })).status).toBe(200);
  });

  it('415 for a compressed body: nothing is inflated', async () => {
    await using running = await start({}, [testRoute('/sink', () => ({ json: {} }), 'post')]);
    const reply = await running.get('/sink', {
      method: 'POST',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
    });
    expect([reply.status, reply.json().type]).toEqual([415, '/problems/unsupported-media-type']);
  });

  it('414 for a long URL, 431 for long headers', async () => {
    await using running = await start();
    const long = await rawRequest(running.port, { path: `/api/v1/totals?namespace=${'x'.repeat(8300)}` });
    expect([long.status, JSON.parse(long.text).type]).toEqual([414, '/problems/uri-too-long']);
    const { closed } = converse(
      running.port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'x'.repeat(17_000)}\r\n\r\n`,
    );
    const text = await closed;
    expect(statusOf(text)).toBe(431);
    expect(problemOf(text)).toMatchObject({ type: '/problems/headers-too-large', status: 431 });
  });

  it.each([
    'NONSENSE\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n',
  ])('400 for what is no HTTP: %j', async (bytes) => {
    await using running = await start();
    const text = await converse(running.port, bytes).closed;
    expect(statusOf(text)).toBe(400);
    expect(problemOf(text)).toMatchObject({ type: '/problems/malformed-request' });
  });

  it('headers that drip are cut off within 7 s, and others are served meanwhile', async () => {
    await using running = await start();
    const { closed, socket } = converse(running.port, 'GET / HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 500);
    const began = performance.now();
    expect((await running.get('/livez')).status).toBe(200);
    const text = await closed;
    clearInterval(drip);
    expect(performance.now() - began).toBeLessThan(7000);
    expect(statusOf(text)).toBe(408);
  }, 15_000);
});

describe('floods', () => {
  it('429 over the budget of a client, with the time to wait; scrape and probes go on', async () => {
    await using running = await start({ limits: { apiPerClient: 5 } });
    const codes: number[] = [];
    for (let i = 0; i < 7; i++) codes.push((await running.get('/api/v1/version')).status);
    expect(codes).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = await running.get('/api/v1/nothing');
    expect(refused.json()).toMatchObject({ type: '/problems/too-many-requests', status: 429 });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    for (const path of ['/metrics', '/livez', '/readyz', '/'])
      expect((await running.get(path)).status).toBe(200);
  });

  it('a forged X-Forwarded-For buys no further budget', async () => {
    await using running = await start({ limits: { apiPerClient: 2 } });
    const ask = async (i: number) =>
      (await running.get('/api/v1/version', { headers: { 'x-forwarded-for': `10.0.0.${i}` } })).status;
    expect([await ask(1), await ask(2), await ask(3)]).toEqual([200, 200, 429]);
  });

  it('503 for more requests at a time than are answered at a time', async () => {
    let release = () => undefined as void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let inside = 0;
    const slow = testRoute('/slow', async () => {
      inside++;
      await released;
      return { json: {} };
    });
    await using running = await start({ limits: { inFlight: 2 } }, [...ROUTES, slow]);
    const held = [running.get('/slow'), running.get('/slow')];
    while (inside < 2) await new Promise((resolve) => setImmediate(resolve));
    const refused = await running.get('/slow');
    expect([refused.status, refused.json().type]).toEqual([503, '/problems/overloaded']);
    expect((await running.get('/metrics')).status).toBe(200);
    release();
    expect((await Promise.all(held)).map((r) => r.status)).toEqual([200, 200]);
  });
});

describe('what is never said', () => {
  it('a failing handler is an internal error with an id, and the log has the rest', async () => {
    const failing = testRoute('/fails', () => {
      throw new Error('SELECT * FROM secret at /var/lib/db on db.internal');
    });
    await using running = await start({}, [failing]);
    const reply = await running.get('/fails');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toMatch(/SELECT|\/var|internal\.|at .*\.ts/);
    const { request_id } = reply.json();
    expect(running.log).toEqual([
      {
        level: 'error',
        message: 'a request failed',
        fields: expect.objectContaining({ request_id, route: '/fails' }),
      },
    ]);
  });

  it('answers carry headers that lock a browser down, and not what they are made with', async () => {
    await using running = await start();
    const { headers } = await running.get('/api/v1/version');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('other origins', () => {
  const corsOrigins = ['https://grafana.example'];
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  });

  it('a configured one may read, also with a preflight, which needs no token', async () => {
    await using running = await start({ corsOrigins, auth: { ...NO_AUTH, token: 'secret' } });
    const reply = await running.get('/api/v1/totals', preflight(corsOrigins[0]!));
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-origin')).toBe(corsOrigins[0]);
    expect(reply.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    expect(reply.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(['https://evil.example', 'https://grafana.example.evil.example', 'http://grafana.example', 'null'])(
    '%s may not',
    async (origin) => {
      await using running = await start({ corsOrigins });
      for (const init of [preflight(origin), { headers: { origin } }]) {
        const reply = await running.get('/api/v1/version', init);
        expect(reply.headers.get('access-control-allow-origin')).toBeNull();
        expect(reply.headers.get('vary')).toContain('Origin');
      }
    },
  );
});

describe('ways in', () => {
  it('a root path is served with and without its prefix', async () => {
    await using running = await start({ rootPath: '/greenkube' });
    for (const path of ['/livez', '/greenkube/livez', '/greenkube/api/v1/totals?by=node', '/greenkube/']) {
      expect((await running.get(path)).status).toBe(200);
    }
    expect((await running.get('/')).text).toContain('href="/greenkube/metrics"');
    expect((await running.get('/greenkubexlivez')).status).toBe(404);
  });

  it('HEAD is GET without the body', async () => {
    await using running = await start();
    for (const path of ['/', '/metrics', '/api/v1/totals', '/readyz']) {
      const headers = { 'accept-encoding': 'identity' };
      const head = await running.get(path, { method: 'HEAD', headers });
      const whole = await running.get(path, { headers });
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(whole.text)));
    }
  });

  it('TLS with the given certificate', async () => {
    await using running = await start({ tls: { cert: TEST_CERT, key: TEST_KEY } });
    const reply = await new Promise<{ status: number; hsts: unknown }>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: running.port,
        path: '/livez',
        ca: TEST_CERT,
        agent: false,
      } as const;
      httpsRequest(options, (res) => {
        res.resume();
        resolve({ status: res.statusCode ?? 0, hsts: res.headers['strict-transport-security'] });
      })
        .on('error', reject)
        .end();
    });
    expect(reply).toEqual({ status: 200, hsts: expect.stringContaining('max-age') });
  });

  it('with a client CA, a client without a certificate does not get in', async () => {
    await using running = await start({ tls: { cert: TEST_CERT, key: TEST_KEY, ca: TEST_CERT } });
    const ask = new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: running.port,
        path: '/livez',
        ca: TEST_CERT,
        agent: false,
      } as const;
      httpsRequest(options, resolve).on('error', reject).end();
    });
    await expect(ask).rejects.toThrow();
  });

  it('a port in use is an error of listen', async () => {
    await using running = await start();
    await expect(start({ port: running.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('the end', () => {
  const slowRoute = (begun: () => void, released: Promise<void>) =>
    testRoute('/slow', async () => {
      begun();
      await released;
      return { json: { done: true } };
    });

  it('lets a request in flight finish, and takes no new connection', async () => {
    let release = () => undefined as void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let begun = () => undefined as void;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const running = await start({}, [slowRoute(() => begun(), released)]);
    const answer = rawRequest(running.port, { path: '/slow' });
    await started;
    const closed = running.server.close();
    await expect(rawRequest(running.port, { path: '/slow' })).rejects.toThrow('ECONNREFUSED');
    release();
    expect(await answer).toMatchObject({ status: 200, text: '{"done":true}' });
    await closed;
  });

  it('waits 3 s for a request that does not finish, and not for sockets that ask nothing', async () => {
    let begun = () => undefined as void;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const running = await start({}, [slowRoute(() => begun(), new Promise(() => undefined))]);
    const answer = rawRequest(running.port, { path: '/slow' });
    answer.catch(() => undefined);
    await started;
    const began = performance.now();
    await running.server.close();
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(2900);
    expect(took).toBeLessThan(4000);
    await expect(answer).rejects.toThrow();
  }, 10_000);

  it('is at once with idle, half-open and keep-alive connections only, and may be asked for twice', async () => {
    const running = await start();
    const idle = converse(running.port);
    const half = converse(running.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n');
    expect((await running.get('/livez')).status).toBe(200);
    const began = performance.now();
    await Promise.all([running.server.close(), running.server.close()]);
    expect(performance.now() - began).toBeLessThan(1000);
    await Promise.all([idle.closed, half.closed]);
  });
});

describe('request metrics', () => {
  it('count by route of the table, never by what clients write', async () => {
    const registry = new Registry();
    await using running = await start({ registry } satisfies Partial<HttpDeps>);
    await running.get('/api/v1/totals?by=nonsense');
    await running.get('/livez');
    for (let i = 0; i < 20; i++) await running.get(`/random/${i}`);
    const text = await registry.metrics();
    expect(text).toContain('greenkube_http_requests_total{route="/api/v1/totals",method="GET",code="400"} 1');
    expect(text).toContain('greenkube_http_requests_total{route="/livez",method="GET",code="200"} 1');
    expect(text).toContain('greenkube_http_requests_total{route="other",method="GET",code="404"} 20');
    expect(text).not.toContain('random');
    expect(text).toMatch(/greenkube_http_request_duration_seconds_count\{route="\/livez"\} 1/);
  });
});
