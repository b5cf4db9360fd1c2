/** Clusters whose Prometheus scrapes cAdvisor and no kube-state-metrics. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { UsageWindow } from '../../domain/model.js';
import { bytes, cores, epochSeconds } from '../../domain/units.js';
import type { Inventory, InventoryPod } from '../../ports/inventory-source.js';
import { BASE, Bench, CAPACITY, one, pod, POD_CPU, ROOT_CPU, START, STEP, world } from './testing/bench.js';
import type { FakeWorld } from './testing/fake-prometheus.js';

let bench: Bench;
beforeAll(async () => void (bench = await Bench.start()));
afterEach(() => bench.closeSources());
afterAll(() => bench.server.close());

const ROOT_COUNT = 'max by (node,instance) (count_over_time(container_cpu';
const POD_COUNTS = 'max by (namespace,pod,node) (count_over_time(container_cpu';

const known = (...pods: readonly Partial<InventoryPod>[]): Inventory => ({
  nodes: [
    {
      name: 'n1',
      uid: 'node-1',
      providerId: 'aws:///eu-west-3a/i-1',
      cpuCapacity: cores(4),
      memoryCapacity: bytes(16e9),
      cpuAllocatable: cores(4),
      memoryAllocatable: bytes(16e9),
      labels: {},
      taints: [],
      unschedulable: false,
    },
  ],
  pods: pods.map((over, i) => ({
    namespace: 'shop',
    name: `p${i}`,
    uid: `u${i}`,
    node: 'n1',
    phase: 'Running',
    workload: { name: 'w', type: 'Deployment' },
    cpuRequest: null,
    memoryRequest: null,
    containers: [],
    volumes: [],
    labels: {},
    nodeSelector: {},
    pinned: false,
    ...over,
  })),
  autoscalers: [],
  namespaces: [],
  missing: [],
});

const usageAlone = (...changes: FakeWorld): FakeWorld => [
  ...changes,
  ...BASE.filter(([word]) => word.startsWith('container_') && !changes.some(([w]) => w === word)),
];

async function first(inventory?: Inventory, intervals = 1): Promise<readonly UsageWindow[]> {
  const range = { from: START, to: epochSeconds(START + intervals * STEP) };
  const outcome = await bench.source().observe(range, STEP, undefined, inventory);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

describe('nodes that no series describes', () => {
  it('come from the inventory, present as long as cAdvisor was scraped', async () => {
    bench.server.serve(
      usageAlone(
        [ROOT_COUNT, [one({ node: 'n1', instance: '10.0.0.1:10250' }, 10)]],
        [POD_COUNTS, [one(pod('web', { node: 'n1' }), 10), one(pod('db', { node: 'n1' }), 4)]],
      ),
    );
    const [window] = await first(known());
    expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
    expect(window!.nodes).toMatchObject([
      { node: 'n1', seconds: 300, cpuCapacity: 4, memoryCapacity: 16e9, cpuSeconds: 240 },
    ]);
    expect(window!.pods.map((each) => [each.pod, each.seconds, each.cpuSeconds])).toEqual([
      ['db', 120, 60],
      ['web', 300, 150],
    ]);
  });

  it('are placed by the inventory where the series do not name the node', async () => {
    bench.server.serve(
      usageAlone(
        [POD_CPU, [one(pod('web'), 150), one(pod('elsewhere'), 10)]],
        [ROOT_CPU, [one({ instance: 'n1:10250' }, 240)]],
        [ROOT_COUNT, [one({ instance: 'n1:10250' }, 10)]],
        [POD_COUNTS, [one(pod('web'), 10), one(pod('elsewhere'), 10)]],
      ),
    );
    const [window] = await first(known({ name: 'web', hostNetwork: true }));
    expect(window!.nodes).toMatchObject([{ node: 'n1', seconds: 300, cpuSeconds: 240 }]);
    expect(window!.pods).toMatchObject([{ pod: 'web', node: 'n1', cpuSeconds: 150, transmittedBytes: 0 }]);
  });

  it('are short of what the scrapes are short of', async () => {
    bench.server.serve(
      usageAlone(
        [ROOT_COUNT, [one({ node: 'n1', instance: '10.0.0.1:10250' }, 5)]],
        [POD_COUNTS, [one(pod('web', { node: 'n1' }), 5)]],
      ),
    );
    const [window] = await first(known());
    expect(window).toMatchObject({ coverage: 0.5, partialReasons: ['samples-missing'] });
    expect(window!.nodes).toMatchObject([{ seconds: 150 }]);
  });

  it('are not there without usage, nor when neither side knows them', async () => {
    bench.server.serve([]);
    expect((await first(known()))[0]).toMatchObject({ nodes: [], partialReasons: ['no-data'] });
    bench.server.serve(usageAlone([ROOT_COUNT, []], [POD_COUNTS, [one(pod('web', { node: 'n9' }), 10)]]));
    expect((await first(known()))[0]).toMatchObject({ nodes: [], partialReasons: ['inventory-missing'] });
  });
});

describe('nodes that series describe', () => {
  it('stay what those say, and nothing more is asked', async () => {
    bench.server.serve(BASE);
    const alone = await first(undefined, 2);
    const asked = bench.server.requests.length;
    bench.server.serve(BASE);
    expect(await first(known(), 2)).toEqual(alone);
    expect(bench.server.requests).toHaveLength(asked);
  });

  it('get their size from the inventory where the series lack it', async () => {
    bench.server.serve(world([CAPACITY, []]));
    const [window] = await first(known());
    expect(window!.nodes).toMatchObject([{ node: 'n1', cpuCapacity: 4, memoryCapacity: 16e9 }]);
    expect(window!.partialReasons).toEqual([]);
  });
});

describe('how far usage goes back', () => {
  it('is asked of machines, not of kube-state-metrics', async () => {
    bench.server.serve([['count(container_cpu_usage_seconds_total{id="/"})', [one({}, 1)]]]);
    const source = bench.source();
    expect(await source.oldest(START)).toMatchObject({ ok: true, value: null });
    const found = await source.oldestUsage(START);
    expect(found.ok && found.value).not.toBeNull();
  });
});
