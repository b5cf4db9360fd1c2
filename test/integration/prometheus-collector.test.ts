/**
 * The collector against a real Prometheus that holds a cluster whose numbers are known. What increase() cannot know, it
 * extrapolates: at the ends of a series that begins or ends within the interval it may be off by up to one scrape interval's
 * worth on either side. Series that last all of it are exact.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPrometheusSource,
  type PrometheusSource,
} from '../../exporter/src/collectors/prometheus/index.js';
import type { PodSample, UsageWindow } from '../../exporter/src/domain/model.js';
import { withRevisionLabel } from '../../exporter/src/domain/releases/revision.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite, type WriteSeries } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { END, machineCpu, PODS, SCRAPE, smallCluster, START, STEP } from './small-cluster.js';

const CLUSTERS = [
  { cluster: 'labelled', nodeLabel: true },
  { cluster: 'unlabelled', nodeLabel: false },
] as const;
const HOURS_WITHOUT = 3 * 3600;
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('Prometheus collector', () => {
  let dir: string;
  let server: PrometheusServer;
  const sources: PrometheusSource[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-collector-'));
    server = await startPrometheus({ dir });
    for (const options of CLUSTERS) await remoteWrite(server.url, smallCluster(options));
    await remoteWrite(server.url, movedMetrics());
  }, 60_000);
  afterAll(async () => {
    await Promise.all(sources.map((source) => source.close()));
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  function sourceOf(cluster: string): PrometheusSource {
    const source = createPrometheusSource({
      url: server.url,
      verifyCerts: true,
      timeout: seconds(20),
      maxBytes: 1e8,
      extraMatchers: `cluster="${cluster}"`,
      labels: withRevisionLabel(['app.kubernetes.io/name']),
      clock: { now: () => epochSeconds(END) },
    });
    sources.push(source);
    return source;
  }

  async function observed(cluster: string, from = START, to = END): Promise<readonly UsageWindow[]> {
    const range = { from: epochSeconds(from), to: epochSeconds(to) };
    const outcome = await sourceOf(cluster).observe(range, seconds(STEP));
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  describe.each(CLUSTERS)('$cluster', ({ cluster }) => {
    it('sees every interval whole', async () => {
      const windows = await observed(cluster);
      expect(windows.map((each) => each.interval.start)).toEqual([START, START + 300, START + 600]);
      for (const window of windows) expect(window).toMatchObject({ coverage: 1, partialReasons: [] });
    });

    it('sizes and places nodes, and knows what the whole machine used', async () => {
      const [window] = await observed(cluster);
      expect(window!.nodes).toMatchObject([
        {
          node: 'node-a',
          seconds: 300,
          cpuCapacity: 4,
          memoryCapacity: 16e9,
          instanceType: 'm5.xlarge',
          architecture: 'amd64',
          region: 'eu-west-3',
          zone: 'eu-west-3a',
        },
        { node: 'node-b', seconds: 300, region: 'europe-west9', zone: 'europe-west9-b', instanceType: '' },
      ]);
      for (const node of window!.nodes) expect(node.cpuSeconds).toBeCloseTo(machineCpu(node.node) * STEP, 6);
    });

    it('gives every pod its closed-form usage, presence and requests', async () => {
      for (const window of await observed(cluster)) {
        const from = window.interval.start - START;
        const expected = PODS.map((pod) => ({ pod, run: overlap(pod.from, pod.finishedAt ?? pod.to, from) }));
        const present = expected.filter(({ run }) => run > 0);
        expect(window.pods.map((each) => each.uid).toSorted()).toEqual(
          present.map(({ pod }) => pod.uid).toSorted(),
        );
        for (const { pod, run } of present)
          expectPod(
            window.pods.find((each) => each.uid === pod.uid)!,
            pod,
            run,
          );
      }
    });

    it('splits a moved and a recreated pod without losing or doubling anything', async () => {
      const [first, second] = await observed(cluster);
      const parts = (window: UsageWindow | undefined, name: string): readonly PodSample[] =>
        window!.pods.filter((each) => each.pod === name);
      const moved = parts(first, 'db-0');
      expect(moved.map((each) => [each.node, each.uid, each.seconds])).toEqual([
        ['node-a', 'u-db-1', 150],
        ['node-b', 'u-db-2', 150],
      ]);
      const recreated = parts(second, 'cache-0');
      expect(recreated.map((each) => [each.node, each.uid, each.seconds])).toEqual([
        ['node-b', 'u-cache-1', 60],
        ['node-b', 'u-cache-2', 240],
      ]);
      for (const pair of [moved, recreated]) {
        const sum = pair.reduce((total, each) => total + each.cpuSeconds, 0);
        expect(Math.abs(sum - 0.5 * STEP)).toBeLessThanOrEqual(0.5 * SCRAPE);
      }
    });

    it('lets go of what a finished pod asked for', async () => {
      const [, second, third] = await observed(cluster);
      const report = second!.pods.find((each) => each.uid === 'u-report')!;
      expect(report).toMatchObject({
        seconds: 120,
        cpuRequest: 1,
        workload: { name: 'report', type: 'CronJob' },
      });
      expect(third!.pods.some((each) => each.uid === 'u-report')).toBe(false);
    });

    it('follows owners to the top, keeps labels, splits volumes', async () => {
      const [window] = await observed(cluster);
      const by = (uid: string): PodSample => window!.pods.find((each) => each.uid === uid)!;
      expect(by('u-web')).toMatchObject({
        workload: { name: 'web', type: 'Deployment' },
        labels: { 'app.kubernetes.io/name': 'web-7d4b9c' },
        volumes: [{ bytes: 2e9, media: 'hdd' }],
      });
      expect(by('u-agent').workload).toEqual({ name: 'agent', type: 'DaemonSet' });
      expect(by('u-shell')).toMatchObject({ workload: { name: 'shell', type: 'Pod' }, cpuRequest: null });
      expect(by('u-db-1').labels).toEqual({
        'app.kubernetes.io/name': 'db',
        'controller-revision-hash': 'db-596fd7b8d5',
      });
      expect(by('u-db-1').volumes).toEqual([
        { bytes: 2e9, media: 'hdd' },
        { bytes: 1e10, media: 'ssd' },
      ]);
    });

    it('answers the same for an interval alone as within a range', async () => {
      const together = await observed(cluster);
      for (const expected of together) {
        const { start } = expected.interval;
        expect(await observed(cluster, start, start + STEP)).toEqual([expected]);
      }
    });
  });

  it('sees kube-state-metrics move to another pod as no gap, and a gap as one', async () => {
    const windows = await observed('moved', START, START + 900);
    expect(windows.map((each) => [each.coverage, each.partialReasons])).toEqual([
      [1, []],
      [0.5, ['samples-missing']],
      [0, ['no-data']],
    ]);
    expect(windows[0]!.pods.map((each) => each.seconds)).toEqual([300]);
    expect(windows[1]!.pods.map((each) => each.seconds)).toEqual([150]);
  });

  it('finds the oldest data', async () => {
    const outcome = await sourceOf('labelled').oldest(epochSeconds(START - 86_400));
    expect(outcome).toEqual({ ok: true, value: START - 1220, warnings: [] });
  });

  it('has no data before the first sample, and says so for each interval', async () => {
    const windows = await observed('labelled', START - HOURS_WITHOUT, START - HOURS_WITHOUT + 600);
    for (const window of windows)
      expect(window).toMatchObject({ nodes: [], coverage: 0, partialReasons: ['no-data'] });
  });

  it('is refused once the server is gone, which is not "no pods"', async () => {
    const gone = createPrometheusSource({
      url: `${server.url.replace(/:\d+$/, ':1')}/prom`,
      verifyCerts: true,
      timeout: seconds(2),
      maxBytes: 1e6,
      labels: [],
      clock: { now: () => epochSeconds(END) },
      retryBaseMs: 1,
    });
    sources.push(gone);
    const range = { from: epochSeconds(START), to: epochSeconds(END) };
    expect(await gone.observe(range, seconds(STEP))).toMatchObject({
      ok: false,
      reason: 'refused',
      retryable: true,
    });
  });
});

function overlap(from: number, to: number, start: number): number {
  return Math.max(0, Math.min(to, start + STEP) - Math.max(from, start));
}

function expectPod(sample: PodSample, pod: (typeof PODS)[number], run: number): void {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const cores = sum(pod.cpu);
  const slack = run === STEP ? 1e-6 : SCRAPE;
  expect(sample.seconds).toBe(run);
  expect(Math.abs(sample.cpuSeconds - cores * run)).toBeLessThanOrEqual(cores * slack);
  expect(sample.memoryBytes).toBe(sum(pod.memory));
  expect(sample.cpuRequest).toBe(pod.requests.length === 0 ? null : sum(pod.requests.map(([cpu]) => cpu)));
  expect(sample.memoryRequest).toBe(
    pod.requests.length === 0 ? null : sum(pod.requests.map(([, memory]) => memory)),
  );
  expect(Math.abs(sample.writtenBytes - 1000 * run * pod.cpu.length)).toBeLessThanOrEqual(
    1000 * slack * pod.cpu.length,
  );
  const network = pod.hostNetwork ? 0 : 1000 * run;
  expect(Math.abs(sample.transmittedBytes - network)).toBeLessThanOrEqual(1000 * slack);
  expect(Math.abs(sample.receivedBytes - 2 * network)).toBeLessThanOrEqual(2000 * slack);
  expectContainers(sample, pod, run, slack);
}

function expectContainers(
  { containers }: PodSample,
  pod: (typeof PODS)[number],
  run: number,
  slack: number,
): void {
  expect((containers ?? []).map((each) => each.container)).toEqual(
    pod.cpu.length > 1 ? pod.cpu.map((_, i) => `c${i}`) : [],
  );
  for (const [i, each] of (containers ?? []).entries()) {
    expect(Math.abs(each.cpuSeconds - pod.cpu[i]! * run)).toBeLessThanOrEqual(pod.cpu[i]! * slack);
    expect(each.memoryBytes).toBe(pod.memory[i]);
    expect([each.cpuRequest, each.memoryRequest]).toEqual(pod.requests[i]);
  }
}

/** One node and pod, first seen by one instance of kube-state-metrics, then by another, then, half an interval long, by none. */
function* movedMetrics(): Generator<WriteSeries> {
  const common = { cluster: 'moved', node: 'n' };
  const write = (
    labels: Record<string, string>,
    from: number,
    to: number,
    value: (t: number) => number,
  ): WriteSeries => ({
    labels: { ...common, ...labels },
    samples: Array.from({ length: (to - from) / SCRAPE }, (_, i) => from + 7 + i * SCRAPE).map((t) => [
      (START + t) * 1000,
      value(t),
    ]),
  });
  const pod = { namespace: 'shop', pod: 'web', uid: 'u' };
  for (const [instance, from, to] of [
    ['a', -900, 180],
    ['b', 180, 450],
  ] as const) {
    yield write({ __name__: 'kube_node_info', instance }, from, to, () => 1);
    yield write({ __name__: 'kube_pod_info', instance, ...pod }, from, to, () => 1);
    for (const resource of ['cpu', 'memory']) {
      yield write({ __name__: 'kube_node_status_capacity', instance, resource }, from, to, () => 8);
    }
  }
  const cpu = { __name__: 'container_cpu_usage_seconds_total', ...pod, container: 'c', id: '/c' };
  yield write(cpu, -900, 450, (t) => t + 900);
}
