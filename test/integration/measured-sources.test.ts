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
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { CLUSTERS, END, nodesOf, START, STEP } from './measured-series.js';

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
