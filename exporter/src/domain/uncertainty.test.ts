import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  drivingFactor,
  embodiedBounds,
  energyBounds,
  meanWidth,
  operationalBounds,
  totalBounds,
  type WeightedAmounts,
} from './uncertainty.js';

interface Widths {
  power: number;
  pue: number;
  intensity: number;
  embodied: number;
}
interface Part extends Widths {
  energy: bigint;
  operational: bigint;
  embodiedAmount: bigint;
}

const amounts = (p: Part): WeightedAmounts => ({
  energy: p.energy,
  operational: p.operational,
  embodied: p.embodiedAmount,
  weighted: {
    energyPowerLo: p.energy * BigInt(p.power),
    energyPowerHi: p.energy * BigInt(2 * p.power),
    operationalPowerLo: p.operational * BigInt(p.power),
    operationalPowerHi: p.operational * BigInt(2 * p.power),
    operationalPue: p.operational * BigInt(p.pue),
    operationalIntensityLo: p.operational * BigInt(p.intensity),
    operationalIntensityHi: p.operational * BigInt(p.intensity),
    embodiedLo: p.embodiedAmount * BigInt(p.embodied),
    embodiedHi: p.embodiedAmount * BigInt(p.embodied),
  },
});

const add = (a: WeightedAmounts, b: WeightedAmounts): WeightedAmounts => ({
  energy: a.energy + b.energy,
  operational: a.operational + b.operational,
  embodied: a.embodied + b.embodied,
  weighted: Object.fromEntries(
    Object.entries(a.weighted).map(([k, v]) => [k, v + b.weighted[k as keyof typeof b.weighted]]),
  ) as unknown as WeightedAmounts['weighted'],
});

const width = fc.integer({ min: 0, max: 1500 });
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const part: fc.Arbitrary<Part> = fc.record({
  power: width,
  pue: width,
  intensity: width,
  embodied: width,
  energy: amount,
  operational: amount,
  embodiedAmount: amount,
});

const all = { energyBounds, operationalBounds, embodiedBounds, totalBounds };
const valueOf: Record<keyof typeof all, (s: WeightedAmounts) => number> = {
  energyBounds: (s) => Number(s.energy),
  operationalBounds: (s) => Number(s.operational),
  embodiedBounds: (s) => Number(s.embodied),
  totalBounds: (s) => Number(s.operational) + Number(s.embodied),
};

describe('laws of the bands', () => {
  it.each(Object.keys(all) as (keyof typeof all)[])('%s: finite and 0 <= low <= value <= high', (name) => {
    fc.assert(
      fc.property(part, (p) => {
        const sums = amounts(p);
        const { low, high } = all[name](sums);
        const value = valueOf[name](sums);
        expect(Number.isFinite(high)).toBe(true);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(value * (1 + 1e-12));
        expect(high).toBeGreaterThanOrEqual(value * (1 - 1e-12));
      }),
    );
  });

  it('many equal parts are as uncertain, relatively, as one: a shared factor does not average out', () => {
    fc.assert(
      fc.property(part, fc.integer({ min: 2, max: 50 }), (p, n) => {
        const one = amounts(p);
        let many = one;
        for (let i = 1; i < n; i++) many = add(many, one);
        expect(totalBounds(many).high).toBeCloseTo(
          n * totalBounds(one).high,
          -Math.ceil(Math.log10(n * 1e6)),
        );
        expect(energyBounds(many).low / n).toBeCloseTo(energyBounds(one).low, -3);
      }),
    );
  });

  it('the half-width of a union lies between those of its parts', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        fc.pre(a.energy > 0n && b.energy > 0n);
        const both = add(amounts(a), amounts(b));
        const mean = meanWidth(both.weighted.energyPowerLo, both.energy);
        expect(mean).toBeGreaterThanOrEqual(Math.min(a.power, b.power) - 1e-6);
        expect(mean).toBeLessThanOrEqual(Math.max(a.power, b.power) + 1e-6);
      }),
    );
  });

  it('does not depend on how a range is cut', () => {
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const [x, y, z] = [amounts(a), amounts(b), amounts(c)];
        expect(totalBounds(add(add(x, y), z))).toEqual(totalBounds(add(x, add(z, y))));
      }),
    );
  });
});

describe('worked figures', () => {
  const none: Part = {
    power: 0,
    pue: 0,
    intensity: 0,
    embodied: 0,
    energy: 1_000_000n,
    operational: 2_000_000n,
    embodiedAmount: 1_000_000n,
  };

  it('no width at all: the figure itself, and no driver', () => {
    const sums = amounts(none);
    expect(energyBounds(sums)).toEqual({ low: 1e6, high: 1e6 });
    expect(totalBounds(sums)).toEqual({ low: 3e6, high: 3e6 });
    expect(drivingFactor(sums)).toBeNull();
  });

  it('power 0.1 down and 0.2 up in ln', () => {
    const { low, high } = energyBounds(amounts({ ...none, power: 100 }));
    expect(low).toBeCloseTo(1e6 * Math.exp(-0.1), 6);
    expect(high).toBeCloseTo(1e6 * Math.exp(0.2), 6);
  });

  it('operational: factors 0.3 and 0.4 make 0.5 in quadrature', () => {
    const { low, high } = operationalBounds(amounts({ ...none, pue: 300, intensity: 400 }));
    expect(low).toBeCloseTo(2e6 * Math.exp(-0.5), 5);
    expect(high).toBeCloseTo(2e6 * Math.exp(0.5), 5);
  });

  it('total: deviations of the two scopes in quadrature', () => {
    const sums = amounts({ ...none, intensity: 400, embodied: 500 });
    const up = Math.hypot(2e6 * (Math.exp(0.4) - 1), 1e6 * (Math.exp(0.5) - 1));
    expect(totalBounds(sums).high).toBeCloseTo(3e6 + up, 5);
  });

  it('nothing at all: zero, not NaN', () => {
    const sums = amounts({ ...none, energy: 0n, operational: 0n, embodiedAmount: 0n });
    expect(totalBounds(sums)).toEqual({ low: 0, high: 0 });
    expect(drivingFactor(sums)).toBeNull();
  });

  it.each(['power', 'pue', 'intensity', 'embodied'] as const)('names %s when it is the widest', (factor) => {
    expect(
      drivingFactor(amounts({ ...none, power: 20, pue: 20, intensity: 20, embodied: 20, [factor]: 900 })),
    ).toBe(factor);
  });
});
