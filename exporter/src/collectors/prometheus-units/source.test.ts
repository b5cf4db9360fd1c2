import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFaultyServer, type FaultyServer } from '../../../../test/fakes/faulty-server.js';
import { HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createPrometheusUnits, type PrometheusUnits } from './index.js';

const NOON = epochSeconds(1_767_268_800);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });

/** Values of each series at an instant; null: the series has no sample there. */
let series: ((at: number) => string | null)[];
let asked: URLSearchParams[];
let server: FaultyServer;
let source: PrometheusUnits;

beforeEach(async () => {
  series = [(at) => String((at - NOON) / HOUR + 100)];
  asked = [];
  server = await startFaultyServer(({ params }) => {
    asked.push(params);
    const [from, to, step] = ['start', 'end', 'step'].map((key) => Number(params.get(key))) as [
      number,
      number,
      number,
    ];
    const times = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
    const result = series.map((valueAt) => ({
      metric: {},
      values: times.flatMap((t) => (valueAt(t) === null ? [] : [[t, valueAt(t)]])),
    }));
    return { body: { status: 'success', data: { resultType: 'matrix', result } } };
  });
  source = createPrometheusUnits({
    url: server.url,
    verifyCerts: true,
    timeout: seconds(2),
    clock: { now: () => epochSeconds(NOON + 1000) },
  });
});
afterEach(async () => {
  await source.close();
  await server.close();
});

describe('units of work by an expression', () => {
  it('asks at the last second of each whole hour and puts the hour for $window', async () => {
    const outcome = await source.units('sum(increase(x[$window]))', range(NOON - 2 * HOUR, NOON + HOUR));
    expect(outcome).toMatchObject({
      ok: true,
      value: [{ hour: NOON - 2 * HOUR }, { hour: NOON - HOUR }],
    });
    expect(asked[0]!.get('query')).toBe('sum(increase(x[1h]))');
    expect(asked[0]!.get('start')).toBe(String(NOON - HOUR - 1));
    expect(asked[0]!.get('end')).toBe(String(NOON - 1));
  });

  it('asks nothing of hours that are not over', async () => {
    expect(await source.units('x', range(NOON, NOON + HOUR))).toMatchObject({ ok: true, value: [] });
    expect(asked).toEqual([]);
  });

  it('leaves out hours without a value, and rejects what is no amount of work', async () => {
    const values = [null, '-1', 'NaN', '+Inf', '0', '7'];
    series = [(at) => values[Math.round((at + 1 - (NOON - 5 * HOUR)) / HOUR)]!];
    const outcome = await source.units('x', range(NOON - 6 * HOUR, NOON));
    expect(outcome).toMatchObject({
      ok: true,
      value: [
        { hour: NOON - 2 * HOUR, value: 0 },
        { hour: NOON - HOUR, value: 7 },
      ],
      warnings: [expect.stringContaining('3 values rejected')],
    });
  });

  it('says how many series there are where there should be one', async () => {
    series = [() => '1', () => '2'];
    expect(await source.units('x', range(NOON - HOUR, NOON))).toMatchObject({
      ok: false,
      reason: 'bad-request',
      message: expect.stringMatching(/2 series instead of one; aggregate it/),
    });
  });

  it('takes no series for no units, and hands on why there is no answer', async () => {
    series = [];
    expect(await source.units('x', range(NOON - HOUR, NOON))).toMatchObject({ ok: true, value: [] });
    await server.close();
    expect(await source.units('x', range(NOON - HOUR, NOON))).toMatchObject({ ok: false, reason: 'refused' });
  });
});
