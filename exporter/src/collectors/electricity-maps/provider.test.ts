import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  startElectricityMaps,
  type FakeElectricityMaps,
  type GridWorld,
} from '../../../../test/fakes/electricity-maps.js';
import { DAY, HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createElectricityMaps, type ElectricityMapsProvider } from './index.js';
import { readPoints } from './parse.js';

const NOON = epochSeconds(1_767_268_800);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });
const LAST_DAY = range(NOON - 23 * HOUR, NOON + HOUR);

let now = NOON + 360;
let world: GridWorld;
let server: FakeElectricityMaps;
let provider: ElectricityMapsProvider;
const said: string[] = [];

const start = (token = 'secret') =>
  createElectricityMaps({
    url: server.url,
    token,
    clock: { now: () => epochSeconds(now) },
    log: { warn: (_, message) => void said.push(message) },
    timeout: seconds(2),
  });

beforeEach(async () => {
  now = NOON + 360;
  said.length = 0;
  world = (_, hour) => ({ value: hour % 7, estimated: hour >= NOON - 2 * HOUR });
  server = await startElectricityMaps({
    token: 'secret',
    zones: ['FR', 'DE', 'GB'],
    world: (zone, hour) => world(zone, hour),
    now: () => now,
  });
  provider = start();
});
afterEach(async () => {
  await provider.close();
  await server.close();
});

const asked = () => server.requests.map(({ path }) => path.split('/').at(-1));
const pointsOf = async (zone = 'FR', over = LAST_DAY) => {
  const outcome = await provider.history(zone, over);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
};

describe('history of Electricity Maps', () => {
  it('takes the last day from one request, estimates and the open hour provisional, 0 a value', async () => {
    world = (_, hour) => ({ value: hour === NOON ? 0 : 50, estimated: hour === NOON - 2 * HOUR });
    const points = await pointsOf();
    expect(asked()).toEqual(['history']);
    expect(points.map(({ hour }) => hour)).toEqual(
      Array.from({ length: 24 }, (_, i) => NOON + (i - 23) * HOUR),
    );
    expect(points.at(-1)).toEqual({ hour: NOON, value: 0, provisional: true });
    expect(points.filter((p) => p.provisional).map(({ hour }) => hour)).toEqual([NOON - 2 * HOUR, NOON]);
  });

  it('asks with the token in its own header, and for life-cycle hours of the zone, not of the caller', async () => {
    await pointsOf('DE');
    const [request] = server.requests;
    expect(request!.headers['auth-token']).toBe('secret');
    expect(Object.fromEntries(request!.params)).toEqual({
      zone: 'DE',
      emissionFactorType: 'lifecycle',
      temporalGranularity: 'hourly',
      disableCallerLookup: 'true',
    });
  });

  it('takes 30 days from as few requests as the API allows', async () => {
    const points = await pointsOf('FR', range(NOON - 30 * DAY, NOON));
    expect(asked()).toEqual(['past-range', 'past-range', 'past-range']);
    expect(points).toHaveLength(720);
    expect(points[0]!.hour).toBe(NOON - 30 * DAY);
  });

  it('answers what the last day holds where the token has no right to the past, and learns it', async () => {
    server.allow((_, endpoint) => endpoint !== 'past-range');
    expect(await pointsOf('FR', range(NOON - 30 * DAY, NOON))).toHaveLength(23);
    expect(await pointsOf('FR', range(NOON - 30 * DAY, NOON - 2 * DAY))).toEqual([]);
    expect(asked()).toEqual(['past-range', 'history']);
    expect(said).toEqual([]);
  });

  it('makes do with the latest value, provisional, where the token has no right to history', async () => {
    world = () => ({ value: 51, estimated: false });
    server.allow((_, endpoint) => endpoint === 'latest');
    expect(await pointsOf()).toEqual([{ hour: NOON, value: 51, provisional: true }]);
  });

  it('leaves out hours without a value and refuses what cannot be true, saying how many', async () => {
    world = (_, hour) => {
      if (hour === NOON - HOUR) return null;
      return { value: hour === NOON - 3 * HOUR ? -1 : hour === NOON - 4 * HOUR ? 1e9 : 40, estimated: false };
    };
    const outcome = await provider.history('FR', LAST_DAY);
    expect(outcome.ok && outcome.value).toHaveLength(21);
    expect(outcome.ok && outcome.warnings).toEqual(['electricity-maps: 2 values of zone FR rejected']);
  });

  it('forecasts, always provisional', async () => {
    const outcome = await provider.forecast('FR');
    expect(outcome.ok && outcome.value).toHaveLength(24);
    expect(outcome.ok && outcome.value[0]).toEqual({
      hour: NOON + HOUR,
      value: (NOON + HOUR) % 7,
      provisional: true,
    });
  });
});

describe('refusals of Electricity Maps', () => {
  it('says once that a token is refused and asks nothing for a while', async () => {
    await provider.close();
    provider = start('wrong');
    for (const zone of ['FR', 'DE', 'FR']) {
      expect(await provider.history(zone, LAST_DAY)).toMatchObject({ ok: false, reason: 'unauthorized' });
    }
    expect(asked()).toEqual(['history']);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/set ELECTRICITY_MAPS_TOKEN to a valid one/);
    expect(provider.covers('FR')).toBe(true);
    now += 601;
    await provider.history('FR', LAST_DAY);
    expect(asked()).toHaveLength(2);
    expect(said).toHaveLength(1);
  });

  it('says once that the token lacks a zone, which it then does not cover; others go on', async () => {
    server.allow((zone) => zone !== 'GB');
    for (let i = 0; i < 3; i++) expect(await pointsOf('GB')).toEqual([]);
    expect(provider.covers('GB')).toBe(false);
    expect(said).toEqual([expect.stringMatching(/the token does not cover zone GB/)]);
    expect(await pointsOf('FR')).toHaveLength(24);
    now += DAY;
    expect(provider.covers('GB')).toBe(true);
    await pointsOf('GB');
    expect(said).toHaveLength(1);
  });

  it('says once that there is no such zone', async () => {
    expect(await pointsOf('XX')).toEqual([]);
    expect(await pointsOf('XX')).toEqual([]);
    expect(provider.covers('XX')).toBe(false);
    expect(said).toEqual([expect.stringMatching(/there is no zone XX/)]);
    expect(asked()).toEqual(['history']);
  });

  it('refuses an answer about another zone, as it gives one for the address of the caller', async () => {
    server.fail({ kind: 'status', status: 200, body: { zone: 'US-CAR-DUK', history: [] } });
    expect(await provider.history('FR', LAST_DAY)).toMatchObject({ ok: false, reason: 'malformed' });
  });

  it.each([
    ['the time that the server names', { 'retry-after': '5000' }, 5000],
    ['ten minutes where it names none', {}, 600],
  ])('after 429 asks nothing for %s', async (_, headers, wait) => {
    server.fail({ kind: 'status', status: 429, body: { error: 'quota' }, headers }, { times: 1 });
    expect(await provider.history('FR', LAST_DAY)).toMatchObject({ ok: false, reason: 'throttled' });
    now += wait - 1;
    expect(await provider.history('DE', LAST_DAY)).toMatchObject({ ok: false, reason: 'throttled' });
    expect(asked()).toHaveLength(1);
    now += 1;
    expect(await pointsOf('DE')).not.toEqual([]);
  });

  it.each([
    ['reset', 'refused'],
    ['hang', 'timeout'],
    ['cut', 'malformed'],
    ['garble', 'malformed'],
    ['huge', 'too-large'],
    ['page', 'malformed'],
  ] as const)('answers %s by a reason, after one request', async (kind, reason) => {
    server.fail({ kind });
    const outcome = await provider.history('FR', LAST_DAY);
    expect(outcome).toMatchObject({ ok: false, reason });
    expect(asked()).toHaveLength(1);
    expect(JSON.stringify(outcome)).not.toContain('secret');
    server.fail(null);
    expect(await pointsOf()).toHaveLength(24);
  });
});

describe('recorded answers', () => {
  const sample = (name: string): unknown =>
    JSON.parse(readFileSync(join(import.meta.dirname, 'samples', name), 'utf8'));
  const later = epochSeconds(1_800_000_000);

  it('are read', () => {
    expect(readPoints(sample('past-range.json'), 'US-CAR-DUK', later)).toEqual({
      points: [
        { hour: 1_689_206_400, value: 369, provisional: false },
        { hour: 1_689_210_000, value: 365, provisional: false },
      ],
      rejected: 0,
    });
    expect(readPoints(sample('latest.json'), 'DE', later)!.points).toEqual([
      { hour: 1_758_528_000, value: 241, provisional: true },
    ]);
  });

  it('tell a token without the right from one that is not known', async () => {
    server.fail({ kind: 'status', status: 401, body: sample('refused-scope.json') });
    expect(await pointsOf()).toEqual([]);
    expect(provider.covers('FR')).toBe(false);
  });
});
