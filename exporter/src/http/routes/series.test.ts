import { describe, expect, it } from '@jest/globals';
import { MAX_CELLS, MAX_POINTS } from '../../pipeline/query-range.js';
import { madeUpPast, NEWEST_END, start, STEP } from '../testing/harness.js';
import { series, type SeriesAnswer } from './series.js';
import type { TotalsAnswer } from './totals.js';

const PATH = '/api/v1/series';

describe('GET /api/v1/series', () => {
  it('answers in the documented shape: one column a group and metric', async () => {
    await using running = await start();
    const reply = await running.get(`${PATH}?by=namespace&metric=energy_joules,co2e_grams&last=2h&step=1h`);
    const body = reply.json<SeriesAnswer>();
    expect(reply.status).toBe(200);
    expect(() => series.answer.parse(body)).not.toThrow();
    expect(body).toMatchObject({
      step: '1h',
      times: [NEWEST_END - 7200, NEWEST_END - 3600],
      coverage: [1, expect.closeTo(11 / 12)],
    });
    expect(body.series).toHaveLength(8);
    expect(body.series[0]).toMatchObject({ key: { namespace: 'ns-0' }, metric: 'energy_joules', unit: 'J' });
    expect(body.estimated_ratio).toBeCloseTo(0.5, 2);
  });

  it('sums to the totals of the same range', async () => {
    await using running = await start();
    const columns = (await running.get(`${PATH}?by=pod&last=2h`)).json<SeriesAnswer>().series;
    const whole = (await running.get('/api/v1/totals?last=2h')).json<TotalsAnswer>().total.energy_joules;
    const sum = columns.flatMap((c) => c.values).reduce<number>((a, b) => a + (b ?? 0), 0);
    expect(sum).toBeCloseTo(whole!, 6);
  });

  it('null where nothing is known, a number where it is', async () => {
    await using running = await start();
    const body = (await running.get(`${PATH}?last=15min`)).json<SeriesAnswer>();
    // The second newest interval of the made-up past is unknown.
    expect(body.series[0]!.values).toEqual([expect.any(Number), null, expect.any(Number)]);
    expect(body.coverage).toEqual([1, 0, 1]);
  });

  it('cost has a column a currency; a group without a price has none', async () => {
    await using running = await start();
    const body = (await running.get(`${PATH}?by=pod&metric=cost&last=5min`)).json<SeriesAnswer>();
    expect(new Set(body.series.map((s) => s.unit))).toEqual(new Set(['USD']));
    expect(body.series.map((s) => s.key['pod'])).not.toContain('pod-11');
  });

  it.each([
    ['24h', '5m'],
    ['7d', '1h'],
    ['30d', '3h'],
    ['90d', '6h'],
    ['1y', '1d'],
    ['10y', '7d'],
  ])('cuts %s into steps of %s by itself', async (last, step) => {
    await using running = await start();
    const reply = await running.get(`${PATH}?last=${last}`);
    expect(reply.json<SeriesAnswer>().step).toBe(step);
  });

  it('refuses more points than a series may have, with the step to use', async () => {
    await using running = await start();
    const reply = await running.get(`${PATH}?last=1y&step=5m`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({
      type: '/problems/invalid-parameter',
      parameter: 'step',
      detail: expect.stringContaining(String(MAX_POINTS)),
      fix: 'Use step=1h or longer.',
    });
    const better = await running.get(`${PATH}?last=1y&step=1h`);
    expect(better.status).toBe(200);
  });

  it('refuses more points than an answer may have before it asks for them', async () => {
    const history = madeUpPast(300, 2);
    await using running = await start({ history });
    const reply = await running.get(`${PATH}?by=pod&last=7d&step=5m`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({
      parameter: 'step',
      detail: expect.stringContaining(String(MAX_CELLS)),
    });
    expect(history.asked).toEqual(['totals']);
    const fits = /step=(\w+)/.exec(reply.json().fix!)![1];
    expect((await running.get(`${PATH}?by=pod&last=7d&step=${fits}`)).status).toBe(200);
  });

  it.each(['7', '0m', '1m', '-5m', '1e3s', '90s', '400d', '5 m', '\u0000', '5M'])(
    'refuses the step %j',
    async (step) => {
      await using running = await start();
      const reply = await running.get(`${PATH}?step=${encodeURIComponent(step)}`);
      expect([reply.status, reply.json().parameter]).toEqual([400, 'step']);
      expect(reply.json().detail).toContain(`${STEP / 60}m`);
    },
  );
});
