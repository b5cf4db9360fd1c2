import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UsageWindow } from '../../domain/model.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { json } from '../../net/testing/fake-server.js';
import type { Outcome } from '../../ports/outcome.js';
import { createPrometheusSource, type PrometheusOptions, type PrometheusSource } from './index.js';
import {
  startFakePrometheus,
  type FakePrometheus,
  type FakeSeries,
  type FakeWorld,
  type Fault,
} from './testing/fake-prometheus.js';

const START = epochSeconds(1_768_471_200); // 2026-01-15 10:00 UTC
const STEP = seconds(300);

let server: FakePrometheus;
const sources: PrometheusSource[] = [];

beforeAll(async () => {
  server = await startFakePrometheus();
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.close()));
});
afterAll(() => server.close());

function sourceFor(options: Partial<PrometheusOptions> = {}): PrometheusSource {
  const source = createPrometheusSource({
    url: server.url,
    verifyCerts: true,
    timeout: seconds(2),
    maxBytes: 1_000_000,
    labels: [],
    clock: { now: () => epochSeconds(START + 86_400) },
    retryBaseMs: 1,
    ...options,
  });
  sources.push(source);
  return source;
}

const observe = (source: PrometheusSource, intervals = 1): Promise<Outcome<readonly UsageWindow[]>> =>
  source.observe({ from: START, to: epochSeconds(START + intervals * STEP) }, STEP);

async function windows(source: PrometheusSource, intervals = 1): Promise<readonly UsageWindow[]> {
  const outcome = await observe(source, intervals);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

const POD_CPU = 'container_cpu_usage_seconds_total{container!=""';
const POD_CGROUP_CPU = 'container_cpu_usage_seconds_total{container="",pod';
const ROOT_CPU = 'container_cpu_usage_seconds_total{id="/"';
const POD_COUNT = 'kube_pod_info{exported_pod="",node!=""';
const NODE_COUNT = 'by (node,provider_id,internal_ip)';
const CAPACITY = 'kube_node_status_capacity';

const one = (metric: Record<string, string>, value: FakeSeries['value'] = 1): FakeSeries => ({
  metric,
  value,
});
const pod = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  namespace: 'shop',
  pod: name,
  ...more,
});

/** One node with two pods, aggregated as the server would. */
const BASE: FakeWorld = [
  [POD_CPU, [one(pod('web', { node: 'n1' }), 150), one(pod('db', { node: 'n1' }), 60)]],
  [ROOT_CPU, [one({ node: 'n1', instance: '10.0.0.1:10250' }, 240)]],
  [
    POD_COUNT,
    [one(pod('web', { uid: 'u1', node: 'n1' }), 10), one(pod('db', { uid: 'u2', node: 'n1' }), 10)],
  ],
  [NODE_COUNT, [one({ node: 'n1', provider_id: 'aws:///eu-west-3a/i-1', internal_ip: '10.0.0.1' }, 10)]],
  [CAPACITY, [one({ node: 'n1', resource: 'cpu' }, 4), one({ node: 'n1', resource: 'memory' }, 16e9)]],
  [
    'container_memory_working_set_bytes',
    [one(pod('web', { node: 'n1' }), 1e8), one(pod('db', { node: 'n1' }), 2e8)],
  ],
  ['resource="cpu"}[', [one(pod('web', { uid: 'u1' }), 1.5)]],
  ['resource="memory"}[', [one(pod('web', { uid: 'u1' }), 3e8)]],
  ['container_network_transmit', [one(pod('web', { node: 'n1' }), 5000)]],
  ['kube_pod_owner', [one(pod('web', { uid: 'u1', owner_kind: 'ReplicaSet', owner_name: 'web-1' }))]],
  [
    'kube_replicaset_owner',
    [one({ namespace: 'shop', replicaset: 'web-1', owner_kind: 'Deployment', owner_name: 'web' })],
  ],
  ['kube_node_info', [one({ node: 'n1' })]],
];

/** BASE with some answers replaced or added. */
function world(...changes: (readonly [string, readonly FakeSeries[]])[]): FakeWorld {
  const changed = new Set(changes.map(([word]) => word));
  return [...changes, ...BASE.filter(([word]) => !changed.has(word))];
}

describe('a window', () => {
  it('joins usage, presence, size, requests and owners', async () => {
    server.serve(BASE);
    const [window] = await windows(sourceFor());
    expect(window).toMatchObject({ interval: { start: START, step: STEP }, coverage: 1, partialReasons: [] });
    expect(window?.nodes).toEqual([
      {
        node: 'n1',
        seconds: 300,
        cpuCapacity: 4,
        memoryCapacity: 16e9,
        cpuSeconds: 240,
        providerId: 'aws:///eu-west-3a/i-1',
        instanceType: '',
        architecture: '',
        region: 'eu-west-3',
        zone: 'eu-west-3a',
        labels: {},
      },
    ]);
    expect(
      window?.pods.map((each) => [each.pod, each.uid, each.seconds, each.cpuSeconds, each.memoryBytes]),
    ).toEqual([
      ['db', 'u2', 300, 60, 2e8],
      ['web', 'u1', 300, 150, 1e8],
    ]);
    expect(window?.pods[1]).toMatchObject({
      workload: { name: 'web', type: 'Deployment' },
      cpuRequest: 1.5,
      memoryRequest: 3e8,
      transmittedBytes: 5000,
    });
    expect(window?.pods[0]).toMatchObject({
      workload: { name: 'db', type: 'Pod' },
      cpuRequest: null,
      memoryRequest: null,
    });
  });

  it('is the same whatever the order of the answers, and however often they repeat a series', async () => {
    server.serve(BASE);
    const [expected] = await windows(sourceFor());
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
        server.spoil('', (response, body) => {
          const doubled = [...body.data.result, ...body.data.result];
          const keyed = doubled.map((series) => ({ series, rank: random.next().value as number }));
          body.data.result = keyed.toSorted((a, b) => a.rank - b.rank).map(({ series }) => series);
          json(response, body);
        });
        expect((await windows(sourceFor()))[0]).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('asks the same number of questions for one interval and for twelve, two at a time, all with the extra matchers', async () => {
    const source = sourceFor({ extraMatchers: 'cluster="a"' });
    const asked: number[] = [];
    for (const intervals of [1, 12]) {
      server.serve(BASE);
      await windows(source, intervals);
      asked.push(server.requests.filter((each) => each.path.endsWith('query_range')).length);
      expect(server.busiest()).toBeLessThanOrEqual(2);
      for (const { params } of server.requests) {
        const query = params.get('query') ?? '';
        expect(query.match(/cluster="a"/g)).toHaveLength(query.match(/\{/g)!.length);
      }
    }
    expect(asked[0]).toBe(asked[1]);
  });

  it('is the same alone and within a longer range', async () => {
    server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), 150)]]));
    const together = await windows(sourceFor(), 3);
    const source = sourceFor();
    for (const [i, expected] of together.entries()) {
      const from = epochSeconds(START + i * STEP);
      const alone = await source.observe({ from, to: epochSeconds(from + STEP) }, STEP);
      expect(alone).toMatchObject({ ok: true, value: [expected] });
    }
  });
});

describe('presence', () => {
  it('a node that joined is short, and the window is still whole', async () => {
    const second = [one({ node: 'n1', provider_id: '' }, 10), one({ node: 'n2', provider_id: '' }, 4)];
    const capacity = ['n1', 'n2'].flatMap((node) => [
      one({ node, resource: 'cpu' }, 4),
      one({ node, resource: 'memory' }, 1e9),
    ]);
    server.serve(world([NODE_COUNT, second], [CAPACITY, capacity]));
    const [window] = await windows(sourceFor());
    expect(window?.nodes.map((node) => node.seconds)).toEqual([300, 120]);
    expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
  });

  it('all nodes short means that the source was out', async () => {
    const samples = [START + 3, START + 33, START + 63, START + 93, START + 123];
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    server.serve(
      world(
        [NODE_COUNT, [one({ node: 'n1' }, 5)]],
        [POD_COUNT, [one(pod('web', { uid: 'u1', node: 'n1' }), 5)]],
        ['kube_node_info', [one({ node: 'n1' }, [...before, ...samples])]],
      ),
    );
    const [window] = await windows(sourceFor());
    expect(window).toMatchObject({ coverage: 0.5, partialReasons: ['samples-missing'] });
    expect(window?.pods.find((each) => each.pod === 'web')?.seconds).toBe(150);
  });

  it('kube-state-metrics that moved to another pod leaves no gap', async () => {
    const first = Array.from({ length: 6 }, (_, i) => START + 3 + i * 30);
    const second = Array.from({ length: 4 }, (_, i) => START + 193 + i * 30);
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    const uids = pod('web', { uid: 'u1', node: 'n1' });
    server.serve(
      world(
        ['sum by (node,provider_id', [one({ node: 'n1' }, 10)]],
        ['sum by (namespace,pod,uid,node)', [one(uids, 10)]],
        [NODE_COUNT, [one({ node: 'n1' }, 6)]],
        [POD_COUNT, [one(uids, 6)]],
        [
          'kube_node_info',
          [
            one({ node: 'n1', instance: 'a' }, [...before, ...first]),
            one({ node: 'n1', instance: 'b' }, second),
          ],
        ],
      ),
    );
    const [window] = await windows(sourceFor());
    expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
    expect(window?.nodes[0]?.seconds).toBe(300);
    expect(window?.pods.find((each) => each.pod === 'web')?.seconds).toBe(300);
  });

  it('two replicas side by side do not hide that the source was out', async () => {
    const samples = Array.from({ length: 5 }, (_, i) => START + 3 + i * 30);
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    const raw = ['a', 'b'].map((instance) => one({ node: 'n1', instance }, [...before, ...samples]));
    server.serve(
      world(
        ['sum by (node,provider_id', [one({ node: 'n1' }, 10)]],
        [NODE_COUNT, [one({ node: 'n1' }, 5)]],
        ['kube_node_info', raw],
      ),
    );
    expect((await windows(sourceFor()))[0]).toMatchObject({
      coverage: 0.5,
      partialReasons: ['samples-missing'],
    });
  });

  it('a pod that finished before the interval is gone, unless it used CPU in it', async () => {
    const done = ['web', 'db'].map((name, i) => one(pod(name, { uid: `u${i + 1}` }), 1));
    const cpu = [one(pod('web', { node: 'n1' }), 3), one(pod('db', { node: 'n1' }), 0)];
    server.serve(world(['kube_pod_status_phase', done], [POD_CPU, cpu]));
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => [each.pod, each.cpuSeconds, each.cpuRequest, each.seconds])).toEqual([
      ['web', 3, null, 30],
    ]);
  });

  it('a pod too brief for kube-state-metrics keeps its CPU', async () => {
    server.serve(world([POD_COUNT, []]));
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => [each.pod, each.uid, each.cpuSeconds, each.seconds])).toEqual([
      ['db', '', 60, 30],
      ['web', '', 150, 30],
    ]);
  });
});

describe('CPU series', () => {
  it('without node labels are joined and split by presence; a recreated pod by time', async () => {
    const stays = [
      one(pod('web', { uid: 'u1', node: 'n1' }), 4),
      one(pod('web', { uid: 'u9', node: 'n1' }), 6),
      one(pod('db', { uid: 'u2', node: 'n1' }), 10),
    ];
    server.serve(world([POD_COUNT, stays], [POD_CPU, [one(pod('web'), 150), one(pod('db'), 60)]]));
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => [each.uid, each.seconds, each.cpuSeconds])).toEqual([
      ['u2', 300, 60],
      ['u1', 120, 60],
      ['u9', 180, 90],
    ]);
  });

  it('with and without node label of the same pod are never added', async () => {
    server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), 150), one(pod('web'), 150)]]));
    const [window] = await windows(sourceFor());
    expect(window?.pods.find((each) => each.pod === 'web')?.cpuSeconds).toBe(150);
  });

  it('fall back to pod cgroups only in intervals without any container series', async () => {
    server.serve(
      world(
        [POD_CPU, [one(pod('web', { node: 'n1' }), [150, NaN])]],
        [POD_CGROUP_CPU, [one(pod('web', { node: 'n1' }), [999, 140])]],
      ),
    );
    const both = await windows(sourceFor(), 2);
    expect(both.map((window) => window.pods.find((each) => each.pod === 'web')?.cpuSeconds)).toEqual([
      150, 140,
    ]);
  });

  it('of the machine come from node_exporter by address or name where the root cgroup is not shown', async () => {
    for (const metric of [
      { instance: '10.0.0.1:9100' },
      { instance: 'n1:9100' },
      { node: 'n1', instance: 'x' },
      { instance: 'y:1' },
    ]) {
      server.serve(
        world(
          [ROOT_CPU, []],
          ['node_cpu_seconds_total', [one(metric, 222)]],
          ['node_uname_info', [one({ instance: 'y:1', nodename: 'n1' })]],
        ),
      );
      expect((await windows(sourceFor()))[0]?.nodes[0]?.cpuSeconds).toBe(222);
    }
    server.serve(world([ROOT_CPU, []]));
    expect((await windows(sourceFor()))[0]?.nodes[0]?.cpuSeconds).toBeNull();
  });

  it('missing altogether while pods run means that nothing was measured', async () => {
    server.serve(world([POD_CPU, []]));
    expect((await windows(sourceFor()))[0]).toMatchObject({
      coverage: 0,
      partialReasons: ['samples-missing'],
    });
  });
});

describe('inventory', () => {
  it('reads no owner from an absent label, an empty one and "<none>", and a static pod as its own', async () => {
    for (const owner of [
      {},
      { owner_kind: '', owner_name: '' },
      { owner_kind: '<none>', owner_name: '<none>' },
      { owner_kind: 'Node', owner_name: 'n1' },
    ]) {
      server.serve(world(['kube_pod_owner', [one(pod('web', { uid: 'u1', ...owner }))]]));
      const [window] = await windows(sourceFor());
      expect(window?.pods.find((each) => each.pod === 'web')?.workload).toEqual({ name: 'web', type: 'Pod' });
    }
  });

  it('keeps an owner that nothing owns, and one that only a source without uid knows', async () => {
    const owners = [one(pod('web', { owner_kind: 'Job', owner_name: 'once' }))];
    server.serve(
      world(
        ['kube_pod_owner', owners],
        [
          'kube_job_owner',
          [one({ namespace: 'shop', job_name: 'once', owner_kind: '<none>', owner_name: '<none>' })],
        ],
      ),
    );
    const [window] = await windows(sourceFor());
    expect(window?.pods.find((each) => each.pod === 'web')?.workload).toEqual({ name: 'once', type: 'Job' });
  });

  it('keeps the labels asked for under the names that were asked', async () => {
    const labels = one(
      pod('web', { uid: 'u1', label_app_kubernetes_io_name: 'shop-web', label_team_name: 'blue' }),
    );
    server.serve(world(['kube_pod_labels', [labels]]));
    const [window] = await windows(sourceFor({ labels: ['app.kubernetes.io/name', 'teamName', 'absent'] }));
    expect(window?.pods.find((each) => each.pod === 'web')?.labels).toEqual({
      'app.kubernetes.io/name': 'shop-web',
      teamName: 'blue',
    });
    expect(
      server.requests.some(({ params }) =>
        params.get('query')?.includes('label_app_kubernetes_io_name,label_team_name,label_absent'),
      ),
    ).toBe(true);
  });

  it('splits a claim among the pods that mount it and run, and knows spinning classes', async () => {
    const claim = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
      namespace: 'shop',
      persistentvolumeclaim: name,
      ...more,
    });
    server.serve(
      world(
        [
          'kube_pod_spec_volumes',
          [
            one(pod('web', { uid: 'u1', persistentvolumeclaim: 'media' })),
            one(pod('db', { uid: 'u2', persistentvolumeclaim: 'media' })),
            one(pod('db', { uid: 'u2', persistentvolumeclaim: 'data' })),
            one(pod('gone', { uid: 'u3', persistentvolumeclaim: 'media' })),
          ],
        ],
        ['kube_persistentvolumeclaim_resource', [one(claim('media'), 4e9), one(claim('data'), 1e10)]],
        [
          'kube_persistentvolumeclaim_info',
          [one(claim('media', { storageclass: 'aws-st1' })), one(claim('data', { storageclass: 'gp3' }))],
        ],
      ),
    );
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => each.volumes)).toEqual([
      [
        { bytes: 2e9, media: 'hdd' },
        { bytes: 1e10, media: 'ssd' },
      ],
      [{ bytes: 2e9, media: 'hdd' }],
    ]);
  });

  it("counts no network of pods that share the node's, and whole restarts", async () => {
    server.serve(
      world(
        ['host_network="true"', [one(pod('web'), 10)]],
        ['restarts_total', [one(pod('db', { uid: 'u2' }), 1.11)]],
      ),
    );
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => [each.transmittedBytes, each.restarts])).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  it('nothing at all is no data; usage without kube-state-metrics says what is missing', async () => {
    server.serve([]);
    expect((await windows(sourceFor()))[0]).toMatchObject({
      nodes: [],
      pods: [],
      coverage: 0,
      partialReasons: ['no-data'],
    });
    server.serve(BASE.filter(([word]) => word.startsWith('container_')));
    expect((await windows(sourceFor()))[0]).toMatchObject({
      nodes: [],
      pods: [],
      coverage: 0,
      partialReasons: ['inventory-missing'],
    });
    server.serve(world([CAPACITY, []]));
    expect((await windows(sourceFor()))[0]).toMatchObject({
      nodes: [],
      coverage: 0,
      partialReasons: ['inventory-missing'],
    });
  });
});

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
      server.serve(BASE);
      server.spoil(word, fault);
      const outcome = await observe(sourceFor({ timeout: seconds(0.15) }));
      expect(outcome).toMatchObject({ ok: false, reason });
    },
  );

  it.each(['container_memory', 'kube_pod_owner', 'kube_node_labels'])(
    'of %s leaves that part out and says so',
    async (word) => {
      server.serve(BASE);
      server.spoil(word, fault);
      const lines: string[] = [];
      const log = {
        warn: (fields: Readonly<Record<string, unknown>>) => void lines.push(String(fields['reason'])),
      };
      const [window] = await windows(sourceFor({ timeout: seconds(0.15), log }));
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
    server.serve(
      world([POD_CPU, [one(pod('web', { node: 'n1' }), value), one(pod('db', { node: 'n1' }), 60)]]),
    );
    const source = sourceFor();
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
    server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), [150, 'NaN', 150]), db]]));
    const reasons = (await windows(sourceFor(), 3)).map((window) => window.partialReasons);
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
    server.serve(BASE);
    server.spoil(POD_CPU, (response, body) => {
      body.data.result.push(series);
      json(response, body);
    });
    const source = sourceFor();
    const [window] = await windows(source);
    expect(window?.pods.map((each) => each.cpuSeconds)).toEqual([60, 150]);
    expect(source.rejected()).toEqual({ malformed: 1 });
  });

  it('at instants that were not asked for are refused', async () => {
    server.serve(BASE);
    server.spoil(POD_CPU, (response, body) => {
      const shifted = body.data.result as { values: [number, string][] }[];
      for (const series of shifted) for (const sample of series.values) sample[0] -= 17;
      json(response, body);
    });
    const source = sourceFor();
    await windows(source);
    expect(source.rejected()).toEqual({ 'off-grid': 2 });
  });

  it('with prototype keys as labels change nothing', async () => {
    server.serve(BASE);
    server.spoil('', (response, body) => {
      const text = JSON.stringify(body).replaceAll(
        '"metric":{',
        '"metric":{"__proto__":{"pod":"x"},"constructor":"y","hasOwnProperty":"z",',
      );
      response.writeHead(200).end(text);
    });
    const [window] = await windows(sourceFor());
    expect(window?.pods.map((each) => [each.pod, each.cpuSeconds])).toEqual([
      ['db', 60],
      ['web', 150],
    ]);
    const labelled = one({ node: 'n1', label___proto__: 'p', label_zone: 'z' });
    server.serve(world(['kube_node_labels', [labelled]]));
    const labels = (await windows(sourceFor()))[0]!.nodes[0]!.labels;
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'p'],
      ['zone', 'z'],
    ]);
  });

  it('beyond the series cap are left out, counted and said', async () => {
    server.serve(BASE);
    const source = sourceFor({ maxSeries: 1 });
    const [window] = await windows(source);
    expect(window?.partialReasons).toContain('series-capped');
    expect(source.rejected()['series-capped']).toBeGreaterThan(0);
  });
});

describe('servers', () => {
  it('warnings and partial answers are passed on and flag the windows', async () => {
    for (const more of [{ warnings: ['store gateway is\ngone'] }, { isPartial: true }]) {
      server.serve(BASE);
      server.spoil(POD_CPU, (response, body) => json(response, { ...body, ...more }));
      const outcome = await observe(sourceFor());
      expect(outcome).toMatchObject({ ok: true, value: [{ partialReasons: ['source-warning'] }] });
      expect(outcome.ok && outcome.warnings).toEqual([
        more.warnings ? 'store gateway is gone' : 'the answer is partial',
      ]);
    }
  });

  it('that allow GET only are asked by GET', async () => {
    server.serve(BASE);
    server.spoil('', (response, body, request) =>
      request.method === 'POST' ? json(response, {}, 405) : json(response, body),
    );
    const source = sourceFor();
    expect((await windows(source))[0]?.pods).toHaveLength(2);
    server.requests.length = 0;
    await windows(source);
    expect(server.requests.every((each) => each.method === 'GET')).toBe(true);
  });

  it('that find a range too large are asked for its halves', async () => {
    server.serve(BASE);
    const [expected] = await windows(sourceFor());
    server.spoil(POD_CPU, (response, body, { params }) => {
      const points = (Number(params.get('end')) - Number(params.get('start'))) / 300 + 1;
      if (points <= 2) json(response, body);
      else
        json(
          response,
          {
            status: 'error',
            errorType: 'execution',
            error: 'query processing would load too many samples into memory',
          },
          422,
        );
    });
    const all = await windows(sourceFor(), 5);
    expect(all.map((each) => each.interval.start)).toEqual([0, 1, 2, 3, 4].map((i) => START + i * 300));
    for (const each of all) expect({ ...each, interval: expected?.interval }).toEqual(expected);
  });

  it('get tenant and credentials', async () => {
    server.serve(BASE);
    await windows(sourceFor({ tenant: 'team-a', bearerToken: 'tok-123' }));
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ 'x-scope-orgid': 'team-a', authorization: 'Bearer tok-123' });
    }
  });

  it('are left in peace once the observation is cancelled', async () => {
    server.serve(BASE);
    const controller = new AbortController();
    server.spoil('container_memory', () => controller.abort());
    const outcome = await sourceFor().observe(
      { from: START, to: epochSeconds(START + 300) },
      STEP,
      controller.signal,
    );
    expect(outcome).toMatchObject({ ok: false, reason: 'cancelled' });
    // The required six and the two under way; some twenty further ones were not begun.
    expect(server.requests.length).toBeLessThanOrEqual(8);
  });
});

describe('oldest', () => {
  /** Answers the probe as a server whose first sample is at `first`. */
  function holdsSince(first: number): void {
    server.serve([]);
    server.spoil('count(kube_node_info', (response, body, { params }) => {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
      const values: [number, string][] = [];
      for (let t = start!; t <= end!; t += step!) if (t >= first) values.push([t, '3']);
      body.data.result = values.length > 0 ? [{ metric: {}, values }] : [];
      json(response, body);
    });
  }

  it('finds the minute of the first sample, wherever it is, in two queries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 29 * 86_400 }), async (offset) => {
        const from = epochSeconds(START - 29 * 86_400);
        const first = from + offset;
        holdsSince(first);
        const outcome = await sourceFor().oldest(from);
        if (!outcome.ok || outcome.value === null) throw new Error('nothing found');
        expect(outcome.value).toBeLessThanOrEqual(first);
        expect(outcome.value).toBeGreaterThan(Math.max(from - 1, first - 120));
        const probes = server.requests.filter(
          ({ params }) => params.get('query') === 'count(kube_node_info{})',
        );
        expect(probes).toHaveLength(2);
      }),
      { numRuns: 25 },
    );
  });

  it('finds data younger than an hour, none, and the lower end of what was asked', async () => {
    const now = START + 86_400;
    holdsSince(now - 600);
    expect(await sourceFor().oldest(START)).toMatchObject({ ok: true, value: now - 660 });
    holdsSince(now + 600);
    expect(await sourceFor().oldest(START)).toMatchObject({ ok: true, value: null });
    holdsSince(START - 86_400);
    expect(await sourceFor().oldest(START)).toMatchObject({ ok: true, value: START });
    expect(await sourceFor().oldest(epochSeconds(now + 10))).toMatchObject({ ok: true, value: null });
  });

  it('passes on why it cannot know', async () => {
    server.serve(BASE);
    server.spoil('', (response) => json(response, {}, 401));
    expect(await sourceFor().oldest(START)).toMatchObject({ ok: false, reason: 'unauthorized' });
  });
});
