import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAmount, parseQuantity } from './quantity.js';

describe('a quantity', () => {
  it.each([
    ['100m', 0.1],
    ['1', 1],
    ['1500m', 1.5],
    ['0.1', 0.1],
    ['3920m', 3.92],
    ['250u', 0.00025],
    ['1n', 1e-9],
    ['512Mi', 512 * 2 ** 20],
    ['16106120Ki', 16106120 * 1024],
    ['0.5Gi', 2 ** 29],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1073741824', 2 ** 30],
    ['1e9', 1e9],
    ['1E3', 1000],
    ['1e-3', 0.001],
    ['2.5e+2', 250],
    ['12E', 12e18 > 2 ** 63 ? 2 ** 63 : 12e18],
    ['1E', 1e18],
    ['3k', 3000],
    ['2M', 2e6],
    ['.5', 0.5],
    ['5.', 5],
    ['+2', 2],
    ['-1Ki', -1024],
    [2, 2],
  ])('reads %p as %p', (text, expected) => {
    expect(parseQuantity(text)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1K',
    '1ki',
    '1mi',
    'm',
    'Gi',
    '1e',
    '1e3m',
    '1.2.3',
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
    '١',
  ])('does not read %p', (text) => {
    expect(parseQuantity(text)).toBeNull();
  });

  it.each([undefined, null, true, {}, [], NaN, Infinity, '1'.repeat(65)])('does not read %p', (value) => {
    expect(parseQuantity(value)).toBeNull();
  });

  it('reads whole numbers of milli-units and bytes as the nearest number there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (n) => {
        expect(parseQuantity(`${n}m`)).toBe(n / 1000);
        expect(parseQuantity(`${n}Mi`)).toBe(n * 2 ** 20);
        expect(parseQuantity(`${n}k`)).toBe(n * 1000);
      }),
    );
  });

  it('never throws and never gives what is not a number, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = parseQuantity(value);
        expect(read === null || Number.isFinite(read)).toBe(true);
      }),
    );
  });

  it('as an amount is never negative', () => {
    expect([parseAmount('-1'), parseAmount('0'), parseAmount('1m')]).toEqual([null, 0, 0.001]);
  });
});
