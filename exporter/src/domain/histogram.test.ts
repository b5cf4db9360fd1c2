import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram, RELATIVE_ERROR } from './histogram.js';

type Sample = readonly [value: number, weight: number];
const arbSamples: fc.Arbitrary<Sample[]> = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(0), fc.nat({ max: 2000 }), fc.maxSafeNat()),
    fc.integer({ min: 1, max: 3_600_000 }),
  ),
  { maxLength: 40 },
);

const of = (samples: readonly Sample[]) => {
  const histogram = new Histogram();
  for (const [value, weight] of samples) histogram.add(value, weight);
  return histogram;
};
const merged = (...parts: Histogram[]) => {
  const whole = new Histogram();
  for (const part of parts) whole.merge(part);
  return whole;
};
const bytes = (histogram: Histogram) => Buffer.from(histogram.encode()).toString('hex');

/** The value below which the share q of the weight lies, by sorting. */
function exactQuantile(samples: readonly Sample[], q: number): number {
  const total = samples.reduce((s, [, weight]) => s + weight, 0);
  let below = 0;
  for (const [value, weight] of samples.toSorted(([a], [b]) => a - b)) {
    below += weight;
    if (below >= q * total) return value;
  }
  throw new Error('empty');
}

describe('laws of histograms', () => {
  it('merge to the same bytes in any order and grouping, and to those of all samples at once', () => {
    fc.assert(
      fc.property(arbSamples, arbSamples, arbSamples, (a, b, c) => {
        const whole = bytes(of([...a, ...b, ...c]));
        expect(bytes(merged(of(a), of(b), of(c)))).toBe(whole);
        expect(bytes(merged(of(c), merged(of(b), of(a))))).toBe(whole);
        expect(bytes(merged(merged(of(b), of(c)), of(a)))).toBe(whole);
      }),
    );
  });

  it('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(arbSamples, (samples) => {
        const histogram = of(samples);
        const again = Histogram.decode(histogram.encode());
        expect(bytes(again)).toBe(bytes(histogram));
        expect([again.weight, again.mean, again.max]).toEqual([
          histogram.weight,
          histogram.mean,
          histogram.max,
        ]);
      }),
    );
  });

  it('give quantiles within 5 % of the true ones, and never above the largest value', () => {
    fc.assert(
      fc.property(
        arbSamples.filter((s) => s.length > 0),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (samples, q) => {
          const truth = exactQuantile(samples, q);
          const found = of(samples).quantile(q)!;
          expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * RELATIVE_ERROR + 1e-9);
          expect(found).toBeLessThanOrEqual(of(samples).max);
        },
      ),
    );
    expect(RELATIVE_ERROR).toBeLessThan(0.05);
  });

  it('have the exact mean, weighted by time', () => {
    fc.assert(
      fc.property(
        arbSamples.filter((s) => s.length > 0),
        (samples) => {
          const total = samples.reduce((s, [v, w]) => s + BigInt(v) * BigInt(w), 0n);
          const weight = samples.reduce((s, [, w]) => s + w, 0);
          expect(of(samples).mean).toBe(Number(total) / weight);
        },
      ),
    );
  });
});

describe('a histogram', () => {
  it('of nothing has no quantile and no mean', () => {
    const empty = new Histogram();
    expect([empty.quantile(0.5), empty.mean, empty.max, empty.weight]).toEqual([null, null, 0, 0]);
  });

  it('of a steady use takes a few bytes', () => {
    const steady = of(Array.from({ length: 288 }, (_, i) => [250_000 + (i % 7) * 500, 300_000] as const));
    expect(steady.encode().length).toBeLessThan(24);
  });

  it('refuses a share that is none', () => {
    expect(() => of([[1, 1]]).quantile(1.1)).toThrow('quantile 1.1');
    expect(() => of([[1, 1]]).quantile(NaN)).toThrow('quantile NaN');
  });

  it('refuses bytes of another version, and bytes that end too early at any byte', () => {
    const whole = of([
      [5, 10],
      [1e9, 3000],
    ]).encode();
    expect(() => Histogram.decode(Uint8Array.of(9, ...whole.slice(1)))).toThrow('version 9');
    for (let length = 0; length < whole.length; length++) {
      expect(() => Histogram.decode(whole.slice(0, length))).toThrow(RangeError);
    }
  });
});
