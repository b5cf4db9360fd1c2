/** A small cluster made by hand in a real API server: no controller, scheduler or kubelet runs. */
import type { KubeApiServer } from '../kube-apiserver.js';

export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly uid?: string; readonly [key: string]: unknown };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/**
 * Creates an object and, where one is given, writes its status: a POST drops the status of all but nodes without a word.
 * @throws Error with the server's words when it refuses.
 */
export async function create(server: KubeApiServer, path: string, object: Manifest): Promise<Manifest> {
  const { status, ...rest } = object;
  const made = await ok(server, 'POST', path, rest);
  if (status === undefined) return made;
  return ok(server, 'PATCH', `${path}/${object.metadata.name}/status`, { status });
}

/** @throws Error with the server's words for anything but 2xx. */
export async function ok(
  server: KubeApiServer,
  method: string,
  path: string,
  content?: unknown,
  contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
): Promise<Manifest> {
  const { status, body } = await server.request(method, path, content, { contentType });
  if (status >= 200 && status <= 299) return body as Manifest;
  const said = (body as { message?: string } | null)?.message ?? String(body);
  throw new Error(`${method} ${path}: ${status} ${said}`);
}

export const NODES = [
  {
    name: 'ip-10-0-1-11',
    providerID: 'aws:///eu-west-3a/i-0abc123def4567890',
    memory: '16106120Ki',
    labels: {
      'kubernetes.io/arch': 'amd64',
      'node.kubernetes.io/instance-type': 'm5.xlarge',
      'topology.kubernetes.io/region': 'eu-west-3',
      'topology.kubernetes.io/zone': 'eu-west-3a',
    },
  },
  {
    name: 'gke-pool-1-abcd',
    providerID: 'gce://project-1/europe-west9-b/gke-pool-1-abcd',
    memory: '16Gi',
    labels: {
      'kubernetes.io/arch': 'arm64',
      'node.kubernetes.io/instance-type': 't2a-standard-4',
      'topology.kubernetes.io/region': 'europe-west9',
      'topology.kubernetes.io/zone': 'europe-west9-b',
      'cloud.google.com/gke-spot': 'true',
    },
  },
] as const;

type Amounts = Readonly<Record<string, string>>;
type Container = Readonly<Record<string, unknown>> & { readonly name: string };

export const container = (
  name: string,
  requests?: Amounts,
  more: Readonly<Record<string, unknown>> = {},
): Container => ({
  name,
  image: `registry.example/${name}:1`,
  ...(requests ? { resources: { requests } } : {}),
  ...more,
});

/** Reference that makes `object` the controller. */
export const ownedBy = ({ apiVersion, kind, metadata }: Manifest): Readonly<Record<string, unknown>>[] => [
  { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true },
];

export interface PodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly containers: readonly Container[];
  readonly owner?: Manifest;
  readonly labels?: Amounts;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly phase?: string;
}

export function createPod(server: KubeApiServer, pod: PodSpec): Promise<Manifest> {
  const { namespace, name, node, containers, owner, labels = {}, spec = {}, phase = 'Running' } = pod;
  return create(server, `/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name, labels, ...(owner ? { ownerReferences: ownedBy(owner) } : {}) },
    spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers, ...spec },
    status: { phase },
  });
}

/** At once: nobody is there to end it in good order. */
export const deletePod = (server: KubeApiServer, namespace: string, name: string): Promise<Manifest> =>
  ok(server, 'DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);

const apps = (plural: string): string => `/apis/apps/v1/namespaces/shop/${plural}`;

/** Two nodes (AWS amd64, Google arm64 spot), namespaces `shop` and `batch`, and one of each owner chain with its pods. */
export async function seed(server: KubeApiServer): Promise<void> {
  for (const node of NODES) await createNode(server, node);
  for (const name of ['shop', 'batch']) {
    await create(server, '/api/v1/namespaces', { metadata: { name, labels: { team: `${name}-team` } } });
  }
  await seedWeb(server);
  await seedDatabase(server);
  await seedAgents(server);
  await seedRollout(server);
  await seedBatch(server);
}

export async function createNode(
  server: KubeApiServer,
  { name, providerID, memory, labels }: { name: string; providerID: string; memory: string; labels: Amounts },
): Promise<void> {
  const amounts = { cpu: '4', memory, pods: '110' };
  await create(server, '/api/v1/nodes', {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { providerID },
    status: { capacity: amounts, allocatable: { ...amounts, cpu: '3920m' } },
  });
}

/** Deployment > ReplicaSet > two pods, with an init container, a sidecar and an autoscaler. */
async function seedWeb(server: KubeApiServer): Promise<void> {
  const labels = { app: 'web', 'pod-template-hash': '7d4b9c' };
  const containers = [
    container('web', { cpu: '250m', memory: '256Mi' }),
    container('proxy', { cpu: '0.1', memory: '64Mi' }),
  ];
  const initContainers = [
    container('logs', { cpu: '50m', memory: '32Mi' }, { restartPolicy: 'Always' }),
    container('migrate', { cpu: '1', memory: '64Mi' }),
  ];
  const spec = (selector: Amounts) => ({
    selector: { matchLabels: selector },
    template: { metadata: { labels: selector }, spec: { containers, initContainers } },
  });
  const deployment = await create(server, apps('deployments'), {
    metadata: { name: 'web' },
    spec: { replicas: 2, ...spec({ app: 'web' }) },
  });
  const replicaSet = await create(server, apps('replicasets'), {
    metadata: { name: 'web-7d4b9c', labels, ownerReferences: ownedBy(deployment) },
    spec: { replicas: 2, ...spec(labels) },
  });
  for (const [i, suffix] of ['x2k4p', 'q9z7m'].entries()) {
    const node = NODES[i]!.name;
    const name = `web-7d4b9c-${suffix}`;
    await createPod(server, {
      namespace: 'shop',
      name,
      node,
      containers,
      owner: replicaSet,
      labels,
      spec: { initContainers },
    });
  }
  await create(server, '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
    metadata: { name: 'web-scaler' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  });
}

/** StatefulSet > pod with a bound claim of 20 GiB. */
async function seedDatabase(server: KubeApiServer): Promise<void> {
  const labels = { app: 'db' };
  const containers = [container('postgres', { cpu: '1', memory: '2Gi' })];
  const set = await create(server, apps('statefulsets'), {
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  });
  await create(server, '/api/v1/namespaces/shop/persistentvolumeclaims', {
    metadata: { name: 'data-db-0' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'gp3',
      resources: { requests: { storage: '20Gi' } },
      volumeName: 'pv-db-0',
    },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '20Gi' } },
  });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
  const node = NODES[0].name;
  await createPod(server, {
    namespace: 'shop',
    name: 'db-0',
    node,
    containers,
    owner: set,
    labels,
    spec: { volumes },
  });
}

async function seedAgents(server: KubeApiServer): Promise<void> {
  const labels = { app: 'agent' };
  const containers = [container('agent', { cpu: '50m', memory: '32Mi' })];
  const set = await create(server, apps('daemonsets'), {
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  for (const [i, { name: node }] of NODES.entries()) {
    await createPod(server, { namespace: 'shop', name: `agent-${i}`, node, containers, owner: set, labels });
  }
}

/** A custom resource that owns a ReplicaSet, and one that owns a pod: both only as their owner references say. */
async function seedRollout(server: KubeApiServer): Promise<void> {
  const labels = { app: 'canary' };
  const containers = [container('canary', { cpu: '100m' })];
  const custom = (apiVersion: string, kind: string, name: string): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, uid: `0b8e1c3a-0000-4000-8000-${kind.length.toString().padStart(12, '0')}` },
  });
  const replicaSet = await create(server, apps('replicasets'), {
    metadata: {
      name: 'canary-5f6d',
      ownerReferences: ownedBy(custom('argoproj.io/v1alpha1', 'Rollout', 'canary')),
    },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  const node = NODES[0].name;
  await createPod(server, {
    namespace: 'shop',
    name: 'canary-5f6d-abcde',
    node,
    containers,
    owner: replicaSet,
    labels,
  });
  const owner = custom('kafka.strimzi.io/v1beta2', 'StrimziPodSet', 'events');
  await createPod(server, { namespace: 'shop', name: 'events-0', node, containers, owner });
}

/** CronJob > Job > finished pod, and a bare pod without requests. */
async function seedBatch(server: KubeApiServer): Promise<void> {
  const containers = [container('report', { cpu: '500m', memory: '128Mi' })];
  const template = { spec: { containers, restartPolicy: 'Never' } };
  const cronJob = await create(server, '/apis/batch/v1/namespaces/batch/cronjobs', {
    metadata: { name: 'report' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
  });
  const job = await create(server, '/apis/batch/v1/namespaces/batch/jobs', {
    metadata: { name: 'report-29380500', ownerReferences: ownedBy(cronJob) },
    spec: { template },
  });
  const node = NODES[1].name;
  const finished = {
    namespace: 'batch',
    name: 'report-29380500-hj2lk',
    node,
    containers,
    phase: 'Succeeded',
  };
  await createPod(server, { ...finished, owner: job, spec: { restartPolicy: 'Never' } });
  await createPod(server, { namespace: 'batch', name: 'shell', node, containers: [container('shell')] });
}

/** A service account's token through the TokenRequest API; 600 s is the shortest life that the server grants. */
export async function tokenFor(server: KubeApiServer, namespace: string, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const answer = await ok(server, 'POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 600 },
  });
  return (answer.status as { token: string }).token;
}
