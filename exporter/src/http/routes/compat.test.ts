import { describe, expect, it } from '@jest/globals';
import { NEWEST_END, start, STEP, sumsOf } from '../testing/harness.js';
import { MemoryHistory, type Fact } from '../testing/memory-history.js';
import type { DashboardAnswer, DashboardTimeseriesAnswer } from './compat-dashboard.js';
import type { CompatMetricsAnswer } from './compat.js';
import type { TotalsAnswer } from './totals.js';

/** Of an answer, its names known to the test alone. */
type Row = Readonly<Record<string, unknown>>;
const base = '/api/v1/metrics';

async function ask<T>(path: string, history?: MemoryHistory): Promise<T> {
  await using running = await start(history ? { history } : {});
  const reply = await running.get(path);
  expect(reply.status).toBe(200);
  return reply.json<T>();
}

/** One pod, 1 kJ every `every` seconds from `from` on, and the idle share of its node. */
function steady(from: number, times: number, { currencies = ['USD'], every = STEP } = {}): MemoryHistory {
  const facts = Array.from({ length: times }, (_, i): Fact[] => {
    const at = from + i * every;
    const key = { cluster: 'c', node: 'n', zone: 'FR', provider: 'aws' };
    const pod = { ...key, namespace: 'shop', workload: 'web', workload_type: 'Deployment', pod: 'web-1' };
    const idle = { ...key, namespace: '__idle__', workload: '__idle__', workload_type: '', pod: '__idle__' };
    const currency = currencies[i % currencies.length]!;
    return [
      { start: at, key: pod, sums: sumsOf(1_000_000n, 1_000_000n, currency) },
      { start: at, key: idle, sums: sumsOf(2_000_000n, 2_000_000n, currency) },
    ];
  }).flat();
  const known = Array.from({ length: (times * every) / STEP }, (_, i) => [from + i * STEP, 1] as const);
  return new MemoryHistory(STEP, facts, new Map(known));
}

describe('views of GreenKube 0.2', () => {
  it('the summary is that of /totals under the names of 0.2', async () => {
    const body = await ask<Row>(`${base}/summary?last=2h`);
    const totals = await ask<TotalsAnswer>('/api/v1/totals?last=2h');
    expect(body).toMatchObject({
      total_co2e_grams: totals.total.co2e_grams!.operational,
      total_embodied_co2e_grams: totals.total.co2e_grams!.embodied,
      total_co2e_all_scopes: totals.total.co2e_grams!.total,
      total_energy_joules: totals.total.energy_joules,
      total_cost: totals.total.cost![0]!.amount,
      currency: 'USD',
      pod_count: 12,
      namespace_count: 4,
      coverage: totals.coverage,
      estimated_ratio: totals.estimated_ratio,
    });
  });

  it('shares of nodes are in the sums and not among the pods', async () => {
    const history = steady(NEWEST_END - STEP, 1);
    const summary = await ask<Row>(`${base}/summary?last=5min`, history);
    expect(summary).toMatchObject({ total_energy_joules: 3000, pod_count: 1, namespace_count: 1 });
    const pods = await ask<Row[]>(`${base}/top-pods?last=5min`, history);
    expect(pods.map((p) => [p['namespace'], p['pod_name'], p['energy_joules']])).toEqual([
      ['shop', 'web-1', 1000],
    ]);
    const namespaces = await ask<Row[]>(`${base}/by-namespace?last=5min`, history);
    expect(namespaces.map((n) => n['namespace'])).toEqual(['__idle__', 'shop']);
  });

  it('two currencies are not added', async () => {
    const history = steady(NEWEST_END - 2 * STEP, 2, { currencies: ['EUR', 'USD'] });
    expect(await ask(`${base}/summary?last=10min`, history)).toMatchObject({
      total_cost: null,
      currency: null,
    });
  });

  it('nothing known is null, not 0', async () => {
    const nothing = new MemoryHistory(STEP, [], new Map());
    expect(await ask(`${base}/summary`, nothing)).toMatchObject({
      total_energy_joules: null,
      total_co2e_grams: null,
      total_cost: null,
      pod_count: 0,
      coverage: 0,
    });
    const points = await ask<Row[]>(`${base}/timeseries?last=2h`, nothing);
    expect(points.map((p) => p['joules'])).toEqual(points.map(() => null));
  });

  it('rows by pod page by offset, each once, and add to the total', async () => {
    const items = [];
    for (let offset = 0; offset < 12; offset += 5) {
      const page = await ask<CompatMetricsAnswer>(`${base}?last=2h&limit=5&offset=${offset}`);
      expect(page).toMatchObject({ total: 12, limit: 5, offset });
      items.push(...page.items);
    }
    expect(new Set(items.map((i) => i.pod_name)).size).toBe(12);
    const totals = await ask<TotalsAnswer>('/api/v1/totals?last=2h');
    const sum = items.reduce((joules, i) => joules + i.joules, 0);
    expect(sum).toBeCloseTo(totals.total.energy_joules!, 6);
    expect(items[0]).toMatchObject({ owner_kind: 'Deployment', duration_seconds: 7200, is_estimated: true });
  });

  describe('over time', () => {
    // 40 days over the end of a year whose last days are in week 1 of the next.
    const from = Date.UTC(2025, 11, 5) / 1000;
    const history = steady(from, 40 * 24, { every: 3600 });
    const path = (granularity: string) =>
      `${base}/timeseries?from=2025-12-05T00:00:00Z&to=2026-01-14T00:00:00Z&granularity=${granularity}`;
    it.each([
      ['hour', 960, '2025-12-05T00:00:00Z'],
      ['day', 40, '2025-12-05T00:00:00Z'],
      ['week', 7, '2025-W49'],
      ['month', 2, '2025-12-01T00:00:00Z'],
    ])('%s: %d points that add to the whole', async (granularity, count, first) => {
      const points = await ask<Row[]>(path(granularity), history);
      expect(points).toHaveLength(count);
      expect(points[0]!['timestamp']).toBe(first);
      expect(points.reduce((sum, p) => sum + Number(p['joules']), 0)).toBeCloseTo(3000 * 40 * 24, 3);
      for (const p of points) expect([p['coverage'], p['currency']]).toEqual([1, 'USD']);
    });

    it('weeks are those of ISO 8601', async () => {
      const names = (await ask<Row[]>(path('week'), history)).map((p) => p['timestamp']);
      expect(names).toEqual([
        '2025-W49',
        '2025-W50',
        '2025-W51',
        '2025-W52',
        '2026-W01',
        '2026-W02',
        '2026-W03',
      ]);
    });
  });

  it('the dashboard has every window, each as /summary has it', async () => {
    const { windows, namespace } = await ask<DashboardAnswer>(`${base}/dashboard-summary?namespace=ns-1`);
    expect(namespace).toBe('ns-1');
    expect(Object.keys(windows)).toEqual(['1h', '6h', '24h', '7d', '30d', '1y', 'ytd']);
    const summary = await ask<Row>(`${base}/summary?last=6h&namespace=ns-1`);
    expect(windows['6h']).toMatchObject({
      window_slug: '6h',
      total_co2e_all_scopes: summary['total_co2e_all_scopes'],
      pod_count: 3,
      updated_at: '2026-01-15T12:00:00Z',
    });
  });

  it.each([
    ['1h', 1],
    ['24h', 24],
    ['7d', 8],
    ['1y', 53],
    ['ytd', 1],
  ])('the window %s over time has %d points', async (slug, count) => {
    const body = await ask<DashboardTimeseriesAnswer>(`${base}/dashboard-timeseries/${slug}`);
    expect(body.points).toHaveLength(count);
    expect(body.points[0]).toMatchObject({ window_slug: slug, bucket_ts: expect.stringMatching(/Z$/) });
  });

  it('a window that there is none of is not found, and the others are named', async () => {
    await using running = await start();
    const reply = await running.get(`${base}/dashboard-timeseries/2h`);
    expect([reply.status, reply.json()]).toMatchObject([
      404,
      { parameter: 'slug', fix: 'Allowed: 1h, 6h, 24h, 7d, 30d, 1y, ytd.' },
    ]);
  });
});
