/** A fake server with one node and two pods, and sources that ask it. */
import type { UsageWindow } from '../../../domain/model.js';
import { epochSeconds, seconds } from '../../../domain/units.js';
import type { Outcome } from '../../../ports/outcome.js';
import { createPrometheusSource, type PrometheusOptions, type PrometheusSource } from '../index.js';
import {
  startFakePrometheus,
  type FakePrometheus,
  type FakeSeries,
  type FakeWorld,
} from './fake-prometheus.js';

export const START = epochSeconds(1_768_471_200); // 2026-01-15 10:00 UTC
export const STEP = seconds(300);

/** A server, and sources of it that are closed together. */
export class Bench {
  private readonly sources: PrometheusSource[] = [];

  private constructor(readonly server: FakePrometheus) {}

  static async start(): Promise<Bench> {
    return new Bench(await startFakePrometheus());
  }

  source(options: Partial<PrometheusOptions> = {}): PrometheusSource {
    const source = createPrometheusSource({
      url: this.server.url,
      verifyCerts: true,
      timeout: seconds(2),
      maxBytes: 1_000_000,
      labels: [],
      clock: { now: () => epochSeconds(START + 86_400) },
      retryBaseMs: 1,
      ...options,
    });
    this.sources.push(source);
    return source;
  }

  async closeSources(): Promise<void> {
    await Promise.all(this.sources.splice(0).map((source) => source.close()));
  }
}

export function observe(source: PrometheusSource, intervals = 1): Promise<Outcome<readonly UsageWindow[]>> {
  return source.observe({ from: START, to: epochSeconds(START + intervals * STEP) }, STEP);
}

/** Windows of the first intervals from START; throws when they are unavailable. */
export async function windows(source: PrometheusSource, intervals = 1): Promise<readonly UsageWindow[]> {
  const outcome = await observe(source, intervals);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

export const POD_CPU = 'container_cpu_usage_seconds_total{container!=""';
export const POD_CGROUP_CPU = 'container_cpu_usage_seconds_total{container="",pod';
export const ROOT_CPU = 'container_cpu_usage_seconds_total{id="/"';
export const POD_COUNT = 'kube_pod_info{exported_pod="",node!=""';
export const NODE_COUNT = 'by (node,provider_id,internal_ip)';
export const CAPACITY = 'kube_node_status_capacity';

export const one = (metric: Record<string, string>, value: FakeSeries['value'] = 1): FakeSeries => ({
  metric,
  value,
});
export const pod = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  namespace: 'shop',
  pod: name,
  ...more,
});

/** One node with two pods, aggregated as the server would. */
export const BASE: FakeWorld = [
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
export function world(...changes: (readonly [string, readonly FakeSeries[]])[]): FakeWorld {
  const changed = new Set(changes.map(([word]) => word));
  return [...changes, ...BASE.filter(([word]) => !changed.has(word))];
}
