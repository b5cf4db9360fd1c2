import { describe, expect, it } from '@jest/globals';
import { gridZones } from '../../data/grid-yearly.js';
import { epochSeconds, gramsPerKwh } from '../../domain/units.js';
import { createYearlyIntensity } from './yearly-mean.js';

const hour = epochSeconds(1_800_000_000);
const intensity = createYearlyIntensity(gramsPerKwh(473));

describe('yearly mean intensity', () => {
  it('answers every known zone from its own year, and says it is a yearly mean', async () => {
    for (const zone of gridZones) {
      const answer = await intensity.at(zone, hour);
      expect(answer).toMatchObject({ source: 'yearly-mean', reasons: ['INTENSITY_YEARLY_MEAN'] });
      expect(answer.value).toBeGreaterThanOrEqual(0);
      expect(answer.time).toBeLessThan(hour);
      expect(new Date(answer.time * 1000).toISOString()).toMatch(/^20\d\d-01-01T00:00:00/);
    }
  });

  it('is lower in France than in Poland', async () => {
    expect((await intensity.at('FR', hour)).value).toBeLessThan((await intensity.at('PL', hour)).value / 5);
  });

  it('falls back to the country of an unknown part of it', async () => {
    expect(await intensity.at('FR-NOWHERE', hour)).toMatchObject({
      source: 'country-mean',
      value: (await intensity.at('FR', hour)).value,
    });
  });

  it.each(['', 'XX', '__proto__'])('falls back to the configured figure for %j', async (zone) => {
    expect(await intensity.at(zone, hour)).toMatchObject({ source: 'default', value: 473, time: hour });
  });
});
