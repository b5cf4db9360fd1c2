import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { countryIntensity, gridZones, WORLD_INTENSITY, yearlyIntensity } from './grid-yearly.js';

describe('yearly grid intensity', () => {
  it('knows the zones of Electricity Maps', () => {
    expect(gridZones.size).toBeGreaterThanOrEqual(350);
    for (const zone of ['FR', 'US-MIDA-PJM', 'AU-NSW', 'IN-SO']) expect(gridZones.has(zone)).toBe(true);
    expect(gridZones.has('eu-west-3')).toBe(false);
  });

  it('gives every zone a plausible life-cycle figure and the year it is of', () => {
    for (const zone of gridZones) {
      const { value, year } = yearlyIntensity(zone)!;
      expect([zone, value > 0 && value < 1500, year >= 2021 && year <= 2030]).toEqual([zone, true, true]);
    }
  });

  it('takes the newest year', () => {
    expect(yearlyIntensity('FR')).toEqual({ value: 31, year: 2025 });
    expect(yearlyIntensity('nowhere')).toBeNull();
  });

  it('gives the country of a zone', () => {
    expect(countryIntensity('US-MIDA-PJM')).toEqual(yearlyIntensity('US'));
    expect(countryIntensity('DK-DK1')).toEqual(yearlyIntensity('DK'));
    expect(countryIntensity('FR')).toEqual(yearlyIntensity('FR'));
  });

  it('has every country that it has a zone of', () => {
    const missing = [...gridZones].filter((zone) => countryIntensity(zone) === null);
    expect(missing).toEqual([]);
    expect(countryIntensity('CL-SEN')!.value).toBeCloseTo(266, -2);
    expect(countryIntensity('RU-1')).not.toBeNull();
  });

  it('says so where it knows no country', () => {
    for (const code of ['', 'XX', 'XX-1', 'toString']) expect(countryIntensity(code)).toBeNull();
  });

  it('rounds the world as the review does', () => {
    expect(WORLD_INTENSITY).toEqual({ value: 473, year: 2024 });
  });

  it('reads a module that plain Node can load', () => {
    const script =
      "const { averageIntensity, electricityMaps } = await import('@tgwf/co2/data');" +
      'const { value } = electricityMaps.yearly2025.data.FR.carbonIntensity;' +
      'console.log(typeof value, typeof averageIntensity.data.CHL)';
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: {},
      encoding: 'utf8',
    });
    expect(out.trim()).toBe('number number');
  });
});
