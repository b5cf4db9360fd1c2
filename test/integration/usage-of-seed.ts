/** What cAdvisor alone would have left of the seeded cluster in a Prometheus: no kube_* series, constant use. */
import type { WriteSeries } from '../servers/remote-write.js';
import { NODES } from '../servers/kube-apiserver/seed.js';

/** Seconds between scrapes. */
export const SCRAPE = 5;

export interface SeededPod {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  /** Cores. */
  readonly cpu: number;
}

const [aws, gcp] = NODES;
const on = (node: string, namespace: string, pod: string, cpu: number): SeededPod => ({
  namespace,
  pod,
  node,
  cpu,
});

/** Every pod of the seed that runs. */
export const RUNNING: readonly SeededPod[] = [
  on(aws.name, 'shop', 'web-7d4b9c-x2k4p', 0.5),
  on(gcp.name, 'shop', 'web-7d4b9c-q9z7m', 0.25),
  on(aws.name, 'shop', 'db-0', 1),
  on(aws.name, 'shop', 'agent-0', 0.05),
  on(gcp.name, 'shop', 'agent-1', 0.05),
  on(aws.name, 'shop', 'canary-5f6d-abcde', 0.1),
  on(aws.name, 'shop', 'events-0', 0.2),
  on(gcp.name, 'batch', 'shell', 0.01),
];

/** Cores that each machine uses beside its pods. */
export const SYSTEM = 0.2;

export const machineCores = (node: string): number =>
  RUNNING.filter((pod) => pod.node === node).reduce((sum, { cpu }) => sum + cpu, SYSTEM);

/** @param from seconds since the epoch; @param to exclusive */
export function* usageOf(from: number, to: number): Generator<WriteSeries> {
  const counter = (labels: Record<string, string>, perSecond: number): WriteSeries => ({
    labels: { __name__: 'container_cpu_usage_seconds_total', ...labels },
    samples: scrapes(from, to).map((t) => [t * 1000, perSecond * (t - from)]),
  });
  for (const { name: node } of NODES) yield counter({ ...target(node), id: '/' }, machineCores(node));
  for (const { namespace, pod, node, cpu } of RUNNING) {
    const own = { ...target(node), namespace, pod };
    yield counter({ ...own, container: 'main', id: `/kubepods/${pod}/main` }, cpu);
    yield counter({ ...own, id: `/kubepods/${pod}` }, cpu);
    yield {
      labels: {
        __name__: 'container_memory_working_set_bytes',
        ...own,
        container: 'main',
        id: `/kubepods/${pod}/main`,
      },
      samples: scrapes(from, to).map((t) => [t * 1000, 1e8]),
    };
  }
}

const target = (node: string): Record<string, string> => ({
  job: 'kubelet',
  metrics_path: '/metrics/cadvisor',
  instance: `${node}:10250`,
  node,
});

/** Two seconds into each scrape interval. */
function scrapes(from: number, to: number): number[] {
  const first = Math.ceil(from / SCRAPE) * SCRAPE + 2;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / SCRAPE)) }, (_, i) => first + i * SCRAPE);
}

/** The kube_* series that say no more than which nodes and pods there are. */
export function* descriptionOf(from: number, to: number): Generator<WriteSeries> {
  const gauge = (name: string, labels: Record<string, string>, value = 1): WriteSeries => ({
    labels: { __name__: name, job: 'kube-state-metrics', instance: '10.1.0.3:8080', ...labels },
    samples: scrapes(from, to).map((t) => [t * 1000, value]),
  });
  for (const { name: node, providerID } of NODES) {
    yield gauge('kube_node_info', { node, provider_id: providerID });
    yield gauge('kube_node_status_capacity', { node, resource: 'cpu', unit: 'core' }, 4);
    yield gauge('kube_node_status_capacity', { node, resource: 'memory', unit: 'byte' }, 16e9);
  }
  for (const { namespace, pod, node } of RUNNING) {
    yield gauge('kube_pod_info', { namespace, pod, node, uid: `uid-${pod}` });
  }
}
