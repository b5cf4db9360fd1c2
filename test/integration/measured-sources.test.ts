/** Every source of measured energy in a real Prometheus: what each says of its node, and what of it is refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMeasuredSource, type MeasuredSource } from '../../exporter/src/collectors/measured/index.js';
import { PrometheusClient } from '../../exporter/src/collectors/prometheus/client.js';
import { nodeSample, podSample, usageWindow } from '../../exporter/src/domain/testing/arbitrary.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { createJsonClient } from '../../exporter/src/net/fetch-json.js';
import { computeWindow } from '../../exporter/src/pipeline/run-interval.js';
import { factorSources } from '../../exporter/src/pipeline/testing/factor-sources.js';
import type { MeasuredWindow, MeterSource, NodeReading } from '../../exporter/src/ports/measured-source.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite, type WriteSeries } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';

const STEP = 300;
const SCRAPE = 15;
const START = Date.UTC(2026, 0, 15, 10) / 1000;
const END = START + 3 * STEP;
/** Scrapes, seconds from START, 4 s into each 15: from ten minutes before. */
const INSTANTS = Array.from({ length: (600 + 3 * STEP) / SCRAPE }, (_, i) => i * SCRAPE - 600 + 4);

type Labels = Readonly<Record<string, string>>;
/** Value at a time in seconds from START; null: no sample. */
type Value = (t: number) => number | null;

const series = (cluster: string, name: string, labels: Labels, value: Value): WriteSeries => ({
  labels: { __name__: name, cluster, ...labels },
  samples: INSTANTS.flatMap((t): [number, number][] => {
    const at = value(t);
    return at === null ? [] : [[(START + t) * 1000, at]];
  }),
});

const steady =
  (perSecond: number, from = 1e6): Value =>
  (t) =>
    from + perSecond * (t + 600);
const constant =
  (value: number): Value =>
  () =>
    value;

const NODES: readonly (readonly [name: string, ip: string])[] = [
  ['node-a', '10.0.0.1'],
  ['node-b.example.internal', '10.0.0.2'],
  ['node-c', '10.0.0.3'],
];
const nodesOf = (cluster: string): WriteSeries[] =>
  NODES.map(([node, internal_ip]) =>
    series(cluster, 'kube_node_info', { job: 'kube-state-metrics', node, internal_ip }, constant(1)),
  );

const kepler = (cluster: string, node: string, zone: string, value: Value, more: Labels = {}): WriteSeries =>
  series(
    cluster,
    'kepler_node_cpu_joules_total',
    { job: 'kepler', instance: '10.8.0.1:28282', node_name: node, zone, path: zone, ...more },
    value,
  );
const RAPL = { job: 'node-exporter', instance: '10.0.0.1:9100', path: 'p' };
const rapl = (cluster: string, domain: string, labels: Labels, value: Value): WriteSeries =>
  series(cluster, `node_rapl_${domain}_joules_total`, { ...RAPL, ...labels }, value);
const ipmi = (cluster: string, instance: string, value: Value): WriteSeries =>
  series(cluster, 'ipmi_dcmi_power_consumption_watts', { job: 'ipmi', instance }, value);

const GPU = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';
const gpu = (cluster: string, uuid: string, labels: Labels, value: Value): WriteSeries =>
  series(
    cluster,
    GPU,
    { job: 'dcgm', instance: '10.8.0.9:9400', node: 'node-a', UUID: uuid, ...labels },
    value,
  );
const EXPORTER = {
  namespace: 'gpu-operator',
  pod: 'nvidia-dcgm-exporter-abcde',
  container: 'nvidia-dcgm-exporter',
};
/** mJ/s of a board that draws 300 W. */
const BOARD = 300_000;

const CLUSTERS: Readonly<Record<string, readonly WriteSeries[]>> = {
  zones: [
    kepler('zones', 'node-a', 'package', steady(50)),
    kepler('zones', 'node-a', 'core', steady(40)),
    kepler('zones', 'node-a', 'psys', steady(90)),
    kepler('zones', 'node-a', 'dram', steady(10)),
    // No memory domain, as AMD's processors.
    kepler('zones', 'node-c', 'package', steady(70)),
  ],
  sockets: [
    rapl('sockets', 'package', { index: '0' }, steady(40)),
    rapl('sockets', 'package', { index: '1', path: 'q' }, steady(30)),
    rapl('sockets', 'dram', { index: '0' }, steady(5)),
    // The same machine scraped by a second job.
    rapl('sockets', 'package', { index: '0', job: 'node-exporter-2' }, steady(40)),
    rapl('sockets', 'package', { index: '1', path: 'q', job: 'node-exporter-2' }, steady(30)),
    rapl('sockets', 'dram', { index: '0', job: 'node-exporter-2' }, steady(5)),
  ],
  moved: [
    // The exporter's pod is replaced in the middle of the second interval.
    kepler('moved', 'node-a', 'package', (t) => (t < 450 ? steady(50)(t) : null), { instance: '10.8.0.1:1' }),
    kepler('moved', 'node-a', 'package', (t) => (t < 450 ? null : steady(50)(t)), { instance: '10.8.0.2:1' }),
  ],
  sentinels: [
    // Second interval: "no value" of the sensor. Third: not yet ready.
    ipmi('sentinels', 'node-a', (t) => (t > 420 && t < 435 ? 65_535 : t > 700 && t < 715 ? 0 : 300)),
    ipmi('sentinels', 'node-c', (t) => (t > 100 && t < 115 ? 4_294_967_295 : 310)),
    ipmi('sentinels', '192.0.2.7:9290', constant(250)),
  ],
  counters: [
    // A counter of 32 bits of microjoules that wraps in the second interval.
    series(
      'counters',
      'scaph_host_energy_microjoules',
      { job: 'scaphandre', instance: '10.0.0.1:8080' },
      (t) => (8e6 * (t - 450) + 3 * 2 ** 32) % 2 ** 32,
    ),
    kepler('counters', 'node-c', 'package', (t) => (t < 400 ? steady(50)(t) : steady(50, 0)(t - 1000))),
    kepler('counters', 'node-b.example.internal', 'package', constant(5e5)),
  ],
  gaps: [
    // Half of the second interval is missing; one scrape of the third.
    kepler('gaps', 'node-a', 'package', (t) =>
      (t > 380 && t < 540) || (t > 700 && t < 715) ? null : steady(50)(t),
    ),
    ipmi('gaps', 'node-a', (t) => (t > 380 && t < 540 ? null : 200)),
  ],
  legacy: [
    ...(['dynamic', 'idle'] as const).flatMap((mode) =>
      (
        [
          ['10.0.0.1:9102', 'node-a', 'rapl-sysfs', 'acpi'],
          ['10.0.0.3:9102', 'node-c', 'estimator', 'none'],
        ] as const
      ).flatMap(([instance, exported_instance, components, platform]) => {
        const target = { job: 'kepler', instance, exported_instance, mode };
        const { mode: _, ...info } = target;
        return [
          series('legacy', 'kepler_node_package_joules_total', { ...target, package: '0' }, steady(20)),
          series('legacy', 'kepler_node_dram_joules_total', { ...target, package: '0' }, steady(4)),
          series('legacy', 'kepler_node_platform_joules_total', target, steady(60)),
          ...(mode === 'idle'
            ? [
                series(
                  'legacy',
                  'kepler_node_info',
                  { ...info, components_power_source: components, platform_power_source: platform },
                  constant(1),
                ),
              ]
            : []),
        ];
      }),
    ),
  ],
  others: [
    series('others', 'scaph_host_energy_microjoules', { job: 's', instance: '10.0.0.1:8080' }, steady(60e6)),
    series(
      'others',
      'scaph_host_rapl_psys_microjoules',
      { job: 's', instance: '10.0.0.1:8080' },
      steady(60e6),
    ),
    series('others', 'scaph_host_power_microwatts', { job: 's', instance: '10.0.0.3:8080' }, constant(45e6)),
    series(
      'others',
      'ceems_rapl_package_joules_total',
      { job: 'c', hostname: 'node-b', instance: 'x:1' },
      steady(55),
    ),
    series(
      'others',
      'ceems_redfish_current_watts',
      { job: 'c', hostname: 'node-b', instance: 'x:1', chassis: '1' },
      constant(180),
    ),
    series(
      'others',
      'ceems_redfish_current_watts',
      { job: 'c', hostname: 'node-b', instance: 'x:1', chassis: 'enclosure' },
      constant(20),
    ),
  ],
  renamed: [
    gpu(
      'renamed',
      'GPU-1',
      { ...EXPORTER, exported_namespace: 'ml', exported_pod: 'train-0' },
      steady(BOARD),
    ),
    ...['infer-0', 'infer-1'].map((pod) =>
      gpu('renamed', 'GPU-2', { ...EXPORTER, exported_namespace: 'ml', exported_pod: pod }, steady(BOARD)),
    ),
    gpu('renamed', 'GPU-3', EXPORTER, steady(BOARD / 10)),
  ],
  honoured: [
    // One pod hands its board over to the next in the middle of the second interval.
    gpu('honoured', 'GPU-1', { namespace: 'ml', pod: 'a' }, (t) => (t < 450 ? steady(BOARD)(t) : null)),
    gpu('honoured', 'GPU-1', { namespace: 'ml', pod: 'b' }, (t) => (t < 450 ? null : steady(BOARD)(t))),
    gpu('honoured', 'GPU-2', EXPORTER, steady(BOARD / 10)),
  ],
};

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('sources of measured energy', () => {
  const dir = mkdtempSync(join(tmpdir(), 'measured-sources-'));
  let server: PrometheusServer;
  let client: PrometheusClient;

  beforeAll(async () => {
    server = await startPrometheus({ dir });
    for (const [cluster, all] of Object.entries(CLUSTERS))
      await remoteWrite(server.url, [...nodesOf(cluster), ...all]);
    client = new PrometheusClient(
      createJsonClient({ name: 'prometheus', baseUrl: server.url, timeoutMs: 20_000, maxBytes: 1e8 }),
    );
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const sourceOf = (cluster: string, sources: 'auto' | readonly MeterSource[] = 'auto'): MeasuredSource =>
    createMeasuredSource({ promQl: client, sources, matchers: `cluster="${cluster}"` });

  async function observed(
    source: MeasuredSource,
    from = START,
    to = END,
  ): Promise<readonly MeasuredWindow[]> {
    const range = { from: epochSeconds(from), to: epochSeconds(to) };
    const outcome = await source.observe(range, seconds(STEP));
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  /** "node source scope watts coverage" of each reading, by interval. */
  async function seen(cluster: string, sources: 'auto' | readonly MeterSource[] = 'auto') {
    const source = sourceOf(cluster, sources);
    const windows = await observed(source);
    const shown = ({ node, source: by, scope, energy, coverage }: NodeReading) =>
      `${node.split('.')[0]} ${by} ${scope} ${(energy / STEP).toFixed(1)} W, ${(100 * coverage).toFixed(0)} %`;
    return { source, windows, readings: windows.map(({ nodes }) => nodes.map(shown)) };
  }

  it('reads one zone of Kepler and memory beside it, never zones that overlap', async () => {
    const { readings, source, windows } = await seen('zones');
    const each = ['node-a kepler cpu+dram 60.0 W, 100 %', 'node-c kepler cpu 70.0 W, 100 %'];
    expect(readings).toEqual([each, each, each]);
    expect(windows.map(({ start }) => start)).toEqual([START, START + 300, START + 600]);
    expect(source.detected()).toEqual([
      { source: 'kepler', scope: 'cpu', nodes: 1 },
      { source: 'kepler', scope: 'cpu+dram', nodes: 1 },
    ]);
    expect(source.rejected()).toEqual({});
  });

  it('adds up sockets, and counts a machine that two jobs scrape once', async () => {
    const { readings } = await seen('sockets');
    const each = ['node-a rapl cpu+dram 75.0 W, 100 %'];
    expect(readings).toEqual([each, each, each]);
  });

  it('goes on over a replaced exporter', async () => {
    const { readings } = await seen('moved');
    expect(readings[0]).toEqual(['node-a kepler cpu 50.0 W, 100 %']);
    expect(readings[1]).toEqual([expect.stringMatching(/^node-a kepler cpu (49|50)\.\d W, 100 %$/)]);
    expect(readings[2]).toEqual(['node-a kepler cpu 50.0 W, 100 %']);
  });

  it('refuses sentinels of sensors and machines that are no nodes, and counts them', async () => {
    const { readings, source } = await seen('sentinels');
    expect(readings).toEqual([
      ['node-a ipmi machine-wall 300.0 W, 100 %'],
      ['node-c ipmi machine-wall 310.0 W, 100 %'],
      ['node-c ipmi machine-wall 310.0 W, 100 %'],
    ]);
    expect(source.rejected()).toEqual({ sentinel: 3, 'unknown-node': 3 });
  });

  it('refuses wraps, resets and counters that stand still', async () => {
    const { readings, source } = await seen('counters');
    const each = ['node-c kepler cpu 50.0 W, 100 %', 'node-a scaphandre cpu+dram 8.0 W, 100 %'];
    expect(readings).toEqual([each, [], each]);
    expect(source.rejected()).toEqual({ 'counter-reset': 2, stuck: 3 });
  });

  it('says how much of an interval samples cover', async () => {
    const { readings } = await seen('gaps');
    expect(readings[0]).toEqual([
      'node-a kepler cpu 50.0 W, 100 %',
      'node-a ipmi machine-wall 200.0 W, 100 %',
    ]);
    expect(readings[1]).toEqual([
      expect.stringMatching(/^node-a kepler cpu [\d.]+ W, 5\d %$/),
      expect.stringMatching(/^node-a ipmi machine-wall (9|10)\d\.\d W, 5\d %$/),
    ]);
    expect(readings[2]).toEqual(readings[0]);
  });

  it('reads old Kepler, but not what its model made up', async () => {
    const { readings } = await seen('legacy');
    const each = [
      'node-a kepler-legacy cpu+dram 48.0 W, 100 %',
      'node-a kepler-legacy machine-wall 120.0 W, 100 %',
    ];
    expect(readings).toEqual([each, each, each]);
  });

  it('reads Scaphandre by what its figure holds, and the largest chassis of Redfish', async () => {
    const { readings } = await seen('others');
    const each = [
      'node-a scaphandre machine-dc 60.0 W, 100 %',
      'node-c scaphandre cpu+dram 45.0 W, 100 %',
      'node-b ceems cpu 55.0 W, 100 %',
      'node-b ceems machine-wall 180.0 W, 100 %',
    ];
    expect(readings).toEqual([each, each, each]);
  });

  it('reads only the sources asked for', async () => {
    const { readings } = await seen('others', ['ceems', 'rapl']);
    expect(readings[0]!.map((each) => each.split(' ')[1])).toEqual(['ceems', 'ceems']);
  });

  it('gives the energy of GPUs to the pods that hold them', async () => {
    const { windows, readings } = await seen('renamed');
    expect(readings[0]).toEqual(['node-a dcgm gpu 630.0 W, 100 %']);
    const held = windows[0]!.gpus.map(({ pod, energy }) => [pod, Math.round(energy / STEP)]);
    expect(held).toEqual([
      ['infer-0', 150],
      ['infer-1', 150],
      ['train-0', 300],
    ]);
  });

  it('puts it into the rows of those pods and the idle share, which still add up to their node', async () => {
    const { windows } = await seen('renamed');
    const pods = ['infer-0', 'infer-1', 'train-0', 'web'];
    const usage = usageWindow(
      [nodeSample({ node: 'node-a' })],
      pods.map((pod) => podSample({ node: 'node-a', namespace: 'ml', pod })),
    );
    const of = (readings: MeasuredWindow | null) => computeWindow(usage, factorSources(), readings);
    const [without, withGpus] = [await of(null), await of(windows[0]!)];
    const watts = withGpus.rows.map(({ kind, pod, energy }, i) => [
      pod || kind,
      Math.round((energy - without.rows[i]!.energy) / 1000 / STEP),
    ]);
    expect(watts).toEqual([
      ['infer-0', 150],
      ['infer-1', 150],
      ['train-0', 300],
      ['web', 0],
      ['idle', 30],
    ]);
    const [node] = withGpus.nodes;
    expect(withGpus.rows.reduce((sum, { energy }) => sum + energy, 0)).toBe(node!.energy);
    expect(node!.meters).toMatchObject([{ source: 'dcgm', scope: 'gpu', estimated: null }]);
  });

  it('splits a board between pods that hold it one after the other', async () => {
    const { windows, readings } = await seen('honoured');
    expect(readings[0]).toEqual(['node-a dcgm gpu 330.0 W, 100 %']);
    expect(windows[0]!.gpus.map(({ pod }) => pod)).toEqual(['a']);
    expect(windows[1]!.gpus.map(({ pod }) => pod)).toEqual(['a', 'b']);
    const [a, b] = windows[1]!.gpus.map(({ energy }) => energy / STEP);
    expect(Math.abs(a! - 150)).toBeLessThan(20);
    expect(Math.abs(b! - 150)).toBeLessThan(20);
  });

  it('says the same of an interval alone as within a range', async () => {
    for (const cluster of Object.keys(CLUSTERS)) {
      const whole = await observed(sourceOf(cluster));
      const alone: MeasuredWindow[] = [];
      for (let t = START; t < END; t += STEP) alone.push(...(await observed(sourceOf(cluster), t, t + STEP)));
      expect(alone).toEqual(whole);
    }
  });

  it('finds nothing where there is nothing, with a single question', async () => {
    let asked = 0;
    const counting = createMeasuredSource({
      promQl: {
        range: (...args) => (asked++, client.range(...args)),
        instant: (...args) => (asked++, client.instant(...args)),
      },
      sources: 'auto',
      matchers: 'cluster="none"',
    });
    expect((await observed(counting)).map(({ nodes }) => nodes)).toEqual([[], [], []]);
    expect(counting.detected()).toEqual([]);
    expect(asked).toBe(1);
  });
});
