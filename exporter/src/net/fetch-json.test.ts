import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import {
  createJsonClient,
  parseBaseUrl,
  type HttpFailure,
  type JsonClient,
  type JsonClientOptions,
  type JsonOutcome,
} from './fetch-json.js';
import { TEST_CERTIFICATE, TEST_KEY } from './testing/certificate.js';
import { json, startFakeServer, type FakeServer, type Handler } from './testing/fake-server.js';

let server: FakeServer;
const clients: JsonClient[] = [];

beforeAll(async () => {
  server = await startFakeServer((_, response) => json(response, {}));
});
afterEach(async () => {
  server.requests.length = 0;
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => server.close());

function clientFor(options: Partial<JsonClientOptions> = {}): JsonClient {
  const defaults = {
    name: 'prometheus',
    baseUrl: server.url,
    timeoutMs: 2000,
    maxBytes: 100_000,
    retryBaseMs: 1,
  };
  const client = createJsonClient({ ...defaults, ...options });
  clients.push(client);
  return client;
}

async function ask(handler: Handler, options: Partial<JsonClientOptions> = {}): Promise<JsonOutcome> {
  server.answer(handler);
  return clientFor(options).request({ path: 'api/v1/query', form: { query: 'up' } });
}

async function fails(handler: Handler, options: Partial<JsonClientOptions> = {}): Promise<HttpFailure> {
  const outcome = await ask(handler, options);
  if (outcome.ok) throw new Error('expected a failure');
  return outcome;
}

const send =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

describe('requests', () => {
  it('posts a form below the path of the base URL and reads gzip', async () => {
    const body = gzipSync(JSON.stringify({ a: [1, 'ä'] }));
    const outcome = await ask(send(200, body, { 'content-encoding': 'gzip' }), {
      baseUrl: `${server.url}/prom/`,
    });
    expect(outcome).toEqual({ ok: true, value: { a: [1, 'ä'] }, warnings: [] });
    const [request] = server.requests;
    expect([request?.method, request?.path, request?.params.get('query')]).toEqual([
      'POST',
      '/prom/api/v1/query',
      'up',
    ]);
    expect(request?.headers['accept-encoding']).toBe('gzip');
  });

  it('gets with a query', async () => {
    server.answer((_, response) => json(response, 1));
    await clientFor().request({ path: '/x', query: { q: 'a&b=c' } });
    expect(server.requests[0]?.method).toBe('GET');
    expect(server.requests[0]?.params.get('q')).toBe('a&b=c');
  });

  it.each([
    [{ bearerToken: 'tok-123' }, 'Bearer tok-123'],
    [{ username: 'me', password: 'pass:word' }, `Basic ${Buffer.from('me:pass:word').toString('base64')}`],
  ])('authenticates with %p', async (credentials, expected) => {
    await ask((_, response) => json(response, {}), credentials);
    expect(server.requests[0]?.headers.authorization).toBe(expected);
  });

  it('takes user and password from the base URL and never shows them', async () => {
    const baseUrl = server.url.replace('http://', 'http://me:s%20cret@');
    const failure = await fails(send(500, 'no'), { baseUrl, retries: 0 });
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:s cret').toString('base64')}`,
    );
    expect(failure.message).not.toMatch(/s%20cret|s cret/);
  });

  it('sends further headers', async () => {
    await ask((_, response) => json(response, {}), { headers: { 'x-scope-orgid': 'team-a' } });
    expect(server.requests[0]?.headers['x-scope-orgid']).toBe('team-a');
  });
});

describe('status', () => {
  it.each([
    [400, 'bad-request', false, 1],
    [401, 'unauthorized', false, 1],
    [403, 'unauthorized', false, 1],
    [404, 'bad-request', false, 1],
    [413, 'too-large', false, 1],
    [422, 'bad-request', false, 1],
    [429, 'throttled', true, 3],
    [500, 'server-error', true, 3],
    [503, 'server-error', true, 3],
    [504, 'server-error', true, 1],
  ])('%i is %s (retryable %s) after %i attempts', async (status, reason, retryable, attempts) => {
    const failure = await fails(send(status, JSON.stringify({ error: 'because\nof this' })));
    expect(failure).toMatchObject({ reason, retryable, status, body: { error: 'because\nof this' } });
    expect(failure.message).toBe(
      clean(`prometheus: ${server.url}/api/v1/query: answered ${status}`, status) + ': because of this',
    );
    expect(server.requests).toHaveLength(attempts);
  });

  const clean = (text: string, status: number): string =>
    status === 401 || status === 403 ? `${text}; check the credentials` : text;

  it('recovers when a retry is answered', async () => {
    let left = 2;
    const outcome = await ask((request, response) =>
      left-- > 0 ? send(503, '')(request, response) : json(response, 7),
    );
    expect(outcome).toMatchObject({ ok: true, value: 7 });
  });

  it('honours a short Retry-After and leaves a long one to the next cycle', async () => {
    let left = 1;
    const outcome = await ask(
      (request, response) =>
        left-- > 0 ? send(429, '', { 'retry-after': '0' })(request, response) : json(response, 7),
      { retryBaseMs: 60_000 },
    );
    expect(outcome).toMatchObject({ ok: true, value: 7 });
    server.requests.length = 0;
    expect((await fails(send(429, '', { 'retry-after': '3600' }))).reason).toBe('throttled');
    expect(server.requests).toHaveLength(1);
  });

  it('stops retrying when the budget is spent', async () => {
    server.answer(send(500, ''));
    const client = clientFor();
    for (let i = 0; i < 20; i++) await client.request({ path: 'x' });
    expect(server.requests).toHaveLength(20 + 10);
  });

  it('does not follow a redirect, nor send credentials there', async () => {
    const other = await startFakeServer((_, response) => json(response, {}));
    const failure = await fails(send(302, '', { location: `${other.url}/login` }), {
      bearerToken: 'tok-123',
    });
    expect(failure.reason).toBe('malformed');
    expect(failure.message).toContain('redirects are not followed');
    expect(other.requests).toHaveLength(0);
    await other.close();
  });
});

describe('hostile and broken answers', () => {
  it('a refused connection is refused', async () => {
    const gone = await startFakeServer((_, response) => json(response, {}));
    await gone.close();
    const outcome = await clientFor({ baseUrl: gone.url }).request({ path: 'x' });
    expect(outcome).toMatchObject({ ok: false, reason: 'refused', retryable: true, status: null });
  });

  it('an unknown name is refused', async () => {
    const outcome = await clientFor({ baseUrl: 'http://nothing.invalid' }).request({ path: 'x' });
    expect(outcome).toMatchObject({ ok: false, reason: 'refused' });
  });

  it('silence times out, once', async () => {
    const failure = await fails(() => {}, { timeoutMs: 60 });
    expect(failure).toMatchObject({ reason: 'timeout', retryable: true });
    expect(failure.message).toContain('no whole answer within 0.06 s');
    expect(server.requests).toHaveLength(1);
  });

  it('a drip times out although bytes keep coming', async () => {
    const failure = await fails(
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 80 },
    );
    expect(failure.reason).toBe('timeout');
  });

  it('a large body is dropped at the cap', async () => {
    let sent = 0;
    const failure = await fails((_, response) => {
      const chunk = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    expect(failure).toMatchObject({ reason: 'too-large', retryable: false });
    expect(sent).toBeLessThan(20e6);
  });

  it('a gzip bomb costs no more than the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(200e6, 0x20));
    const before = process.memoryUsage().rss;
    const failure = await fails(send(200, bomb, { 'content-encoding': 'gzip' }));
    expect(failure.reason).toBe('too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('a bomb in an error answer costs the message only', async () => {
    const failure = await fails(send(400, gzipSync(Buffer.alloc(5e6, 0x61)), { 'content-encoding': 'gzip' }));
    expect(failure.message).toMatch(/answered 400$/);
  });

  const whole = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });

  it('JSON cut off at any byte is malformed, whether the length was promised or not', async () => {
    for (let length = 0; length < whole.length; length++) {
      const part = whole.slice(0, length);
      expect(await fails(send(200, part), { retries: 0 })).toMatchObject({
        reason: 'malformed',
        retryable: true,
      });
      if (length % 7 !== 0) continue;
      const promised: Handler = (_, response) => {
        response.writeHead(200, { 'content-length': String(whole.length) });
        response.write(part, () => response.destroy());
        if (length === 0) response.flushHeaders();
      };
      const failure = await fails(promised, { retries: 0 });
      expect(['malformed', 'refused']).toContain(failure.reason);
    }
  });

  it('gzip cut off at any byte or damaged is malformed', async () => {
    const packed = gzipSync(whole);
    for (let length = 1; length < packed.length - 8; length += 3) {
      const failure = await fails(send(200, packed.subarray(0, length), { 'content-encoding': 'gzip' }), {
        retries: 0,
      });
      expect(failure).toMatchObject({ reason: 'malformed', retryable: true });
    }
    const damaged = await fails(send(200, 'not gzip', { 'content-encoding': 'gzip' }), { retries: 0 });
    expect(damaged.message).toContain('not valid gzip');
    const foreign = await fails(send(200, whole, { 'content-encoding': 'br' }), { retries: 0 });
    expect(foreign.message).toContain('not asked for');
  });

  it('a login page is named as such', async () => {
    const failure = await fails(
      send(200, '<!DOCTYPE html><title>Sign in</title>', { 'content-type': 'text/html' }),
    );
    expect(failure).toMatchObject({ reason: 'malformed', retryable: false });
    expect(failure.message).toContain('web page instead of JSON');
  });

  it('prototype keys change nothing', async () => {
    const outcome = await ask(
      send(200, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    );
    expect(outcome.ok).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('something that is not HTTP is malformed', async () => {
    const failure = await fails((_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(failure.reason).toBe('malformed');
  });

  it('secrets and control characters of an answer do not reach the message', async () => {
    const failure = await fails(send(400, 'bad token tok-secret-1\u001b[31m\r\nforged line'), {
      bearerToken: 'tok-secret-1',
    });
    expect(failure.message).toMatch(/: bad token \[redacted\] \[31m forged line$/);
  });
});

describe('abort', () => {
  it('cancels a request under way and a pause before a retry', async () => {
    for (const handler of [() => {}, send(503, '')] satisfies Handler[]) {
      const controller = new AbortController();
      server.answer((request, response) => {
        handler(request, response);
        setImmediate(() => controller.abort());
      });
      const client = clientFor({ retryBaseMs: 60_000 });
      const outcome = await client.request({ path: 'x', signal: controller.signal });
      expect(outcome).toMatchObject({ ok: false, reason: 'cancelled' });
    }
  });
});

describe('address policy', () => {
  it.each([
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal',
    'http://2852039166',
  ])('%s is refused before anything is sent', (baseUrl) =>
    expect(() => clientFor({ baseUrl })).toThrow('never contacted'),
  );

  it.each([
    ['ftp://x', 'must be http or https'],
    ['file:///etc/passwd', 'must be http or https'],
    ['prometheus:9090', 'must be http or https'],
    ['nonsense', 'absolute URL'],
    ['http://x/?a=b', 'query'],
  ])('%s cannot be a base URL', (text, message) => expect(() => parseBaseUrl(text)).toThrow(message));

  it('a token that HTTP does not allow is refused without showing it', () => {
    expect(() => clientFor({ bearerToken: 'tok\nen-secret' })).toThrow('does not allow');
    expect(() => clientFor({ bearerToken: 'tok\nen-secret' })).not.toThrow('secret');
  });
});

describe('TLS', () => {
  it('trusts the given CA, refuses an unknown one, and trusts all only when told to', async () => {
    const secure = await startFakeServer((_, response) => json(response, 1), {
      cert: TEST_CERTIFICATE,
      key: TEST_KEY,
    });
    const asked = (options: Partial<JsonClientOptions>): Promise<JsonOutcome> =>
      clientFor({ baseUrl: secure.url, ...options }).request({ path: 'x' });
    expect(await asked({ ca: TEST_CERTIFICATE })).toMatchObject({ ok: true });
    expect(await asked({ verifyCerts: false })).toMatchObject({ ok: true });
    const refused = await asked({});
    expect(refused).toMatchObject({ ok: false, reason: 'refused', retryable: false });
    expect(!refused.ok && refused.message).toContain('check the CA file');
    await secure.close();
  });
});
