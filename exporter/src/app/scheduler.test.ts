import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newestSettled } from '../domain/interval.js';
import { epochSeconds, seconds } from '../domain/units.js';
import { nextWake } from './scheduler.js';

const T0 = 1_800_000_000;
const step = seconds(300);
const settle = seconds(60);
const wake = (end: Parameters<typeof nextWake>[0], failures: number, now: number) =>
  nextWake(end, failures, epochSeconds(now), step, settle);

describe('next wake', () => {
  it('sleeps until exactly the next interval has settled, never past it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (offset) => {
        const now = epochSeconds(T0 + offset);
        const at = wake('idle', 0, now);
        expect(at).toBeGreaterThan(now);
        expect(newestSettled(at, step, settle).start).toBe(newestSettled(now, step, settle).start + step);
        expect(newestSettled(epochSeconds(at - 1), step, settle).start).toBe(
          newestSettled(now, step, settle).start,
        );
      }),
    );
  });

  it('goes on at once while work is left', () => expect(wake('more', 0, T0)).toBe(T0));

  it.each([
    [1, 5],
    [2, 10],
    [7, 300],
    [100, 300],
  ])('after %d failures waits %d s', (failures, wait) => {
    expect(wake('unavailable', failures, T0)).toBe(T0 + wait);
    expect(wake('failed', failures, T0)).toBe(T0 + wait);
  });

  it('never waits longer than a step', () => {
    expect(nextWake('failed', 9, epochSeconds(T0), seconds(60), settle)).toBe(T0 + 60);
  });
});
