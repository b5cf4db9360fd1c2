import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeLabelValue, formatBound, formatNumber, formatScaled } from './format.js';

describe('formatScaled', () => {
  it('writes integers of small units as exact decimals', () => {
    expect(formatScaled(0n, 3)).toBe('0');
    expect(formatScaled(1n, 3)).toBe('0.001');
    expect(formatScaled(1_500n, 3)).toBe('1.5');
    expect(formatScaled(12_000n, 3)).toBe('12');
    expect(formatScaled(9_007_199_254_740_993n, 3)).toBe('9007199254740.993');
    expect(formatScaled(-1_050n, 3)).toBe('-1.05');
    expect(formatScaled(123_456_789_012n, 9)).toBe('123.456789012');
  });

  it('loses nothing, however large', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 90n), fc.constantFrom(3, 6, 9), (amount, decimals) => {
        const [whole = '', fraction = ''] = formatScaled(amount, decimals).split('.');
        expect(BigInt(whole + fraction.padEnd(decimals, '0'))).toBe(amount);
        expect(fraction.endsWith('0')).toBe(false);
      }),
    );
  });
});

describe('numbers', () => {
  it('read back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => Number(formatNumber(x)) === x),
    );
  });

  it('spell what is not finite as both formats do', () => {
    expect([NaN, Infinity, -Infinity].map(formatNumber)).toEqual(['NaN', '+Inf', '-Inf']);
  });

  it('have a point or an exponent as bounds', () => {
    expect([1, 0.25, 120, 1e21, Infinity].map(formatBound)).toEqual([
      '1.0',
      '0.25',
      '120.0',
      '1e+21',
      '+Inf',
    ]);
  });
});

describe('escapeLabelValue', () => {
  it('escapes backslash, newline and quote, and nothing else', () => {
    expect(escapeLabelValue('a\\b\nc"d\r\t{},=é😀')).toBe('a\\\\b\\nc\\"d\r\t{},=é😀');
  });

  it('replaces halves of surrogate pairs only', () => {
    expect(escapeLabelValue('\ud800x\udc00😀')).toBe('\ufffdx\ufffd😀');
  });
});
