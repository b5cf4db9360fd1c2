import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { seconds } from '../../domain/units.js';
import { json } from '../../net/testing/fake-server.js';
import {
  Bench,
  START,
  observe,
  windows,
  world,
  one,
  pod,
  BASE,
  POD_CPU,
  POD_COUNT,
  NODE_COUNT,
  CAPACITY,
} from './testing/bench.js';
import type { Fault } from './testing/fake-prometheus.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterEach(() => bench.closeSources());
afterAll(() => bench.server.close());

const faults: readonly (readonly [string, string, Fault])[] = [
  [
    'HTTP 500',
    'server-error',
    (response) => json(response, { status: 'error', errorType: 'internal', error: 'boom' }, 500),
  ],
  [
    'HTTP 503 timeout',
    'timeout',
    (response) => json(response, { status: 'error', errorType: 'timeout', error: 'query timed out' }, 503),
  ],
  [
    'HTTP 422',
    'bad-request',
    (response) =>
      json(response, { status: 'error', errorType: 'execution', error: 'many-to-many matching' }, 422),
  ],
  [
    'too many samples',
    'too-large',
    (response) =>
      json(
        response,
        {
          status: 'error',
          errorType: 'execution',
          error: 'query processing would load too many samples into memory in query execution',
        },
        422,
      ),
  ],
  ['HTTP 429', 'throttled', (response) => void response.writeHead(429, { 'retry-after': '3600' }).end()],
  ['HTTP 401', 'unauthorized', (response) => void response.writeHead(401).end()],
  [
    'status=error with 200',
    'bad-request',
    (response) => json(response, { status: 'error', errorType: 'bad_data', error: 'parse error' }),
  ],
  [
    'another resultType',
    'malformed',
    (response, body) => json(response, { ...body, data: { ...body.data, resultType: 'scalar' } }),
  ],
  ['no data', 'malformed', (response) => json(response, { status: 'success' })],
  ['a list', 'malformed', (response) => json(response, [])],
  ['null', 'malformed', (response) => json(response, null)],
  [
    'a login page',
    'malformed',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>'),
  ],
  [
    'half an answer',
    'malformed',
    (response, body) => void response.writeHead(200).end(JSON.stringify(body).slice(0, -9)),
  ],
  ['a reset', 'refused', (response) => void response.socket?.resetAndDestroy()],
  ['silence', 'timeout', () => {}],
  [
    'more bytes than allowed',
    'too-large',
    (response) => void response.writeHead(200).end(`"${' '.repeat(2_000_000)}"`),
  ],
];

describe.each(faults)('%s', (_name, reason, fault) => {
  it.each([POD_CPU, POD_COUNT, NODE_COUNT, CAPACITY])(
    `of %s makes the observation unavailable: ${reason}`,
    async (word) => {
      bench.server.serve(BASE);
      bench.server.spoil(word, fault);
      const outcome = await observe(bench.source({ timeout: seconds(1) }));
      expect(outcome).toMatchObject({ ok: false, reason });
    },
  );

  it.each(['container_memory', 'kube_pod_owner', 'kube_node_labels'])(
    'of %s leaves that part out and says so',
    async (word) => {
      bench.server.serve(BASE);
      bench.server.spoil(word, fault);
      const lines: string[] = [];
      const log = {
        warn: (fields: Readonly<Record<string, unknown>>) => void lines.push(String(fields['reason'])),
      };
      const [window] = await windows(bench.source({ timeout: seconds(1), log }));
      expect(window).toMatchObject({ coverage: 1, partialReasons: ['inventory-missing'] });
      expect(window?.pods.map((each) => each.cpuSeconds)).toEqual([60, 150]);
      expect(lines).toEqual(expect.arrayContaining([reason]));
    },
  );
});

describe('spoilt samples', () => {
  it.each([
    ['NaN', 'not-a-number'],
    ['+Inf', 'infinite'],
    ['-Inf', 'infinite'],
    ['-1', 'negative'],
    ['1e308', 'impossible'],
    ['1e9', 'impossible'],
    ['9000', 'impossible'], // eight CPUs' worth on a machine of four
    ['', 'malformed'],
    ['many', 'malformed'],
  ])('%p of one pod is refused as %s; the other stands', async (value, reason) => {
    bench.server.serve(
      world([POD_CPU, [one(pod('web', { node: 'n1' }), value), one(pod('db', { node: 'n1' }), 60)]]),
    );
    const source = bench.source();
    const [window] = await windows(source);
    expect(window?.pods.map((each) => [each.pod, each.cpuSeconds])).toEqual([
      ['db', 60],
      ['web', 0],
    ]);
    expect(window?.partialReasons).toEqual(['series-rejected']);
    expect(source.rejected()).toEqual({ [reason]: 1 });
  });

  it('spoil their own interval only', async () => {
    const db = one(pod('db', { node: 'n1' }), 60);
    bench.server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), [150, 'NaN', 150]), db]]));
    const reasons = (await windows(bench.source(), 3)).map((window) => window.partialReasons);
    expect(reasons).toEqual([[], ['series-rejected'], []]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
    ['no metric', { values: [] }],
    ['a metric that is a list', { metric: [], values: [] }],
    ['no values', { metric: {} }],
    [
      'a label with the separator',
      { metric: { namespace: 'a\u0000b', pod: 'web', node: 'n1' }, values: [[START + 300, '1']] },
    ],
  ])('a series that is %s is refused alone', async (_what, series) => {
    bench.server.serve(BASE);
    bench.server.spoil(POD_CPU, (response, body) => {
      body.data.result.push(series);
      json(response, body);
    });
    const source = bench.source();
    const [window] = await windows(source);
    expect(window?.pods.map((each) => each.cpuSeconds)).toEqual([60, 150]);
    expect(source.rejected()).toEqual({ malformed: 1 });
  });

  it('at instants that were not asked for are refused', async () => {
    bench.server.serve(BASE);
    bench.server.spoil(POD_CPU, (response, body) => {
      const shifted = body.data.result as { values: [number, string][] }[];
      for (const series of shifted) for (const sample of series.values) sample[0] -= 17;
      json(response, body);
    });
    const source = bench.source();
    await windows(source);
    expect(source.rejected()).toEqual({ 'off-grid': 2 });
  });

  it('with prototype keys as labels change nothing', async () => {
    bench.server.serve(BASE);
    bench.server.spoil('', (response, body) => {
      const text = JSON.stringify(body).replaceAll(
        '"metric":{',
        '"metric":{"__proto__":{"pod":"x"},"constructor":"y","hasOwnProperty":"z",',
      );
      response.writeHead(200).end(text);
    });
    const [window] = await windows(bench.source());
    expect(window?.pods.map((each) => [each.pod, each.cpuSeconds])).toEqual([
      ['db', 60],
      ['web', 150],
    ]);
    const labelled = one({ node: 'n1', label___proto__: 'p', label_zone: 'z' });
    bench.server.serve(world(['kube_node_labels', [labelled]]));
    const labels = (await windows(bench.source()))[0]!.nodes[0]!.labels;
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'p'],
      ['zone', 'z'],
    ]);
  });

  it('beyond the series cap are left out, counted and said', async () => {
    bench.server.serve(BASE);
    const source = bench.source({ maxSeries: 1 });
    const [window] = await windows(source);
    expect(window?.partialReasons).toContain('series-capped');
    expect(source.rejected()['series-capped']).toBeGreaterThan(0);
  });
});
