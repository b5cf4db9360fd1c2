import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, type TimeRange } from './interval.js';
import { carve, onGrid, without } from './rollup.js';
import { epochSeconds, seconds } from './units.js';

const T0 = 1_767_225_600;
const hour = (n: number) => epochSeconds(T0 + n * HOUR);
const range = (from: number, to: number): TimeRange => ({ from: epochSeconds(from), to: epochSeconds(to) });

const arbRange = fc
  .tuple(fc.integer({ min: -7, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([from, length]) => range(T0 + from * 600, T0 + (from + length) * 600));
const arbHours = fc.subarray(Array.from({ length: 12 }, (_, n) => hour(n)));

const lengthOf = (ranges: readonly TimeRange[]) => ranges.reduce((s, r) => s + r.to - r.from, 0);
const covers = (ranges: readonly TimeRange[], t: number) => ranges.some((r) => r.from <= t && t < r.to);

describe('carving a range', () => {
  it('gives every interval to one side: to the buckets exactly when its bucket is there and in the range', () => {
    fc.assert(
      fc.property(arbRange, arbHours, (asked, starts) => {
        const { whole, rest } = carve(asked, HOUR, starts);
        expect(lengthOf(whole) + lengthOf(rest)).toBe(asked.to - asked.from);
        for (let t = asked.from as number; t < asked.to; t += 600) {
          const start = Math.floor(t / HOUR) * HOUR;
          const inside = start >= asked.from && start + HOUR <= asked.to;
          const bucket = inside && starts.includes(epochSeconds(start));
          expect([covers(whole, t), covers(rest, t)]).toEqual([bucket, !bucket]);
        }
      }),
    );
  });

  it('joins neighbours', () => {
    const { whole, rest } = carve(range(hour(0) + 600, hour(6)), HOUR, [0, 1, 2, 4].map(hour));
    expect(whole).toEqual([range(hour(1), hour(3)), range(hour(4), hour(5))]);
    expect(rest).toEqual([range(hour(0) + 600, hour(1)), range(hour(3), hour(4)), range(hour(5), hour(6))]);
  });
});

describe('what is left without some ranges', () => {
  it('is all that they do not cover, also where they reach beyond', () => {
    fc.assert(
      fc.property(arbRange, arbHours, (asked, starts) => {
        const taken = starts.map((s) => range(s, s + HOUR));
        const rest = without(asked, taken);
        for (let t = asked.from as number; t < asked.to; t += 600) {
          expect(covers(rest, t)).toBe(!covers(taken, t));
        }
        expect(rest.every((r) => r.from >= asked.from && r.to <= asked.to && r.from < r.to)).toBe(true);
      }),
    );
  });
});

it('a range means the intervals that begin in it', () => {
  expect(onGrid(range(T0 + 1, T0 + 3601), seconds(300))).toEqual(range(T0 + 300, T0 + 3900));
  expect(onGrid(range(T0, T0 + 3600), seconds(300))).toEqual(range(T0, T0 + 3600));
});
