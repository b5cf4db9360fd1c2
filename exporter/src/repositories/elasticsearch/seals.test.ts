/** Hours and days on a real Elasticsearch: made of what the process has written itself, or of what it finds. */
import { beforeAll, expect, it, jest } from '@jest/globals';
import { DAY } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import { cores, epochSeconds, millijoules, nanoCurrency, seconds } from '../../domain/units.js';
import { podRow, provenance, resultOf, shareRow, T0 } from '../../ports/testing/results.js';
import type { ElasticsearchOptions } from './connection.js';
import { openElasticsearchStores } from './open.js';
import { onRealServer } from './testing/real-server.js';

jest.setTimeout(120_000);

const STEP = seconds(1800);
const NOW = epochSeconds(1_800_000_000);
const INTERVALS = DAY / STEP;

/** Pods come and go, requests, prices and bands change. */
function result(n: number, revision = 'r1'): IntervalResult {
  const pods = [
    podRow({ energy: millijoules(1000 + n), cpuRequest: n % 3 === 0 ? null : cores(n / 10) }),
    podRow({ pod: `job-${n % 5}`, uid: `u${n % 5}`, workload: { name: 'job', type: 'Job' } }),
    podRow({ node: 'n2', pod: 'b', cost: n % 4 === 0 ? null : nanoCurrency(n) }),
    shareRow('idle'),
  ];
  const made = resultOf(
    T0 + n * STEP,
    pods,
    { revision, currency: n < INTERVALS / 2 ? 'USD' : 'EUR' },
    () => ({ provenance: provenance({ powerBand: { lo: 200 + (n % 7), hi: 180 } }) }),
  );
  return { ...made, interval: { start: epochSeconds(T0 + n * STEP), step: STEP } };
}

onRealServer('hours and days in elasticsearch', 'seals', (on) => {
  let prefix: string;
  let options: ElasticsearchOptions;
  beforeAll(() => {
    prefix = on.places.take();
    options = { ...on.places.optionsFor(prefix), hosts: [on.proxy.url] };
  });

  const open = async (cluster: string) =>
    (await openElasticsearchStores({ ...options, cluster, step: STEP })).ledger;

  /** What searches find of a grain, without what tells one writing of it from another. */
  async function documents(cluster: string, grain: 'hour' | 'day'): Promise<string[]> {
    await on.server.request('POST', `/${prefix}.*/_refresh`);
    const query = { term: { cluster } };
    const found = (await on.server.request('POST', `/${prefix}.${grain}.*/_search`, {
      size: 10_000,
      query,
    })) as {
      hits: { hits: { _source: Record<string, unknown> }[] };
    };
    return found.hits.hits
      .map(({ _source: { cluster: _c, gen: _g, seq: _s, ...fields } }) =>
        JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))),
      )
      .sort();
  }

  it('are made without a question by the process that wrote all of them', async () => {
    const ledger = await open('whole');
    on.proxy.fail(0);
    for (let n = 0; n < INTERVALS; n++) await ledger.commit(result(n), NOW);
    expect(on.proxy.calls.filter((call) => /_search|_refresh/.test(call))).toEqual([]);
    expect(on.proxy.calls.length).toBeGreaterThan(INTERVALS);
    await ledger.close();
    expect((await documents('whole', 'hour')).length).toBeGreaterThan(24 * 5);
    expect((await documents('whole', 'day')).length).toBeGreaterThan(5);
  });

  it('are added to indices that an earlier version has made', async () => {
    const old = `${prefix}-old`;
    const keyword = { type: 'keyword' };
    const state = { cluster: keyword, what: keyword, day: { type: 'long' }, gen: { type: 'long' } };
    const others = { seal: keyword, hours: keyword, body: { type: 'object', enabled: false } };
    await on.server.request('PUT', `/${old}.state`, { mappings: { properties: { ...state, ...others } } });
    const registry = { what: 'registry', body: { schema: 1, clusters: [] } };
    await on.server.request('PUT', `/${old}.state/_doc/registry`, registry);
    const amount = { type: 'long', index: false };
    const mappings = { dynamic: 'strict', properties: { cluster: keyword, level: keyword, energy: amount } };
    await on.server.request('PUT', `/${old}.hour.${new Date(T0 * 1000).toISOString().slice(0, 7)}`, {
      mappings,
    });
    const { ledger } = await openElasticsearchStores({
      ...{ ...options, prefix: old, cluster: 'c', step: STEP },
    });
    for (const n of [0, 1]) await ledger.commit(result(n), NOW);
    await ledger.close();
    await on.server.request('POST', `/${old}.hour.*/_refresh`);
    const { count } = (await on.server.request('GET', `/${old}.hour.*/_count`)) as { count: number };
    expect(count).toBeGreaterThan(5);
  });

  it('are the same by processes that each wrote one interval, in whatever order', async () => {
    const order = Array.from({ length: INTERVALS }, (_, n) => (n * 7) % INTERVALS);
    for (const n of order) {
      const ledger = await open('parts');
      await ledger.commit(result(n), NOW);
      await ledger.close();
    }
    for (const grain of ['hour', 'day'] as const) {
      expect(await documents('parts', grain)).toEqual(await documents('whole', grain));
    }
  });
});
