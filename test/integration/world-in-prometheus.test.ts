import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { createWorld, type WorldPod } from '../../exporter/src/demo/world.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { renderWorld } from '../world/render.js';

const START = Date.UTC(2026, 5, 3, 6) / 1000;
const END = START + 2 * 3600;
const SCRAPE = 15;
const world = createWorld({ seed: 1, start: epochSeconds(START) });
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });

interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('two hours of the world in a real Prometheus', () => {
  const dir = mkdtempSync(join(tmpdir(), 'world-in-prometheus-'));
  let server: PrometheusServer;

  beforeAll(async () => {
    server = await startPrometheus({ dir });
    const options = {
      from: epochSeconds(START),
      to: epochSeconds(END),
      scrapeInterval: SCRAPE,
      opencost: true,
    };
    for (const batch of renderWorld(world, options)) await remoteWrite(server.url, batch);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function query(expression: string, time: number): Promise<readonly Answer[]> {
    const url = `${server.url}/api/v1/query?query=${encodeURIComponent(expression)}&time=${time}`;
    const body = (await (await fetch(url)).json()) as {
      status: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    expect(body.status).toBe('success');
    return body.data.result.map((r) => ({ metric: r.metric, value: Number(r.value[1]) }));
  }

  const podCpu = (pods: readonly WorldPod[], from: number, to: number): number =>
    pods.reduce((sum, pod) => sum + world.usage(pod, range(from, to)).cpuSeconds, 0);

  /**
   * increase() sees the samples inside its window and extends them to its edges at their mean rate. It errs by the difference of
   * rates within one scrape interval at either edge, 15 s of 3 600 s, and for a pod that is born or dies inside by up to one
   * interval of its use: together well under half a percent of an hour of a whole cluster.
   */
  it('adds up to the closed form: pods', async () => {
    const [sum] = await query(
      'sum(increase(container_cpu_usage_seconds_total{container!="",container!="POD"}[1h]))',
      END,
    );
    const truth = podCpu(world.podsDuring(range(END - 3600, END)), END - 3600, END);
    expect(Math.abs(sum!.value / truth - 1)).toBeLessThan(0.005);
  });

  it('adds up to the closed form: each machine', async () => {
    const roots = await query('sum by (node) (increase(container_cpu_usage_seconds_total{id="/"}[1h]))', END);
    const nodes = world.nodesDuring(range(END - 3600, END));
    expect(roots.map((r) => r.metric['node']).sort()).toEqual(nodes.map((n) => n.name).sort());
    for (const { metric, value } of roots) {
      const node = nodes.find((n) => n.name === metric['node'])!;
      expect(Math.abs(value / world.nodeCpuSeconds(node, range(END - 3600, END)) - 1)).toBeLessThan(0.01);
    }
  });

  it('adds up to the closed form: bytes and memory of a namespace', async () => {
    const pods = world.podsDuring(range(END - 3600, END)).filter((p) => p.namespace === 'checkout');
    const usage = pods.map((p) => world.usage(p, range(END - 3600, END)));
    const [sent] = await query(
      'sum(increase(container_network_transmit_bytes_total{namespace="checkout"}[1h]))',
      END,
    );
    const transmitted = usage.reduce((sum, u) => sum + u.transmittedBytes, 0);
    expect(Math.abs(sent!.value / transmitted - 1)).toBeLessThan(0.01);
    const [mean] = await query(
      'sum(sum_over_time(container_memory_working_set_bytes{namespace="checkout",container!="",container!="POD"}[1h]))',
      END,
    );
    const byteSeconds = usage.reduce((sum, u) => sum + u.memoryBytes * u.seconds, 0);
    expect(Math.abs((mean!.value * SCRAPE) / byteSeconds - 1)).toBeLessThan(0.01);
  });

  it('knows the inventory: machines, pods, and requests once OpenCost’s copies are folded away', async () => {
    const now = world.podsDuring(range(END - 1, END));
    const running = await query('count(kube_pod_status_phase{phase="Running"} == 1)', END - 1);
    // A pod that died less than the five minutes ago that an instant query looks back is still counted.
    expect(running[0]!.value).toBeGreaterThanOrEqual(now.length);
    expect(running[0]!.value).toBeLessThanOrEqual(world.podsDuring(range(END - 330, END)).length);
    const requests = (reduce: string): string =>
      `sum(${reduce} (kube_pod_container_resource_requests{namespace="shop",resource="cpu",pod=~"catalog-.*"}))`;
    const [folded] = await query(requests('max by (namespace,pod,container)'), END - 1);
    const [doubled] = await query(requests(''), END - 1);
    expect(folded!.value).toBeCloseTo(4 * 0.3, 9);
    expect(doubled!.value).toBeCloseTo(8 * 0.3, 9);
    const capacity = await query('sum(max by (node) (kube_node_status_capacity{resource="cpu"}))', END - 1);
    const cores = world.nodesDuring(range(END - 1, END)).reduce((sum, n) => sum + n.cpuCapacity, 0);
    expect(capacity[0]!.value).toBe(cores);
  });

  it('joins a pod to its machine and to its top controller', async () => {
    const joined = await query(
      'count by (owner_name) (kube_pod_owner{namespace="search",owner_kind="ReplicaSet",job="kube-state-metrics"} ' +
        '* on (namespace, pod) group_left (node) kube_pod_info{node=~"gke-main-standard-.*"})',
      END - 1,
    );
    expect(joined.length).toBeGreaterThanOrEqual(3);
    const tops = await query('count by (owner_name) (kube_replicaset_owner{namespace="search"})', END - 1);
    expect(tops.map((t) => t.metric['owner_name']).sort()).toEqual(['indexer', 'query', 'suggest']);
  });

  it('holds both traps for a careless sum: pod cgroups and finished Jobs', async () => {
    const [careless] = await query('sum(increase(container_cpu_usage_seconds_total{pod!=""}[1h]))', END);
    const truth = podCpu(world.podsDuring(range(END - 3600, END)), END - 3600, END);
    expect(careless!.value / truth).toBeGreaterThan(1.9);
    const finished = await query('count(kube_pod_status_phase{phase="Succeeded"} == 1)', END - 1);
    expect(finished[0]!.value).toBeGreaterThanOrEqual(4);
  });
});
