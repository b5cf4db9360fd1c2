import { describe, expect, it } from '@jest/globals';
import { factors, nodeSample } from '../testing/arbitrary.js';
import { bytes, cores, cpuSeconds, epochSeconds, joules, ratio, seconds } from '../units.js';
import { calibrate, type Calibration, type CalibrationGroup } from './calibration.js';
import { bucketsFrom, cellsOf, type ComparedSample } from './comparison.js';
import { nodeEnergy } from './node-energy.js';

const prior = factors().profile;
/** W of a machine of 4 vCPU and 16 GB, as its meter shows it: 40 % below the prior. */
const drawn = (u: number, factor = 1): number => 4 * factor * (0.3 + 2.2 * u ** 0.9) + 16 * 0.35;

interface Made {
  readonly nodes?: number;
  readonly hours?: number;
  readonly range?: readonly [number, number];
  /** Relative difference of neighbouring machines. */
  readonly spread?: number;
  readonly like?: (u: number, factor?: number) => number;
}

function made({
  nodes = 3,
  hours = 24,
  range = [0.05, 0.85],
  spread = 0.03,
  like = drawn,
}: Made): CalibrationGroup {
  const samples = Array.from({ length: nodes }, (_, n) =>
    Array.from({ length: hours * 12 }, (_, i): ComparedSample => {
      const u = range[0] + ((range[1] - range[0]) * ((i * 7 + n) % 97)) / 96;
      const node = nodeSample({ cpuSeconds: cpuSeconds(u * 1200) });
      const model = nodeEnergy(node, u * 1200, prior, 'concave');
      return {
        machine: {
          cluster: 'c',
          node: `n${n}`,
          provider: 'aws',
          instanceType: 'm5.xlarge',
          cpuCapacity: cores(4),
          memoryCapacity: bytes(16e9),
        },
        source: 'rapl',
        scope: 'cpu+dram',
        start: epochSeconds(300 * i),
        seconds: seconds(300),
        utilisation: ratio(u),
        estimated: joules(model.idle + model.dynamic + model.memory),
        measured: joules(300 * like(u, 1 + spread * (n - (nodes - 1) / 2))),
      };
    }),
  ).flat();
  const cells = cellsOf(samples, bucketsFrom(epochSeconds(0), 0));
  return { name: 'aws/m5', scope: 'cpu+dram', prior, curve: 'concave', cells };
}

const found = (group: CalibrationGroup): Calibration => {
  const outcome = calibrate(group, 2026);
  if ('refused' in outcome) throw new Error(outcome.refused.reason);
  return outcome.calibration;
};
const refusal = (group: CalibrationGroup) => {
  const outcome = calibrate(group, 2026);
  return 'refused' in outcome ? outcome.refused.reason : null;
};
/** W that a profile gives to a machine of this size. */
const predicted = ({ profile }: Calibration, u: number, gb = 16): number => {
  const node = nodeSample({ memoryCapacity: bytes(gb * 1e9) });
  const { idle, dynamic, memory } = nodeEnergy(node, u * 1200, profile, 'concave');
  return (idle + dynamic + memory) / 300;
};

describe('calibration', () => {
  it('tells the power of a sibling from that of metered machines', () => {
    const calibration = found(made({}));
    expect(calibration).toMatchObject({ nodes: 3, hours: 72, sources: ['rapl'] });
    expect(calibration.before).toBeGreaterThan(0.2);
    expect(calibration.after).toBeLessThan(0.06);
    for (const u of [0, 0.1, 0.4, 0.7, 1])
      expect(Math.abs(predicted(calibration, u) / drawn(u) - 1)).toBeLessThan(0.03);
    expect(calibration.profile).toMatchObject({ name: 'fit:aws/m5', year: 2026, reasons: [] });
  });

  it('gives a sibling with more memory what memory draws', () => {
    const calibration = found(made({}));
    expect(predicted(calibration, 0.5, 32) - predicted(calibration, 0.5)).toBeCloseTo(16 * 0.392, 3);
  });

  it('stays nearer to the published figures, the thinner the data', () => {
    const hours = [4, 8, 24].map((each) => found(made({ hours: each, nodes: 2 })));
    const published = nodeEnergy(nodeSample(), 1200, prior, 'concave');
    const prediction = (published.idle + published.dynamic + published.memory) / 300;
    const distance = hours.map((each) => Math.abs(predicted(each, 1) - prediction));
    expect(distance).toEqual(distance.toSorted((a, b) => a - b));
    expect(hours.map(({ weight }) => weight)).toEqual(
      [8 / 12, 16 / 20, 48 / 52].map((w) => expect.closeTo(w, 9)),
    );
  });

  it('counts no more than a day of one machine: siblings differ more than that', () => {
    const weight = (hours: number) => found(made({ hours, nodes: 2 })).weight;
    expect(weight(72)).toBe(weight(24));
  });

  it('has a band that holds machines as different as those it saw', () => {
    const { profile, fit } = found(made({ spread: 0.2 }));
    expect(profile.full.high / profile.full.central).toBeGreaterThan(1.1);
    expect(profile.full.central).toBeCloseTo(fit.a + fit.b, 9);
    expect(profile.idle.low).toBeLessThan(profile.idle.central);
  });

  it('is refused where it cannot be shown to be better', () => {
    expect(refusal(made({ nodes: 1 }))).toBe('single-node');
    expect(refusal(made({ range: [0.2, 0.55] }))).toBe('utilisation-too-narrow');
    expect(refusal(made({ like: (u) => drawn(1 - u) }))).toBe('no-fit');
    const model = (u: number) => {
      const { idle, dynamic, memory } = nodeEnergy(nodeSample(), u * 1200, prior, 'concave');
      return (idle + dynamic + memory) / 300;
    };
    expect(refusal(made({ like: model }))).toBe('not-better');
  });

  it('is the same in any order of the cells', () => {
    const group = made({});
    expect(calibrate({ ...group, cells: group.cells.toReversed() }, 2026)).toEqual(calibrate(group, 2026));
  });
});
