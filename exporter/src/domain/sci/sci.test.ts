import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import { sciOver } from './sci.js';

const HOUR = 3600;
const at = (i: number) => epochSeconds(1_800_000_000 + i * HOUR);
const WINDOW = { from: at(0), to: at(24) };

const emissions = fc
  .uniqueArray(
    fc.record({
      i: fc.integer({ min: -3, max: 27 }),
      energy: fc.nat(1e9),
      operational: fc.nat(1e9),
      embodied: fc.nat(1e9),
    }),
    { selector: ({ i }) => i },
  )
  .map((all) => all.map(({ i, ...amounts }) => ({ hour: at(i), ...amounts })));
const units = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 27 }), fc.integer({ min: 0, max: 1e6 })))
  .map((all) => new Map(all.map(([i, value]) => [at(i) as number, value])));

it('conserves: intensity times units is what the same hours emitted, and nothing of other hours', () => {
  fc.assert(
    fc.property(emissions, units, (of, unitsByHour) => {
      const figure = sciOver(WINDOW, of, unitsByHour);
      const both = of.filter((e) => e.hour >= at(0) && e.hour < at(24) && unitsByHour.has(e.hour));
      const grams = both.reduce((sum, e) => sum + e.operational + e.embodied, 0) / 1e6;
      expect(figure.hours).toBe(both.length);
      expect(figure.operational + figure.embodied).toBeCloseTo(grams, 6);
      if (figure.units === 0) return expect(figure.gramsPerUnit).toBeNull();
      expect(figure.gramsPerUnit! * figure.units).toBeCloseTo(grams, 6);
      expect(figure.joulesPerUnit! * figure.units).toBeCloseTo(figure.energy, 6);
    }),
  );
});

it('of two windows together weighs each by its units', () => {
  fc.assert(
    fc.property(emissions, units, fc.integer({ min: 1, max: 23 }), (of, unitsByHour, cut) => {
      const whole = sciOver(WINDOW, of, unitsByHour);
      const [a, b] = [
        sciOver({ from: at(0), to: at(cut) }, of, unitsByHour),
        sciOver({ from: at(cut), to: at(24) }, of, unitsByHour),
      ];
      const grams = (f: typeof a) => (f.gramsPerUnit ?? 0) * f.units;
      expect(a.units + b.units).toBe(whole.units);
      if (a.units > 0 && b.units > 0) expect(grams(a) + grams(b)).toBeCloseTo(grams(whole), 6);
    }),
  );
});
