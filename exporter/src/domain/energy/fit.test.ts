import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filledDeciles, fitPower, powerAt, type PowerPoint } from './fit.js';

const GB = 4;
interface Truth {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}
const truths = fc.record({
  a: fc.double({ min: 0.2, max: 3, noNaN: true }),
  b: fc.double({ min: 0.5, max: 6, noNaN: true }),
  c: fc.integer({ min: 45, max: 110 }).map((c) => c / 100),
});
const utilisations = fc
  .tuple(fc.double({ min: 0, max: 0.3, noNaN: true }), fc.double({ min: 0.4, max: 0.7, noNaN: true }))
  .map(([from, span]) => Array.from({ length: 40 }, (_, i) => from + (span * i) / 39));

const pointsOf = (
  truth: Truth,
  us: readonly number[],
  over: {
    readonly machine?: string;
    readonly factor?: number;
    readonly gb?: number;
    readonly m?: number;
  } = {},
): PowerPoint[] => {
  const { machine = 'a', factor = 1, gb = GB, m = 0.392 } = over;
  return us.map((u) => ({
    machine,
    u,
    gb,
    samples: 5,
    watts: factor * (truth.a + truth.b * u ** truth.c) + m * gb,
  }));
};

describe('fit of power to use', () => {
  it('finds the parameters that made the data, over whatever range', () => {
    fc.assert(
      fc.property(truths, utilisations, (truth, us) => {
        const fit = fitPower(pointsOf(truth, us))!;
        expect(Math.abs(fit.c - truth.c)).toBeLessThan(0.011);
        expect(Math.abs(powerAt(fit, 0) / (truth.a + 0.392 * GB) - 1)).toBeLessThan(0.02);
        expect(Math.abs(powerAt(fit, 1) / (truth.a + truth.b + 0.392 * GB) - 1)).toBeLessThan(0.02);
        expect(fit.r2).toBeGreaterThan(0.999);
      }),
    );
  });

  it('finds the machine in the middle although the busy ones draw more', () => {
    const truth = { a: 0.8, b: 2.3, c: 0.85 };
    const range = (from: number, to: number) =>
      Array.from({ length: 30 }, (_, i) => from + ((to - from) * i) / 29);
    const fit = fitPower([
      ...pointsOf(truth, range(0.05, 0.4), { machine: 'idle', factor: 0.92 }),
      ...pointsOf(truth, range(0.3, 0.7), { machine: 'busy', factor: 1.08 }),
    ])!;
    expect(Math.abs(powerAt(fit, 0) / (0.8 + 0.392 * GB) - 1)).toBeLessThan(0.02);
    expect(Math.abs(powerAt(fit, 1) / (3.1 + 0.392 * GB) - 1)).toBeLessThan(0.02);
  });

  it('finds the draw of memory where machines differ in it, within what is published', () => {
    const us = Array.from({ length: 20 }, (_, i) => 0.1 + 0.03 * i);
    const truth = { a: 2, b: 2.3, c: 0.8 };
    const mixed = (m: number) => fitPower([2, 4, 8].flatMap((gb) => pointsOf(truth, us, { gb, m })))!;
    expect(mixed(0.35).m).toBeCloseTo(0.35, 2);
    expect(mixed(0.35).a).toBeCloseTo(2, 1);
    expect(mixed(0.9).m).toBe(0.6);
    expect(mixed(0.1).m).toBe(0.28);
  });

  it('says exactly the same for the points in any order', () => {
    fc.assert(
      fc.property(truths, utilisations, fc.integer(), (truth, us, seed) => {
        const points = [
          ...pointsOf(truth, us),
          ...pointsOf(truth, us.slice(5, 30), { machine: 'b', factor: 1.05 }),
        ];
        const shuffled = points.toSorted((p, q) => ((p.u * 7919 + seed) % 13) - ((q.u * 7919 + seed) % 13));
        expect(fitPower(shuffled)).toEqual(fitPower(points));
      }),
      { numRuns: 20 },
    );
  });

  it('scales with power', () => {
    fc.assert(
      fc.property(truths, utilisations, fc.integer({ min: 1, max: 6 }), (truth, us, power) => {
        const scale = 2 ** power;
        const points = pointsOf(truth, us);
        const once = fitPower(points)!;
        const scaled = fitPower(points.map((p) => ({ ...p, watts: scale * p.watts })))!;
        expect(scaled.c).toBe(once.c);
        expect(powerAt(scaled, 0)).toBeCloseTo(scale * powerAt(once, 0), 6);
        expect(powerAt(scaled, 1)).toBeCloseTo(scale * powerAt(once, 1), 6);
      }),
      { numRuns: 30 },
    );
  });

  it('gives no fit for too narrow a range, nor for power that does not rise', () => {
    const truth = { a: 0.8, b: 2.3, c: 0.8 };
    expect(fitPower(pointsOf(truth, [0.31, 0.33, 0.35, 0.42, 0.44]))).toBeNull();
    expect(fitPower(pointsOf({ ...truth, b: -0.5 }, [0.1, 0.2, 0.3, 0.4, 0.5]))).toBeNull();
    expect(fitPower([])).toBeNull();
  });

  it('never gives negative power to the processor because of memory', () => {
    const us = [0.1, 0.2, 0.3, 0.4, 0.5];
    const fit = fitPower(pointsOf({ a: 0.1, b: 1, c: 1 }, us, { gb: 64, m: 0.01 }))!;
    expect(fit.a).toBeGreaterThanOrEqual(0);
    expect(powerAt(fit, 0)).toBeCloseTo(0.74, 2);
  });

  it('counts a tenth of utilisation as seen from three intervals on', () => {
    const at = (u: number, samples: number) => ({ u, samples });
    expect(filledDeciles([at(0, 3), at(0.15, 2), at(0.19, 1), at(0.2, 2), at(1, 3), at(0.95, 1)])).toBe(3);
  });
});
