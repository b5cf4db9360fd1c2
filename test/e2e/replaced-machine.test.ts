/** A few hours of the world in which a machine is replaced by a new one, scraped every 15 s into a real Prometheus. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createWorld, type WorldNode } from '../../exporter/src/demo/world.js';
import { DAY, floorTo, HOUR, type TimeRange } from '../../exporter/src/domain/interval.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';
import { compareWithTruth, fillFromDemo, strangers } from './closed-form.js';
import { runEngine } from './engine-in-process.js';
import { readLedger, STEP } from './ledger-content.js';
import { loadWorld } from './world-in-prometheus.js';

jest.setTimeout(300_000);

const SCRAPE = 15;
const SETTLE = 60;
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

const span = (from: number, to: number): TimeRange => ({ from: epochSeconds(from), to: epochSeconds(to) });

/** The first machine that joins after an instant; each is replaced once in its time. */
function firstToJoin(seed: number, after: number): WorldNode {
  const nodes = createWorld({ seed }).nodesDuring(span(after, after + 28 * DAY));
  return nodes.filter(({ bornAt }) => bornAt > after).sort((a, b) => a.bornAt - b.bornAt)[0]!;
}

suite('a machine that is replaced', () => {
  const seed = 1;
  const dir = mkdtempSync(join(tmpdir(), 'replaced-machine-'));
  const joins = firstToJoin(seed, Date.UTC(2026, 5, 1) / 1000);
  const from = floorTo(joins.bornAt - 1.5 * HOUR, STEP);
  const known = span(from, from + 3 * HOUR);
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    prometheus = await startPrometheus({ dir });
    const world = createWorld({ seed, start: known.from });
    await loadWorld(prometheus.url, world, known, SCRAPE);
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('takes and leaves with its pods what the closed form says', async () => {
    const world = createWorld({ seed, start: known.from });
    const flags = { 'prometheus-url': prometheus.url, 'cluster-name': 'e2e', backfill: '1d' };
    const [path, truthPath] = [join(dir, 'collected.db'), join(dir, 'closed-form.db')];
    const now = known.to + SETTLE;
    await runEngine({ flags: { ...flags, 'db-path': path }, from: now, until: now });
    await fillFromDemo(truthPath, seed, known.to, 1);
    // The first interval has no sample before it.
    const compared = span(known.from + STEP, known.to);
    const content = readLedger(path, compared);
    expect(content.marks.filter(({ state }) => state === 'complete')).toHaveLength(
      (compared.to - compared.from) / STEP,
    );
    const present = (name: string) => content.nodes.filter(({ node }) => node === name);
    const leaves = world.nodesDuring(compared).find(({ diesAt }) => diesAt < compared.to)!;
    expect(present(joins.name)[0]!.start).toBe(floorTo(joins.bornAt, STEP));
    expect(present(leaves.name).at(-1)!.start).toBe(floorTo(leaves.diesAt, STEP));

    const truth = readLedger(truthPath, compared);
    const { nodes, pods } = compareWithTruth(world, compared, content, truth, SCRAPE);
    const beyond = [...nodes, ...pods].filter(
      ({ found, truth: t, bound }) => !(Math.abs(found - t) <= bound),
    );
    expect(beyond).toEqual([]);
    expect(nodes.length).toBe(23 * 35 + 2);
    expect(strangers(world, compared, content)).toEqual([]);
    const sum = (field: 'found' | 'truth' | 'bound') => nodes.reduce((total, one) => total + one[field], 0);
    expect(sum('bound') / sum('truth')).toBeLessThan(0.01);
    expect(Math.abs(sum('found') / sum('truth') - 1)).toBeLessThan(0.001);
  });
});
