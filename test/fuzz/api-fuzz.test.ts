/** Every parameter of openapi.json with values that fit it, nearly fit it, and were made to break something. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openApiDocument } from '../../exporter/src/http/openapi.js';
import { ROUTES } from '../../exporter/src/http/routes/index.js';
import { demoLedger, NOW, startServer, type DemoLedger, type Started } from './demo-server.js';

/** Requests in all, split evenly over the operations. */
const REQUESTS = 5200;
const SLOWEST_MS = 1000;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}
interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly schema: Schema;
}
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
}
type Paths = Record<string, Record<string, { parameters?: Parameter[] }>>;

const operationsOf = (paths: Paths): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [] }]) => ({ method, path, parameters })),
  );
const OPERATIONS = operationsOf(openApiDocument(ROUTES, '0').paths as unknown as Paths);

let ledger: DemoLedger;
let server: Started;
let sent = 0;
let before: unknown;
const namespaces = async () => (await fetch(`${server.url}/api/v1/totals?by=namespace&last=24h`)).json();
beforeAll(async () => {
  ledger = await demoLedger();
  server = await startServer(ledger.path);
  before = await namespaces();
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  ledger[Symbol.dispose]();
});

/** Text that has broken something somewhere: SQL, PromQL, HTML, shells, templates, paths, numbers, Unicode. */
const HOSTILE = [
  "' OR 1=1 --",
  "'; DROP TABLE interval; --",
  '") UNION SELECT name FROM sqlite_master --',
  '{__name__=~".+"}',
  '"} or vector(1) or {a="',
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  '$(id)',
  '`id`',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '=cmd|calc',
  '\r\nSet-Cookie: a=b',
  '\u0000',
  '\ud83d\ude00',
  '\u202e',
  'a'.repeat(2000),
  '[]',
  '{}',
  'null',
  'NaN',
  '-0',
  '1e308',
  '99999999999999999999999',
  '-1',
  '0',
  '0x10',
  '',
  ' ',
  '(a+)+$'.repeat(20),
  'label:',
  'label:' + 'x'.repeat(400),
  'label:__proto__',
];

/** What fits a parameter by its name, so that most requests get past validation. */
const PLAUSIBLE: Readonly<Record<string, readonly string[]>> = {
  last: ['5min', '1h', '6h', '24h', '7d', '30d', '1y', 'ytd', '20y', '21y'],
  from: [
    String(NOW - 86_400),
    '2026-03-01T00:00:00Z',
    '2026-03-01T00:00:00+01:00',
    '0',
    String(NOW + 1),
    '2026-02-30T00:00:00Z',
  ],
  to: [String(NOW), '2026-03-02T00:00:00Z', String(NOW + 1e6)],
  time: [String(NOW - 600), '2026-03-02T11:00:00Z', String(NOW), '0'],
  step: ['5m', '1h', '1d', '7m', '0s', '400d'],
  by: [
    'namespace',
    'workload',
    'pod',
    'node,zone',
    'label:team',
    'label:team,namespace',
    'provider,cluster',
    'label:nobody',
  ],
  cluster: ['c', 'other'],
  namespace: ['shop', 'kube-system', '__idle__', 'none'],
  workload: ['checkout', 'none'],
  node: ['none'],
  cursor: ['AAAA', 'W10'],
  series: [
    'energy_joules{namespace="shop"}',
    'greenkube_namespace_co2e_grams_per_hour{namespace="shop",scope="embodied"}',
    'cost{namespace="kube-system"}',
    'energy_joules{namespace="shop"',
    'co2e_grams{node="x"}',
  ],
};

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

function valueFor({ name, schema }: Parameter): fc.Arbitrary<string> {
  const of = schema.items ?? schema;
  const allowed = of.enum ?? of.anyOf?.flatMap((s) => s.enum ?? []) ?? [];
  const numbers =
    of.type === 'integer'
      ? fc.integer({ min: (of.minimum ?? 0) - 1, max: (of.maximum ?? 1e6) + 1 }).map(String)
      : null;
  const known = [...allowed, ...(PLAUSIBLE[name] ?? [])];
  return fc.oneof(
    ...(known.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...known) }] : []),
    ...(numbers ? [{ weight: 6, arbitrary: numbers }] : []),
    { weight: 3, arbitrary: hostile },
  );
}

/** Lone surrogates, which no URL can hold, become U+FFFD on the way through UTF-8. */
const encode = (text: string) => encodeURIComponent(Buffer.from(text).toString());

/** A target of the operation: some of its parameters, some twice, sometimes one that it does not have. */
function targetOf({ path, parameters }: Operation): fc.Arbitrary<string> {
  const inQuery = parameters.filter((p) => p.in === 'query');
  const pair = (p: Parameter) => valueFor(p).map((value) => `${encode(p.name)}=${encode(value)}`);
  const stranger = fc.tuple(hostile, hostile).map(([n, v]) => `${encode(n)}=${encode(v)}`);
  const query =
    inQuery.length === 0
      ? fc.array(stranger, { maxLength: 1 })
      : fc.array(
          fc.oneof(
            { weight: 20, arbitrary: fc.oneof(...inQuery.map(pair)) },
            { weight: 1, arbitrary: stranger },
          ),
          { maxLength: 4 },
        );
  const names = parameters.filter((p) => p.in === 'path');
  const filled = fc.tuple(
    ...names.map((p) => valueFor(p).filter((v) => v !== '' && v !== '.' && v !== '..')),
  );
  return fc.tuple(filled, query).map(([values, pairs]) => {
    const whole = names.reduce((text, p, i) => text.replace(`{${p.name}}`, encode(values[i]!)), path);
    return pairs.length > 0 ? `${whole}?${pairs.join('&')}` : whole;
  });
}

const LEAKS = /SQLITE|SqliteError|node_modules|\bat .+\.(ts|js):\d|\.db\b|ECONN|stack/;

/** Milliseconds of the answer: what is slow only because the machine is busy is not slow every time. */
async function ask(method: string, target: string): Promise<{ status: number; text: string; took: number }> {
  let took = Infinity;
  for (let attempt = 0; ; attempt++) {
    const began = performance.now();
    const reply = await fetch(server.url + target, { method });
    const text = await reply.text();
    took = Math.min(took, performance.now() - began);
    sent++;
    if (took < SLOWEST_MS || attempt === 4) return { status: reply.status, text, took };
  }
}

async function send({ method, path }: Operation, target: string): Promise<void> {
  const { status, text, took } = await ask(method.toUpperCase(), target);
  expect([target, status < 500, took < SLOWEST_MS]).toEqual([target, true, true]);
  if (status >= 400) {
    const problem = JSON.parse(text) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: expect.stringMatching(/^\/problems\//), status });
    expect(text).not.toMatch(LEAKS);
    return;
  }
  const route = ROUTES.find((r) => r.path === path && r.method === method)!;
  if (route.produces === 'application/json') expect(() => route.answer.parse(JSON.parse(text))).not.toThrow();
}

describe('whatever is sent, the answer is in the documented shape or says what is wrong', () => {
  it('the document that is served has these operations', async () => {
    const served = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as { paths: Paths };
    const names = operationsOf(served.paths).map((o) => `${o.method} ${o.path}`);
    expect(names).toEqual(expect.arrayContaining(OPERATIONS.map((o) => `${o.method} ${o.path}`)));
  });

  it.each(OPERATIONS.map((o) => [o.method, o.path, o] as const))(
    '%s %s',
    async (_method, _path, operation) => {
      const numRuns = Math.ceil(REQUESTS / OPERATIONS.length);
      const lines = server.log.length;
      await fc.assert(
        fc.asyncProperty(targetOf(operation), (target) => send(operation, target)),
        { numRuns },
      );
      expect(server.log.slice(lines)).toEqual([]);
    },
    120_000,
  );

  it('that was as many requests as promised, and the ledger is as it was', async () => {
    expect(sent).toBeGreaterThanOrEqual(5000);
    expect(await namespaces()).toEqual(before);
    expect(before).toMatchObject({ coverage: expect.any(Number), rows: expect.any(Array) });
  });
});
