import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytes, cores, epochSeconds, joules, ratio, seconds, wattsPerVcpu } from '../units.js';
import { factors, nodeSample } from '../testing/arbitrary.js';
import {
  agreementOf,
  bucketsFrom,
  cellsOf,
  decilesOf,
  modelledOfScope,
  type ComparedSample,
} from './comparison.js';
import { nodeEnergy } from './node-energy.js';

const machine = (node: string) => ({
  cluster: 'c',
  node,
  provider: 'aws',
  instanceType: 'm5.xlarge',
  cpuCapacity: cores(4),
  memoryCapacity: bytes(16e9),
});
const sample = (
  over: Partial<ComparedSample> & { readonly watts?: readonly [number, number] },
): ComparedSample => {
  const { watts: [estimated, measured] = [10, 10], ...rest } = over;
  const time = rest.seconds ?? seconds(300);
  return {
    machine: machine('n1'),
    source: 'rapl',
    scope: 'cpu+dram',
    start: epochSeconds(0),
    seconds: time,
    utilisation: ratio(0.5),
    estimated: joules(estimated * time),
    measured: joules(measured * time),
    ...rest,
  };
};
const whole = bucketsFrom(epochSeconds(0), 0);
const agreement = (samples: readonly ComparedSample[]) => agreementOf(cellsOf(samples, whole));

const samples = fc.array(
  fc
    .record({
      node: fc.constantFrom('n1', 'n2', 'n3'),
      index: fc.nat(500),
      time: fc.integer({ min: 1, max: 300 }),
      utilisation: fc.double({ min: 0, max: 1, noNaN: true }),
      estimated: fc.double({ min: 0, max: 500, noNaN: true }),
      measured: fc.double({ min: 1, max: 500, noNaN: true }),
    })
    .map(({ node, index, time, utilisation, estimated, measured }) =>
      sample({
        machine: machine(node),
        start: epochSeconds(index * 300),
        seconds: seconds(time),
        utilisation: ratio(utilisation),
        watts: [estimated, measured],
      }),
    ),
  { minLength: 1, maxLength: 60 },
);

describe('comparison', () => {
  it('is what the definitions say, computed sample by sample', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const got = agreement(all);
        const watts = all.map((s) => [s.estimated / s.seconds, s.measured / s.seconds] as const);
        const time = all.reduce((sum, s) => sum + s.seconds, 0);
        const mean = (of: (i: number) => number, which = all.map((_, i) => i)) =>
          which.reduce((sum, i) => sum + all[i]!.seconds * of(i), 0) /
          which.reduce((sum, i) => sum + all[i]!.seconds, 0);
        const error = (i: number) => watts[i]![0] - watts[i]![1];
        const high = all.flatMap((s, i) => (Math.floor(s.utilisation * 100 + 1e-9) >= 20 ? [i] : []));
        const low = all.flatMap((_, i) => (high.includes(i) ? [] : [i]));
        const near = (value: number) => expect.closeTo(value, 6) as unknown as number;
        expect(got).toMatchObject({
          rmse: near(Math.sqrt(mean((i) => error(i) ** 2))),
          mape: high.length === 0 ? null : near(mean((i) => Math.abs(error(i)) / watts[i]![1], high)),
          mae: low.length === 0 ? null : near(mean((i) => Math.abs(error(i)), low)),
          hours: near(time / 3600),
          nodes: new Set(all.map((s) => s.machine.node)).size,
          utilisation: [
            Math.min(...all.map((s) => s.utilisation)),
            Math.max(...all.map((s) => s.utilisation)),
          ],
        });
      }),
    );
  });

  it('does not depend on the order of the samples, to the last bit', () => {
    fc.assert(
      fc.property(samples, (all) => {
        expect(cellsOf(all.toReversed(), whole)).toEqual(cellsOf(all, whole));
      }),
    );
  });

  it('has deciles that add up to the whole', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const cells = cellsOf(all, whole);
        const deciles = decilesOf(cells);
        const sum = (what: 'measured' | 'estimated' | 'hours') => deciles.reduce((t, d) => t + d[what], 0);
        for (const what of ['measured', 'estimated', 'hours'] as const)
          expect(sum(what)).toBeCloseTo(agreementOf(cells)[what], 6);
        for (const { decile, utilisation } of deciles) {
          expect(utilisation[0]).toBeGreaterThanOrEqual(decile / 10 - 1e-9);
          expect(utilisation[1]).toBeLessThan(decile === 9 ? 1.0001 : (decile + 1) / 10 + 1e-9);
        }
      }),
    );
  });

  it('keeps its ratios and scales its watts when everything draws more', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 10 }), (all, power) => {
        const by = 2 ** power;
        const larger = all.map((s) => ({
          ...s,
          estimated: joules(by * s.estimated),
          measured: joules(by * s.measured),
        }));
        const [a, b] = [agreement(all), agreement(larger)];
        expect(b.bias).toBeCloseTo(a.bias, 9);
        expect(b.rmse).toBeCloseTo(by * a.rmse, 6);
        if (a.mape !== null) expect(b.mape).toBeCloseTo(a.mape, 9);
      }),
    );
  });

  it('is perfect where the two agree', () => {
    const all = [0.1, 0.5, 0.9].map((u, i) =>
      sample({ utilisation: ratio(u), start: epochSeconds(300 * i), watts: [10 + i, 10 + i] }),
    );
    expect(agreement(all)).toMatchObject({ bias: 0, mape: 0, mae: 0, rmse: 0, r2: 1 });
    expect(agreement([sample({})]).r2).toBeNull();
  });

  it('compares nothing without measured energy or time', () => {
    expect(cellsOf([sample({ watts: [10, 0] }), sample({ seconds: seconds(0) })], whole)).toEqual([]);
  });

  it('puts intervals into epoch-aligned buckets that begin with the range', () => {
    const hourly = bucketsFrom(epochSeconds(1800), seconds(3600));
    expect([1800, 3599, 3600, 7500].map((t) => hourly(epochSeconds(t)))).toEqual([1800, 1800, 3600, 7200]);
  });
});

describe('the model of a scope', () => {
  const node = nodeSample();
  const { profile } = factors();
  const model = nodeEnergy(node, 600, profile, 'concave');
  const all = model.idle + model.dynamic + model.memory;

  it('is the whole for meters that see memory, and less what memory draws for those that do not', () => {
    expect(modelledOfScope(model, node, profile, 'cpu+dram')).toBe(all);
    expect(modelledOfScope(model, node, profile, 'machine-wall')).toBe(all);
    // 1.71 GB a vCPU are in the family's figures.
    const memory = 4 * 1.71 * 0.392 * node.seconds;
    expect(modelledOfScope(model, node, profile, 'cpu')).toBeCloseTo(model.idle + model.dynamic - memory, 6);
  });

  it('is not guessed where the model cannot tell', () => {
    expect(modelledOfScope(model, node, { ...profile, memoryGbPerVcpu: null }, 'cpu')).toBeNull();
    expect(modelledOfScope(model, node, profile, 'gpu')).toBeNull();
  });

  it('follows a fitted curve and the fitted draw of memory', () => {
    const q = (n: number) => ({ low: wattsPerVcpu(n), central: wattsPerVcpu(n), high: wattsPerVcpu(n) });
    const fitted = {
      ...profile,
      idle: q(0.5),
      full: q(2.5),
      memoryGbPerVcpu: 0,
      fit: { exponent: 2, memoryWattsPerGb: q(0.3) },
    };
    const { dynamic, idle, memory } = nodeEnergy(node, 600, fitted, 'concave');
    expect([idle, dynamic, memory]).toEqual([
      expect.closeTo(4 * 0.5 * 300, 6),
      expect.closeTo(4 * 2 * 0.25 * 300, 6),
      expect.closeTo(16 * 0.3 * 300, 6),
    ]);
  });
});
