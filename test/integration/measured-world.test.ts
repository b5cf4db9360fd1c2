/**
 * A day of the demo world in a real Prometheus, with Kepler on its metered pool, node_exporter's RAPL counters on another and
 * several exporters on one machine: what the meters say of idle and full load is the world's truth, and what they say of some
 * machines holds for siblings that have none.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMeasuredSource, type MeasuredSource } from '../../exporter/src/collectors/measured/index.js';
import { PrometheusClient } from '../../exporter/src/collectors/prometheus/client.js';
import { createPrometheusSource } from '../../exporter/src/collectors/prometheus/index.js';
import { familyOf } from '../../exporter/src/data/instance-type.js';
import { createTables } from '../../exporter/src/data/tables.js';
import type { WorldNode } from '../../exporter/src/demo/world.js';
import { createWorld } from '../../exporter/src/demo/world.js';
import { bucketsFrom, cellsOf, type ComparedSample } from '../../exporter/src/domain/energy/comparison.js';
import { nodeEnergy, utilisationOf } from '../../exporter/src/domain/energy/node-energy.js';
import type { PowerProfile } from '../../exporter/src/domain/energy/power-profile.js';
import { resolveProfile } from '../../exporter/src/domain/energy/resolve-profile.js';
import type { NodeSample, UsageWindow } from '../../exporter/src/domain/model.js';
import { detectProvider } from '../../exporter/src/domain/provider.js';
import { epochSeconds, joules, seconds, type EpochSeconds } from '../../exporter/src/domain/units.js';
import { createJsonClient } from '../../exporter/src/net/fetch-json.js';
import { calibrateAll, calibratedProfile } from '../../exporter/src/pipeline/calibrate.js';
import { compareCells } from '../../exporter/src/pipeline/compare.js';
import { readingsToMeasured } from '../../exporter/src/pipeline/measured.js';
import type { MeasuredWindow } from '../../exporter/src/ports/measured-source.js';
import type { Outcome } from '../../exporter/src/ports/outcome.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { renderMeters, trueJoules, trueWatts, wallJoules, type MeterKind } from '../world/meters.js';
import { renderWorld } from '../world/render.js';

const START = Date.UTC(2026, 5, 3) / 1000;
const END = START + 86_400;
const STEP = seconds(300);
const SCRAPE = 30;
const range = { from: epochSeconds(START), to: epochSeconds(END) };
const world = createWorld({ seed: 1, start: range.from });
const tables = createTables();
const SCOPES = ['cpu+dram', 'machine-dc', 'machine-wall'] as const;
const LATE = epochSeconds(END - 7200);

/** RAPL on the pool of m6i, Kepler on the metered one; for two hours, five exporters on one machine of the Azure pool. */
const laden = world.nodesDuring(range).find((node) => node.instanceType === 'Standard_D4s_v3')!;
const metersOf = (node: WorldNode): readonly MeterKind[] =>
  node.measured ? ['kepler'] : node.instanceType === 'm6i.xlarge' ? ['rapl'] : [];
const manyOf = (node: WorldNode): readonly MeterKind[] =>
  node.name === laden.name ? ['kepler-legacy', 'scaphandre', 'ceems', 'ipmi'] : [];

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

suite('measured energy of the world', () => {
  const dir = mkdtempSync(join(tmpdir(), 'measured-world-'));
  let server: PrometheusServer;
  let client: PrometheusClient;
  let source: MeasuredSource;
  const usage: UsageWindow[] = [];
  const measured: MeasuredWindow[] = [];

  beforeAll(async () => {
    server = await startPrometheus({ dir });
    const batches = { ...range, scrapeInterval: SCRAPE, batchSeconds: 3600 };
    const cadvisor = renderWorld(world, { ...batches, detail: 'lean' });
    const meters = renderMeters(world, { ...batches, metersOf });
    const many = renderMeters(world, { ...batches, from: LATE, metersOf: manyOf });
    // In order of time: an hour of each, the late ones beside the last two.
    let hour = START;
    for (const batch of cadvisor) {
      await remoteWrite(server.url, batch);
      await remoteWrite(server.url, meters.next().value as typeof batch);
      if (hour >= LATE) await remoteWrite(server.url, many.next().value as typeof batch);
      hour += 3600;
    }
    const connection = { baseUrl: server.url, timeoutMs: 30_000, maxBytes: 1e8 };
    client = new PrometheusClient(createJsonClient({ name: 'prometheus', ...connection }));
    source = createMeasuredSource({ promQl: client, sources: 'auto' });
    const usageSource = createPrometheusSource({
      url: server.url,
      verifyCerts: true,
      timeout: seconds(30),
      maxBytes: 1e8,
      labels: [],
      clock: { now: () => range.to },
    });
    for (let t = START; t < END; t += 3600) {
      const hour = { from: epochSeconds(t), to: epochSeconds(t + 3600) };
      usage.push(...valueOf(await usageSource.observe(hour, STEP)));
      measured.push(...valueOf(await source.observe(hour, STEP)));
    }
    await usageSource.close();
  }, 240_000);
  afterAll(async () => {
    await client?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const profileOf = (sample: NodeSample) =>
    resolveProfile(sample, detectProvider(sample, ''), tables, { coefficients: 'family' });

  function samplesOf(window: UsageWindow, readings: MeasuredWindow): readonly ComparedSample[] {
    return window.nodes.flatMap((sample) => {
      const node = {
        sample,
        profile: profileOf(sample),
        curve: 'concave' as const,
        cpuSecondsUsed: sample.cpuSeconds!,
      };
      const { compared } = readingsToMeasured(readings, node, STEP, SCOPES);
      return compared.map((each) => ({
        machine: {
          cluster: 'demo',
          node: sample.node,
          provider: detectProvider(sample, ''),
          instanceType: sample.instanceType,
          cpuCapacity: sample.cpuCapacity,
          memoryCapacity: sample.memoryCapacity,
        },
        source: each.source,
        scope: each.scope,
        start: window.interval.start,
        seconds: sample.seconds,
        utilisation: utilisationOf(sample, sample.cpuSeconds!),
        estimated: joules(each.estimated! / 1000),
        measured: joules(each.measured / 1000),
      }));
    });
  }

  const cells = () =>
    cellsOf(
      usage.flatMap((window, i) => samplesOf(window, measured[i]!)),
      bucketsFrom(range.from, 0),
    );

  it('counts what the machines drew, whichever exporter says it', () => {
    const from = measured.findIndex((window) => window.start === LATE) + 1;
    const windows = measured.slice(from, -1);
    expect(windows).toHaveLength(22);
    for (const { start, nodes } of windows) {
      const truth = trueJoules(world, laden, start, start + STEP);
      const own = nodes.filter((reading) => reading.node === laden.name);
      expect(own.map(({ source, scope }) => `${source} ${scope}`).toSorted()).toEqual([
        'ceems cpu+dram',
        'ceems machine-wall',
        'ipmi machine-wall',
        'kepler-legacy cpu+dram',
        'scaphandre cpu+dram',
      ]);
      for (const { source, scope, energy, coverage } of own) {
        const expected = scope === 'machine-wall' ? wallJoules(truth, STEP) : truth;
        expect(coverage).toBe(1);
        // Extrapolation at the edges, and the watt to which IPMI rounds.
        expect(Math.abs(energy / expected - 1)).toBeLessThan(source === 'ipmi' ? 0.03 : 0.02);
      }
    }
  });

  it('refuses the intervals in which a counter wrapped, and no others', () => {
    const pool = world.nodesDuring(range).filter((node) => node.instanceType === 'm6i.xlarge');
    let refused = 0;
    for (const node of pool) {
      const seen = measured.filter((window) => window.nodes.some((reading) => reading.node === node.name));
      refused += measured.length - seen.length;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(30);
    expect(source.rejected()).toEqual({ 'counter-reset': expect.any(Number) });
  });

  it('says which meters there are', () => {
    expect(source.detected()).toContainEqual({ source: 'kepler', scope: 'cpu+dram', nodes: 3 });
    expect(source.detected()).toContainEqual({ source: 'rapl', scope: 'cpu+dram', nodes: 2 });
    expect(source.detected()).toContainEqual({ source: 'ipmi', scope: 'machine-wall', nodes: 1 });
  });

  it.each(['PRO2-XS', 'm6i.xlarge'])('recovers the true idle and full watts of %s', (instanceType) => {
    const rows = compareCells(cells(), 'instance_type', range, null);
    const row = rows.find((each) => each.key['instance_type'] === instanceType)!;
    const pool = world.nodesDuring(range).filter((node) => node.instanceType === instanceType);
    const truth = (of: 'idle' | 'full') =>
      pool.reduce((sum, node) => sum + trueWatts(node)[of], 0) / pool.length;
    expect(row).toMatchObject({ scope: 'cpu+dram', nodes: pool.length });
    expect(Math.abs(row.fit!.idle / truth('idle') - 1)).toBeLessThan(0.02);
    expect(Math.abs(row.fit!.full / truth('full') - 1)).toBeLessThan(0.02);
    expect(row.deciles.length).toBeGreaterThanOrEqual(4);
    expect(row.deciles.reduce((sum, each) => sum + each.hours, 0)).toBeCloseTo(row.hours, 6);
  });

  it('recovers them for each machine', () => {
    for (const row of compareCells(cells(), 'node', range, null)) {
      if (row.key['node'] === laden.name) continue;
      const node = world.nodesDuring(range).find((each) => each.name === row.key['node'])!;
      expect(Math.abs(row.fit!.idle / trueWatts(node).idle - 1)).toBeLessThan(0.02);
      expect(Math.abs(row.fit!.full / trueWatts(node).full - 1)).toBeLessThan(0.02);
      expect(row.bias).toBeCloseTo((row.estimated - row.measured) / row.measured, 12);
    }
  });

  it('brings the error of an unmeasured sibling pool under 5 %', () => {
    const deps = {
      priorOf: (provider: string, instanceType: string) =>
        resolveProfile({ instanceType }, provider, tables, { coefficients: 'family' }),
      familyOf,
      curve: 'concave' as const,
      scopes: SCOPES,
      year: 2026,
    };
    const result = calibrateAll(cells(), deps);
    const found = result.byCpuFamily['family:Ice Lake']!;
    expect(found).toMatchObject({ name: 'Ice Lake', scope: 'cpu+dram', sources: ['rapl'], nodes: 2 });
    expect(found.after).toBeLessThan(found.before);
    const sibling = 'n2-standard-8';
    const profile = calibratedProfile(result, { provider: 'gcp', instanceType: sibling }, deps)!;
    expect(profile.name).toBe('fit:Ice Lake');
    const siblings = usage.flatMap((window) =>
      window.nodes
        .filter((sample) => sample.instanceType === sibling)
        .map((sample) => ({ sample, truth: truthOf(sample, window.interval.start) })),
    );
    const errorOf = (profileFor: (sample: NodeSample) => PowerProfile): number => {
      const errors = siblings.map(({ sample, truth }) => {
        const model = nodeEnergy(sample, sample.cpuSeconds!, profileFor(sample), 'concave');
        return Math.abs(model.idle + model.dynamic + model.memory - truth);
      });
      return sum(errors) / sum(siblings.map(({ truth }) => truth));
    };
    expect(errorOf(profileOf)).toBeGreaterThan(0.05);
    expect(errorOf(() => profile)).toBeLessThan(0.05);
  });

  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

  function truthOf(sample: NodeSample, start: EpochSeconds): number {
    const span = { from: start, to: epochSeconds(start + STEP) };
    const node = world.nodesDuring(span).find((each) => each.name === sample.node)!;
    return trueJoules(world, node, start, start + STEP);
  }
});
