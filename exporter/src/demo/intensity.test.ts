import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { yearlyIntensity } from '../data/grid-yearly.js';
import { DAY, HOUR } from '../domain/interval.js';
import { epochSeconds } from '../domain/units.js';
import { createDemoIntensity } from './intensity.js';

const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const NOW = epochSeconds(MONDAY + 14 * DAY + 900);
const ZONES = ['FR', 'NL', 'PL', 'US-MIDW-MISO'];
const source = createDemoIntensity(1, { now: () => NOW });

async function hours(zone: string, from: number, to: number, of = source) {
  const answer = await of.history(zone, { from: epochSeconds(from), to: epochSeconds(to) });
  if (!answer.ok) throw new Error(answer.message);
  return answer.value;
}
const mean = (values: readonly { readonly value: number }[]): number =>
  values.reduce((sum, { value }) => sum + value, 0) / values.length;

describe("the demo world's grids", () => {
  it('are a function of the hour alone: not of the question, nor of who asks when', async () => {
    const later = createDemoIntensity(1, { now: () => epochSeconds(NOW + 30 * DAY) });
    const hour = fc.integer({ min: 0, max: 14 * 24 - 1 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ZONES), hour, hour, async (zone, a, b) => {
        const [from, to] = [MONDAY + Math.min(a, b) * HOUR, MONDAY + (Math.max(a, b) + 1) * HOUR];
        const all = await hours(zone, MONDAY, MONDAY + 14 * DAY, later);
        expect(await hours(zone, from, to)).toEqual(all.filter((p) => p.hour >= from && p.hour < to));
      }),
    );
  });

  it('lie around the yearly means of their zones', async () => {
    for (const zone of ZONES) {
      const ratio = mean(await hours(zone, MONDAY, MONDAY + 14 * DAY)) / yearlyIntensity(zone)!.value;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.4);
    }
  });

  it('tell nothing of hours to come, and nothing of zones without a machine', async () => {
    expect((await hours('FR', NOW - HOUR, NOW + DAY)).at(-1)!.hour).toBe(NOW - 900);
    expect(await hours('SE', MONDAY, NOW)).toEqual([]);
    expect([...ZONES, 'SE'].map((zone) => source.covers(zone))).toEqual([true, true, true, true, false]);
  });

  it('make the evening half as dirty again as the best hours in the Netherlands, and nowhere else', async () => {
    for (const zone of ZONES) {
      for (let day = MONDAY; day < MONDAY + 7 * DAY; day += DAY) {
        const of = await hours(zone, day, day + DAY);
        const ratio =
          mean(of.filter((p) => [17, 18].includes((p.hour / HOUR) % 24))) /
          Math.min(...of.map((p) => p.value));
        if (zone === 'NL') expect(ratio).toBeGreaterThan(1.5);
        else expect(ratio).toBeLessThan(1.5);
      }
    }
  });
});
