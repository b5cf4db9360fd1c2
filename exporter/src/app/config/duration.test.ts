import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.js';

describe('durations', () => {
  it('come back from text as they were, to the millisecond', () => {
    fc.assert(
      fc.property(fc.nat(400 * 86400 * 1000), (ms) => {
        expect(parseDuration(formatDuration(ms / 1000))).toBe(ms / 1000);
      }),
    );
  });

  it.each([
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5400],
    ['2w', 14 * 86400],
    ['1y', 365 * 86400],
    ['1d2h3m4s5ms', 86400 + 7200 + 180 + 4.005],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5M', '30m1h', '5m5m', '1h 30m', '5min'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeNull(),
  );
});
