/**
 * A cluster of two nodes whose every number is known in closed form, as series that cAdvisor, kube-state-metrics and OpenCost
 * would have left in a Prometheus. Three intervals of five minutes from START; scraped every 30 s, 7 s into each half minute.
 */
import type { WriteSeries } from '../servers/remote-write.js';

export const START = Date.UTC(2026, 0, 15, 10) / 1000;
export const STEP = 300;
export const SCRAPE = 30;
const PHASE = 7;
const FIRST = START - 1200;
export const END = START + 3 * STEP;

export interface PodSpec {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly node: 'node-a' | 'node-b';
  /** Cores used by each container. */
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
  /** Cores and bytes, a container. */
  readonly requests: readonly (readonly [number, number])[];
  readonly owner: readonly [kind: string, name: string];
  /** Seconds from START. */
  readonly from: number;
  readonly to: number;
  /** From then on its phase is Succeeded, and its containers are gone. */
  readonly finishedAt?: number;
  readonly hostNetwork?: boolean;
  readonly claims?: readonly string[];
}

const always = { from: FIRST - START, to: END - START };
const base = { cpu: [0.5], memory: [1e8], requests: [[1, 2e8]] as const, ...always };

export const PODS: readonly PodSpec[] = [
  {
    ...base,
    namespace: 'shop',
    pod: 'web-7d4b9c-x2k4p',
    uid: 'u-web',
    node: 'node-a',
    cpu: [0.5, 0.25],
    memory: [1e8, 5e7],
    requests: [
      [1, 2e8],
      [0.5, 1e8],
    ],
    owner: ['ReplicaSet', 'web-7d4b9c'],
    claims: ['media'],
  },
  // Moves to another node 150 s into the first interval.
  {
    ...base,
    namespace: 'shop',
    pod: 'db-0',
    uid: 'u-db-1',
    node: 'node-a',
    owner: ['StatefulSet', 'db'],
    to: 150,
    claims: ['media', 'data-db-0'],
  },
  {
    ...base,
    namespace: 'shop',
    pod: 'db-0',
    uid: 'u-db-2',
    node: 'node-b',
    owner: ['StatefulSet', 'db'],
    from: 150,
    claims: ['media', 'data-db-0'],
  },
  // Recreated on its node 60 s into the second.
  {
    ...base,
    namespace: 'shop',
    pod: 'cache-0',
    uid: 'u-cache-1',
    node: 'node-b',
    owner: ['StatefulSet', 'cache'],
    to: 360,
  },
  {
    ...base,
    namespace: 'shop',
    pod: 'cache-0',
    uid: 'u-cache-2',
    node: 'node-b',
    owner: ['StatefulSet', 'cache'],
    from: 360,
  },
  // Succeeds 120 s into the second.
  {
    ...base,
    namespace: 'batch',
    pod: 'report-294-hj2lk',
    uid: 'u-report',
    node: 'node-b',
    owner: ['Job', 'report-294'],
    finishedAt: 420,
  },
  {
    ...base,
    namespace: 'batch',
    pod: 'shell',
    uid: 'u-shell',
    node: 'node-a',
    owner: ['', ''],
    requests: [],
  },
  {
    ...base,
    namespace: 'kube-system',
    pod: 'agent-0',
    uid: 'u-agent',
    node: 'node-a',
    owner: ['DaemonSet', 'agent'],
    hostNetwork: true,
  },
];

/** CPU the machine uses outside pods, cores. */
export const SYSTEM_CPU = 0.2;
const BYTES_PER_SECOND = 1000;

export interface ClusterOptions {
  /** On every series. */
  readonly cluster: string;
  /** Whether cAdvisor's series carry `node`. */
  readonly nodeLabel: boolean;
}

export function* smallCluster(options: ClusterOptions): Generator<WriteSeries> {
  for (const series of allSeries(options)) {
    yield { ...series, labels: { ...series.labels, cluster: options.cluster } };
  }
}

function* allSeries(options: ClusterOptions): Generator<WriteSeries> {
  for (const node of ['node-a', 'node-b'] as const) yield* nodeSeries(node, options);
  for (const pod of PODS) {
    yield* cadvisor(pod, options);
    yield* kubeState(pod);
    yield* opencost(pod);
  }
  yield* objects('kube-state-metrics');
  yield* objects('opencost');
}

/** Scrapes in [from, to), seconds from START. */
function scrapes(from: number, to: number): number[] {
  const result: number[] = [];
  for (let t = FIRST - START + PHASE; t < Math.min(to, END - START); t += SCRAPE)
    if (t >= from) result.push(t);
  return result;
}

const counter = (
  labels: Record<string, string>,
  from: number,
  to: number,
  perSecond: number,
): WriteSeries => ({
  labels,
  samples: scrapes(from, to).map((t) => [(START + t) * 1000, perSecond * (t - from)]),
});
const gauge = (labels: Record<string, string>, from: number, to: number, value: number): WriteSeries => ({
  labels,
  samples: scrapes(from, to).map((t) => [(START + t) * 1000, value]),
});

const instanceOf = (node: string): string => (node === 'node-a' ? '10.0.1.11:10250' : '10.0.1.12:10250');

function kubelet(node: string, options: ClusterOptions): Record<string, string> {
  return { job: 'kubelet', instance: instanceOf(node), ...(options.nodeLabel ? { node } : {}) };
}

function* cadvisor(pod: PodSpec, options: ClusterOptions): Generator<WriteSeries> {
  const to = pod.finishedAt ?? pod.to;
  const own = {
    ...kubelet(pod.node, options),
    namespace: pod.namespace,
    pod: pod.pod,
    metrics_path: '/metrics/cadvisor',
  };
  const slice = `/kubepods/pod${pod.uid}`;
  const cpuName = 'container_cpu_usage_seconds_total';
  for (const [i, cpu] of pod.cpu.entries()) {
    const labels = { ...own, container: `c${i}`, id: `${slice}/c${i}`, name: `${pod.uid}-${i}` };
    yield counter({ ...labels, __name__: cpuName }, pod.from, to, cpu);
    // The same containers once more, as kubelet's /metrics/resource shows them.
    const { id: _id, name: _name, ...resource } = labels;
    yield counter({ ...resource, metrics_path: '/metrics/resource', __name__: cpuName }, pod.from, to, cpu);
    yield gauge({ ...labels, __name__: 'container_memory_working_set_bytes' }, pod.from, to, pod.memory[i]!);
    yield counter(
      { ...labels, device: 'vda', __name__: 'container_fs_writes_bytes_total' },
      pod.from,
      to,
      BYTES_PER_SECOND,
    );
  }
  const sum = pod.cpu.reduce((a, b) => a + b, 0);
  yield counter({ ...own, __name__: cpuName, id: slice }, pod.from, to, sum);
  yield counter({ ...own, __name__: cpuName, id: `${slice}/pause`, container: 'POD' }, pod.from, to, 0.001);
  const network = { ...own, id: slice, interface: 'eth0' };
  yield counter(
    { ...network, __name__: 'container_network_transmit_bytes_total' },
    pod.from,
    to,
    BYTES_PER_SECOND,
  );
  yield counter(
    { ...network, __name__: 'container_network_receive_bytes_total' },
    pod.from,
    to,
    2 * BYTES_PER_SECOND,
  );
}

const KSM = { job: 'kube-state-metrics', instance: '10.1.0.3:8080' };
const OPENCOST = { job: 'opencost', instance: '10.1.0.9:9003' };

function* kubeState(pod: PodSpec): Generator<WriteSeries> {
  const id = { namespace: pod.namespace, pod: pod.pod, uid: pod.uid };
  const put = (
    name: string,
    labels: Record<string, string>,
    value = 1,
    from = pod.from,
    to = pod.to,
  ): WriteSeries => gauge({ __name__: name, ...KSM, ...id, ...labels }, from, to, value);
  const [kind, name] = pod.owner;
  const info = { node: pod.node, host_network: String(pod.hostNetwork ?? false) };
  // The address comes a scrape after the pod, which makes two series of one pod.
  yield put('kube_pod_info', { ...info, pod_ip: '' }, 1, pod.from, pod.from + SCRAPE);
  yield put('kube_pod_info', { ...info, pod_ip: '10.1.0.5' }, 1, pod.from + SCRAPE, pod.to);
  yield put('kube_pod_owner', {
    owner_kind: kind,
    owner_name: name,
    owner_is_controller: kind === '' ? '' : 'true',
  });
  yield put('kube_pod_labels', {
    label_app_kubernetes_io_name: name || 'none',
    ...(kind === 'StatefulSet' && { label_controller_revision_hash: `${name}-596fd7b8d5` }),
  });
  const done = pod.finishedAt ?? pod.to;
  yield put('kube_pod_status_phase', { phase: 'Running' }, 1, pod.from, done);
  yield put('kube_pod_status_phase', { phase: 'Succeeded' }, 0, pod.from, done);
  if (pod.finishedAt !== undefined) {
    yield put('kube_pod_status_phase', { phase: 'Running' }, 0, done, pod.to);
    yield put('kube_pod_status_phase', { phase: 'Succeeded' }, 1, done, pod.to);
  }
  yield* requests(pod, KSM);
  for (const claim of pod.claims ?? []) {
    yield put('kube_pod_spec_volumes_persistentvolumeclaims_info', {
      volume: claim,
      persistentvolumeclaim: claim,
    });
  }
}

function* opencost(pod: PodSpec): Generator<WriteSeries> {
  const [kind, name] = pod.owner;
  yield* requests(pod, OPENCOST);
  if (kind === '') return;
  const owner = { owner_kind: kind, owner_name: name, owner_is_controller: 'true' };
  const id = { namespace: pod.namespace, pod: pod.pod };
  yield gauge({ __name__: 'kube_pod_owner', ...OPENCOST, ...id, ...owner }, pod.from, pod.to, 1);
}

function* requests(pod: PodSpec, target: Record<string, string>): Generator<WriteSeries> {
  const id = { namespace: pod.namespace, pod: pod.pod, uid: pod.uid, node: pod.node };
  const name = 'kube_pod_container_resource_requests';
  for (const [i, [cpu, memory]] of pod.requests.entries()) {
    const own = { __name__: name, ...target, ...id, container: `c${i}` };
    yield gauge({ ...own, resource: 'cpu', unit: 'core' }, pod.from, pod.to, cpu);
    yield gauge({ ...own, resource: 'memory', unit: 'byte' }, pod.from, pod.to, memory);
  }
}

function* nodeSeries(node: 'node-a' | 'node-b', options: ClusterOptions): Generator<WriteSeries> {
  const { from, to } = always;
  const ip = instanceOf(node).replace(/:.*/, '');
  const info = {
    node,
    internal_ip: ip,
    provider_id: node === 'node-a' ? 'aws:///eu-west-3a/i-0abc' : 'gce://p/europe-west9-b/b',
  };
  yield gauge({ __name__: 'kube_node_info', ...KSM, ...info, kubelet_version: 'v1.37.1' }, from, 100, 1);
  // The kubelet is upgraded in place: the same node under another series.
  yield gauge({ __name__: 'kube_node_info', ...KSM, ...info, kubelet_version: 'v1.37.2' }, 100, to, 1);
  for (const target of [KSM, OPENCOST]) {
    const capacity = { __name__: 'kube_node_status_capacity', ...target, node };
    yield gauge({ ...capacity, resource: 'cpu', unit: 'core' }, from, to, 4);
    yield gauge({ ...capacity, resource: 'memory', unit: 'byte' }, from, to, 16e9);
  }
  if (node === 'node-a') {
    const labels = { label_node_kubernetes_io_instance_type: 'm5.xlarge', label_kubernetes_io_arch: 'amd64' };
    yield gauge({ __name__: 'kube_node_labels', ...KSM, node, ...labels }, from, to, 1);
  }
  yield counter(
    { __name__: 'container_cpu_usage_seconds_total', ...kubelet(node, options), id: '/' },
    from,
    to,
    machineCpu(node),
  );
}

/** Cores that the root cgroup shows: a constant, so that its increase is exact. */
export const machineCpu = (node: string): number => (node === 'node-a' ? 2 + SYSTEM_CPU : 1.5 + SYSTEM_CPU);

function* objects(job: string): Generator<WriteSeries> {
  const { from, to } = always;
  const target = job === 'opencost' ? OPENCOST : KSM;
  const put = (name: string, labels: Record<string, string>, value = 1): WriteSeries =>
    gauge({ __name__: name, ...target, ...labels }, from, to, value);
  for (const [claim, storageclass, size] of [
    ['media', 'st1', 4e9] as const,
    ['data-db-0', 'gp3', 1e10] as const,
  ]) {
    const id = { namespace: 'shop', persistentvolumeclaim: claim };
    yield put('kube_persistentvolumeclaim_info', { ...id, storageclass, volumename: `pv-${claim}` });
    yield put('kube_persistentvolumeclaim_resource_requests_storage_bytes', id, size);
  }
  if (job === 'opencost') return;
  const owner = { owner_is_controller: 'true' };
  yield put('kube_replicaset_owner', {
    namespace: 'shop',
    replicaset: 'web-7d4b9c',
    owner_kind: 'Deployment',
    owner_name: 'web',
    ...owner,
  });
  yield put('kube_job_owner', {
    namespace: 'batch',
    job_name: 'report-294',
    owner_kind: 'CronJob',
    owner_name: 'report',
    ...owner,
  });
}
