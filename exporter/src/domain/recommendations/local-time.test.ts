import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import { localHour } from './local-time.js';

describe('local hours', () => {
  it('of UTC are those of the epoch, for any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (at) => {
        expect(localHour(epochSeconds(at), 'UTC')).toEqual({
          day: Math.floor(at / 86_400),
          weekday: (Math.floor(at / 86_400) + 4) % 7,
          hour: Math.floor(at / 3600) % 24,
          minute: Math.floor(at / 60) % 60,
        });
      }),
    );
  });

  it.each([
    ['2026-03-29T00:00:00Z', 'Europe/Paris', 0, 1, 0],
    ['2026-03-29T01:00:00Z', 'Europe/Paris', 0, 3, 0],
    ['2026-10-25T00:00:00Z', 'Europe/Paris', 0, 2, 0],
    ['2026-10-25T01:00:00Z', 'Europe/Paris', 0, 2, 0],
    ['2026-01-05T00:00:00Z', 'Asia/Kolkata', 1, 5, 30],
    ['2026-01-05T00:00:00Z', 'America/Chicago', 0, 18, 0],
  ])('%s in %s', (at, zone, weekday, hour, minute) => {
    expect(localHour(epochSeconds(Date.parse(at) / 1000), zone)).toMatchObject({ weekday, hour, minute });
  });
});
