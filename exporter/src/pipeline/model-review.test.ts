import { beforeEach, describe, expect, it } from '@jest/globals';
import { bucketsFrom, cellsOf, type ComparedSample } from '../domain/energy/comparison.js';
import { factors } from '../domain/testing/arbitrary.js';
import { bytes, cores, epochSeconds, joules, ratio, seconds, type EpochSeconds } from '../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from '../ports/comparison.js';
import { createModelReview, type ModelReview, type ModelReviewDeps } from './model-review.js';
import { StatusKeeper } from './status.js';
import { MemoryLedger } from './testing/memory-ledger.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 2026-06-04T00:00:00Z */
const MIDNIGHT = Date.UTC(2026, 5, 4) / 1000;
const STEP = 300;

/** Two machines that draw 0.8 W per vCPU at rest and 3 W at full load, which the model takes for half as much again. */
const samples: readonly ComparedSample[] = ['n1', 'n2'].flatMap((node) =>
  Array.from({ length: DAY / STEP }, (_, i): ComparedSample => {
    const u = 0.05 + 0.9 * ((i % 97) / 96);
    const measured = 4 * (0.8 + 2.2 * u) * STEP;
    return {
      machine: {
        cluster: 'c',
        node,
        provider: 'aws',
        instanceType: 'm5.xlarge',
        cpuCapacity: cores(4),
        memoryCapacity: bytes(0),
      },
      source: 'rapl',
      scope: 'cpu+dram',
      start: epochSeconds(MIDNIGHT - DAY + i * STEP),
      seconds: seconds(STEP),
      utilisation: ratio(u),
      estimated: joules(1.5 * measured),
      measured: joules(measured),
    };
  }),
);

let now: EpochSeconds;
let asked: ComparisonQuery[];
let ledger: MemoryLedger;
let status: StatusKeeper;
let held: readonly ComparedSample[];

const comparison: ComparisonHistory = {
  comparisonCells: async (query) => {
    asked.push(query);
    const within = held.filter((s) => s.start >= query.range.from && s.start < query.range.to);
    return cellsOf(within, bucketsFrom(query.range.from, 0));
  },
};
const review = (calibrate = true): Promise<ModelReview> => {
  const calibration: ModelReviewDeps['calibration'] = {
    priorOf: () => factors().profile,
    familyOf: () => 'm5',
    curve: 'linear',
    scopes: ['cpu+dram'],
  };
  return createModelReview({
    comparison,
    cluster: 'c',
    calibration: calibrate ? calibration : null,
    notes: ledger,
    status,
    clock: { now: () => now },
    log: { info: () => undefined },
  });
};
const ever = new AbortController().signal;

beforeEach(() => {
  now = epochSeconds(MIDNIGHT);
  asked = [];
  held = samples;
  ledger = new MemoryLedger();
  status = new StatusKeeper({ now: () => now }, () => 0);
});

describe('looking at the model', () => {
  it('tells how far it was off in the last day, once an hour, of its own cluster', async () => {
    const looking = await review(false);
    expect(await looking.run(ever)).toEqual({ intervals: 0 });
    expect(status.snapshot().modelErrors).toEqual([
      { instanceType: 'm5.xlarge', source: 'rapl:cpu+dram', ratio: expect.closeTo(0.5, 9) },
    ]);
    expect(asked).toEqual([
      { range: { from: MIDNIGHT - DAY, to: MIDNIGHT }, filters: { cluster: ['c'] }, step: null },
    ]);
    now = epochSeconds(MIDNIGHT + HOUR - 1);
    await looking.run(ever);
    expect(asked).toHaveLength(1);
    now = epochSeconds(MIDNIGHT + HOUR);
    await looking.run(ever);
    expect(asked).toHaveLength(2);
    // A day without meters leaves nothing to tell.
    now = epochSeconds(MIDNIGHT + 2 * DAY);
    await looking.run(ever);
    expect(status.snapshot().modelErrors).toEqual([]);
    expect(looking.calibration()).toBeNull();
  });

  it('fits what it was given, names the day, and keeps it over a restart', async () => {
    const looking = await review();
    await looking.run(ever);
    const found = looking.calibration()!;
    expect(Object.keys(found.byInstanceFamily)).toEqual(['aws/m5']);
    expect(found.byInstanceFamily['aws/m5']!.profile.name).toBe('fit:aws/m5@2026-06-04');
    expect(found.byCpuFamily['family:Skylake']!.profile.name).toBe('fit:Skylake@2026-06-04');
    expect(found.byInstanceFamily['aws/m5']!.profile.idle.central).toBeCloseTo(0.8, 1);
    expect(status.snapshot().calibration).toEqual(found);
    const again = await review();
    expect(again.calibration()).toEqual(found);
    expect((await review(false)).calibration()).toBeNull();
  });

  it('fits again on another day, and keeps what it has where there is nothing better', async () => {
    const looking = await review();
    await looking.run(ever);
    const first = looking.calibration();
    now = epochSeconds(MIDNIGHT + 23 * HOUR);
    await looking.run(ever);
    expect(looking.calibration()).toBe(first);
    now = epochSeconds(MIDNIGHT + DAY);
    await looking.run(ever);
    expect(looking.calibration()!.byInstanceFamily['aws/m5']!.profile.name).toBe('fit:aws/m5@2026-06-05');
    held = [];
    now = epochSeconds(MIDNIGHT + 2 * DAY);
    await looking.run(ever);
    expect(looking.calibration()!.byInstanceFamily['aws/m5']!.profile.name).toBe('fit:aws/m5@2026-06-05');
  });

  it('tries every hour until there is something to fit', async () => {
    held = [];
    const looking = await review();
    await looking.run(ever);
    now = epochSeconds(now + 60);
    await looking.run(ever);
    expect(asked).toHaveLength(2);
    held = samples;
    now = epochSeconds(MIDNIGHT + HOUR);
    await looking.run(ever);
    expect(looking.calibration()).not.toBeNull();
  });

  it('stops when it is told to', async () => {
    const looking = await review();
    await looking.run(AbortSignal.abort());
    expect(asked).toEqual([]);
  });
});
