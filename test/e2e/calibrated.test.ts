/**
 * A day of the demo world in a real Prometheus, with Kepler on its metered pool and node_exporter's RAPL counters on another,
 * read by the whole collecting half with CALIBRATE: what it keeps tells the machines' true power, and what the meters taught it
 * holds for a pool of the same processors that has none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createWorld, type WorldNode } from '../../exporter/src/demo/world.js';
import { DAY, HOUR } from '../../exporter/src/domain/interval.js';
import type { NodeRow } from '../../exporter/src/domain/model.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { queryComparison, type ComparisonRow } from '../../exporter/src/pipeline/compare.js';
import { openHistory } from '../../exporter/src/repositories/factory.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { renderMeters, trueJoules, trueWatts, type MeterKind } from '../world/meters.js';
import { renderWorld } from '../world/render.js';
import { runEngine } from './engine-in-process.js';

jest.setTimeout(300_000);

const STEP = seconds(300);
const SETTLE = 60;
const SCRAPE = 30;
const START = epochSeconds(Date.UTC(2026, 5, 3) / 1000);
/** When the exporter starts, and when it is stopped. */
const NOON = epochSeconds(START + DAY);
const END = epochSeconds(NOON + 2 * HOUR);
/** Of the same processors (Ice Lake) as the pool of m6i that has RAPL counters. */
const SIBLING = 'n2-standard-8';
const world = createWorld({ seed: 1, start: START });
const metersOf = (node: WorldNode): readonly MeterKind[] =>
  node.measured ? ['kepler'] : node.instanceType === 'm6i.xlarge' ? ['rapl'] : [];

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

interface Stored {
  readonly start: number;
  readonly row: NodeRow;
  /** Of processors and memory: without the volumes of its pods. */
  readonly joules: number;
}

suite('meters of some machines', () => {
  const dir = mkdtempSync(join(tmpdir(), 'calibrated-'));
  const path = join(dir, 'greenkube.db');
  let prometheus: PrometheusServer;
  let rows: readonly ComparisonRow[];
  let byNode: readonly ComparisonRow[];
  const stored: Stored[] = [];

  beforeAll(async () => {
    prometheus = await startPrometheus({ dir });
    const batches = { from: START, to: END, scrapeInterval: SCRAPE, batchSeconds: HOUR };
    const meters = renderMeters(world, { ...batches, metersOf });
    for (const batch of renderWorld(world, { ...batches, detail: 'lean' })) {
      await remoteWrite(prometheus.url, batch);
      await remoteWrite(prometheus.url, meters.next().value as typeof batch);
    }
    const flags = {
      'prometheus-url': prometheus.url,
      'cluster-name': 'e2e',
      'db-path': path,
      backfill: '1d',
      calibrate: 'true',
    };
    await runEngine({ flags, from: NOON + SETTLE, until: END });
    const history = await openHistory({ type: 'sqlite', path, step: STEP });
    const question = { range: { from: START, to: NOON }, filters: {}, step: null };
    rows = await queryComparison(history, { ...question, by: 'instance_type' });
    byNode = await queryComparison(history, { ...question, by: 'node' });
    const siblings = world.nodesDuring({ from: NOON, to: END }).filter((n) => n.instanceType === SIBLING);
    for (const { name } of siblings) {
      for (let start = NOON + HOUR / 2; start < END - HOUR / 2; start += STEP) {
        const of = { cluster: 'e2e', start: epochSeconds(start), node: name };
        const { nodes = [], rows: shares = [] } = (await history.interval(of)) ?? {};
        const volumes = shares.reduce((sum, { storage }) => sum + storage, 0);
        for (const row of nodes) stored.push({ start, row, joules: (row.energy - volumes) / 1000 });
      }
    }
    await history.close();
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(['PRO2-XS', 'm6i.xlarge'])('tell the true idle and full watts of %s', (instanceType) => {
    const row = rows.find(({ key }) => key['instance_type'] === instanceType)!;
    const pool = world
      .nodesDuring({ from: START, to: NOON })
      .filter((node) => node.instanceType === instanceType);
    const truth = (of: 'idle' | 'full') =>
      pool.reduce((sum, node) => sum + trueWatts(node)[of], 0) / pool.length;
    expect(row).toMatchObject({
      source: instanceType === 'm6i.xlarge' ? 'rapl' : 'kepler',
      scope: 'cpu+dram',
      nodes: pool.length,
    });
    expect(row.coverage).toBeGreaterThan(0.95);
    expect(Math.abs(row.fit!.idle / truth('idle') - 1)).toBeLessThan(0.02);
    expect(Math.abs(row.fit!.full / truth('full') - 1)).toBeLessThan(0.02);
  });

  it('tell them of each machine', () => {
    expect(byNode.length).toBe(5);
    for (const row of byNode) {
      const node = world.nodesDuring({ from: START, to: NOON }).find(({ name }) => name === row.key['node'])!;
      expect(Math.abs(row.fit!.idle / trueWatts(node).idle - 1)).toBeLessThan(0.02);
      expect(Math.abs(row.fit!.full / trueWatts(node).full - 1)).toBeLessThan(0.02);
    }
  });

  it('bring the error of an unmeasured pool of the same processors under 5 %', () => {
    expect(stored.length).toBeGreaterThan(40);
    for (const { row } of stored) {
      expect(row.provenance).toMatchObject({ method: 'calibrated', estimated: true });
      expect(row.provenance.powerProfile).toBe('fit:Ice Lake@2026-06-04');
      expect(row.measuredEnergy).toBeNull();
    }
    const truth = stored.map(({ start, row }) => truthOf(row.node, start));
    const errors = stored.map(({ joules }, i) => Math.abs(joules - truth[i]!));
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(errors) / sum(truth)).toBeLessThan(0.05);
  });

  function truthOf(name: string, start: number): number {
    const span = { from: epochSeconds(start), to: epochSeconds(start + STEP) };
    const node = world.nodesDuring(span).find((each) => each.name === name)!;
    return trueJoules(world, node, start, start + STEP);
  }
});
