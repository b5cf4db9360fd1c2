import { beforeEach, describe, expect, it } from '@jest/globals';
import { DAY } from '../domain/interval.js';
import { epochSeconds, kilograms } from '../domain/units.js';
import type { EmbodiedAnswer, EmbodiedProvider } from '../ports/embodied-provider.js';
import type { EmbodiedFootprints } from '../ports/factors.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import { createEmbodiedFootprints } from './embodied.js';
import { StatusKeeper } from './status.js';

const NOON = 1_767_268_800;
let now = NOON;
const clock = { now: () => epochSeconds(now) };
const answer = (total: number, closestMatch = ''): EmbodiedAnswer => ({
  total: kilograms(total),
  band: { lo: 545, hi: 512 },
  closestMatch,
});
const down = unavailable('server-error', 'boavizta: answered 503');

const fallback: EmbodiedFootprints = {
  of: async (_provider, _type, vcpus) => ({
    total: kilograms(16.8 * vcpus),
    source: 'per vCPU',
    band: { lo: 693, hi: 693 },
    reasons: ['EMBODIED_DEFAULT'],
  }),
};

let reply: (type: string) => Outcome<EmbodiedAnswer | null> | Promise<Outcome<EmbodiedAnswer | null>>;
let asked: string[];
let running: number;
let busiest: number;
let store: MemoryFactorStore;
const said: string[] = [];

const provider: EmbodiedProvider = {
  name: 'boavizta',
  of: async (_provider, type) => {
    asked.push(type);
    busiest = Math.max(busiest, ++running);
    try {
      return await reply(type);
    } finally {
      running -= 1;
    }
  },
};
const create = (patienceMs?: number) =>
  createEmbodiedFootprints({
    provider,
    store,
    fallback,
    clock,
    log: { warn: (_, message) => void said.push(message) },
    patienceMs,
  });

beforeEach(() => {
  now = NOON;
  asked = [];
  running = 0;
  busiest = 0;
  said.length = 0;
  store = new MemoryFactorStore();
  reply = (type) => available(type === 'nope' ? null : answer(48));
});

describe('embodied footprints', () => {
  it('take what the provider says, with its band and whether it is of another type', async () => {
    reply = (type) => available(type === 'm99' ? answer(44, 'm5a') : answer(48));
    expect(await create().of('aws', 'm5', 4)).toEqual({
      total: 48,
      source: 'boavizta',
      band: { lo: 545, hi: 512 },
      reasons: [],
    });
    expect(await create().of('aws', 'm99', 4)).toMatchObject({
      total: 44,
      reasons: ['EMBODIED_CLOSEST_MATCH'],
    });
  });

  it('fall back to the vCPUs of the node for an unknown type, and ask again after a day', async () => {
    const footprints = create();
    for (let i = 0; i < 3; i++) {
      expect(await footprints.of('aws', 'nope', 96)).toMatchObject({
        total: 16.8 * 96,
        reasons: ['EMBODIED_DEFAULT'],
      });
    }
    now = NOON + DAY - 1;
    await create().of('aws', 'nope', 96);
    expect(asked).toEqual(['nope']);
    now = NOON + DAY;
    await footprints.of('aws', 'nope', 96);
    expect(asked).toEqual(['nope', 'nope']);
  });

  it('ask about a known type every 30 days, also across restarts, and keep the old answer while that fails', async () => {
    await create().of('aws', 'm5', 4);
    now = NOON + 30 * DAY - 1;
    await create().of('aws', 'm5', 4);
    expect(asked).toHaveLength(1);
    now = NOON + 30 * DAY;
    reply = () => down;
    expect(await create().of('aws', 'm5', 4)).toMatchObject({ total: 48, reasons: [] });
    expect(asked).toHaveLength(2);
  });

  it('ask nothing about a node without provider or type', async () => {
    expect(await create().of('', 'm5', 4)).toMatchObject({ reasons: ['EMBODIED_DEFAULT'] });
    expect(await create().of('aws', '', 4)).toMatchObject({ reasons: ['EMBODIED_DEFAULT'] });
    expect(asked).toEqual([]);
  });

  it('ask one question at a time, and the same one once', async () => {
    reply = () => new Promise((resolve) => setImmediate(() => resolve(available(answer(48)))));
    const footprints = create();
    await Promise.all(['a', 'b', 'a', 'c', 'b'].map((type) => footprints.of('aws', type, 2)));
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(busiest).toBe(1);
  });

  it('after a failure say so once, ask nothing for ten minutes, and then go on', async () => {
    reply = () => down;
    const footprints = create();
    for (const type of ['a', 'b', 'c']) {
      expect(await footprints.of('aws', type, 2)).toMatchObject({
        total: 33.6,
        reasons: ['EMBODIED_DEFAULT'],
      });
    }
    now += 600;
    await footprints.of('aws', 'b', 2);
    expect(asked).toEqual(['a', 'b']);
    expect(said).toEqual(['boavizta: answered 503']);
    reply = () => available(answer(48));
    now += 600;
    expect(await footprints.of('aws', 'a', 2)).toMatchObject({ total: 48 });
  });

  it('do not wait for a slow server beyond their patience, all types together, and use the answer once it is there', async () => {
    const pending: (() => void)[] = [];
    reply = () => new Promise((resolve) => pending.push(() => resolve(available(answer(48)))));
    const footprints = create(20);
    const began = performance.now();
    for (let i = 0; i < 50; i++) {
      expect(await footprints.of('aws', `t${i}`, 2)).toMatchObject({ reasons: ['EMBODIED_DEFAULT'] });
    }
    expect(performance.now() - began).toBeLessThan(1000);
    while (asked.length < 50) {
      pending.splice(0).forEach((resolve) => resolve());
      await new Promise((resolve) => setImmediate(resolve));
    }
    pending.splice(0).forEach((resolve) => resolve());
    await new Promise((resolve) => setImmediate(resolve));
    expect(await footprints.of('aws', 't49', 2)).toMatchObject({ total: 48 });
    expect(asked).toHaveLength(50);
  });

  it('show their source in the status', async () => {
    const status = new StatusKeeper(clock, () => 0);
    reply = () => down;
    await createEmbodiedFootprints({ provider, store, fallback, clock, status }).of('aws', 'a', 2);
    expect(status.snapshot().sources).toMatchObject([
      { name: 'boavizta', required: false, up: false, errors: { 'server-error': 1 } },
    ]);
  });
});
