import { describe, expect, it } from '@jest/globals';
import { explainablePast } from '../testing/explainable.js';
import { NEWEST_END, start, STEP } from '../testing/harness.js';
import { explainRoute, type ExplainAnswer } from './explain.js';

const ask = (series: string, time?: string | number) =>
  `/api/v1/explain?${new URLSearchParams({ series, ...(time !== undefined && { time: String(time) }) }).toString()}`;

describe('GET /api/v1/explain', () => {
  it('tells interval, formula, factors and steps, and that the figure comes out again', async () => {
    await using running = await start({ history: await explainablePast() });
    const reply = await running.get(ask('greenkube_pod_power_watts{namespace="shop",pod="web-1"}'));
    const body = reply.json<ExplainAnswer>();
    expect(() => explainRoute.answer.parse(body)).not.toThrow();
    expect(body).toMatchObject({
      unit: 'W',
      of: 'row',
      exact: true,
      recomputed: body.value,
      differences: [],
      interval: {
        start: '2026-01-15T11:55:00Z',
        end: '2026-01-15T12:00:00Z',
        state: 'complete',
        coverage: 1,
      },
    });
    expect(body.factors.map((f) => f.symbol)).toEqual([
      'T',
      'C',
      'U',
      'M',
      'w_idle',
      'w_full',
      'f_u',
      'm',
      'w_mem',
    ]);
    expect(body.steps.at(-1)).toMatchObject({
      symbol: 'E',
      unit: 'J',
      value: expect.closeTo(body.value! * STEP, 9),
    });
  });

  it('of a namespace the largest pods, and the rest in one', async () => {
    await using running = await start({ history: await explainablePast() });
    const body = (
      await running.get(ask('co2e_grams{namespace="shop"}', NEWEST_END - 1))
    ).json<ExplainAnswer>();
    expect(body).toMatchObject({
      of: 'sum',
      exact: null,
      recomputed: null,
      parts_unit: 'g CO2e',
      rest: { count: 2 },
    });
    expect(body.parts).toHaveLength(10);
    expect((await running.get(ask(body.parts[0]!.series))).status).toBe(200);
  });

  it.each([
    ['no series', '/api/v1/explain', 400, 'series'],
    ['no figure', ask('up'), 400, 'series'],
    ['a node that is not there', ask('energy_joules{node="n9"}'), 400, 'series'],
    ['the future', ask('energy_joules{node="n1"}', '2026-01-15T13:00:00Z'), 400, 'time'],
    ['no instant', ask('energy_joules{node="n1"}', 'now'), 400, 'time'],
    ['an interval that is not known', ask('energy_joules{node="n1"}', NEWEST_END - 2 * STEP), 404, 'time'],
    ['another cluster', ask('energy_joules{cluster="x",node="n1"}'), 404, 'time'],
  ])('%s is refused', async (_, path, status, parameter) => {
    await using running = await start({ history: await explainablePast() });
    const reply = await running.get(path);
    expect([reply.status, reply.json()]).toMatchObject([status, { parameter, fix: expect.any(String) }]);
  });
});
