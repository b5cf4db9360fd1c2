import { FieldType, getFieldDisplayName, toDataFrame, type DataFrame } from '@grafana/data';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparison, figures, recommendation, series, totals } from '../testing/answers';
import type { Totals } from '../api/answers';
import { comparisonFrame, comparisonSeriesFrame } from './comparison';
import { recommendationsFrame, recommendationsOf } from './recommendations';
import { seriesFrame, widthsFrom } from './series';
import { totalsFrame } from './totals';

const field = (frame: DataFrame, name: string) => frame.fields.find((f) => f.name === name)!;
const values = (frame: DataFrame, name: string) => [...field(frame, name).values] as unknown[];

function expectWellFormed(frame: DataFrame): void {
  expect(frame.fields.map((f) => f.values.length)).toEqual(frame.fields.map(() => frame.length));
  const names = frame.fields.map((f) => `${f.name}${JSON.stringify(f.labels ?? {})}`);
  expect(new Set(names).size).toBe(names.length);
}

describe('totals', () => {
  it('is a row a group with units, bands and what is said of the whole', () => {
    const answer = totals({ shop: 10, web: 5 }, { coverage: 0.93, estimated_ratio: 0.5 });
    const frame = totalsFrame(answer, answer.rows);
    expectWellFormed(frame);
    expect(values(frame, 'namespace')).toEqual(['shop', 'web']);
    expect(values(frame, 'co2e_grams')).toEqual([10, 5]);
    expect(values(frame, 'co2e_grams_low')).toEqual([6, 3]);
    expect(field(frame, 'co2e_grams').config.unit).toBe('massg');
    expect(field(frame, 'cost').config.unit).toBe('currencyEUR');
    expect(frame.meta?.notices?.map(({ severity, text }) => [severity, text])).toEqual([
      ['warning', 'Incomplete: 93 % of the range is known.'],
      ['info', '50 % of the energy is estimated, not measured.'],
    ]);
  });

  it('is one row without groups, and has no column of what was not asked for', () => {
    const { energy_joules: _, energy_joules_low: __, energy_joules_high: ___, ...total } = figures(3);
    const frame = totalsFrame({ by: [], coverage: 1, estimated_ratio: 0, total }, []);
    expect(frame.length).toBe(1);
    expect(frame.fields.map((f) => f.name)).not.toContain('energy_joules');
    expect(frame.meta?.notices).toEqual([]);
  });

  it('keeps currencies apart', () => {
    const cost = [
      { currency: 'EUR', amount: 1 },
      { currency: 'CHF', amount: 2 },
    ];
    const frame = totalsFrame({ by: [], coverage: 1, estimated_ratio: 0, total: figures(1, { cost }) }, []);
    expect([values(frame, 'cost_EUR'), values(frame, 'cost_CHF')]).toEqual([[1], [2]]);
  });
});

const widths = (answer: Totals) => widthsFrom(answer, answer.rows, 'co2e_grams');

describe('series', () => {
  it('is a field a group with the group as labels, gaps as null and zero as zero', () => {
    const frame = seriesFrame(series({ shop: [1, null, 0] }));
    expectWellFormed(frame);
    expect(frame.fields[0]).toMatchObject({ name: 'time', type: FieldType.time });
    expect(values(frame, 'co2e_grams')).toEqual([1, null, 0]);
    expect(field(frame, 'co2e_grams').labels).toEqual({ cluster: 'c', namespace: 'shop' });
    expect(getFieldDisplayName(toDataFrame(frame).fields[1]!, frame)).toBe('shop');
  });

  it('has low and high around each figure, drawn as a band by any time series panel', () => {
    const answer = series({ shop: [2, null], web: [4, 4] });
    const frame = seriesFrame(answer, widths(totals({ shop: 10, web: 5 })));
    expectWellFormed(frame);
    expect(values(frame, 'low')).toEqual([1.2, null]);
    expect(values(frame, 'high')).toEqual([3, null]);
    expect(field(frame, 'high').config.custom).toMatchObject({ fillBelowTo: 'shop low' });
    expect(frame.fields.filter((f) => f.name === 'high').map((f) => f.labels?.['namespace'])).toEqual([
      'shop',
      'web',
    ]);
  });

  it('never lets the figure leave its band', () => {
    const amount = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 20 }), (list) => {
        const sum = list.reduce((a, b) => a + b, 0);
        const frame = seriesFrame(series({ shop: list }), widths(totals({ shop: sum })));
        const [low, value, high] = ['low', 'co2e_grams', 'high'].map(
          (name) => values(frame, name) as number[],
        );
        return list.every((_, i) => low![i]! <= value![i]! && value![i]! <= high![i]!);
      }),
    );
  });

  it('has the band of the total around a series without groups, whatever its key', () => {
    const answer = totals({ shop: 10 }, { by: [], rows: [] });
    expect(values(seriesFrame(series({ c: [2] }), widths(answer)), 'high')).toEqual([3]);
  });

  it('names idle capacity and the system in words', () => {
    const frame = seriesFrame(series({ __idle__: [1] }));
    expect(frame.fields[1]!.config.displayNameFromDS).toBe('Idle capacity');
  });

  it('draws no band around a group that the totals do not know', () => {
    const frame = seriesFrame(series({ shop: [1] }), widths(totals({})));
    expect(frame.fields.map((f) => f.name)).toEqual(['time', 'co2e_grams']);
  });
});

describe('recommendations', () => {
  it('come out of the frame as they went in', () => {
    const items = [
      recommendation('a'),
      recommendation('b', { status: 'ignored', savings: { co2e_grams_per_year: 0, cost_per_year: null } }),
    ];
    const frame = recommendationsFrame(items);
    expectWellFormed(frame);
    expect(recommendationsOf(toDataFrame(frame))).toEqual(items);
  });

  it('are not seen in another frame', () =>
    expect(recommendationsOf(seriesFrame(series({ a: [1] })))).toBeNull());
});

describe('comparison', () => {
  it('is a row a meter, and both powers over time', () => {
    const hours = [
      [50, 60],
      [40, 40],
    ] as const;
    const table = comparisonFrame(comparison(hours, false));
    expectWellFormed(table);
    expect(values(table, 'bias_ratio')).toEqual([-0.1]);
    const over = comparisonSeriesFrame(comparison(hours, true));
    expectWellFormed(over);
    expect(values(over, 'estimated')).toEqual([50, 40]);
    expect(values(over, 'measured')).toEqual([60, 40]);
    expect(field(over, 'measured')).toMatchObject({
      config: { unit: 'watt' },
      labels: { node: 'n1', source: 'kepler' },
    });
  });

  it('says so when nothing is measured', () => {
    const table = comparisonFrame(comparison([], false));
    expect(table.length).toBe(0);
    expect(table.meta?.notices?.[0]?.text).toMatch(/Nothing is measured/);
  });
});
