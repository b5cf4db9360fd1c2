import { toDataFrame } from '@grafana/data';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { comparisonFrame, comparisonSeriesFrame } from '../frames/comparison';
import { comparison } from '../testing/answers';
import { AccuracyView } from './AccuracyView';
import { fitted, metersOf, type Point } from './meters';
import { ticks } from './plot';

afterEach(cleanup);

const hours = [
  [50, 60],
  [40, 40],
  [30, 35],
] as const;
const frames = [
  toDataFrame(comparisonFrame(comparison(hours, false))),
  toDataFrame(comparisonSeriesFrame(comparison(hours, true))),
];

describe('meters', () => {
  it('are read from both frames', () => {
    const [meter] = metersOf(frames)!;
    expect(meter).toMatchObject({
      name: 'n1',
      source: 'kepler',
      scope: 'cpu',
      bias: -0.1,
      hours: 3,
      utilisation: [0.1, 0.7],
    });
    expect(meter!.points.map(({ estimated, measured }) => [estimated, measured])).toEqual([
      [50, 60],
      [40, 40],
      [30, 35],
    ]);
  });

  it('are not seen in other data', () => expect(metersOf([])).toBeNull());
});

describe('the fitted line', () => {
  const points = (of: (x: number) => number, xs: readonly number[]): Point[] =>
    xs.map((x, i) => ({ time: i, measured: x, estimated: of(x) }));

  it('is found again', () => {
    const line = fc.record({
      slope: fc.double({ min: -5, max: 5, noNaN: true }),
      intercept: fc.double({ min: -50, max: 50, noNaN: true }),
    });
    fc.assert(
      fc.property(
        line,
        fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 30 }),
        ({ slope, intercept }, xs) => {
          const found = fitted(points((x) => intercept + slope * x, xs))!;
          return Math.abs(found.slope - slope) < 1e-6 && Math.abs(found.intercept - intercept) < 1e-4;
        },
      ),
    );
  });

  it('is none where the meter never changed', () => expect(fitted(points(() => 1, [5, 5, 5]))).toBeNull());
});

describe('ticks', () => {
  it('are few, begin at 0 and reach beyond the largest value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (max) => {
        const found = ticks(max);
        return found[0] === 0 && found.at(-1)! >= max * (1 - 1e-8) && found.length >= 3 && found.length <= 6;
      }),
    );
  });
});

describe('the view', () => {
  it('shows the error figures with the range they hold for, and both charts', () => {
    render(<AccuracyView meters={metersOf(frames)!} width={800} height={400} timeZone="utc" />);
    expect(screen.getByText('-10 %')).toBeTruthy();
    expect(screen.getByText('10 % – 70 %')).toBeTruthy();
    expect(screen.getAllByRole('img').map((chart) => chart.getAttribute('aria-label'))).toEqual([
      'Estimated and measured power of n1 over time',
      'Estimated against measured power of n1',
    ]);
  });

  it('says plainly that nothing is measured, and how to get it measured', () => {
    render(<AccuracyView meters={[]} width={800} height={400} timeZone="utc" />);
    expect(screen.getByText(/Nothing is measured in this range/)).toBeTruthy();
    expect(screen.getByText(/Kepler, Scaphandre, node_exporter/)).toBeTruthy();
  });
});
