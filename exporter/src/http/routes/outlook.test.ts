/** The answers about scores, budgets, the grid, units of work and releases, as a client gets them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../../domain/units.js';
import { madeUpFindings } from '../testing/made-up-findings.js';
import type { ProblemBody } from '../problem.js';
import { NOW, start, type Running } from '../testing/harness.js';
import type { BudgetsAnswer } from './budgets.js';
import type { IntensityAnswer } from './intensity.js';
import type { IntensityForecastAnswer } from './intensity-forecast.js';
import type { ReleasesAnswer } from './releases.js';
import type { SciAnswer } from './sci.js';
import type { ScoresAnswer } from './score.js';

let server: Running;
beforeAll(async () => {
  server = await start({ outlook: madeUpFindings(epochSeconds(NOW)) });
});
afterAll(async () => server[Symbol.asyncDispose]());

async function ask<T>(path: string): Promise<T> {
  const reply = await server.get(`/api/v1${path}`);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.json<T>();
}
const problemOf = async (path: string): Promise<ProblemBody & { status: number }> =>
  (await server.get(`/api/v1${path}`)).json();

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('GET /score', () => {
  it('answers the cluster and its namespaces, each with the points lost and to what', async () => {
    const { items, computed_at } = await ask<ScoresAnswer>('/score');
    expect(computed_at).toBe(new Date(NOW * 1000).toISOString().replace('.000Z', 'Z'));
    expect(items.map(({ key }) => key)).toEqual([
      { cluster: 'c' },
      { cluster: 'c', namespace: 'data' },
      { cluster: 'c', namespace: 'shop' },
    ]);
    for (const { score, dimensions, left_out } of items) {
      expect(sum(dimensions.map((d) => d.weight))).toBeCloseTo(1, 12);
      expect(score! + sum(dimensions.map((d) => d.points_lost))).toBeCloseTo(100, 8);
      for (const d of dimensions) expect(sum(d.lost_to.map((l) => l.points))).toBeCloseTo(d.points_lost, 8);
      expect(left_out.map((l) => l.reason)).toEqual(['not-scanned', 'not-scanned', 'not-scanned']);
    }
  });

  it('filters, and pages without repeating or skipping', async () => {
    expect((await ask<ScoresAnswer>('/score?namespace=shop')).items).toHaveLength(1);
    expect((await ask<ScoresAnswer>('/score?cluster=other')).items).toEqual([]);
    const first = await ask<ScoresAnswer>('/score?limit=2');
    const rest = await ask<ScoresAnswer>(`/score?limit=2&cursor=${first.next_cursor!}`);
    expect([...first.items, ...rest.items]).toHaveLength(3);
    expect(rest.next_cursor).toBeNull();
  });
});

describe('GET /budgets', () => {
  it('answers what is used, how fast, and what it comes to', async () => {
    const [budget] = (await ask<BudgetsAnswer>('/budgets')).items;
    expect(budget).toMatchObject({
      name: 'shop week',
      key: { cluster: 'c', namespace: 'shop' },
      unit: 'g',
      limit: 200,
      status: 'at-risk',
      coverage: 1,
    });
    expect(budget!.projected!.value).toBeCloseTo(336, 6);
    expect(budget!.projected_ratio).toBeCloseTo(1.68, 6);
    expect(Date.parse(budget!.runs_out_at!) / 1000).toBe(Date.parse(budget!.from) / 1000 + 100 * 3600);
  });
});

describe('GET /intensity', () => {
  it('answers the most trusted source of each hour, with its age, and what is in use', async () => {
    const answer = await ask<IntensityAnswer>('/intensity?zone=FR&last=6h');
    expect(answer.points.length).toBeGreaterThanOrEqual(5);
    expect(new Set(answer.points.map((p) => p.source))).toEqual(new Set(['electricity-maps']));
    for (const p of answer.points)
      expect(p.age_seconds).toBe(Math.max(0, NOW - Date.parse(p.time) / 1000 - 3600));
    expect(answer.in_use).toMatchObject({ value: 101.5, source: 'electricity-maps' });
    expect(answer.zones).toEqual(['DE', 'FR']);
  });

  it('has no points of a zone that no live source tells of', async () => {
    expect(await ask<IntensityAnswer>('/intensity?zone=DE')).toMatchObject({ points: [], in_use: null });
  });

  it('refuses what is no zone', async () => {
    expect(await problemOf('/intensity?zone=france')).toMatchObject({ status: 400 });
    expect(await problemOf('/intensity')).toMatchObject({ status: 400 });
  });
});

describe('GET /intensity/forecast', () => {
  it('answers hours, their band, and the best window for a job', async () => {
    const answer = await ask<IntensityForecastAnswer>('/intensity/forecast?zone=FR&horizon=24h&duration=2h');
    expect(answer).toMatchObject({ method: 'hour-of-week', source: 'electricity-maps', horizon: '1d' });
    expect(answer.points.length).toBeGreaterThanOrEqual(24);
    const { from, to, mean, mean_now, saved_ratio } = answer.best_window!;
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 3_600_000);
    expect(Date.parse(from) / 1000).toBeGreaterThanOrEqual(NOW);
    expect(mean).toBeLessThanOrEqual(mean_now!);
    expect(saved_ratio).toBeCloseTo(1 - mean / mean_now!, 12);
    expect(answer.backtest).toMatchObject({ days: 7, hours: 168 });
    for (const window of answer.low_windows) expect(window.mean).toBeLessThanOrEqual(answer.low_threshold!);
  });

  it('answers a zone without a forecast as one', async () => {
    const answer = await ask<IntensityForecastAnswer>('/intensity/forecast?zone=DE&duration=1h');
    expect(answer).toMatchObject({ method: null, points: [], best_window: null, backtest: null });
  });

  it.each([
    ['/intensity/forecast?zone=FR&horizon=5d', /longer than 3d/],
    ['/intensity/forecast?zone=FR&horizon=4h&duration=5h', /longer than 4h/],
    ['/intensity/forecast?zone=FR&duration=soon', /length of time/],
    ['/intensity/forecast?zone=FR&duration=90s', /whole minutes/],
    ['/intensity/forecast?zone=PL', /not one that a node draws from/],
  ])('refuses %s', async (path, detail) => {
    const problem = await problemOf(path);
    expect(problem.status).toBe(400);
    expect(JSON.stringify(problem)).toMatch(detail);
  });
});

describe('GET /sci and /releases', () => {
  it('answer grams per unit with what they are made of', async () => {
    const [item] = (await ask<SciAnswer>('/sci?workload=web')).items;
    expect(item).toMatchObject({ unit: 'request', problem: null, last_24h: { hours: 24, units: 24_000 } });
    expect(item!.last_24h.grams_per_unit).toBeCloseTo(0.0025, 12);
    expect((await ask<SciAnswer>('/sci?workload=cart')).items).toEqual([]);
  });

  it('answer before and after a release, and filter by verdict', async () => {
    const [item] = (await ask<ReleasesAnswer>('/releases?verdict=regressed')).items;
    expect(item).toMatchObject({
      workload_type: 'Deployment',
      revision: 'web-7f6b5c9d8',
      previous: 'web-5c7d9b8f6',
      verdict: 'regressed',
    });
    expect(item!.joules_per_unit!.ratio).toBeCloseTo(1.2, 3);
    expect((await ask<ReleasesAnswer>('/releases?verdict=improved&verdict=moved')).items).toEqual([]);
    expect(await problemOf('/releases?verdict=worse')).toMatchObject({ status: 400 });
  });
});

it('where no findings are kept, all of them say so', async () => {
  await using bare = await start({ outlook: undefined as never });
  for (const path of ['/score', '/budgets', '/intensity?zone=FR', '/sci', '/releases']) {
    expect([path, (await bare.get(`/api/v1${path}`)).status]).toEqual([path, 503]);
  }
});
