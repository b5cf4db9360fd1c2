/**
 * Hours of the demo world in a real Prometheus and a grid that is first unknown, then estimated, then final: the ledger of an
 * exporter that was told so in turn ends as that of one that was told the last of it at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createWorld } from '../../exporter/src/demo/world.js';
import { HOUR } from '../../exporter/src/domain/interval.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { openHistory, openStores } from '../../exporter/src/repositories/factory.js';
import { startElectricityMaps, type GridWorld } from '../fakes/electricity-maps.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';
import { runEngine } from './engine-in-process.js';
import { readLedger, STEP } from './ledger-content.js';
import { loadWorld } from './world-in-prometheus.js';

jest.setTimeout(300_000);

const SCRAPE = 30;
const SETTLE = 60;
const START = epochSeconds(Date.UTC(2026, 5, 3, 6) / 1000);
/** When the exporter starts, when the grid answers at last, and when the exporter is stopped. */
const FROM = epochSeconds(START + 2 * HOUR + SETTLE);
const ANSWERS = START + 2.5 * HOUR;
const UNTIL = epochSeconds(START + 6 * HOUR);
/** Whose grid is final when the exporter is stopped. */
const SETTLED = { from: epochSeconds(START + STEP), to: epochSeconds(START + 2 * HOUR) };
const ZONES = ['FR', 'NL', 'PL', 'US-MIDW-MISO'];

const truth = (zone: string, hour: number) => 40 + ((hour / HOUR) % 11) * 5 + zone.length * 30;
/** An hour is an estimate, too high by ten, until three hours after it ended. */
const gridAt = (now: number, zone: string, hour: number): ReturnType<GridWorld> => {
  const estimated = hour + 4 * HOUR > now;
  return { value: truth(zone, hour) + (estimated ? 10 : 0), estimated };
};

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('a grid that is revised', () => {
  const dir = mkdtempSync(join(tmpdir(), 'restated-'));
  let prometheus: PrometheusServer;
  beforeAll(async () => {
    prometheus = await startPrometheus({ dir });
    const world = createWorld({ seed: 1, start: START });
    await loadWorld(prometheus.url, world, { from: START, to: UNTIL }, SCRAPE);
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function run(name: string, from: number, world: (now: number) => GridWorld): Promise<string> {
    let now = from;
    const maps = await startElectricityMaps({
      token: 'secret',
      zones: ZONES,
      world: (zone, hour) => world(now)(zone, hour),
      now: () => now,
    });
    const path = join(dir, `${name}.db`);
    const flags = {
      'prometheus-url': prometheus.url,
      'cluster-name': 'e2e',
      'db-path': path,
      'electricity-maps-token': 'secret',
      'electricity-maps-url': maps.url,
    };
    const onWake = async (at: number) => void (now = at);
    await runEngine({ flags, from, until: UNTIL, onWake });
    await maps.close();
    return path;
  }

  it('leaves what it would have left had it been known at first, and why is kept', async () => {
    const inTurn = await run('in-turn', FROM, (now) => (zone, hour) => {
      return now < ANSWERS ? null : gridAt(now, zone, hour);
    });
    const atOnce = await run(
      'at-once',
      UNTIL - STEP + SETTLE,
      (now) => (zone, hour) => gridAt(now, zone, hour),
    );
    const [told, expected] = [inTurn, atOnce].map((path) => readLedger(path, SETTLED));
    expect(told!.marks).toHaveLength((SETTLED.to - SETTLED.from) / STEP);
    expect(told!.nodes).toEqual(expected!.nodes);
    expect(told!.rows).toEqual(expected!.rows);
    for (const { start, provenance } of told!.nodes) {
      const hour = Math.floor(start / HOUR) * HOUR;
      expect(provenance).toMatchObject({
        intensity: truth(provenance.gridZone, hour),
        intensitySource: 'electricity-maps',
      });
    }
    await tellsWhy(inTurn);
    expect(await sumsOf(inTurn)).toEqual(await sumsOf(atOnce));
  });
});

async function tellsWhy(path: string): Promise<void> {
  const { ledger } = await openStores({ type: 'sqlite', path, step: seconds(STEP), cluster: 'e2e' });
  const kept = await ledger.restatements(SETTLED);
  const { restated, intervals } = await ledger.counters();
  const everything = await ledger.restatements({ from: START, to: UNTIL });
  await ledger.close();
  const reasons = new Set(kept.map(({ reason }) => reason));
  expect(reasons).toEqual(new Set(['intensity-found', 'intensity-revised']));
  for (const { reason, oldFactor, newFactor, oldSource, newSource } of kept) {
    expect(newSource).toBe('electricity-maps');
    if (reason === 'intensity-revised') expect(oldFactor - newFactor).toBeCloseTo(10, 9);
    else expect(oldSource).toBe('yearly-mean');
  }
  const changed = everything.reduce((sum, r) => sum + Math.abs(r.newEmissions - r.oldEmissions), 0);
  expect(Object.values(restated).reduce((a, b) => a + b, 0n)).toBe(BigInt(changed));
  expect(intervals.complete).toBeGreaterThan(60);
}

/** By hours, and by intervals of them. */
async function sumsOf(path: string) {
  const history = await openHistory({ type: 'sqlite', path, step: seconds(STEP) });
  const whole = { from: epochSeconds(START + HOUR), to: SETTLED.to };
  const asked = { range: whole, by: ['namespace', 'zone'] as const, filters: {} };
  const totals = await history.totals(asked);
  const cut = { ...asked, range: { ...whole, from: epochSeconds(whole.from + STEP) } };
  const parts = await history.totals(cut);
  await history.close();
  return { totals, parts };
}
