import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { madeUpPast, NEWEST_END, start, STEP, sumsOf } from '../testing/harness.js';
import { MemoryHistory } from '../testing/memory-history.js';
import { totals, type TotalsAnswer } from './totals.js';

const PATH = '/api/v1/totals';

describe('GET /api/v1/totals', () => {
  it('answers in the documented shape, largest emissions first, with the total of all groups', async () => {
    await using running = await start();
    const reply = await running.get(`${PATH}?by=namespace&last=2h`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const body = reply.json<TotalsAnswer>();
    expect(() => totals.answer.parse(body)).not.toThrow();
    expect(body).toMatchObject({
      from: '2026-01-15T10:00:00Z',
      to: '2026-01-15T12:00:00Z',
      by: ['namespace'],
    });
    // 23 of 24 intervals are known.
    expect(body.coverage).toBeCloseTo(23 / 24, 12);
    expect(body.rows.map((r) => r.key)).toContainEqual({ cluster: 'c', namespace: 'ns-0' });
    const emissions = body.rows.map((r) => r.co2e_grams!.total!);
    expect(emissions).toEqual(emissions.toSorted((a, b) => b - a));
    const sum = body.rows.reduce((joules, r) => joules + r.energy_joules!, 0);
    expect(body.total.energy_joules).toBeCloseTo(sum, 9);
    expect(body.next_cursor).toBeNull();
  });

  it('gives bands around each figure, the factor that drives them, ratio and cost', async () => {
    const key = { cluster: 'c', namespace: 'a', workload: 'w', workload_type: 'Job', pod: 'p', node: 'n' };
    const fact = {
      start: NEWEST_END - STEP,
      key: { ...key, zone: 'FR', provider: 'aws' },
      sums: sumsOf(4_000_000n, 1_000_000n),
    };
    const history = new MemoryHistory(STEP, [fact], new Map([[fact.start, 1]]));
    await using running = await start({ history });
    const { total } = (await running.get(`${PATH}?last=5min`)).json<TotalsAnswer>();
    const [o, e] = [2, 0.4];
    const up = Math.hypot(o * (Math.exp(Math.hypot(0.2, 0.03, 0.3)) - 1), e * (Math.exp(0.5) - 1));
    expect(total).toEqual({
      energy_joules: 4000,
      energy_joules_low: expect.closeTo(4000 * Math.exp(-0.1), 8),
      energy_joules_high: expect.closeTo(4000 * Math.exp(0.2), 8),
      co2e_grams: {
        operational: 2,
        embodied: 0.4,
        total: 2.4,
        low: expect.any(Number),
        high: expect.closeTo(2.4 + up, 10),
      },
      cost: [{ currency: 'USD', amount: 0.004 }],
      coverage: 1,
      estimated_ratio: 0.25,
      uncertainty_driver: 'intensity',
    });
  });

  it('says null, not 0 and not NaN, where nothing is known', async () => {
    await using running = await start();
    const body = (
      await running.get(`${PATH}?by=pod&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`)
    ).json<TotalsAnswer>();
    expect(body).toMatchObject({ coverage: 0, estimated_ratio: null, rows: [] });
    expect(body.total).toMatchObject({
      energy_joules: null,
      co2e_grams: { operational: null, embodied: null, total: null, low: null, high: null },
      cost: [],
    });
  });

  it('says 0 for a known range in which nothing ran', async () => {
    const history = new MemoryHistory(STEP, [], new Map([[NEWEST_END - STEP, 1]]));
    await using running = await start({ history });
    const { total } = (await running.get(`${PATH}?last=5min`)).json<TotalsAnswer>();
    expect(total).toMatchObject({
      energy_joules: 0,
      coverage: 1,
      estimated_ratio: null,
      uncertainty_driver: null,
      cost: [],
    });
  });

  it('keeps every digit of a sum beyond 2^53 millijoules', async () => {
    const key = { cluster: 'c', namespace: 'a', workload: 'w', workload_type: 'Job', pod: 'p', node: 'n' };
    const energy = 123_456_789_012_345_678_901n;
    const fact = {
      start: NEWEST_END - STEP,
      key: { ...key, zone: 'FR', provider: 'aws' },
      sums: sumsOf(energy),
    };
    await using running = await start({
      history: new MemoryHistory(STEP, [fact], new Map([[fact.start, 1]])),
    });
    const reply = await running.get(`${PATH}?last=5min`);
    expect(reply.json<TotalsAnswer>().total.energy_joules).toBe(123456789012345678.901);
  });

  it('filters by each dimension, alternatives by repetition', async () => {
    await using running = await start();
    const body = (
      await running.get(`${PATH}?by=namespace,node&namespace=ns-0&namespace=ns-1&last=2h`)
    ).json<TotalsAnswer>();
    expect(new Set(body.rows.map((r) => r.key['namespace']))).toEqual(new Set(['ns-0', 'ns-1']));
    const none = (await running.get(`${PATH}?by=namespace&node=nowhere&last=2h`)).json<TotalsAnswer>();
    expect(none.rows).toEqual([]);
    expect(none.total.energy_joules).toBe(0);
  });

  it('gives only the figures asked for', async () => {
    await using running = await start();
    const body = (await running.get(`${PATH}?by=node&metric=cost&last=2h`)).json<TotalsAnswer>();
    expect(Object.keys(body.rows[0]!).toSorted()).toEqual([
      'cost',
      'coverage',
      'estimated_ratio',
      'key',
      'uncertainty_driver',
    ]);
  });

  it('pages of any size put together are the one big page', async () => {
    await using running = await start();
    const big = async (sort: string) =>
      (await running.get(`${PATH}?by=pod&last=2h&limit=1000&sort=${sort}`)).json<TotalsAnswer>().rows;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 14 }),
        fc.constantFrom('-co2e_grams', 'energy_joules', '-name', 'name', 'cost', '-cost'),
        async (limit, sort) => {
          const rows: TotalsAnswer['rows'] = [];
          let cursor: string | null = '';
          while (cursor !== null) {
            const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
            const page: TotalsAnswer = (
              await running.get(`${PATH}?by=pod&last=2h&limit=${limit}&sort=${sort}${next}`)
            ).json();
            expect(page.rows.length).toBeLessThanOrEqual(limit);
            rows.push(...page.rows);
            cursor = page.next_cursor;
          }
          expect(rows).toEqual(await big(sort));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('a page that follows keeps the range of the first while time goes on', async () => {
    let now = NEWEST_END + 10;
    await using running = await start({ clock: { now: () => now as never } });
    const first = (await running.get(`${PATH}?by=pod&last=1h&limit=3`)).json<TotalsAnswer>();
    now += 3600;
    const second = (
      await running.get(`${PATH}?by=pod&last=1h&limit=3&cursor=${first.next_cursor}`)
    ).json<TotalsAnswer>();
    expect([second.from, second.to]).toEqual([first.from, first.to]);
  });

  it.each([
    ['another question', 'by=pod&last=2h&limit=1&namespace=ns-0'],
    ['another order', 'by=pod&last=2h&limit=1&sort=name'],
    ['another range', 'by=pod&last=1h&limit=1'],
  ])('refuses the cursor of %s', async (_what, query) => {
    await using running = await start();
    const { next_cursor } = (await running.get(`${PATH}?by=pod&last=2h&limit=1`)).json<TotalsAnswer>();
    const reply = await running.get(`${PATH}?${query}&cursor=${next_cursor}`);
    expect([reply.status, reply.json().parameter]).toEqual([400, 'cursor']);
  });

  it.each(['abc', 'W10', 'bnVsbA', Buffer.from('["x",1,2,"3","y"]').toString('base64url')])(
    'refuses %s as a cursor',
    async (cursor) => {
      await using running = await start();
      const reply = await running.get(`${PATH}?cursor=${cursor}`);
      expect([reply.status, reply.json().parameter]).toEqual([400, 'cursor']);
    },
  );

  it('reads the history of many pods without an order of its own', async () => {
    await using running = await start({ history: madeUpPast(40, 3) });
    const body = (await running.get(`${PATH}?by=workload&last=1h&sort=name`)).json<TotalsAnswer>();
    const names = body.rows.map((r) => JSON.stringify(r.key));
    expect(new Set(names).size).toBe(names.length);
    expect(body.rows[0]!.key).toEqual({
      cluster: 'c',
      namespace: 'ns-0',
      workload: 'app-0',
      workload_type: 'Deployment',
    });
  });
});
