import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultyServer } from '../../../../test/fakes/faulty-server.js';
import { startOpenCost, type Bill, type FakeOpenCostOptions } from '../../../../test/fakes/opencost.js';
import { HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createOpenCost, type OpenCostSource } from './index.js';
import { readWindow } from './parse.js';

const NOON = epochSeconds(1_767_268_800);
const range = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });
const web = { namespace: 'shop', pod: 'web-1', node: 'n1', minutes: 60, cpuCost: 0.5, ramCost: 0.25 };

let now: number;
let bill: (from: number, to: number) => Bill | null;
let server: FaultyServer;
let source: OpenCostSource;
const said: string[] = [];

async function start(options: Partial<FakeOpenCostOptions> = {}): Promise<void> {
  server = await startOpenCost({ bill: (from, to) => bill(from, to), ...options });
  source = createOpenCost({
    url: server.url,
    verifyCerts: true,
    currency: 'EUR',
    clock: { now: () => epochSeconds(now) },
    log: { warn: (_, message) => void said.push(message) },
    timeout: seconds(2),
  });
}

async function stop(): Promise<void> {
  await source.close();
  await server.close();
}

beforeEach(async () => {
  now = NOON + 1000;
  said.length = 0;
  bill = () => ({ pods: [web], idle: 1 });
  await start();
});
afterEach(stop);

const windows = async (from: number, to: number) => {
  const outcome = await source.costs(range(from, to));
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
};
const asked = () => server.requests.map(({ path }) => path);

describe('costs of OpenCost', () => {
  it('asks for explicit hours by namespace and pod with idle, and reads one', async () => {
    bill = () => ({ pods: [web, { ...web, namespace: 'data', pod: 'db-0', pvCost: 0.125 }], idle: 1.5 });
    expect(await windows(NOON - HOUR, NOON)).toEqual([
      {
        hour: NOON - HOUR,
        pods: [
          { namespace: 'shop', pod: 'web-1', seconds: 3600, compute: 0.75, other: 0 },
          { namespace: 'data', pod: 'db-0', seconds: 3600, compute: 0.75, other: 0.125 },
        ],
        idle: [{ node: '', cost: 1.5 }],
        seconds: 3600,
        provisional: false,
      },
    ]);
    expect(Object.fromEntries(server.requests[0]!.params)).toEqual({
      window: '2026-01-01T11:00:00Z,2026-01-01T12:00:00Z',
      aggregate: 'namespace,pod',
      includeIdle: 'true',
      step: '1h',
      accumulate: 'false',
    });
  });

  it('asks for the open hour up to the minute, provisional, and for the one before until it has settled', async () => {
    now = NOON + 415;
    const answered = await windows(NOON - HOUR, NOON + HOUR);
    expect(server.requests.at(-1)!.params.get('window')).toBe('2026-01-01T12:00:00Z,2026-01-01T12:06:00Z');
    expect(answered.map(({ seconds: covered, provisional }) => [covered, provisional])).toEqual([
      [3600, true],
      [360, true],
    ]);
    now = NOON + 600;
    expect((await windows(NOON - HOUR, NOON))[0]!.provisional).toBe(false);
  });

  it('asks for nothing of the future or of the first minute', async () => {
    now = NOON + 59;
    expect(await windows(NOON, NOON + 5 * HOUR)).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it('has no window of an hour without data, rather than one that costs nothing', async () => {
    bill = (from) => (from === NOON - 2 * HOUR ? null : { pods: [web], idle: 1 });
    expect((await windows(NOON - 3 * HOUR, NOON)).map(({ hour }) => hour)).toEqual([
      NOON - 3 * HOUR,
      NOON - HOUR,
    ]);
  });

  it.each(['/allocation', '/model/allocation/compute', '/model/allocation'])(
    'finds the API at %s, and remembers it',
    async (path) => {
      await stop();
      await start({ path });
      await windows(NOON - 2 * HOUR, NOON);
      expect(asked().filter((p) => p === path)).toHaveLength(2);
      expect(asked().slice(-1)).toEqual([path]);
      expect(new Set(asked()).size).toBe(asked().length - 1);
    },
  );

  it('says once that the currency is not told', async () => {
    await windows(NOON - 2 * HOUR, NOON);
    expect(source.currency).toBe('EUR');
    expect(said).toEqual(['OpenCost does not say in which currency it counts; taken as CURRENCY=EUR']);
  });
});

describe('faults of OpenCost', () => {
  it.each([
    ['not a number', { ...web, cpuCost: null }],
    ['negative', { ...web, ramCost: -1 }],
    ['impossible', { ...web, ramCost: 1e9 }],
  ])('refuses an hour with a cost that is %s, whole', async (_, pod) => {
    bill = () => ({ pods: [web, { ...pod, pod: 'web-2' }], idle: 1 });
    const outcome = await source.costs(range(NOON - HOUR, NOON));
    expect(outcome).toMatchObject({ ok: false, reason: 'malformed' });
    expect(!outcome.ok && outcome.message).toMatch(
      /hour 2026-01-01T11:00:00Z: the cost of "shop\/web-2" is no/,
    );
  });

  it('takes a correction that lowers a cost', async () => {
    const text = JSON.stringify({
      'shop/web-1': { cpuCost: 0.5, cpuCostAdjustment: -0.2, ramCost: 0.1, minutes: 30 },
    });
    const read = readWindow(JSON.parse(text), NOON, 3600, false);
    expect(read).toMatchObject({ window: { pods: [{ compute: 0.4, seconds: 1800 }] } });
  });

  it('is down, not free, where nothing is served', async () => {
    await stop();
    await start({ path: '/elsewhere' });
    const outcome = await source.costs(range(NOON - HOUR, NOON));
    expect(outcome).toMatchObject({ ok: false, reason: 'bad-request' });
    expect(!outcome.ok && outcome.message).toMatch(/is OPENCOST_API_URL an OpenCost server/);
  });

  const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8');
  it.each([
    [
      'a bad window',
      { kind: 'status', status: 400, body: sample('answer-400-bad-window.txt') },
      'bad-request',
    ],
    [
      'no Prometheus',
      { kind: 'status', status: 500, body: JSON.parse(sample('answer-500-prometheus-down.json')) as unknown },
      'server-error',
    ],
    ['a reset', { kind: 'reset' }, 'refused'],
    ['silence', { kind: 'hang' }, 'timeout'],
    ['half an answer', { kind: 'cut' }, 'malformed'],
    ['a login page', { kind: 'page' }, 'malformed'],
    ['another protocol', { kind: 'status', status: 200, body: { code: 200, data: {} } }, 'malformed'],
    [
      'an unknown aggregate',
      { kind: 'status', status: 200, body: { code: 200, data: [{ '': {} }] } },
      'malformed',
    ],
  ] as const)('answers %s by a reason', async (_, fault, reason) => {
    server.fail(fault);
    expect(await source.costs(range(NOON - HOUR, NOON))).toMatchObject({ ok: false, reason });
    server.fail(null);
    expect(await windows(NOON - HOUR, NOON)).toHaveLength(1);
  });
});

describe('recorded answers of OpenCost 1.112', () => {
  const setOf = (name: string): Record<string, Record<string, unknown>> => {
    const text = readFileSync(join(import.meta.dirname, 'samples', name), 'utf8');
    return (JSON.parse(text) as { data: [Record<string, Record<string, unknown>>] }).data[0];
  };

  it('are read: parts add to the total that OpenCost gives, but for its rounding', () => {
    const hour = epochSeconds(Date.parse('2026-11-24T02:00:00Z') / 1000);
    const read = readWindow(setOf('answer-1h.json'), hour, 300, true);
    if (read.kind !== 'window') throw new Error(read.kind);
    const items = setOf('answer-1h.json');
    expect(read.window.pods).toHaveLength(Object.keys(items).length);
    for (const { namespace, pod, compute, other, seconds: ran } of read.window.pods) {
      const total = items[`${namespace}/${pod}`]!['totalCost'] as number;
      expect(Math.abs(compute + other - total)).toBeLessThan(5e-5);
      expect(ran).toBe(300);
    }
  });

  it('are read: idle, most of the bill', () => {
    const day = epochSeconds(Date.parse('2026-11-23T00:00:00Z') / 1000);
    const only = { __idle__: setOf('answer-idle.json')['__idle__'] };
    const read = readWindow(only, day, 3600, false);
    expect(read).toMatchObject({ window: { pods: [], idle: [{ node: '' }] } });
    expect(read.kind === 'window' && read.window.idle[0]!.cost).toBeCloseTo(7.61937, 9);
  });

  it('have every field that the fake has', async () => {
    const answer = await fetch(
      `${server.url}/allocation/compute?window=2026-01-01T11:00:00Z,2026-01-01T12:00:00Z&includeIdle=true`,
    );
    const fake = (await answer.json()) as { data: [Record<string, Record<string, unknown>>] };
    const real = setOf('sample-allocation-compute.json')['shop/db-0']!;
    for (const item of Object.values(fake.data[0])) {
      for (const key of Object.keys(item)) expect(typeof real[key]).toBe(typeof item[key]);
    }
  });
});
