import { beforeEach, describe, expect, it } from '@jest/globals';
import { computeInterval } from '../domain/compute-interval.js';
import type { IntensityValue } from '../domain/factors.js';
import { floorTo, HOUR } from '../domain/interval.js';
import { CALCULATION_VERSION, type IntervalResult, type Reason } from '../domain/model.js';
import { factors, nodeSample, podSample, settings, usageWindow } from '../domain/testing/arbitrary.js';
import {
  cpuSeconds,
  epochSeconds,
  gramsPerKwh,
  kilograms,
  seconds,
  type EpochSeconds,
} from '../domain/units.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import { affected, createRestater, RESTATED_THROUGH, type Restater } from './restate.js';
import { revisionOf } from './restate-revision.js';
import { MemoryLedger } from './testing/memory-ledger.js';

const NOON = epochSeconds(1_767_268_800);
const hours = (n: number) => epochSeconds(NOON + n * HOUR);
const STEP = seconds(300);
let now: EpochSeconds;
let store: MemoryFactorStore;
let ledger: MemoryLedger;
let restater: Restater;
/** What the chain says now, by hour. */
let chain: Map<EpochSeconds, IntensityValue>;
let assessed: number | null;

const mean: IntensityValue = {
  value: gramsPerKwh(44),
  source: 'yearly-mean',
  time: epochSeconds(1_735_689_600),
  band: { lo: 350, hi: 350 },
  reasons: ['INTENSITY_YEARLY_MEAN'],
};
const live = (hour: EpochSeconds, value: number, reasons: readonly Reason[] = []): IntensityValue => ({
  value: gramsPerKwh(value),
  source: 'electricity-maps',
  time: hour,
  band: { lo: 100, hi: 100 },
  reasons,
});

function interval(start: number, intensity: IntensityValue): IntervalResult {
  const window = {
    ...usageWindow([nodeSample()], [podSample({ cpuSeconds: cpuSeconds(100) })]),
    interval: { start: epochSeconds(start), step: STEP },
  };
  const { nodes, rows } = computeInterval(window, new Map([['n1', factors({ intensity })]]), settings());
  return {
    interval: window.interval,
    state: 'complete',
    coverage: window.coverage,
    partialReasons: [],
    currency: 'USD',
    calculationVersion: CALCULATION_VERSION,
    revision: revisionOf(nodes),
    nodes,
    rows,
    containers: [],
  };
}

const put = (hour: EpochSeconds, value: number, provisional = false) =>
  store.putIntensity('FR', 'electricity-maps', [{ hour, value: gramsPerKwh(value), provisional }], now);

beforeEach(() => {
  now = epochSeconds(NOON + HOUR + 60);
  store = new MemoryFactorStore();
  ledger = new MemoryLedger();
  chain = new Map();
  assessed = null;
  restater = createRestater({
    intensity: { at: async (_, hour) => chain.get(hour) ?? mean },
    embodied: {
      of: async () =>
        assessed === null
          ? { ...factors().embodied, reasons: ['EMBODIED_DEFAULT'] }
          : { total: kilograms(assessed), source: 'boavizta', band: { lo: 545, hi: 512 }, reasons: [] },
    },
    store,
    ledger,
    settings: settings(),
    clock: { now: () => now },
    reach: seconds(30 * 86_400),
  });
});

const fill = (count: number, intensity: (start: number) => IntensityValue) => {
  for (let i = 0; i < count; i++) ledger.put(interval(NOON + i * STEP, intensity(NOON + i * STEP)));
};

describe('restating', () => {
  it('does nothing where nothing has changed, and nothing again where all has been applied', async () => {
    fill(12, () => mean);
    expect(await restater.run()).toEqual({ intervals: 0, micrograms: 0, more: false });
    chain.set(NOON, live(NOON, 60));
    await put(NOON, 60);
    expect(await restater.run()).toMatchObject({ intervals: 12, more: false });
    now = epochSeconds(now + 1);
    expect(await restater.run()).toEqual({ intervals: 0, micrograms: 0, more: false });
    expect(Number(await ledger.note(RESTATED_THROUGH))).toBeLessThanOrEqual(now);
  });

  it('tells why: found, revised, final', async () => {
    fill(1, () => mean);
    const steps = [
      ['intensity-found', live(NOON, 60, ['INTENSITY_PROVISIONAL']), true],
      ['intensity-revised', live(NOON, 55, ['INTENSITY_PROVISIONAL']), true],
      ['intensity-final', live(NOON, 55), false],
    ] as const;
    for (const [reason, value, provisional] of steps) {
      now = epochSeconds(now + 300);
      chain.set(NOON, value);
      await put(NOON, value.value, provisional);
      await restater.run();
      expect(ledger.told.at(-1)).toMatchObject({ reason, newFactor: value.value, at: now });
    }
    expect(ledger.told.map(({ oldFactor, newFactor }) => [oldFactor, newFactor])).toEqual([
      [44, 60],
      [60, 55],
      [55, 55],
    ]);
    expect([...ledger.results.values()]).toEqual([interval(NOON, live(NOON, 55))]);
  });

  it('counts what changed, whichever way', async () => {
    fill(2, () => mean);
    chain.set(NOON, live(NOON, 0));
    await put(NOON, 0);
    const before = [...ledger.results.values()].map(({ nodes }) => nodes[0]!.operational);
    expect(await restater.run()).toMatchObject({ micrograms: before.reduce((a, b) => a + b, 0) });
    expect([...ledger.results.values()].map(({ nodes }) => nodes[0]!.operational)).toEqual([0, 0]);
  });

  it('also tells later hours anew for which a stored value stood in', async () => {
    const stale = (hour: EpochSeconds, value: number) => live(hour, value, ['INTENSITY_STALE']);
    ledger.put(interval(hours(3), stale(NOON, 60)));
    chain.set(hours(3), stale(NOON, 70));
    await put(NOON, 70);
    expect(await restater.run()).toMatchObject({ intervals: 1 });
    expect([...ledger.results.values()]).toEqual([interval(hours(3), stale(NOON, 70))]);
  });

  it('can be broken off, is bounded, and goes on where it stopped', async () => {
    fill(400, () => mean);
    for (let hour = NOON as number; hour < NOON + 400 * STEP; hour += HOUR) {
      chain.set(epochSeconds(hour), live(epochSeconds(hour), 60));
      await put(epochSeconds(hour), 60);
    }
    const stop = new AbortController();
    stop.abort();
    expect(await restater.run(stop.signal)).toMatchObject({ intervals: 0, more: true });
    expect(await restater.run()).toMatchObject({ intervals: 288, more: true });
    expect(await restater.run()).toMatchObject({ intervals: 112, more: false });
    for (const [start, result] of ledger.results) {
      expect(result).toEqual(interval(start, live(floorTo(start, HOUR), 60)));
    }
  });

  it('gives machines the footprint that was found late, and leaves those alone that had one', async () => {
    fill(2, () => mean);
    const known = interval(hours(2), mean);
    ledger.put({
      ...known,
      nodes: known.nodes.map((n) => ({ ...n, provenance: { ...n.provenance, reasons: [] } })),
    });
    assessed = 48;
    const value = { total: kilograms(48), band: { lo: 545, hi: 512 }, closestMatch: '' };
    await store.putEmbodied('boavizta', 'aws', 'm5.xlarge', value, now);
    expect(await restater.run()).toMatchObject({ intervals: 2, more: false });
    expect(ledger.told).toMatchObject([
      { reason: 'embodied-found', oldFactor: 600, newFactor: 48, newSource: 'boavizta' },
      { reason: 'embodied-found' },
    ]);
    expect(ledger.results.get(hours(2))!.nodes[0]!.embodiedTotal).toBe(600);
  });

  it('passes over what the ledger no longer has whole', async () => {
    fill(1, () => mean);
    chain.set(NOON, live(NOON, 60));
    await put(NOON, 60);
    ledger.interval = async () => null;
    expect(await restater.run()).toEqual({ intervals: 0, micrograms: 0, more: false });
  });
});

it('joins the ranges of hours that lie together', () => {
  expect(affected([hours(1), NOON, hours(20)])).toEqual([
    { from: NOON, to: hours(8) },
    { from: hours(20), to: hours(27) },
  ]);
  expect(affected([])).toEqual([]);
});
