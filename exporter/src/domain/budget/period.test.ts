import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import { isTimeZone } from '../wall-clock.js';
import { periodAt, PERIODS, type Period } from './period.js';

const ZONES = [
  'UTC',
  'Europe/Paris',
  'America/Chicago',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'America/Santiago',
];
const at = (iso: string) => epochSeconds(Date.parse(iso) / 1000);
const shown = (period: Period, zone: string, iso: string) => {
  const { from, to } = periodAt(period, zone, at(iso));
  return [from, to].map((t) => new Date(t * 1000).toISOString());
};

const instants = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2031-01-01T00:00:00Z') });

describe('periods', () => {
  it('hold their instant, and follow one another without gap or overlap', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), fc.constantFrom(...ZONES), instants, (period, zone, t) => {
        const { from, to } = periodAt(period, zone, epochSeconds(t));
        expect(from).toBeLessThanOrEqual(t);
        expect(to).toBeGreaterThan(t);
        expect(periodAt(period, zone, from)).toEqual({ from, to });
        expect(periodAt(period, zone, to).from).toBe(to);
        expect(periodAt(period, zone, epochSeconds(from - 1)).to).toBe(from);
      }),
    );
  });

  it.each([
    ['day', 'UTC', '2026-03-01T12:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['week', 'UTC', '2024-12-30T00:00:00Z', '2024-12-30T00:00:00.000Z', '2025-01-06T00:00:00.000Z'],
    ['week', 'UTC', '2026-11-22T23:59:59Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['month', 'UTC', '2024-02-29T05:00:00Z', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['month', 'Europe/Paris', '2026-03-31T22:30:00Z', '2026-03-31T22:00:00.000Z', '2026-04-30T22:00:00.000Z'],
    // The day on which the clock goes forward has 23 hours, the one on which it goes back 25.
    ['day', 'Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['day', 'Asia/Kolkata', '2026-01-01T00:00:00Z', '2025-12-31T18:30:00.000Z', '2026-01-01T18:30:00.000Z'],
  ] as const)('the %s in %s of %s', (period, zone, iso, from, to) => {
    expect(shown(period, zone, iso)).toEqual([from, to]);
  });

  it('knows time zones by name', () => {
    expect(ZONES.every(isTimeZone)).toBe(true);
    expect(['Europe/Pairs', '', 'Mars/Base'].some(isTimeZone)).toBe(false);
  });
});
