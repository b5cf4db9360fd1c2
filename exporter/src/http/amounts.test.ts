import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountOf, decimal, figuresOf, instant } from './amounts.js';
import { figuresSchema } from './schemas.js';
import { sumsOf } from './testing/harness.js';

describe('exact integers as doubles', () => {
  it('are the double nearest to the written decimal, however large', () => {
    const small = fc.bigInt({ min: 0n, max: 2n ** 53n });
    const large = fc.bigInt({ min: 0n, max: 10n ** 24n });
    fc.assert(
      fc.property(fc.oneof(small, large), fc.constantFrom(3, 6, 9), (n, digits) => {
        const text = n.toString().padStart(digits + 1, '0');
        expect(decimal(n, digits)).toBe(Number(`${text.slice(0, -digits)}.${text.slice(-digits)}`));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('figures', () => {
  it('have their shape, their value within the band and no NaN, for any amount', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 22n }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, coverage) => {
          const f = figuresSchema.parse(figuresOf(sumsOf(n), coverage, []));
          if (coverage === 0 && n === 0n) {
            expect([f.energy_joules, f.co2e_grams!.total]).toEqual([null, null]);
            return;
          }
          expect(f.energy_joules_low!).toBeLessThanOrEqual(f.energy_joules!);
          expect(f.energy_joules_high!).toBeGreaterThanOrEqual(f.energy_joules!);
          expect(f.co2e_grams!.low!).toBeLessThanOrEqual(f.co2e_grams!.total!);
          expect(f.co2e_grams!.high!).toBeGreaterThanOrEqual(f.co2e_grams!.total!);
          expect(f.estimated_ratio === null).toBe(n === 0n);
        },
      ),
    );
  });

  it('a metric is the sum of its amounts, in its unit', () => {
    expect(amountOf([1500n], 'energy_joules')).toBe(1.5);
    expect(amountOf([1_500_000n, 250_000n], 'co2e_grams')).toBe(1.75);
    expect(amountOf([10n], 'cost')).toBe(1e-8);
  });
});

it('instants are written in UTC, with a fraction only where there is one', () => {
  expect(instant(1767225600)).toBe('2026-01-01T00:00:00Z');
  expect(instant(1767225600.5)).toBe('2026-01-01T00:00:00.500Z');
});
