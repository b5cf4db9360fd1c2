import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apportion } from './apportion.js';

const weights = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 });
const whole = fc.integer({ min: 0, max: 2 ** 46 });

describe('apportion', () => {
  it('adds to the whole exactly and never gives a negative or fractional part', () => {
    fc.assert(
      fc.property(whole, weights, (total, ws) => {
        const parts = apportion(total, ws);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        expect(parts.every((p) => Number.isInteger(p) && p >= 0)).toBe(true);
      }),
    );
  });

  it('stays within one unit of the exact share, up to the rounding of doubles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), weights, (total, ws) => {
        const sum = ws.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        apportion(total, ws).forEach((part, i) => {
          expect(Math.abs(part - total * (ws[i]! / sum))).toBeLessThanOrEqual(1 + 1e-6);
        });
      }),
    );
  });

  it.each([
    [10, [1, 1, 1], [4, 3, 3]],
    [7, [0, 0, 0], [0, 0, 7]],
    [0, [5, 1], [0, 0]],
    [1, [1, 1], [1, 0]],
    [100, [0, 3, 1], [0, 75, 25]],
  ])('shares %d by %j as %j', (total, ws, expected) => {
    expect(apportion(total, ws)).toEqual(expected);
  });

  it('refuses to lose an amount that has no taker', () => {
    expect(() => apportion(1, [])).toThrow('cannot apportion 1 to nobody');
    expect(apportion(0, [])).toEqual([]);
  });
});
