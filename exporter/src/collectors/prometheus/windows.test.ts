import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UsageWindow } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import { json } from '../../net/testing/fake-server.js';
import {
  Bench,
  START,
  STEP,
  windows,
  world,
  one,
  pod,
  BASE,
  POD_CPU,
  POD_CGROUP_CPU,
  ROOT_CPU,
  POD_COUNT,
  NODE_COUNT,
  CAPACITY,
} from './testing/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterEach(() => bench.closeSources());
afterAll(() => bench.server.close());

async function sameInAnyOrder(expected: UsageWindow): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
      bench.server.spoil('', (response, body) => {
        const doubled = [...body.data.result, ...body.data.result];
        const keyed = doubled.map((series) => ({ series, rank: random.next().value as number }));
        body.data.result = keyed.toSorted((a, b) => a.rank - b.rank).map(({ series }) => series);
        json(response, body);
      });
      expect((await windows(bench.source()))[0]).toEqual(expected);
    }),
    { numRuns: 10 },
  );
}

describe('a window', () => {
  it('joins usage, presence, size, requests and owners', async () => {
    bench.server.serve(BASE);
    const [window] = await windows(bench.source());
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

  it('tells the containers of a pod that has several, with their requests', async () => {
    const of = (container: string, more: Record<string, string>) => pod('web', { ...more, container });
    const both = (more: Record<string, string>, app: number, proxy: number, agent: number) => [
      one(of('app', more), app),
      one(of('proxy', more), proxy),
      one(of('agent', more), agent),
      ...('node' in more ? [one(pod('db', { ...more, container: 'db' }), 60)] : []),
    ];
    const served = world(
      [POD_CPU, both({ node: 'n1' }, 120, 20.1, 10.2)],
      ['container_memory_working_set_bytes', both({ node: 'n1' }, 6e7, 3e7, 1e7)],
      ['resource="cpu"}[', [one(of('app', { uid: 'u1' }), 1), one(of('proxy', { uid: 'u1' }), 0.5)]],
      ['resource="memory"}[', [one(of('app', { uid: 'u1' }), 3e8)]],
    );
    bench.server.serve(served);
    const [window] = await windows(bench.source());
    const [db, web] = window!.pods;
    expect(web).toMatchObject({
      cpuSeconds: 10.2 + 120 + 20.1,
      memoryBytes: 1e8,
      cpuRequest: 1.5,
      memoryRequest: 3e8,
    });
    expect(web!.containers).toEqual([
      { container: 'agent', cpuSeconds: 10.2, memoryBytes: 1e7, cpuRequest: null, memoryRequest: null },
      { container: 'app', cpuSeconds: 120, memoryBytes: 6e7, cpuRequest: 1, memoryRequest: 3e8 },
      { container: 'proxy', cpuSeconds: 20.1, memoryBytes: 3e7, cpuRequest: 0.5, memoryRequest: null },
    ]);
    expect(db).not.toHaveProperty('containers');
    await sameInAnyOrder(window!);
  });

  it('is the same whatever the order of the answers, and however often they repeat a series', async () => {
    bench.server.serve(BASE);
    const [expected] = await windows(bench.source());
    await sameInAnyOrder(expected!);
  });

  it('asks the same number of questions for one interval and for twelve, two at a time, all with the extra matchers', async () => {
    const source = bench.source({ extraMatchers: 'cluster="a"' });
    const asked: number[] = [];
    for (const intervals of [1, 12]) {
      bench.server.serve(BASE);
      await windows(source, intervals);
      asked.push(bench.server.requests.filter((each) => each.path.endsWith('query_range')).length);
      expect(bench.server.busiest()).toBeLessThanOrEqual(2);
      for (const { params } of bench.server.requests) {
        const query = params.get('query') ?? '';
        expect(query.match(/cluster="a"/g)).toHaveLength(query.match(/\{/g)!.length);
      }
    }
    expect(asked[0]).toBe(asked[1]);
  });

  it('is the same alone and within a longer range', async () => {
    bench.server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), 150)]]));
    const together = await windows(bench.source(), 3);
    const source = bench.source();
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
    bench.server.serve(world([NODE_COUNT, second], [CAPACITY, capacity]));
    const [window] = await windows(bench.source());
    expect(window?.nodes.map((node) => node.seconds)).toEqual([300, 120]);
    expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
  });

  it('all nodes short means that the source was out', async () => {
    const samples = [START + 3, START + 33, START + 63, START + 93, START + 123];
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    bench.server.serve(
      world(
        [NODE_COUNT, [one({ node: 'n1' }, 5)]],
        [POD_COUNT, [one(pod('web', { uid: 'u1', node: 'n1' }), 5)]],
        ['kube_node_info', [one({ node: 'n1' }, [...before, ...samples])]],
      ),
    );
    const [window] = await windows(bench.source());
    expect(window).toMatchObject({ coverage: 0.5, partialReasons: ['samples-missing'] });
    expect(window?.pods.find((each) => each.pod === 'web')?.seconds).toBe(150);
  });

  it('kube-state-metrics that moved to another pod leaves no gap', async () => {
    const first = Array.from({ length: 6 }, (_, i) => START + 3 + i * 30);
    const second = Array.from({ length: 4 }, (_, i) => START + 193 + i * 30);
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    const uids = pod('web', { uid: 'u1', node: 'n1' });
    bench.server.serve(
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
    const [window] = await windows(bench.source());
    expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
    expect(window?.nodes[0]?.seconds).toBe(300);
    expect(window?.pods.find((each) => each.pod === 'web')?.seconds).toBe(300);
  });

  it('two replicas side by side do not hide that the source was out', async () => {
    const samples = Array.from({ length: 5 }, (_, i) => START + 3 + i * 30);
    const before = Array.from({ length: 20 }, (_, i) => START - 27 - i * 30);
    const raw = ['a', 'b'].map((instance) => one({ node: 'n1', instance }, [...before, ...samples]));
    bench.server.serve(
      world(
        ['sum by (node,provider_id', [one({ node: 'n1' }, 10)]],
        [NODE_COUNT, [one({ node: 'n1' }, 5)]],
        ['kube_node_info', raw],
      ),
    );
    expect((await windows(bench.source()))[0]).toMatchObject({
      coverage: 0.5,
      partialReasons: ['samples-missing'],
    });
  });

  it('a pod that finished before the interval is gone, unless it used CPU in it', async () => {
    const done = ['web', 'db'].map((name, i) => one(pod(name, { uid: `u${i + 1}` }), 1));
    const cpu = [one(pod('web', { node: 'n1' }), 3), one(pod('db', { node: 'n1' }), 0)];
    bench.server.serve(world(['kube_pod_status_phase', done], [POD_CPU, cpu]));
    const [window] = await windows(bench.source());
    expect(window?.pods.map((each) => [each.pod, each.cpuSeconds, each.cpuRequest, each.seconds])).toEqual([
      ['web', 3, null, 30],
    ]);
  });

  it('a pod too brief for kube-state-metrics keeps its CPU', async () => {
    bench.server.serve(world([POD_COUNT, []]));
    const [window] = await windows(bench.source());
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
    bench.server.serve(world([POD_COUNT, stays], [POD_CPU, [one(pod('web'), 150), one(pod('db'), 60)]]));
    const [window] = await windows(bench.source());
    expect(window?.pods.map((each) => [each.uid, each.seconds, each.cpuSeconds])).toEqual([
      ['u2', 300, 60],
      ['u1', 120, 60],
      ['u9', 180, 90],
    ]);
  });

  it('with and without node label of the same pod are never added', async () => {
    bench.server.serve(world([POD_CPU, [one(pod('web', { node: 'n1' }), 150), one(pod('web'), 150)]]));
    const [window] = await windows(bench.source());
    expect(window?.pods.find((each) => each.pod === 'web')?.cpuSeconds).toBe(150);
  });

  it('fall back to pod cgroups only in intervals without any container series', async () => {
    bench.server.serve(
      world(
        [POD_CPU, [one(pod('web', { node: 'n1' }), [150, NaN])]],
        [POD_CGROUP_CPU, [one(pod('web', { node: 'n1' }), [999, 140])]],
      ),
    );
    const both = await windows(bench.source(), 2);
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
      bench.server.serve(
        world(
          [ROOT_CPU, []],
          ['node_cpu_seconds_total', [one(metric, 222)]],
          ['node_uname_info', [one({ instance: 'y:1', nodename: 'n1' })]],
        ),
      );
      expect((await windows(bench.source()))[0]?.nodes[0]?.cpuSeconds).toBe(222);
    }
    bench.server.serve(world([ROOT_CPU, []]));
    expect((await windows(bench.source()))[0]?.nodes[0]?.cpuSeconds).toBeNull();
  });

  it('missing altogether while pods run means that nothing was measured', async () => {
    bench.server.serve(world([POD_CPU, []]));
    expect((await windows(bench.source()))[0]).toMatchObject({
      coverage: 0,
      partialReasons: ['samples-missing'],
    });
  });
});
