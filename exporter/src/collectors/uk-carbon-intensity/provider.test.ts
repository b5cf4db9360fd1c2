import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultyServer } from '../../../../test/fakes/faulty-server.js';
import { startUkCarbonIntensity } from '../../../../test/fakes/uk-carbon-intensity.js';
import { DAY, HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createUkCarbonIntensity, type UkCarbonIntensityProvider } from './index.js';
import { readHours } from './parse.js';

const NOON = epochSeconds(1_767_268_800);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });
type Half = { forecast: number | null; actual: number | null };

let world: (half: number) => Half;
let server: FaultyServer;
let provider: UkCarbonIntensityProvider;
const now = NOON + 360;

beforeEach(async () => {
  world = (half) => ({ forecast: 100, actual: half < NOON ? (half % HOUR === 0 ? 90 : 100) : null });
  server = await startUkCarbonIntensity((half) => world(half));
  provider = createUkCarbonIntensity({
    url: server.url,
    clock: { now: () => epochSeconds(now) },
    timeout: seconds(2),
  });
});
afterEach(async () => {
  await provider.close();
  await server.close();
});

const pointsOf = async (over: { from: number; to: number }) => {
  const outcome = await provider.history('GB', range(over.from, over.to));
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
};

describe('UK Carbon Intensity', () => {
  it('covers Great Britain alone and asks nothing about other zones', async () => {
    expect(['GB', 'GB-NIR', 'FR', ''].map((zone) => provider.covers(zone))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(await provider.history('FR', range(NOON - DAY, NOON))).toMatchObject({ ok: true, value: [] });
    expect(server.requests).toEqual([]);
  });

  it('takes the mean of two half-hours: actual ones are final, a forecast in place of one is provisional', async () => {
    expect(await pointsOf({ from: NOON - 2 * HOUR, to: NOON + HOUR })).toEqual([
      { hour: NOON - 2 * HOUR, value: 95, provisional: false },
      { hour: NOON - HOUR, value: 95, provisional: false },
      { hour: NOON, value: 100, provisional: true },
    ]);
    expect(decodeURIComponent(server.requests[0]!.path)).toBe(
      '/intensity/2026-01-01T10:00Z/2026-01-01T13:00Z',
    );
  });

  it('takes an hour of which only half is known as provisional, and none of which nothing is', async () => {
    world = (half) => ({ forecast: null, actual: half === NOON - HOUR ? 42 : null });
    expect(await pointsOf({ from: NOON - 2 * HOUR, to: NOON })).toEqual([
      { hour: NOON - HOUR, value: 42, provisional: true },
    ]);
  });

  it('splits ranges that the API would refuse', async () => {
    expect(await pointsOf({ from: NOON - 30 * DAY, to: NOON })).toHaveLength(720);
    expect(server.requests).toHaveLength(3);
  });

  it('refuses half-hours that cannot be true', async () => {
    world = (half) => ({ forecast: -5, actual: half < NOON - HOUR ? 80 : -1 });
    const outcome = await provider.history('GB', range(NOON - 2 * HOUR, NOON));
    expect(outcome).toMatchObject({ ok: true, value: [{ hour: NOON - 2 * HOUR, value: 80 }] });
    expect(outcome.ok && outcome.warnings).toEqual(['uk-carbon-intensity: 2 half-hours rejected']);
  });

  it('forecasts two days', async () => {
    const outcome = await provider.forecast('GB');
    expect(outcome.ok && outcome.value).toHaveLength(48);
    expect(outcome.ok && outcome.value.every((p) => p.provisional && p.hour > NOON)).toBe(true);
  });

  it.each([
    [{ kind: 'reset' }, 'refused'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'garble' }, 'malformed'],
    [{ kind: 'status', status: 400, body: { error: { code: '400', message: 'no' } } }, 'bad-request'],
    [{ kind: 'status', status: 200, body: { data: null } }, 'malformed'],
  ] as const)('answers %j by the reason %s', async (fault, reason) => {
    server.fail(fault);
    expect(await provider.history('GB', range(NOON - DAY, NOON))).toMatchObject({ ok: false, reason });
  });

  it('reads an answer as documented', () => {
    const text = readFileSync(join(import.meta.dirname, 'samples', 'intensity.json'), 'utf8');
    expect(readHours(JSON.parse(text))).toEqual({
      points: [
        { hour: 1_516_446_000, value: 268, provisional: true },
        { hour: 1_516_449_600, value: 261, provisional: false },
        { hour: 1_516_453_200, value: 250, provisional: true },
      ],
      rejected: 0,
    });
  });
});
