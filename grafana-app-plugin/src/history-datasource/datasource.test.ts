import { dateTime, type DataQueryRequest, type DataSourceInstanceSettings } from '@grafana/data';
import { setBackendSrv, setTemplateSrv, type BackendSrv, type TemplateSrv } from '@grafana/runtime';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { comparison, recommendation, series, totals } from '../testing/answers';
import { fakeExporter, Refusal, type FakeExporter } from '../testing/exporter';
import { HistoryDataSource } from './datasource';
import type { HistoryOptions, HistoryQuery } from './query';

let exporter: FakeExporter;
let source: HistoryDataSource;
let variables: Readonly<Record<string, string>> = {};

beforeEach(() => {
  exporter = fakeExporter();
  variables = {};
  setBackendSrv(exporter.backend as unknown as BackendSrv);
  const replace = (text = '') => text.replace(/\$(\w+)/g, (whole, name: string) => variables[name] ?? whole);
  setTemplateSrv({ replace } as unknown as TemplateSrv);
  source = new HistoryDataSource({
    url: '/proxy',
    uid: 'gk',
    name: 'gk',
  } as DataSourceInstanceSettings<HistoryOptions>);
});

const range = { from: dateTime('2026-01-01T00:00:00Z'), to: dateTime('2026-01-02T00:00:00Z') };
const ask = (...targets: Partial<HistoryQuery>[]) =>
  source.query({
    targets: targets.map((target, i) => ({ refId: String.fromCharCode(65 + i), ...target })),
    range: { ...range, raw: range },
    scopedVars: {},
  } as unknown as DataQueryRequest<HistoryQuery>);
const askedOf = (path: string) =>
  exporter.asked
    .filter(({ url }) => url.pathname === `/proxy/api/v1/${path}`)
    .map(({ url }) => url.searchParams);

describe('queries', () => {
  it('asks for the range and the groups, and follows pages', async () => {
    exporter.answers.set('/api/v1/totals', (url: URL) =>
      url.searchParams.has('cursor') ? totals({ web: 1 }) : totals({ shop: 2 }, { next_cursor: 'next' }),
    );
    const { data, errors } = await ask({ queryType: 'totals', by: ['namespace'] });
    expect(errors).toEqual([]);
    expect(data[0]).toMatchObject({ refId: 'A', length: 2 });
    const [first, second] = askedOf('totals');
    expect([first!.get('from'), first!.get('to'), first!.getAll('by')]).toEqual([
      '1767225600',
      '1767312000',
      ['namespace'],
    ]);
    expect(second!.get('cursor')).toBe('next');
  });

  it('replaces variables in filters: several values are alternatives, All does not restrict', async () => {
    variables = { cluster: '.*', namespace: 'shop,web' };
    exporter.answers.set('/api/v1/series', series({ shop: [1] }));
    await ask({
      queryType: 'series',
      by: [],
      filters: { cluster: '$cluster', namespace: '$namespace', workload: '' },
    });
    const [asked] = askedOf('series');
    expect(asked!.getAll('namespace')).toEqual(['shop', 'web']);
    expect(asked!.has('cluster') || asked!.has('workload')).toBe(false);
  });

  it('asks for bounds only where they are wanted and there are any', async () => {
    exporter.answers.set('/api/v1/series', series({ shop: [1] }));
    exporter.answers.set('/api/v1/totals', totals({ shop: 1 }));
    const names = async (query: Partial<HistoryQuery>) =>
      (
        (await ask({ queryType: 'series', by: ['namespace'], ...query })).data[0] as {
          fields: { name: string }[];
        }
      ).fields.map((f) => f.name);
    expect(await names({ metric: 'co2e_grams', bounds: true })).toEqual([
      'time',
      'co2e_grams',
      'low',
      'high',
    ]);
    expect(await names({ metric: 'co2e_grams', bounds: false })).toEqual(['time', 'co2e_grams']);
    expect(await names({ metric: 'cost', bounds: true })).toEqual(['time', 'co2e_grams']);
    expect(askedOf('totals')).toHaveLength(1);
  });

  it('answers a comparison with the figures and with both powers over time', async () => {
    exporter.answers.set('/api/v1/energy/comparison', (url: URL) =>
      comparison([[50, 60]], url.searchParams.has('step')),
    );
    const { data } = await ask({ queryType: 'comparison', by: 'node' });
    expect(data.map((frame: { name: string }) => frame.name)).toEqual(['comparison', 'comparison-series']);
  });

  it('gives recommendations that were applied as events', async () => {
    const item = { ...recommendation('a', { status: 'applied' }), since: '2026-01-01T12:00:00Z' };
    exporter.answers.set('/api/v1/recommendations', { items: [item], next_cursor: null });
    const { data } = await ask({ queryType: 'applied' });
    const fields = (data[0] as { fields: { name: string; values: unknown[] }[] }).fields;
    expect(fields.find((f) => f.name === 'time')!.values).toEqual([Date.parse('2026-01-01T12:00:00Z')]);
    expect(fields.find((f) => f.name === 'text')!.values).toEqual([
      'Asks for too much CPU: shop / web / app',
    ]);
  });

  it('lets a query that fails take no other with it, and says why', async () => {
    exporter.answers.set('/api/v1/series', series({ shop: [1] }));
    exporter.answers.set(
      '/api/v1/totals',
      new Refusal(400, {
        type: '/problems/invalid-parameter',
        detail: 'by is wrong.',
        fix: 'Write namespace.',
      }),
    );
    const { data, errors } = await ask({ queryType: 'totals', by: ['x'] }, { queryType: 'series', by: [] });
    expect(data).toHaveLength(1);
    expect(errors).toMatchObject([{ refId: 'A', message: 'by is wrong. Write namespace.' }]);
  });

  it('leaves hidden queries out', async () =>
    expect((await ask({ queryType: 'totals', hide: true })).data).toEqual([]));
});

describe('variables', () => {
  it('finds names, each once and in order, within the clusters that are chosen', async () => {
    variables = { cluster: 'a,b' };
    const items = ['web', 'shop', 'web'].map((namespace) => ({ namespace }));
    exporter.answers.set('/api/v1/namespaces', { items, next_cursor: null });
    const found = await source.metricFindQuery('namespaces(cluster=$cluster)');
    expect(found.map(({ text }) => text)).toEqual(['shop', 'web']);
    expect(askedOf('namespaces')[0]!.getAll('cluster')).toEqual(['a', 'b']);
  });

  it.each(['', 'pods', 'namespaces(node=x)', 'clusters(cluster=a)'])(
    'refuses %p and says what there is',
    async (query) => {
      await expect(source.metricFindQuery(query)).rejects.toMatchObject({
        fix: expect.stringContaining('clusters, namespaces'),
      });
    },
  );
});

describe('health check', () => {
  const health = {
    status: 'ok',
    version: '1.2.3',
    cluster: 'c',
    checks: [{ name: 'prometheus', ok: true, required: true, reason: null }],
    services: {},
    freshness: { age_seconds: 30, stale: false, last_completed: null, stale_after_seconds: 900 },
    intervals_pending: 0,
    backfill: null,
  };

  it('names what it is connected to', async () => {
    exporter.answers.set('/api/v1/health', health);
    expect(await source.testDatasource()).toEqual({
      status: 'success',
      message: 'Connected to GreenKube 1.2.3, cluster c. Its data are up to date.',
    });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a required source is down',
      { ...health, checks: [{ name: 'prometheus', ok: false, required: true, reason: 'refused' }] },
      /prometheus: refused/,
    ],
    [
      'data are old',
      { ...health, freshness: { ...health.freshness, stale: true, age_seconds: 7200 } },
      /2 h old/,
    ],
    [
      'the token is wrong, which Grafana tells as 400',
      new Refusal(400, { type: '/problems/unauthorized', detail: 'no' }),
      /token.*API_TOKEN/,
    ],
    ['nobody answers', new Refusal(502, { message: 'Bad Gateway' }), /does not answer.*URL/],
  ])('is an error when %s', async (_, answer, message) => {
    exporter.answers.set('/api/v1/health', answer);
    expect(await source.testDatasource()).toEqual({
      status: 'error',
      message: expect.stringMatching(message),
    });
  });
});
