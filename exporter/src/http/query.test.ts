import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProblemBody } from './problem.js';
import { ROUTES } from './routes/index.js';
import { pathOf } from './routes/route.js';
import { start, type Running } from './testing/harness.js';

let running: Running;
const unlimited = {
  apiPerClient: 1e9,
  apiTotal: 1e9,
  scrapePerClient: 1e9,
  scrapeTotal: 1e9,
  probesPerClient: 1e9,
};
beforeAll(async () => {
  running = await start({ limits: unlimited });
});
afterAll(() => running.server.close());

const problem = async (path: string) => {
  const reply = await running.get(path);
  expect([path, reply.status]).toEqual([path, 400]);
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return reply.json<ProblemBody>();
};

describe('parameters that are not understood', () => {
  it.each([
    ['/api/v1/totals?nmespace=a', 'nmespace', 'Did you mean namespace?'],
    ['/api/v1/totals?xyz=1', 'xyz', 'Allowed: by, metric,'],
    ['/api/v1/totals?__proto__=1', '__proto__', 'Allowed: by'],
    ['/api/v1/totals?constructor=1', 'constructor', 'Allowed: by'],
    ['/api/v1/totals?namespace[]=a', 'namespace[]', 'Did you mean namespace?'],
    ['/api/v1/version?x=1', 'x', 'This takes no parameters.'],
    ['/livez?x=1', 'x', 'This takes no parameters.'],
    ['/metrics?name=up', 'name', 'This takes no parameters.'],
    ['/api/v1/totals?limit=1&limit=2', 'limit', 'Give limit once.'],
    ['/api/v1/totals?last=1h&last=2h', 'last', 'Give last once.'],
    ['/api/v1/totals?namespace=', 'namespace', 'Give a value'],
    ['/api/v1/totals?limit', 'limit', 'Give a value'],
    ['/api/v1/totals?limit=0', 'limit', '1 to 1000'],
    ['/api/v1/totals?limit=1001', 'limit', '1 to 1000'],
    ['/api/v1/totals?limit=1e2', 'limit', '1 to 1000'],
    ['/api/v1/totals?limit=-5', 'limit', '1 to 1000'],
    ['/api/v1/totals?by=label:owner', 'by', 'provider, label:team, label:app.kubernetes.io/part-of'],
    ['/api/v1/series?by=label:', 'by', 'label:<key> with a pod label of POD_LABELS'],
    ['/api/v1/totals?by=namespace,', 'by', 'cluster, namespace'],
    ['/api/v1/totals?by=Namespace', 'by', 'cluster, namespace'],
    ['/api/v1/series?metric=watts', 'metric', 'energy_joules, co2e_grams'],
    ['/api/v1/totals?sort=--cost', 'sort', '-cost'],
    ['/api/v1/totals?cursor=a.b', 'cursor', 'next_cursor'],
    ['/api/v1/totals?namespace=a%00b', 'namespace', 'Only this namespace'],
    [`/api/v1/totals?namespace=${'x'.repeat(254)}`, 'namespace', 'Only this namespace'],
    [`/api/v1/totals?${'namespace=a&'.repeat(51)}`, 'namespace', 'up to 50 times'],
    [`/api/v1/totals?${'namespace=a&'.repeat(251)}`, 'query', 'fewer alternatives'],
    ['/api/v1/totals?from=1767225600000', 'from', 'milliseconds'],
  ])('%s: names %s and says "%s"', async (path, parameter, fix) => {
    const body = await problem(path);
    expect(body).toMatchObject({
      type: '/problems/invalid-parameter',
      title: 'Invalid parameter',
      status: 400,
      parameter,
    });
    expect(body.fix).toContain(fix);
  });

  it('says back no more than the beginning of a long name', async () => {
    const body = await problem(`/api/v1/totals?${'a'.repeat(5000)}=1`);
    expect(body.parameter).toHaveLength(64);
  });
});

describe('lists', () => {
  it.each(['by=namespace,node', 'by=namespace&by=node', 'by=namespace,node,node&by=namespace'])(
    '%s',
    async (query) => {
      const reply = await running.get(`/api/v1/totals?${query}`);
      expect(reply.json<{ by: string[] }>().by).toEqual(['namespace', 'node']);
    },
  );
});

const parameters = [...new Set(ROUTES.flatMap((r) => Object.keys(r.query.shape)))];
const plausible = fc.constantFrom(
  ...[
    '24h',
    '1y',
    'ytd',
    '5m',
    '1h',
    '1d',
    '10',
    '1000',
    'namespace',
    'pod,node',
    'cost',
    '-cost',
    'name',
    'ns-0',
  ],
  ...[
    '2026-01-01T00:00:00Z',
    '1767225600',
    '0',
    '-1',
    '',
    'null',
    "' OR 1=1 --",
    '{"$gt":""}',
    '../../etc/passwd',
  ],
  ...[
    '%00',
    '\u0000',
    '\ud83d\ude00',
    '${7*7}',
    '<script>',
    'a'.repeat(300),
    '99999999999999999999',
    'NaN',
    '1e308',
  ],
);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...parameters) },
  { weight: 1, arbitrary: fc.string() },
);
const value = fc.oneof(plausible, fc.string(), fc.string({ unit: 'binary' }));
const query = fc.array(fc.tuple(name, value), { maxLength: 6 });
/** Lone surrogates, which no URL can hold, become U+FFFD on the way through UTF-8. */
const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const encode = (pairs: [string, string][]) => pairs.map(([n, v]) => `${encoded(n)}=${encoded(v)}`).join('&');

describe('whatever is asked', () => {
  it.each(ROUTES.map((r) => [`${r.method} ${r.path}`, r] as const))(
    '%s answers in its shape or says what is wrong',
    async (_, r) => {
      const path = pathOf(r);
      const method = r.method.toUpperCase();
      // The path names a job that there is none of.
      const refused = r.params ? [400, 404] : [400];
      await fc.assert(
        fc.asyncProperty(query, async (pairs) => {
          const reply = await running.get(`${path}?${encode(pairs)}`, { method });
          expect([r.success ?? 200, ...refused]).toContain(reply.status);
          if (refused.includes(reply.status))
            expect(reply.json()).toMatchObject({ parameter: expect.any(String), fix: expect.any(String) });
          else if (r.produces === 'application/json')
            expect(() => r.answer.parse(reply.json())).not.toThrow();
        }),
        { numRuns: 60 },
      );
      expect(running.log).toEqual([]);
    },
  );

  it('a query string of any bytes is never an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[!-~]{0,80}$/), async (search) => {
        const reply = await running.get(`/api/v1/totals?${search.replaceAll('#', '')}`);
        expect([200, 400]).toContain(reply.status);
      }),
      { numRuns: 100 },
    );
  });
});
