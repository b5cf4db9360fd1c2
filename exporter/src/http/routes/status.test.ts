import { describe, expect, it } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { epochSeconds } from '../../domain/units.js';
import type { PipelineStatus } from '../../ports/status.js';
import { NEWEST_END, NO_AUTH, NOW, rawRequest, source, start, status, STEP } from '../testing/harness.js';
import type { HealthAnswer } from './health.js';
import { health } from './health.js';
import type { ReadinessAnswer } from './readyz.js';

const refused = {
  reason: 'refused',
  message: 'GET http://user@prometheus.internal:9090/api/v1/query: connection refused',
  at: epochSeconds(NOW - 10),
};
const down = source({ up: false, lastError: refused, errors: { refused: 3 } });
const ago = (s: number) => ({ lastCompleted: epochSeconds(NOW - s) });

describe('GET /readyz', () => {
  const cases: readonly [string, Partial<PipelineStatus>, number, string, string | null][] = [
    ['all well', {}, 200, 'prometheus', null],
    ['a required source down', { sources: [down] }, 503, 'prometheus', 'refused'],
    [
      'a required source not asked yet',
      { sources: [source({ up: null })] },
      503,
      'prometheus',
      'not asked yet',
    ],
    [
      'an optional source down',
      { sources: [source(), { ...down, name: 'opencost', required: false }] },
      200,
      'opencost',
      'refused',
    ],
    [
      'an optional source not asked yet',
      { sources: [source(), source({ name: 'measured', required: false, up: null })] },
      200,
      'measured',
      'not asked yet',
    ],
    [
      'a database that cannot be written',
      { databaseError: 'SQLITE_FULL /var/lib/greenkube.db' },
      503,
      'database',
      'the ledger cannot be written',
    ],
    ['data of 15 min', ago(900), 200, 'freshness', null],
    ['data of more than 15 min', ago(901), 503, 'freshness', 'newest data end 901 s ago, more than 15m'],
    [
      'old data while backfilling',
      { ...ago(90_000), backfill: { done: 1, total: 9 } },
      200,
      'freshness',
      'newest data end 90000 s ago, more than 15m; backfill under way',
    ],
    ['no data yet, just started', { lastCompleted: null }, 200, 'freshness', 'no interval is complete yet'],
  ];

  it.each(cases)('%s', async (_what, over, code, name, reason) => {
    await using running = await start({ status: () => status(over) });
    const reply = await running.get('/readyz');
    expect(reply.status).toBe(code);
    const { status: word, checks } = reply.json<ReadinessAnswer>();
    expect(word).toBe(code === 200 ? 'ok' : 'unavailable');
    expect(checks.find((c) => c.name === name)).toMatchObject({ reason });
  });

  it('no data for too long after the start is not ready', async () => {
    let now = NOW;
    await using running = await start({
      clock: { now: () => epochSeconds(now) },
      status: () => status({ lastCompleted: null }),
    });
    expect((await running.get('/readyz')).status).toBe(200);
    now += 901;
    expect((await running.get('/readyz')).status).toBe(503);
  });

  it('three steps, where they are longer than 15 min', async () => {
    const step = 3600 as never;
    await using running = await start({ step, status: () => status(ago(3 * 3600)) });
    expect((await running.get('/readyz')).status).toBe(200);
  });

  it('says a reason and no address, path or credential, also without a token', async () => {
    const over = { sources: [down], databaseError: 'SQLITE_FULL /var/lib/greenkube.db' };
    await using running = await start({ auth: { ...NO_AUTH, token: 't' }, status: () => status(over) });
    for (const path of ['/readyz', '/']) {
      const { text } = await running.get(path);
      expect(text).toContain('refused');
      expect(text).not.toMatch(/internal|9090|\/var|user@/);
    }
  });
});

it('GET /livez answers whatever is broken', async () => {
  await using running = await start({ status: () => status({ sources: [down], databaseError: 'gone' }) });
  const reply = await running.get('/livez');
  expect([reply.status, reply.text]).toEqual([200, '{"status":"ok"}']);
});

describe('GET /api/v1/health', () => {
  it('says how each source does, with the message that the public pages leave out', async () => {
    const sources = [source(), { ...down, name: 'opencost', required: false }];
    await using running = await start({
      status: () => status({ sources, pending: 4, backfill: { done: 1, total: 5 } }),
    });
    const body = (await running.get('/api/v1/health')).json<HealthAnswer>();
    expect(() => health.answer.parse(body)).not.toThrow();
    expect(body).toMatchObject({
      status: 'degraded',
      version: '0.1.0',
      services: {
        prometheus: {
          status: 'healthy',
          latency_ms: 12,
          last_success: '2026-01-15T12:03:15Z',
          last_error: null,
        },
        opencost: {
          status: 'unreachable',
          required: false,
          last_error: { reason: 'refused', at: '2026-01-15T12:03:10Z' },
        },
      },
      freshness: { last_completed: '2026-01-15T12:00:00Z', age_seconds: 200, stale: false },
      intervals_pending: 4,
      backfill: { done: 1, total: 5 },
    });
  });

  it('is an error when readiness fails, and still answers', async () => {
    await using running = await start({ status: () => status({ sources: [down] }) });
    const reply = await running.get('/api/v1/health');
    expect([reply.status, reply.json<HealthAnswer>().status]).toEqual([200, 'error']);
  });
});

it('GET /api/v1/version', async () => {
  await using running = await start();
  expect((await running.get('/api/v1/version')).json()).toEqual({
    version: '0.1.0',
    revision: 'abc123',
    node_version: 'v20.18.0',
  });
});

describe('GET /metrics', () => {
  it('hands the prepared bytes on as they are, with what was accepted passed to the chooser', async () => {
    const body = gzipSync('up 1\n');
    const asked: (string | undefined)[][] = [];
    const metrics = (...args: (string | undefined)[]) => {
      asked.push(args);
      return { body, contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8', gzip: true };
    };
    await using running = await start({ metrics });
    const headers = { accept: 'application/openmetrics-text', 'accept-encoding': 'gzip' };
    const reply = await rawRequest(running.port, { path: '/metrics', headers });
    expect(asked).toEqual([['application/openmetrics-text', 'gzip']]);
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      'content-encoding': 'gzip',
      'content-length': String(body.length),
    });
    expect(reply.headers['vary']).toContain('Accept-Encoding');
    const decoded = await running.get('/metrics');
    expect(decoded.text).toBe(gunzipSync(body).toString());
  });

  it('503 until there is something to show', async () => {
    await using running = await start({ metrics: () => null });
    const reply = await running.get('/metrics');
    expect([reply.status, reply.json().type]).toEqual([503, '/problems/not-ready']);
    expect(reply.headers.get('retry-after')).toBe('5');
  });
});

describe('GET /', () => {
  it('is HTML without script or anything from elsewhere, and its style is the one that the policy lets through', async () => {
    await using running = await start();
    const { text, headers } = await running.get('/', { headers: { accept: 'text/html' } });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).not.toMatch(/<script|https?:\/\/|@import|url\(/);
    const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    const hash = Buffer.from(digest).toString('base64');
    expect(headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
    expect(text).toContain('prefers-color-scheme:dark');
  });

  it('shows version, freshness, sources with reasons and the progress of a backfill, and no workload', async () => {
    const over = { sources: [down], backfill: { done: 30, total: 120 } };
    await using running = await start({ status: () => status(over) });
    const { text } = await running.get('/');
    expect(text).toContain('0.1.0');
    expect(text).toContain('2026-01-15T12:00:00Z</time>, 3 min ago');
    expect(text).toContain('<td>prometheus</td><td class="bad">not ok</td><td>refused</td>');
    expect(text).toContain('<progress id="backfill" max="120" value="30"></progress>');
    expect(text).toContain('(25 %)');
    expect(text).not.toMatch(/ns-0|app-0|pod-0|n0/);
  });

  it('every link leads somewhere', async () => {
    await using running = await start();
    const { text } = await running.get('/');
    const links = [...text.matchAll(/href="([^"]+)"/g)].map((m) => m[1]!.replaceAll('&amp;', '&'));
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect([link, (await running.get(link)).status]).toEqual([link, 200]);
  });

  it('escapes what configuration and sources put into it', async () => {
    const evil = '<img src=x onerror="alert(1)">';
    const sources = [source({ name: evil, up: false, lastError: { ...refused, reason: evil } })];
    await using running = await start({ cluster: evil, status: () => status({ sources }) });
    const { text } = await running.get('/');
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  });
});

it('freshness is counted from the end of the newest interval', () => {
  expect(NOW - NEWEST_END).toBeLessThan(STEP);
});
