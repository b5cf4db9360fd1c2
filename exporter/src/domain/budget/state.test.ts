import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import type { Budget } from './budget.js';
import { profileOf, projected, reachedAt, type HourAmount } from './projection.js';
import { budgetState, type BudgetUse } from './state.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const MONDAY = Date.UTC(2026, 10, 16) / 1000;
const WEEK = { from: epochSeconds(MONDAY), to: epochSeconds(MONDAY + 7 * DAY) };

/** Busy by day, half as much at weekends. */
const course = (hour: number): number => {
  const ofDay = (hour / HOUR) % 24;
  const weekend = new Date(hour * 1000).getUTCDay() % 6 === 0;
  return (weekend ? 0.5 : 1) * (ofDay >= 8 && ofDay < 20 ? 2 : 1);
};

const hoursOf = (from: number, to: number, value: (hour: number) => number): HourAmount[] =>
  Array.from({ length: (to - from) / HOUR }, (_, i) => {
    const hour = epochSeconds(from + i * HOUR);
    return { hour, value: value(hour) };
  });

const sum = (hours: readonly HourAmount[], from: number, to: number): number =>
  hours.filter(({ hour }) => hour >= from && hour < to).reduce((total, { value }) => total + value, 0);

const budget = (value: number): Budget => ({
  name: 'b',
  scope: { kind: 'cluster' },
  limit: { amount: 'energy', value, currency: '' },
  period: 'week',
  timeZone: 'UTC',
});

function stateOf(limit: number, asOf: number, past = hoursOf(MONDAY - 21 * DAY, asOf, course)) {
  const use: BudgetUse = {
    used: sum(past, MONDAY, asOf),
    usedLow: null,
    usedHigh: null,
    coverage: 1,
    hours: past,
  };
  return budgetState(budget(limit), WEEK, epochSeconds(asOf), use);
}

describe('the projection', () => {
  it('of a course that repeats every week is what comes', () => {
    const past = hoursOf(MONDAY - 21 * DAY, MONDAY, course);
    const coming = hoursOf(MONDAY, MONDAY + 7 * DAY, course);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 167 }), fc.integer({ min: 1, max: 168 }), (first, length) => {
        const [from, to] = [MONDAY + first * HOUR, MONDAY + Math.min(168, first + length) * HOUR];
        expect(projected(profileOf(past)!, from, to).value).toBeCloseTo(sum(coming, from, to), 9);
      }),
    );
  });

  it('adds over any split, and its band holds it', () => {
    const profile = profileOf(hoursOf(MONDAY - 9 * DAY, MONDAY, (h) => course(h) * (1 + 0.3 * Math.sin(h))))!;
    const seconds = fc.integer({ min: 0, max: 7 * DAY });
    fc.assert(
      fc.property(seconds, seconds, seconds, (...cuts) => {
        const [a, b, c] = cuts.map((cut) => MONDAY + cut).toSorted((x, y) => x - y) as [
          number,
          number,
          number,
        ];
        const whole = projected(profile, a, c);
        expect(projected(profile, a, b).value + projected(profile, b, c).value).toBeCloseTo(whole.value, 8);
        expect(whole.low).toBeLessThanOrEqual(whole.value);
        expect(whole.high).toBeGreaterThanOrEqual(whole.value);
        expect(whole.low).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is reached at the instant up to which it comes to what is left', () => {
    const profile = profileOf(hoursOf(MONDAY - 14 * DAY, MONDAY, course))!;
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 150, noNaN: true }), (left) => {
        const at = reachedAt(profile, left, MONDAY, MONDAY + 7 * DAY)!;
        expect(projected(profile, MONDAY, at).value).toBeCloseTo(left, 6);
      }),
    );
    expect(reachedAt(profile, 1e6, MONDAY, MONDAY + 7 * DAY)).toBeNull();
  });

  it('needs a day of history', () => {
    expect(profileOf(hoursOf(MONDAY, MONDAY + 23 * HOUR, course))).toBeNull();
  });
});

describe('a budget', () => {
  const whole = sum(hoursOf(MONDAY, MONDAY + 7 * DAY, course), MONDAY, MONDAY + 7 * DAY);
  const wednesday = MONDAY + 2 * DAY;

  it('of exactly what is taken burns at 1 over the week and runs out at its end', () => {
    const state = stateOf(whole, MONDAY + 7 * DAY);
    expect(state.usedRatio).toBeCloseTo(1, 12);
    expect(state.burnRate).toBeCloseTo(1, 12);
    expect(state.status).toBe('exhausted');
  });

  it('that is too small says when it runs out', () => {
    const state = stateOf(whole / 2, wednesday);
    expect(state.status).toBe('at-risk');
    expect(state.projected!.value).toBeCloseTo(whole, 9);
    const atThatTime = sum(hoursOf(MONDAY, MONDAY + 7 * DAY, course), MONDAY, state.runsOutAt!);
    expect(Math.abs(atThatTime - whole / 2)).toBeLessThanOrEqual(2);
    expect(state.burnRate24h).toBeGreaterThan(1);
  });

  it('that is large enough is ok', () => {
    const state = stateOf(whole * 1.2, wednesday);
    expect(state).toMatchObject({ status: 'ok', runsOutAt: null });
  });

  it('that is used up says since when', () => {
    const state = stateOf(20, wednesday);
    expect(state.status).toBe('exhausted');
    expect(state.runsOutAt).toBe(MONDAY + 14 * HOUR);
  });

  it('that is used up says so also where hours reach back less far than its period', () => {
    const hours = hoursOf(wednesday - DAY, wednesday, () => 1);
    const use = { used: 100, usedLow: null, usedHigh: null, coverage: 1, hours };
    const state = (limit: number) => budgetState(budget(limit), WEEK, epochSeconds(wednesday), use);
    expect(state(90).runsOutAt).toBe(wednesday - 10 * HOUR);
    expect(state(10).runsOutAt).toBe(wednesday - DAY);
  });

  it('has neither projection nor verdict while too little is known', () => {
    const asOf = MONDAY + 5 * HOUR;
    const state = stateOf(whole, asOf, hoursOf(MONDAY, asOf, course));
    expect(state).toMatchObject({ status: 'unknown', projected: null, runsOutAt: null });
  });

  it('does not take what is not known for nothing: the burn rate is over known time', () => {
    const hours = hoursOf(MONDAY - 7 * DAY, wednesday, () => 1);
    const use = { used: 24, usedLow: null, usedHigh: null, coverage: 0.5, hours };
    const state = budgetState(budget(168), WEEK, epochSeconds(wednesday), use);
    expect(state.burnRate).toBeCloseTo(1, 12);
  });
});
