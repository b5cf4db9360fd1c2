import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combine, hexDigits, pick, replicaSuffix, unit, uuid } from './hash.js';

const key = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('hashes', () => {
  it('are uniform enough: a tenth of the draws in every tenth', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(unit(42, i) * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('pick whole numbers of both ends and none beyond', () => {
    const seen = new Set(Array.from({ length: 1000 }, (_, i) => pick(7, i, 3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it('depend on both arguments', () => {
    expect(new Set(Array.from({ length: 1000 }, (_, i) => combine(1, i))).size).toBe(1000);
    expect(new Set(Array.from({ length: 1000 }, (_, i) => combine(i, 1))).size).toBe(1000);
  });
});

describe('names', () => {
  it('have the form of their kind', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(uuid(a, b)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(hexDigits(a, 11)).toMatch(/^[0-9a-f]{11}$/);
      }),
    );
  });

  it('never give two replicas of an owner one suffix', () => {
    fc.assert(
      fc.property(
        key,
        fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { minLength: 1024, maxLength: 1024 }),
        (owner, lives) => {
          const suffixes = lives.map((life, replica) => replicaSuffix(owner, replica, life));
          expect(new Set(suffixes).size).toBe(1024);
          expect(suffixes.every((s) => /^[b-df-hj-np-tv-xz2456789]{5}$/.test(s))).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });
});
