import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localWeekMinute, TIME_ZONES, utcOffset } from './local-time.js';

/** The offset by the host's zone data, which follow the same law. */
function hostOffset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(new Date(at * 1000));
  const text = parts.find((part) => part.type === 'timeZoneName')!.value;
  const found = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text)!;
  if (!found[1]) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60);
}

const instant = fc.integer({ min: Date.UTC(2010, 0, 1) / 1000, max: Date.UTC(2037, 0, 1) / 1000 });

describe('local time', () => {
  it('agrees with the zone data base', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...TIME_ZONES), (at, zone) => {
        expect(utcOffset(zone, at)).toBe(hostOffset(zone, at));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['Europe/Paris', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', 3600, 7200],
    ['Europe/Amsterdam', '2026-10-25T00:59:59Z', '2026-10-25T01:00:00Z', 7200, 3600],
    ['America/Chicago', '2026-03-08T07:59:59Z', '2026-03-08T08:00:00Z', -21600, -18000],
    ['America/Chicago', '2026-11-01T06:59:59Z', '2026-11-01T07:00:00Z', -18000, -21600],
  ] as const)('changes the clock of %s between %s and %s', (zone, before, after, first, second) => {
    expect(utcOffset(zone, Date.parse(before) / 1000)).toBe(first);
    expect(utcOffset(zone, Date.parse(after) / 1000)).toBe(second);
  });

  it('counts minutes from Monday midnight', () => {
    const minute = localWeekMinute('Europe/Paris');
    expect(minute(Date.parse('2026-01-04T23:00:00Z') / 60_000)).toBe(0);
    expect(minute(Date.parse('2026-01-04T22:59:00Z') / 60_000)).toBe(7 * 1440 - 1);
  });
});
