/** The inventory against a real API server, opened by a service account that holds exactly deploy/rbac.yaml. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createKubernetesInventory,
  type KubernetesAccess,
  type KubernetesInventory,
} from '../../exporter/src/collectors/kubernetes/index.js';
import { seconds } from '../../exporter/src/domain/units.js';
import { inventorySourceContract } from '../../exporter/src/ports/inventory-source.contract.js';
import type { Inventory } from '../../exporter/src/ports/inventory-source.js';
import { startCuttingRelay } from '../servers/cutting-relay.js';
import { kubeApiServerOrSkip, startKubeApiServer, type KubeApiServer } from '../servers/kube-apiserver.js';
import { applyShippedRbac } from '../servers/kube-apiserver/rbac.js';
import {
  container,
  create,
  createPod,
  deletePod,
  NODES,
  ok,
  seed,
  tokenFor,
} from '../servers/kube-apiserver/seed.js';

const hasServer = kubeApiServerOrSkip();
const describeWithServer = hasServer ? describe : describe.skip;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

const root = hasServer ? mkdtempSync(join(tmpdir(), 'greenkube-kubernetes-')) : '';
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened: KubernetesInventory[] = [];

function open(access: KubernetesAccess): KubernetesInventory {
  const timing = { backoffMs: 20, maxBackoffMs: 200, recheckMs: 500 };
  const inventory = createKubernetesInventory({ access, timeout: seconds(10), labels: ['app'], timing });
  opened.push(inventory);
  return inventory;
}

/** A folder as the kubelet mounts it. */
function mounted(name: string, server: KubeApiServer, token: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'token'), token);
  writeFileSync(join(folder, 'ca.crt'), server.ca);
  return folder;
}

const inCluster = (folder: string, port: number): KubernetesAccess => ({
  kind: 'in-cluster',
  host: '127.0.0.1',
  port: String(port),
  folder,
});

async function valueOf(inventory: KubernetesInventory): Promise<Inventory> {
  const outcome = await inventory.current();
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

async function until<T>(what: string, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within 30 s`);
    await delay(50);
  }
}

const podOf = (inventory: Inventory, name: string) => inventory.pods.find((pod) => pod.name === name);

describeWithServer('the inventory of a real API server', () => {
  let server: KubeApiServer;
  let shipped: KubernetesInventory;

  beforeAll(async () => {
    server = await startKubeApiServer({ dir: join(root, 'server') });
    await seed(server);
    // More than a page of something that is cheap to make.
    for (let from = 0; from < 600; from += 50) {
      const names = Array.from({ length: 50 }, (_, i) => `many-${from + i}`);
      await Promise.all(names.map((name) => create(server, '/api/v1/namespaces', { metadata: { name } })));
    }
    const ports = [{ name: 'http-web', port: 9090 }];
    const prometheus = { metadata: { name: 'prometheus', labels: { app: 'prometheus' } }, spec: { ports } };
    await create(server, '/api/v1/namespaces/shop/services', prometheus);
    const token = await applyShippedRbac(server);
    shipped = open(inCluster(mounted('shipped', server, token), server.port));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(opened.map((inventory) => inventory.close()));
    await server.stop();
  }, 30_000);

  inventorySourceContract('a real API server', async () =>
    open({ kind: 'kubeconfig', path: server.kubeconfig, context: null }),
  );

  it('has every node with its size, provider and labels', async () => {
    const { nodes } = await valueOf(shipped);
    expect(nodes.map((node) => node.name).toSorted()).toEqual(NODES.map((node) => node.name).toSorted());
    const aws = nodes.find((node) => node.name === 'ip-10-0-1-11');
    expect(aws).toMatchObject({
      providerId: 'aws:///eu-west-3a/i-0abc123def4567890',
      cpuCapacity: 4,
      memoryCapacity: 16106120 * 1024,
      cpuAllocatable: 3.92,
      labels: {
        'topology.kubernetes.io/zone': 'eu-west-3a',
        'node.kubernetes.io/instance-type': 'm5.xlarge',
      },
      unschedulable: false,
    });
    expect(aws?.taints.map((taint) => taint.key)).toContain('node.kubernetes.io/not-ready');
  });

  it('counts requests as the scheduler does: init containers, sidecars, none at all', async () => {
    const inventory = await valueOf(shipped);
    const web = podOf(inventory, 'web-7d4b9c-x2k4p');
    // The init container beside the sidecar needs the most CPU, the running containers the most memory.
    expect(web?.cpuRequest).toBeCloseTo(1.05, 9);
    expect(web?.memoryRequest).toBe((256 + 64 + 32) * MIB);
    expect(web?.containers.map((each) => each.name)).toEqual(['logs', 'web', 'proxy']);
    expect(podOf(inventory, 'shell')).toMatchObject({ cpuRequest: null, memoryRequest: null });
    expect(podOf(inventory, 'canary-5f6d-abcde')).toMatchObject({ cpuRequest: 0.1, memoryRequest: null });
  });

  it('follows owners to the top, custom resources too', async () => {
    const { pods } = await valueOf(shipped);
    const workloads = pods.map(({ name, workload }) => [name, `${workload.type}/${workload.name}`]);
    expect(Object.fromEntries(workloads)).toEqual({
      'web-7d4b9c-x2k4p': 'Deployment/web',
      'web-7d4b9c-q9z7m': 'Deployment/web',
      'db-0': 'StatefulSet/db',
      'agent-0': 'DaemonSet/agent',
      'agent-1': 'DaemonSet/agent',
      'canary-5f6d-abcde': 'Rollout/canary',
      'events-0': 'StrimziPodSet/events',
      'report-29380500-hj2lk': 'CronJob/report',
      shell: 'Pod/shell',
    });
    expect(
      pods
        .filter((pod) => pod.pinned)
        .map((pod) => pod.name)
        .toSorted(),
    ).toEqual(['agent-0', 'agent-1']);
  });

  it('has claims, autoscalers, namespaces over two pages and the kept labels', async () => {
    const inventory = await valueOf(shipped);
    expect(podOf(inventory, 'db-0')?.volumes).toEqual([
      { claim: 'data-db-0', bytes: 20 * GIB, media: 'ssd' },
    ]);
    expect(podOf(inventory, 'db-0')?.labels).toEqual({ app: 'db' });
    expect(inventory.autoscalers).toEqual([
      {
        namespace: 'shop',
        name: 'web-scaler',
        kind: 'HorizontalPodAutoscaler',
        target: { name: 'web', type: 'Deployment' },
      },
    ]);
    expect(inventory.namespaces.filter(({ name }) => name.startsWith('many-'))).toHaveLength(600);
    const shop = inventory.namespaces.find(({ name }) => name === 'shop');
    expect(shop?.labels['team']).toBe('shop-team');
    // KEDA is not installed, which is no lack of permission.
    expect(inventory.missing).toEqual([]);
  });

  it('follows what happens, and remembers a pod that has just gone', async () => {
    const pod = { namespace: 'shop', name: 'late', node: NODES[0].name };
    await createPod(server, { ...pod, containers: [container('late', { cpu: '300m' })] });
    const seen = await until('a new pod', async () => podOf(await valueOf(shipped), 'late'));
    expect(seen).toMatchObject({ cpuRequest: 0.3, workload: { name: 'late', type: 'Pod' } });
    await deletePod(server, 'shop', 'late');
    const after = await until('its end', async () => {
      const inventory = await valueOf(shipped);
      return podOf(inventory, 'late') === undefined && inventory;
    });
    expect(after.departed?.map(({ uid }) => uid)).toEqual([seen.uid]);
    expect(await valueOf(shipped)).toBe(after);
  });

  it('lists services for discovery', async () => {
    const outcome = await shipped.services();
    const own = outcome.ok && outcome.value.filter(({ namespace }) => namespace === 'shop');
    expect(own).toEqual([
      {
        namespace: 'shop',
        name: 'prometheus',
        labels: { app: 'prometheus' },
        type: 'ClusterIP',
        ports: [{ name: 'http-web', port: 9090, protocol: 'TCP' }],
      },
    ]);
  });

  it('pages every list, writes nothing, and uses all that the shipped role grants and no more', async () => {
    const calls = await until('the audit log', async () => {
      const lines = server
        .audit()
        .filter(({ user }) => user.username.endsWith(':greenkube:greenkube-exporter'));
      return lines.some(({ objectRef }) => objectRef?.resource === 'services') && lines;
    });
    const granted = grantsOf(
      (await ok(server, 'GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/greenkube-exporter'))[
        'rules'
      ],
    );
    const used = calls.map(
      ({ verb, objectRef }) => `${verb} ${objectRef?.apiGroup ?? ''}/${objectRef?.resource}`,
    );
    const status = (entry: (typeof calls)[number]): number => entry.responseStatus?.code ?? 0;
    expect(calls.filter((entry) => status(entry) !== 200 && status(entry) !== 404)).toEqual([]);
    // What a cluster without KEDA cannot be asked to watch.
    expect([...new Set(used), 'watch keda.sh/scaledobjects'].toSorted()).toEqual(granted);
    const lists = calls.filter(({ verb }) => verb === 'list').map(({ requestURI }) => requestURI);
    expect(lists.filter((uri) => !uri.includes('limit=500'))).toEqual([]);
    expect(lists.filter((uri) => uri.startsWith('/api/v1/namespaces'))).toHaveLength(2);
  });

  it('names the permission that is missing and goes on with the rest', async () => {
    const rules = [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
    ];
    const token = await accountWith(server, 'partial', rules);
    const inventory = open(inCluster(mounted('partial', server, token), server.port));
    await valueOf(inventory);
    const { nodes, pods, namespaces, missing } = await until('the refused watch', async () => {
      const value = await valueOf(inventory);
      return value.missing.some((each) => each.includes('watch on namespaces')) && value;
    });
    expect([nodes.length, pods.length, namespaces.length > 600]).toEqual([2, 0, true]);
    const lacking = missing.map((each) => /^needs the verb (\w+ on [\w.]+) /.exec(each)?.[1]);
    expect(lacking).toEqual([
      'watch on namespaces',
      'list on replicasets.apps',
      'list on jobs.batch',
      'list on persistentvolumeclaims',
      'list on horizontalpodautoscalers.autoscaling',
      'list on scaledobjects.keda.sh',
      'list on pods',
    ]);
    expect(await inventory.services()).toMatchObject({ ok: false, reason: 'unauthorized', retryable: false });
  });

  it('is unavailable, and says why, when it may read neither nodes nor pods', async () => {
    const token = await accountWith(server, 'nothing', []);
    const inventory = open(inCluster(mounted('nothing', server, token), server.port));
    const outcome = await inventory.current();
    expect(outcome).toMatchObject({ ok: false, reason: 'unauthorized' });
    expect(!outcome.ok && outcome.message).toContain('needs the verb list on nodes');
  });

  it('takes up a token that was replaced in its file', async () => {
    const folder = mounted('rotated', server, 'no-longer-good');
    const inventory = open(inCluster(folder, server.port));
    expect(await inventory.current()).toMatchObject({ ok: false, reason: 'unauthorized' });
    writeFileSync(join(folder, 'token'), await tokenFor(server, 'greenkube', 'greenkube-exporter'));
    const outcome = await until('the new token', async () => {
      const now = await inventory.current();
      return now.ok && now;
    });
    expect(outcome.value.nodes).toHaveLength(2);
  });

  it.each(['token', 'cert'])('opens a kubeconfig by its context: %s', async (context) => {
    const inventory = open({ kind: 'kubeconfig', path: server.kubeconfig, context });
    expect((await valueOf(inventory)).nodes).toHaveLength(2);
  });

  it('says which contexts a kubeconfig has when the one that is asked for is not there', async () => {
    const inventory = open({ kind: 'kubeconfig', path: server.kubeconfig, context: 'prod' });
    const outcome = await inventory.current();
    expect(outcome).toMatchObject({ ok: false, reason: 'not-configured' });
    expect(!outcome.ok && outcome.message).toContain('KUBE_CONTEXT to one of: token, cert');
  });
});

describeWithServer('an API server that has forgotten', () => {
  it('lists again after a cut in which the revision of the watch was compacted away', async () => {
    const server = await startKubeApiServer({ dir: join(root, 'forgetful'), flags: ['--watch-cache=false'] });
    const relay = await startCuttingRelay(server.port);
    const folder = mounted(
      'forgetful-account',
      server,
      await accountWith(server, 'all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]),
    );
    const inventory = open(inCluster(folder, relay.port));
    try {
      await seed(server);
      await valueOf(inventory);
      relay.cut();
      await deletePod(server, 'shop', 'db-0');
      const made = await createPod(server, {
        namespace: 'shop',
        name: 'after',
        node: NODES[0].name,
        containers: [container('c')],
      });
      await server.compact(made.metadata['resourceVersion'] as string);
      const gone = server.audit().length;
      relay.mend();
      const value = await until('the relist', async () => {
        const now = await valueOf(inventory);
        return podOf(now, 'after') !== undefined && now;
      });
      expect(podOf(value, 'db-0')).toBeUndefined();
      expect(value.departed?.map(({ name }) => name)).toEqual(['db-0']);
      const since = server
        .audit()
        .slice(gone)
        .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`);
      const [watched, listed] = [since.indexOf('watch pods'), since.indexOf('list pods')];
      expect(watched).toBeGreaterThanOrEqual(0);
      expect(listed).toBeGreaterThan(watched);
    } finally {
      await inventory.close();
      await relay.close();
      await server.stop();
    }
  }, 120_000);
});

async function accountWith(server: KubeApiServer, name: string, rules: readonly object[]): Promise<string> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name }];
  await create(server, '/api/v1/namespaces/default/serviceaccounts', { metadata: { name } });
  await create(server, `${rbac}/clusterroles`, { metadata: { name }, rules });
  await create(server, `${rbac}/clusterrolebindings`, { metadata: { name }, roleRef, subjects });
  return tokenFor(server, 'default', name);
}

/** "verb group/resource" for everything that the rules allow. */
function grantsOf(rules: unknown): string[] {
  const list = rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  return list
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    )
    .toSorted();
}
