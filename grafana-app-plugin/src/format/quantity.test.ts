import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bytes,
  change,
  co2e,
  cost,
  energy,
  intensity,
  money,
  number,
  percent,
  power,
  UNKNOWN,
} from './quantity';

describe('amounts in words', () => {
  it.each([
    [0, '0 g CO₂e'],
    [0.0124, '0.0124 g CO₂e'],
    [0.0000001, '< 0.001 g CO₂e'],
    [999.4, '999 g CO₂e'],
    [999.9, '1 kg CO₂e'],
    [1234, '1.23 kg CO₂e'],
    [5_250_000, '5.25 t CO₂e'],
    [5_250_000_000, '5,250 t CO₂e'],
    [-1500, '-1.5 kg CO₂e'],
  ])('writes %d g as %s', (grams, text) => expect(co2e(grams)).toBe(text));

  it.each([
    [energy(3_600_000), '1 kWh'],
    [energy(1800), '0.5 Wh'],
    [energy(3.6e12 * 2), '2 GWh'],
    [power(1500), '1.5 kW'],
    [bytes(512 * 2 ** 20), '512 MiB'],
    [percent(0.873), '87.3 %'],
    [change(0.12), '+12 %'],
    [change(-0.12), '-12 %'],
    [intensity(56.2), '56.2 g/kWh'],
    [money(1234.5, 'EUR'), '€1,234.50'],
    [money(0.0042, 'USD'), '$0.0042'],
    [
      cost([
        { currency: 'USD', amount: 1 },
        { currency: 'EUR', amount: 2 },
      ]),
      '$1.00 + €2.00',
    ],
  ])('%s is %s', (written, text) => expect(written).toBe(text));

  it('tells nothing known from none', () => {
    expect([co2e(null), co2e(undefined), cost([]), co2e(NaN)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
    expect(co2e(0)).not.toBe(UNKNOWN);
  });

  it('never writes a number that is more than half a percent off, nor an exponent', () => {
    const shown = /^(-?[\d.,]+) (g|kg|t) CO₂e$/;
    const grams: Readonly<Record<string, number>> = { g: 1, kg: 1e3, t: 1e6 };
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (value) => {
        const [, digits, unit] = shown.exec(co2e(value)) ?? [];
        const read = Number(digits?.replaceAll(',', '')) * (grams[unit ?? ''] ?? NaN);
        return Math.abs(read - value) <= 0.00501 * value;
      }),
    );
  });

  it('keeps every digit of a whole number of thousands', () => expect(number(123_456)).toBe('123,456'));
});
