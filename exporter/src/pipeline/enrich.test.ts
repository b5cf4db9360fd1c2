import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOf } from '../domain/interval.js';
import type { PodSample, UsageWindow } from '../domain/model.js';
import { arbWindow, nodeSample, podSample, usageWindow } from '../domain/testing/arbitrary.js';
import { bytes, cores, epochSeconds, seconds } from '../domain/units.js';
import type { Inventory, InventoryNode, InventoryPod } from '../ports/inventory-source.js';
import { enrich } from './enrich.js';

const inventoryPod = (over: Partial<InventoryPod> = {}): InventoryPod => ({
  namespace: 'shop',
  name: 'web-1',
  uid: 'u1',
  node: 'n1',
  phase: 'Running',
  workload: { name: 'web', type: 'Rollout' },
  cpuRequest: cores(1.25),
  memoryRequest: bytes(2 ** 30),
  containers: [],
  volumes: [],
  labels: {},
  nodeSelector: {},
  pinned: false,
  ...over,
});

const inventoryNode = (over: Partial<InventoryNode> = {}): InventoryNode => ({
  name: 'n1',
  uid: 'node-1',
  providerId: 'aws:///eu-west-3a/i-1',
  cpuCapacity: cores(4),
  memoryCapacity: bytes(16e9),
  cpuAllocatable: cores(3.9),
  memoryAllocatable: bytes(15e9),
  labels: {
    'node.kubernetes.io/instance-type': 'm6i.xlarge',
    'topology.kubernetes.io/region': 'eu-west-3',
    'topology.kubernetes.io/zone': 'eu-west-3b',
    'kubernetes.io/arch': 'arm64',
  },
  taints: [],
  unschedulable: false,
  ...over,
});

const inventory = (pods: readonly InventoryPod[] = [], more: Partial<Inventory> = {}): Inventory => ({
  nodes: [inventoryNode()],
  pods,
  autoscalers: [],
  namespaces: [],
  missing: [],
  ...more,
});

/** An inventory that knows some of a window's pods and nodes, and others besides. */
const arbInventoryOf = ({ pods }: UsageWindow): fc.Arbitrary<Inventory> =>
  fc
    .record({
      known: fc.subarray([...pods]),
      phase: fc.constantFrom('Running', 'Succeeded'),
      request: fc.option(fc.integer({ min: 0, max: 64 }), { nil: null }),
      claim: fc.constantFrom('', 'a', 'b'),
      size: fc.integer({ min: 1, max: 1e12 }),
      strangers: fc.boolean(),
      gone: fc.boolean(),
    })
    .map(({ known, phase, request, claim, size, strangers, gone }) => {
      const volumes = claim === '' ? [] : [{ claim, bytes: bytes(size), media: 'hdd' as const }];
      const there = known.map(({ namespace, pod: name, uid, node }) =>
        inventoryPod({
          namespace,
          name,
          uid,
          node,
          phase,
          cpuRequest: request === null ? null : cores(request),
          volumes,
        }),
      );
      const all = strangers ? [...there, inventoryPod({ uid: 'stranger' })] : there;
      const nodes = ['n1', 'n2', 'n9'].map((name) => inventoryNode({ name }));
      return gone ? inventory([], { nodes, departed: all }) : inventory(all, { nodes });
    });

const arbPair = arbWindow.chain((window) =>
  fc.tuple(
    // Without uid, some of them; and none with volumes, in some windows.
    fc.tuple(fc.boolean(), fc.boolean()).map(([nameless, bare]) => ({
      ...window,
      pods: window.pods.map((pod, i) => ({
        ...pod,
        ...(nameless && i % 2 === 0 ? { uid: '' } : {}),
        ...(bare ? { volumes: [] } : {}),
      })),
    })),
    arbInventoryOf(window),
  ),
);

const measured = ({ seconds: s, cpuSeconds, memoryBytes, namespace, pod, node, restarts }: PodSample) => [
  ...[namespace, pod, node, s, cpuSeconds, memoryBytes, restarts],
];

describe('enriching a window', () => {
  it('a second time changes nothing', () => {
    fc.assert(
      fc.property(arbPair, ([window, known]) => {
        const once = enrich(window, known);
        expect(enrich(once, known)).toEqual(once);
      }),
    );
  });

  it('adds no pod, drops none, and leaves alone what was measured', () => {
    fc.assert(
      fc.property(arbPair, ([window, known]) => {
        const { pods, interval, coverage, partialReasons } = enrich(window, known);
        expect(pods.map(measured)).toEqual(window.pods.map(measured));
        expect({ interval, coverage, partialReasons }).toEqual({
          interval: window.interval,
          coverage: window.coverage,
          partialReasons: window.partialReasons,
        });
      }),
    );
  });

  it('changes neither its arguments nor, with an empty inventory, anything', () => {
    fc.assert(
      fc.property(arbPair, ([window, known]) => {
        const [before, beforeKnown] = [structuredClone(window), structuredClone(known)];
        enrich(window, known);
        expect([window, known]).toEqual([before, beforeKnown]);
        expect(enrich(window, inventory([], { nodes: [] }))).toEqual(window);
      }),
    );
  });

  it('shares out no more of a claim than its size', () => {
    fc.assert(
      fc.property(arbPair, ([window, known]) => {
        const bare = { ...window, pods: window.pods.map((pod) => ({ ...pod, volumes: [] })) };
        const shared = enrich(bare, known).pods.flatMap(({ volumes }) => volumes.map((each) => each.bytes));
        const size = known.pods.flatMap(({ volumes }) => volumes.map((each) => each.bytes));
        const departed = (known.departed ?? []).flatMap(({ volumes }) => volumes.map((each) => each.bytes));
        const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
        expect(sum(shared)).toBeLessThanOrEqual((sum(size) + sum(departed)) * (1 + 1e-9));
      }),
    );
  });

  it('keeps every node and changes nothing of it that the window knows', () => {
    fc.assert(
      fc.property(arbPair, ([window, known]) => {
        const nodes = new Map(enrich(window, known).nodes.map((node) => [node.node, node]));
        for (const node of window.nodes) expect(nodes.get(node.node)).toMatchObject({ ...node, labels: {} });
      }),
    );
  });
});

describe('a pod', () => {
  const only = (sample: Partial<PodSample>, pods: readonly InventoryPod[], more: Partial<Inventory> = {}) =>
    enrich(usageWindow([nodeSample()], [podSample(sample)]), inventory(pods, more)).pods[0]!;

  it('gets exact requests and its top owner', () => {
    expect(only({ cpuRequest: cores(1), memoryRequest: null }, [inventoryPod()])).toMatchObject({
      cpuRequest: 1.25,
      memoryRequest: 2 ** 30,
      workload: { name: 'web', type: 'Rollout' },
    });
  });

  it('keeps a request that the inventory does not have', () => {
    const bare = inventoryPod({ cpuRequest: null, memoryRequest: null });
    expect(only({ cpuRequest: cores(1) }, [bare])).toMatchObject({ cpuRequest: 1, memoryRequest: null });
  });

  it('that has finished reserves nothing, unless it did for some of the interval', () => {
    const finished = inventoryPod({ phase: 'Succeeded' });
    expect(only({ cpuRequest: null, memoryRequest: bytes(5) }, [finished])).toMatchObject({
      cpuRequest: null,
      memoryRequest: 2 ** 30,
    });
  });

  it('is found by uid among those that have just gone', () => {
    expect(only({}, [inventoryPod({ uid: 'u2' })], { departed: [inventoryPod()] }).cpuRequest).toBe(1.25);
  });

  it('of the same name but another uid is another', () => {
    expect(only({ uid: 'old' }, [inventoryPod()])).toEqual(podSample({ uid: 'old' }));
  });

  it('without uid is found by name on its node, and gets the uid', () => {
    expect(only({ uid: '' }, [inventoryPod()])).toMatchObject({ uid: 'u1', cpuRequest: 1.25 });
    expect(only({ uid: '' }, [inventoryPod({ node: 'n2' })])).toEqual(podSample({ uid: '' }));
  });

  it('without uid is the last of its name that was made before the end of the interval', () => {
    const end = endOf(usageWindow([], []).interval);
    const made = (uid: string, at: number, node = 'n1') =>
      inventoryPod({ uid, node, createdAt: epochSeconds(at) });
    const departed = [made('older', end - 900), made('old', end - 600)];
    expect(only({ uid: '' }, [made('new', end + 1)], { departed }).uid).toBe('old');
    expect(only({ uid: '' }, [made('new', end - 1)], { departed }).uid).toBe('new');
    expect(only({ uid: '' }, [made('new', end - 1, 'n2')], { departed }).uid).toBe('');
  });

  it('without uid beside one of its name with uid is left alone', () => {
    const window = usageWindow([nodeSample()], [podSample({ uid: '' }), podSample({ uid: 'u1' })]);
    expect(enrich(window, inventory([inventoryPod()])).pods.map(({ uid }) => uid)).toEqual(['', 'u1']);
  });

  it('keeps the labels that it has and gets those that it lacks', () => {
    const labels = { team: 'b', app: 'web' };
    expect(only({ labels: { team: 'a' } }, [inventoryPod({ labels })]).labels).toEqual({
      team: 'a',
      app: 'web',
    });
  });
});

describe('volumes', () => {
  const mounted = (name: string, share: number): InventoryPod =>
    inventoryPod({ name, uid: name, volumes: [{ claim: 'data', bytes: bytes(share), media: 'hdd' }] });
  const sample = (pod: string, over: Partial<PodSample> = {}): PodSample =>
    podSample({ pod, uid: pod, ...over });
  const known = inventory([mounted('a', 50), mounted('b', 50)]);

  it('come from the inventory, a claim split among the pods of the window', () => {
    const both = enrich(usageWindow([nodeSample()], [sample('a'), sample('b')]), known);
    expect(both.pods.map(({ volumes }) => volumes)).toEqual([
      [{ bytes: 50, media: 'hdd' }],
      [{ bytes: 50, media: 'hdd' }],
    ]);
    const one = enrich(usageWindow([nodeSample()], [sample('a')]), known);
    expect(one.pods[0]?.volumes).toEqual([{ bytes: 100, media: 'hdd' }]);
  });

  it('are the window’s in a namespace where it has any', () => {
    const own = [{ bytes: bytes(7), media: 'ssd' as const }];
    const window = usageWindow([nodeSample()], [sample('a', { volumes: own }), sample('b')]);
    expect(enrich(window, known).pods.map(({ volumes }) => volumes)).toEqual([own, []]);
  });
});

describe('a node', () => {
  it('gets what the window does not know of it', () => {
    const bare = nodeSample({ providerId: '', instanceType: '', region: '', zone: '', architecture: '' });
    expect(enrich(usageWindow([bare], []), inventory()).nodes[0]).toMatchObject({
      providerId: 'aws:///eu-west-3a/i-1',
      instanceType: 'm6i.xlarge',
      region: 'eu-west-3',
      zone: 'eu-west-3b',
      architecture: 'arm64',
      labels: { topology_kubernetes_io_zone: 'eu-west-3b' },
    });
  });

  it('that only the pods on it tell of is added, for as long as they ran', () => {
    const window = usageWindow(
      [],
      [podSample({ seconds: seconds(120) }), podSample({ uid: 'u2', seconds: seconds(60) })],
    );
    expect(enrich(window, inventory()).nodes).toMatchObject([
      { node: 'n1', seconds: 120, cpuCapacity: 4, cpuSeconds: null, instanceType: 'm6i.xlarge' },
    ]);
    expect(enrich(usageWindow([], []), inventory()).nodes).toEqual([]);
    const { nodes: departedNodes } = inventory();
    expect(enrich(window, inventory([], { nodes: [], departedNodes })).nodes).toHaveLength(1);
  });
});
