import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR } from '../interval.js';
import { epochSeconds } from '../units.js';
import {
  BaselineBuilder,
  booked,
  realisedOf,
  restOf,
  savedIn,
  type Baseline,
  type HourTaken,
} from './realised.js';

const START = Math.floor(1_780_000_000 / 86_400) * 86_400;
const at = (hours: number) => epochSeconds(START + hours * HOUR);
const PUE = 1.2;
/** ug per mJ at 1 g/kWh. */
const UG = PUE / 3600;

const hourOf = (energy: number, intensity: number, over: Partial<HourTaken> = {}): HourTaken => ({
  energy,
  operational: energy * UG * intensity,
  embodied: 50,
  cost: 1000,
  currency: 'EUR',
  intensity,
  ...over,
});

function baselineOf(days: number, of: (hour: number) => HourTaken): Baseline {
  const builder = new BaselineBuilder();
  for (let i = 0; i < 24 * days; i++) builder.add(at(i), of(i));
  return builder.build(at(24 * days), 'FR')!;
}

function measure(baseline: Baseline, from: number, hours: number, of: (hour: number) => HourTaken): Baseline {
  let state = baseline;
  for (let i = from; i < from + hours; i++) {
    const taken = of(i);
    state = booked(state, at(i), savedIn(state, at(i), taken.intensity, restOf(taken)));
  }
  return state;
}

describe('what was saved', () => {
  it('is nothing when nothing has changed, whatever the grid does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 24 * 14, maxLength: 24 * 14 }),
        (grid) => {
          const course = (hour: number) => 1000 + 300 * Math.sin((2 * Math.PI * hour) / 24);
          const same = (hour: number) => hourOf(course(hour), grid[hour]!);
          const { grams, joules, cost } = realisedOf(measure(baselineOf(7, same), 168, 168, same))!;
          expect(Math.abs(joules)).toBeLessThan(1e-6);
          expect(Math.abs(grams)).toBeLessThan(1e-9);
          expect(Math.abs(cost!)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is told with the grid of the hour in which it was saved', () => {
    const before = (hour: number) => hourOf(3600, hour % 2 === 0 ? 100 : 100);
    const after = () => hourOf(1800, 400);
    const { grams, joules } = realisedOf(measure(baselineOf(7, before), 168, 24, after))!;
    expect(joules).toBeCloseTo((24 * 1800) / 1000, 9);
    expect(grams).toBeCloseTo((24 * 1800 * UG * 400) / 1e6, 9);
  });

  it('is what a run moved to a cleaner hour saves', () => {
    const grid = (hour: number) => (hour % 24 === 18 ? 300 : 100);
    const runAt = (at: number) => (hour: number) =>
      hourOf(hour % 24 === at ? 3600 : 0, grid(hour), { embodied: 0, cost: 0 });
    const { grams, joules } = realisedOf(measure(baselineOf(14, runAt(18)), 336, 24 * 7, runAt(13)))!;
    expect(joules).toBeCloseTo(0, 9);
    expect(grams).toBeCloseTo((7 * 3600 * UG * 200) / 1e6, 9);
  });
});

describe('the verdict', () => {
  /** Noise of a fixed course: between -1 and 1. */
  const noise = (hour: number) => Math.sin(hour * 12.9898 + Math.floor(hour / 24) * 78.233);
  const noisy = (mean: number) => (hour: number) => hourOf(mean * (1 + 0.2 * noise(hour)), 100);

  it.each<[string, number, string]>([
    ['half as much', 500, 'verified'],
    ['the same', 1000, 'not distinguishable'],
    ['half as much again', 1500, 'regressed'],
  ])('of %s after a week', (_, mean, verdict) => {
    const found = realisedOf(measure(baselineOf(14, noisy(1000)), 336, 24 * 7, noisy(mean)))!;
    expect(found.verdict).toBe(verdict);
    expect(found.gramsLow).toBeLessThan(found.grams);
    expect(found.gramsHigh).toBeGreaterThan(found.grams);
  });

  it('is given after two whole days and not before', () => {
    const after = (hours: number) =>
      realisedOf(measure(baselineOf(14, noisy(1000)), 336, hours, noisy(400)))!.verdict;
    expect(after(47)).toBe('not distinguishable');
    expect(after(48)).toBe('verified');
  });

  it('narrows as time passes', () => {
    const widthAfter = (days: number) => {
      const found = realisedOf(measure(baselineOf(21, noisy(1000)), 504, 24 * days, noisy(500)))!;
      return (found.gramsHigh - found.gramsLow) / found.grams;
    };
    expect(widthAfter(20)).toBeLessThan(widthAfter(4));
  });
});

describe('a baseline', () => {
  it('needs a day', () => {
    const builder = new BaselineBuilder();
    for (let i = 0; i < 23; i++) builder.add(at(i), hourOf(10, 100));
    expect(builder.build(at(23), 'FR')).toBeNull();
    builder.add(at(23), hourOf(10, 100));
    expect(builder.build(at(24), 'FR')).not.toBeNull();
  });

  it('of some days stands for the same hours of the others', () => {
    const baseline = baselineOf(2, (hour) => hourOf(hour % 24 === 3 ? 900 : 100, 100));
    const saved = savedIn(baseline, at(24 * 5 + 3), 100, restOf(hourOf(0, 100, { embodied: 0, cost: 0 })));
    expect(saved.millijoules).toBeCloseTo(900, 9);
  });

  it('without prices saves no money that could be told', () => {
    const free = (energy: number) => () => hourOf(energy, 100, { cost: null, currency: '' });
    expect(realisedOf(measure(baselineOf(7, free(10)), 168, 24, free(5)))!.cost).toBeNull();
  });
});
