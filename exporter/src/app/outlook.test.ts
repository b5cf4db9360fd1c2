/** The demo world from its first hour to what analyses find in it: the whole program but the server, at a step of an hour. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorld, type WorldPod } from '../demo/world.js';
import { DAY, HOUR } from '../domain/interval.js';
import { REVISION_LABEL, revisionOf } from '../domain/releases/revision.js';
import { epochSeconds } from '../domain/units.js';
import type { RenderedSnapshot } from '../exposition/render.js';
import { textOf } from '../exposition/testing/decompress.js';
import type { FindingKind, FindingTypes } from '../ports/findings.js';
import type { OutlookHistory } from '../ports/outlook-history.js';
import { openHistory, openOutlookHistory } from '../repositories/factory.js';
import { composeEngine } from './compose.js';
import { configOf } from './config/testing/load.js';
import { modeOf } from './mode.js';

const DAYS = 15;
/** A Thursday morning. */
const NOW = epochSeconds(Date.UTC(2026, 5, 18, 10, 5) / 1000);
const folder = mkdtempSync(join(tmpdir(), 'greenkube-outlook-'));
const path = join(folder, 'demo.db');
const step = HOUR;

let reader: OutlookHistory;
let text: string;
const errors: unknown[] = [];

beforeAll(async () => {
  const env = { DEMO: 'on', DEMO_DAYS: String(DAYS), STEP: '1h', DB_PATH: path };
  const config = configOf({ env });
  const stop = new AbortController();
  let snapshot: RenderedSnapshot | null = null;
  const engine = await composeEngine(config, modeOf(config), {
    clock: { now: () => NOW },
    stopwatch: () => performance.now() / 1000,
    sleepUntil: async () => stop.abort(),
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (fields, message) => errors.push({ fields, message }),
      error: (fields, message) => errors.push({ fields, message }),
    },
    build: { version: 'test', revision: 'test', nodeVersion: 'v20' },
    onSnapshot: (rendered) => (snapshot = rendered),
    onStatus: () => undefined,
    onProgress: () => undefined,
  });
  await engine.run(stop.signal);
  await engine.close();
  text = textOf(snapshot!.text);
  reader = await openOutlookHistory({ type: 'sqlite', path, step });
}, 180_000);

afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true });
});

async function found<K extends FindingKind>(kind: K): Promise<readonly FindingTypes[K][]> {
  return (await reader.findings({ kind, clusters: ['demo'] })).map(({ body }) => body);
}

const metric = (name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`greenkube_${name}{`));

describe('the demo world', () => {
  it('is analysed without a complaint', () => {
    expect(errors).toEqual([]);
  });

  it('has one budget that runs out, and the others do not', async () => {
    const budgets = await found('budget');
    expect(budgets).toHaveLength(4);
    const short = budgets.filter(({ status }) => status !== 'ok');
    expect(short.map(({ budget, status }) => [budget.name, status])).toEqual([
      ['data-energy-week', 'at-risk'],
    ]);
    const [{ runsOutAt, period, projected, budget }] = short as [(typeof short)[0]];
    expect(runsOutAt).toBeGreaterThan(NOW);
    expect(runsOutAt).toBeLessThan(period.to);
    expect(projected!.low).toBeLessThanOrEqual(projected!.value);
    expect(projected!.value).toBeGreaterThan(budget.limit.value);
    expect(metric('budget_used_ratio')).toHaveLength(4);
    expect(metric('budget_co2e_grams')).toHaveLength(2);
  });

  it('has budgets whose use is what the totals say', async () => {
    const history = await openHistory({ type: 'sqlite', path, step });
    for (const { budget, period, asOf, used } of await found('budget')) {
      if (budget.scope.kind !== 'namespace') continue;
      const { total } = await history.totals({
        range: { from: period.from, to: asOf },
        by: [],
        filters: { namespace: [budget.scope.namespace] },
      });
      const amount =
        budget.limit.amount === 'energy'
          ? Number(total.energy) / 3.6e9
          : Number(total.operational + total.embodied) / 1e6;
      expect(used).toBeCloseTo(amount, 6);
    }
    await history.close();
  });

  it('has exactly the planted releases regressed, and those that take it back improved', async () => {
    const releases = await found('release');
    const planted = new Map<string, boolean>();
    const world = createWorld({ seed: 1 });
    for (let t = NOW - 14 * DAY; t < NOW; t += HOUR) {
      const range = { from: epochSeconds(t), to: epochSeconds(t + HOUR) };
      for (const pod of world.podsDuring(range)) note(planted, pod);
    }
    const judged = releases.filter(({ verdict }) => verdict === 'regressed' || verdict === 'improved');
    expect(judged.length).toBeGreaterThan(0);
    const names = new Set(judged.map((r) => `${r.namespace}/${r.workloadType}/${r.workload}`));
    expect([...names].toSorted()).toEqual(['search/StatefulSet/opensearch', 'shop/Deployment/images']);
    for (const { verdict, revision, joules, cpuSeconds } of judged) {
      expect(verdict).toBe(planted.get(revision) ? 'regressed' : 'improved');
      expect(cpuSeconds!.ratio).toBeCloseTo(verdict === 'regressed' ? 1.4 : 1 / 1.4, 1);
      expect(joules!.low).toBeLessThanOrEqual(joules!.ratio);
    }
    expect(judged.map(({ verdict }) => verdict)).toContain('regressed');
    const ofPlanted = releases.filter(({ workload }) => ['images', 'opensearch'].includes(workload));
    const enough = ofPlanted.filter(({ after, before }) => after.hours >= 24 && before.hours >= 24);
    expect(enough.every(({ verdict }) => verdict === 'regressed' || verdict === 'improved')).toBe(true);
  });

  it('measures its services by what they do, and conserves', async () => {
    const sci = await found('sci');
    expect(sci.map(({ unit }) => unit.workload).toSorted()).toEqual([
      'images',
      'payment-api',
      'query',
      'web',
    ]);
    for (const { day, window, problem } of sci) {
      expect(problem).toBe('');
      expect(day.hours).toBe(24);
      expect(day.gramsPerUnit! * day.units).toBeCloseTo(day.operational + day.embodied, 6);
      expect(window.hours).toBe(7 * 24);
    }
    expect(metric('sci_grams_per_unit')).toHaveLength(4);
  });

  it('is scored as a whole and by namespace', async () => {
    const scores = await found('score');
    expect(scores.map(({ namespace }) => namespace)).toContain('');
    for (const { score, dimensions, leftOut } of scores) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThan(100);
      expect(dimensions.length + leftOut.length).toBe(7);
      expect(dimensions.reduce((sum, d) => sum + d.weight, 0)).toBeCloseTo(1, 12);
    }
    expect(metric('sustainability_score_ratio')).toHaveLength(scores.length - 1);
    expect(metric('cluster_sustainability_score_ratio')).toHaveLength(1);
  });

  it('forecasts its grids from the hours of the week, and says how wrong that was', async () => {
    const outlooks = await found('outlook');
    expect(outlooks.map(({ zone }) => zone)).toEqual(['FR', 'NL', 'PL', 'US-MIDW-MISO']);
    expect(outlooks.flatMap(({ lowWindows }) => lowWindows).length).toBeGreaterThan(0);
    for (const { method, hours, backtest, inUse } of outlooks) {
      expect(method).toBe('hour-of-week');
      expect(hours).toHaveLength(72);
      expect(backtest!.days).toBe(7);
      expect(backtest!.mape!).toBeGreaterThan(0);
      expect(backtest!.mape!).toBeLessThan(0.15);
      expect(inUse!.source).toBe('demo');
    }
    expect(metric('grid_carbon_intensity_forecast_grams_per_kwh')).toHaveLength(4 * 5);
  });
});

function note(
  planted: Map<string, boolean>,
  { workload: { plan }, name, labels, cpuFactor }: WorldPod,
): void {
  const revised = { workload: plan.name, workloadType: plan.controller.kind, pod: name };
  planted.set(revisionOf({ ...revised, label: labels[REVISION_LABEL] ?? '' }), cpuFactor > 1);
}
