import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultyServer } from '../../../../test/fakes/faulty-server.js';
import { startFaultyServer } from '../../../../test/fakes/faulty-server.js';
import { HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createPrometheusIntensity, type PrometheusIntensityProvider } from './index.js';

const NOON = epochSeconds(1_767_268_800);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });

/** By zone, what the expression comes to at an instant. */
let zones: Record<string, (at: number) => string>;
let server: FaultyServer;
let provider: PrometheusIntensityProvider;

beforeEach(async () => {
  zones = { FR: (at) => String(Math.ceil((at - NOON) / 60) / 60 + 50), DE: () => '400' };
  server = await startFaultyServer(({ path, params }) => {
    const [from, to, step] = ['start', 'end', 'step'].map((key) => Number(params.get(key))) as [
      number,
      number,
      number,
    ];
    const at = Number(params.get('time'));
    const result = Object.entries(zones).map(([zone, value]) =>
      path.endsWith('query_range')
        ? {
            metric: { zone },
            values: Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step).map((t) => [
              t,
              value(t),
            ]),
          }
        : { metric: { zone }, value: [at, value(at)] },
    );
    const resultType = path.endsWith('query_range') ? 'matrix' : 'vector';
    return { body: { status: 'success', data: { resultType, result } } };
  });
  provider = createPrometheusIntensity({
    query: 'grid_intensity{source="own"}',
    url: server.url,
    bearerToken: 'secret',
    verifyCerts: true,
    timeout: seconds(2),
    clock: { now: () => epochSeconds(NOON + 360) },
  });
});
afterEach(async () => {
  await provider.close();
  await server.close();
});

describe('intensity by an expression', () => {
  it('takes the mean of each closed hour at its end, and of the open one so far as provisional', async () => {
    expect(await provider.history('FR', range(NOON - 2 * HOUR, NOON + HOUR))).toMatchObject({
      ok: true,
      value: [
        { hour: NOON - 2 * HOUR, value: 49, provisional: false },
        { hour: NOON - HOUR, value: 50, provisional: false },
        { hour: NOON, value: 50.1, provisional: true },
      ],
    });
    expect(server.requests.map(({ params }) => params.get('query'))).toEqual([
      'avg by (zone) (avg_over_time((grid_intensity{source="own"})[1h:5m]))',
      'avg by (zone) (avg_over_time((grid_intensity{source="own"})[361s:5m]))',
    ]);
    expect(server.requests[0]!.headers.authorization).toBe('Bearer secret');
  });

  it('has nothing of a zone that no series has', async () => {
    expect(await provider.history('GB', range(NOON - HOUR, NOON))).toMatchObject({ ok: true, value: [] });
    expect(provider.covers('')).toBe(false);
  });

  it.each(['NaN', '+Inf', '-3', '1e308', ''])('refuses %j and keeps the other hours', async (bad) => {
    zones['FR'] = (at) => (at === NOON - 1 ? bad : '42');
    const outcome = await provider.history('FR', range(NOON - 2 * HOUR, NOON));
    expect(outcome).toMatchObject({ ok: true, value: [{ hour: NOON - 2 * HOUR, value: 42 }] });
    expect(outcome.ok && outcome.warnings).toEqual(['prometheus: 1 values of FR rejected']);
  });

  it.each([
    [{ kind: 'reset' }, 'refused'],
    [{ kind: 'hang' }, 'timeout'],
    [
      { kind: 'status', status: 400, body: { status: 'error', errorType: 'bad_data', error: 'parse error' } },
      'bad-request',
    ],
    [{ kind: 'status', status: 200, body: { status: 'success' } }, 'malformed'],
  ] as const)('answers %j by the reason %s', async (fault, reason) => {
    server.fail(fault);
    expect(await provider.history('FR', range(NOON - HOUR, NOON))).toMatchObject({ ok: false, reason });
  });
});
