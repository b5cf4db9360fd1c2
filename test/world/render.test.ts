import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { createWorld, type WorldPod } from '../../exporter/src/demo/world.js';
import { renderWorld, type RenderOptions, type Series } from './render.js';

const START = Date.UTC(2026, 5, 1, 6) / 1000;
const world = createWorld({ seed: 1, start: epochSeconds(START) });
const at = (minutes: number) => epochSeconds(START + minutes * 60);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });

const nameOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort());

/** All batches joined: samples by series. */
function render(from: number, to: number, options: Partial<RenderOptions> = {}): Map<string, Series> {
  const out = new Map<string, Series>();
  for (const batch of renderWorld(world, { from: at(from), to: at(to), scrapeInterval: 60, ...options })) {
    for (const { labels, samples } of batch) {
      const known = out.get(nameOf(labels)) ?? { labels, samples: [] };
      known.samples.push(...samples);
      out.set(nameOf(labels), known);
    }
  }
  return out;
}

const select = (
  from: Map<string, Series>,
  family: string,
  labels: Record<string, string> = {},
): readonly Series[] =>
  [...from.values()].filter(
    (s) =>
      s.labels['__name__'] === family && Object.entries(labels).every(([k, v]) => (s.labels[k] ?? '') === v),
  );

const MARKED = { staleMarkers: true } as const;
const hour = render(0, 60, MARKED);
const CPU = 'container_cpu_usage_seconds_total';
const real = (one: Series): readonly [number, number][] => one.samples.filter(([, v]) => !Number.isNaN(v));
const grown = (one: Series): number => real(one).at(-1)![1] - real(one)[0]![1];
const seen = (one: Series) => range(real(one)[0]![0] / 1000, real(one).at(-1)![0] / 1000);

describe('the rendered world', () => {
  it('counts for each pod the CPU time of the closed form between its first and last sample', () => {
    const pods = world.podsDuring(range(at(0), at(60)));
    const calm = pods.filter((p) => world.restarts(p, range(at(0), at(60))).length === 0);
    let checked = 0;
    for (const pod of calm) {
      const series = select(hour, CPU, { namespace: pod.namespace, pod: pod.name, cpu: 'total' });
      const containers = series.filter((s) => !['', 'POD'].includes(s.labels['container'] ?? ''));
      if (containers.length === 0) continue;
      const sum = containers.reduce((total, one) => total + grown(one), 0);
      expect(sum).toBeCloseTo(world.usage(pod, seen(containers[0]!)).cpuSeconds, 6);
      expect(grown(series.find((s) => s.labels['container'] === undefined)!)).toBeCloseTo(sum, 6);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(150);
  });

  it('counts for each machine what its pods and its system use', () => {
    for (const node of world.nodesDuring(range(at(0), at(60)))) {
      const [root] = select(hour, CPU, { node: node.name, id: '/' });
      expect(grown(root!)).toBeCloseTo(world.nodeCpuSeconds(node, seen(root!)), 6);
    }
  });

  it('has samples of each series in order, one an interval, on the target’s own offset', () => {
    const offsets = new Set<number>();
    const gaps = new Set<number>();
    for (const { labels, samples } of hour.values()) {
      samples.slice(1).forEach(([ms], i) => gaps.add(ms - samples[i]![0]));
      offsets.add(samples[0]![0] % 60_000);
      if (Object.values(labels).some((value) => typeof value !== 'string')) throw new Error(nameOf(labels));
    }
    expect([...gaps]).toEqual([60_000]);
    expect(offsets.size).toBeGreaterThan(20);
  });

  it('continues in a second rendering where the first ended', () => {
    const parts = [render(0, 25, MARKED), render(25, 60, MARKED)];
    const joined = new Map<string, [number, number][]>();
    for (const part of parts) {
      for (const [key, one] of part) joined.set(key, [...(joined.get(key) ?? []), ...real(one)]);
    }
    expect([...joined.keys()].sort()).toEqual([...hour.keys()].sort());
    for (const [key, samples] of joined) {
      const whole = real(hour.get(key)!);
      expect(samples.map(([ms]) => ms)).toEqual(whole.map(([ms]) => ms));
      const worst = Math.max(
        0,
        ...samples.map(([, v], i) => Math.abs(v - whole[i]![1]) / (1 + whole[i]![1])),
      );
      expect(worst).toBeLessThan(1e-9);
    }
  });

  it('does not depend on the size of its batches', () => {
    expect([...render(0, 10, { batchSeconds: 60 })].sort()).toEqual([...render(0, 10)].sort());
  });

  it('labels series as cAdvisor and kube-state-metrics do', () => {
    const [cpu] = select(hour, CPU, { namespace: 'data', pod: 'kafka-0', container: 'kafka' });
    const node = cpu!.labels['node']!;
    expect(cpu!.labels).toEqual({
      __name__: CPU,
      job: 'kubelet',
      metrics_path: '/metrics/cadvisor',
      instance: expect.stringMatching(/^10\.0\.\d+\.\d+:10250$/),
      node,
      namespace: 'data',
      pod: 'kafka-0',
      container: 'kafka',
      id: expect.stringMatching(
        /^\/kubepods\.slice\/kubepods-burstable\.slice\/kubepods-burstable-pod[0-9a-f_]{36}\.slice\/cri-containerd-[0-9a-f]{64}\.scope$/,
      ),
      image: 'registry.example/kafka:1',
      name: expect.stringMatching(/^[0-9a-f]{64}$/),
      cpu: 'total',
    });
    const uid = select(hour, 'kube_pod_info', { namespace: 'data', pod: 'kafka-0' })[0]!.labels['uid']!;
    const [request] = select(hour, 'kube_pod_container_resource_requests', {
      pod: 'kafka-0',
      resource: 'cpu',
    });
    expect(request!.labels).toEqual({
      __name__: 'kube_pod_container_resource_requests',
      job: 'kube-state-metrics',
      instance: '10.0.0.30:8080',
      namespace: 'data',
      pod: 'kafka-0',
      uid,
      container: 'kafka',
      node,
      resource: 'cpu',
      unit: 'core',
    });
    expect(request!.samples[0]![1]).toBe(0.5);
  });

  it('leads from a pod to its top controller', () => {
    const pod = world.podsDuring(range(at(30), at(31))).find((p) => p.workload.plan.name === 'cart')!;
    const [owner] = select(hour, 'kube_pod_owner', { namespace: pod.namespace, pod: pod.name });
    expect(owner!.labels).toMatchObject({ owner_kind: 'ReplicaSet', owner_name: pod.owner!.name });
    const [top] = select(hour, 'kube_replicaset_owner', {
      namespace: pod.namespace,
      replicaset: pod.owner!.name,
    });
    expect(top!.labels).toMatchObject({ owner_kind: 'Deployment', owner_name: 'cart' });
    const [job] = select(hour, 'kube_job_owner', { namespace: 'batch' });
    expect(job!.labels).toMatchObject({ owner_kind: 'CronJob', owner_name: 'thumbnails' });
  });

  it('splits a pod with a sidecar into its containers', () => {
    const pod = world.podsDuring(range(at(0), at(60))).find((p) => p.workload.plan.name === 'cart')!;
    const requests = select(hour, 'kube_pod_container_resource_requests', { pod: pod.name, resource: 'cpu' });
    expect(requests.map((s) => s.labels['container']).sort()).toEqual(['cart', 'istio-proxy']);
    expect(requests.reduce((sum, s) => sum + s.samples[0]![1], 0)).toBeCloseTo(0.25, 12);
  });

  it('ends the series of a pod at its death with a staleness marker', () => {
    const dead = world.podsDuring(range(at(0), at(55))).find((p) => p.diesAt > at(10) && p.diesAt < at(50))!;
    const [cpu] = select(hour, CPU, { namespace: dead.namespace, pod: dead.name, container: 'POD' });
    const last = cpu!.samples.at(-1)!;
    expect(last[1]).toBeNaN();
    expect(last[0] / 1000).toBeGreaterThanOrEqual(dead.diesAt);
    expect(last[0] / 1000).toBeLessThanOrEqual(dead.diesAt + 60);
    const [plain] = select(render(0, 60), CPU, { pod: dead.name, container: 'POD' });
    expect(plain!.samples).toEqual(real(cpu!));
  });

  it('keeps a finished Job’s pod with its requests, phase Succeeded, for an hour', () => {
    const long = render(0, 100, MARKED);
    const done = world
      .podsDuring(range(at(0), at(20)))
      .find((p) => p.owner?.kind === 'Job' && p.bornAt >= at(0) && p.diesAt < at(20))!;
    const phase = (name: string): readonly number[] =>
      select(long, 'kube_pod_status_phase', { pod: done.name, phase: name })[0]!
        .samples.filter(([ms]) => ms / 1000 > done.diesAt)
        .map(([, v]) => v);
    expect(phase('Succeeded').slice(0, -1)).toEqual(new Array(60).fill(1));
    expect(phase('Running').slice(0, -1)).toEqual(new Array(60).fill(0));
    const [request] = select(long, 'kube_pod_container_resource_requests', {
      pod: done.name,
      resource: 'cpu',
    });
    expect(real(request!).at(-1)![0] / 1000).toBeGreaterThan(done.diesAt + 3500);
    expect(
      select(long, CPU, { pod: done.name, container: 'thumbnails' })[0]!.samples.at(-1)![0] / 1000,
    ).toBeLessThan(done.diesAt + 61);
  });

  it('begins a new container at zero after a restart, and counts it', () => {
    const day = range(at(0), at(1440));
    const flaky = world
      .podsDuring(day)
      .flatMap((pod) => world.restarts(pod, day).map((when) => [pod, when] as const));
    const [pod, when] = flaky[0] as readonly [WorldPod, number];
    const minutes = (when - START) / 60;
    const around = render(Math.max(0, minutes - 5), minutes + 5, MARKED);
    const container = pod.workload.plan.containers[0]!.name;
    const [before, after] = select(around, CPU, { pod: pod.name, container });
    expect(after!.labels['id']).not.toBe(before!.labels['id']);
    const [firstMs, first] = after!.samples[0]!;
    expect(first).toBeCloseTo(world.usage(pod, range(when, firstMs / 1000)).cpuSeconds, 6);
    expect(before!.samples.at(-1)).toEqual([firstMs, Number.NaN]);
    const [restarts] = select(around, 'kube_pod_container_status_restarts_total', { pod: pod.name });
    expect(grown(restarts!)).toBe(1);
  });

  it('follows a claim past the pod that used it', () => {
    const [claim] = select(hour, 'kube_persistentvolumeclaim_resource_requests_storage_bytes', {
      persistentvolumeclaim: 'data-erp-db-0',
    });
    expect(claim!.samples[0]![1]).toBe(400 * 2 ** 30);
    expect(
      select(hour, 'kube_pod_spec_volumes_persistentvolumeclaims_info', { pod: 'erp-db-0' }),
    ).toHaveLength(1);
    expect(
      select(hour, 'kube_horizontalpodautoscaler_info')
        .map((s) => s.labels['scaletargetref_name'])
        .sort(),
    ).toEqual(['flash-sale', 'query', 'web']);
  });

  it('says less when lean, more when OpenCost repeats it, and leaves out the node label on request', () => {
    const lean = render(0, 5, { detail: 'lean', nodeLabel: false });
    expect(select(lean, CPU, { container: 'POD' })).toEqual([]);
    expect(select(lean, 'kube_pod_status_phase', { phase: 'Pending' })).toEqual([]);
    expect(select(lean, CPU, { pod: 'kafka-0' })[0]!.labels).not.toHaveProperty('node');
    expect(lean.size).toBeLessThan(0.7 * render(0, 5).size);
    const twice = select(render(0, 5, { opencost: true }), 'kube_node_status_capacity', { resource: 'cpu' });
    expect(new Set(twice.map((s) => s.labels['job']))).toEqual(new Set(['kube-state-metrics', 'opencost']));
  });

  it('is late by a little with jitter, and the same for the same seed', () => {
    const once = [...render(0, 5, { jitterSeed: 7 })].sort();
    expect([...render(0, 5, { jitterSeed: 7 })].sort()).toEqual(once);
    expect(once).not.toEqual([...render(0, 5)].sort());
  });

  it('refuses to begin before the counters do', () => {
    expect(() => [...renderWorld(world, { from: at(-5), to: at(5) })]).toThrow(/start of the world/);
  });
});
