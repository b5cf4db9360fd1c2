import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderTable } from './table.js';
import { humanBand, humanEnergy, humanMass, humanMoney, humanShare } from './units.js';

describe('amounts for people', () => {
  it.each([
    [0, '0 J'],
    [0.5, '0.5 J'],
    [999, '999 J'],
    [1234, '1.23 kJ'],
    [2_500_000, '2.5 MJ'],
    [3_600_000, '1 kWh'],
    [45_000_000, '12.5 kWh'],
    [3.6e9 * 1234, '1.23 GWh'],
    [3.6e6 * 999, '999 kWh'],
  ])('%d J is %s', (joules, text) => expect(humanEnergy(joules)).toBe(text));

  it.each([
    [0, '0 g'],
    [0.0123, '12.3 mg'],
    [0.0000123, '0.0123 mg'],
    [950, '950 g'],
    [1500, '1.5 kg'],
    [12_345_678, '12.3 t'],
    [12_345_678_000, '12346 t'],
  ])('%d g is %s', (grams, text) => expect(humanMass(grams)).toBe(text));

  it('keep the band in the unit of the figure', () => {
    expect(humanBand({ value: 1500, low: 900, high: 2500 }, 'mass')).toBe('1.5 kg (0.9 to 2.5)');
    expect(humanBand({ value: 0, low: 0, high: 0 }, 'energy')).toBe('0 J (0 to 0)');
  });

  it('are never off by more than half of the third digit', () => {
    const units: Record<string, number> = { mg: 1e-3, g: 1, kg: 1e3, t: 1e6 };
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), (grams) => {
        const [number, unit] = humanMass(grams).split(' ');
        const shown = Number(number) * units[unit!]!;
        expect(Math.abs(shown - grams)).toBeLessThanOrEqual(grams * 0.00501);
      }),
    );
  });

  it('of money and shares', () => {
    expect([12.345, 0.00123, 0].map((n) => humanMoney(n, 'EUR'))).toEqual([
      '12.35 EUR',
      '0.0012 EUR',
      '0.00 EUR',
    ]);
    expect([0, 0.998, 1].map(humanShare)).toEqual(['0 %', '99.8 %', '100 %']);
  });
});

describe('tables', () => {
  it('are aligned, without trailing spaces', () => {
    const columns = [
      { name: 'name', align: 'left' as const },
      { name: 'much', align: 'right' as const },
    ];
    expect(
      renderTable(columns, [
        ['a', '1'],
        ['long name', '12345'],
      ]),
    ).toBe('NAME        MUCH\n' + 'a              1\n' + 'long name  12345\n');
  });

  it('let no name move the cursor', () => {
    const text = renderTable([{ name: 'x', align: 'left' }], [['\u001b[2Jevil\r\n']]);
    expect(text).toBe('X\n?[2Jevil??\n');
  });
});
