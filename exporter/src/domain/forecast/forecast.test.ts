import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import { backtest, forecastHours, quantile, type IntensityHour } from './hour-of-week.js';
import { zoneOutlook } from './outlook.js';
import { bestWindow, lowCarbonWindows, lowThreshold, meanOver } from './windows.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = epochSeconds(Date.UTC(2026, 10, 24, 10) / 1000);

const hoursFrom = (from: number, values: readonly number[]): IntensityHour[] =>
  values.map((value, i) => ({ hour: epochSeconds(from + i * HOUR), value }));

const past = (days: number, value: (hour: number) => number): IntensityHour[] =>
  Array.from({ length: days * 24 }, (_, i) => {
    const hour = epochSeconds(NOW - (days * 24 - i) * HOUR);
    return { hour, value: value(hour) };
  });

const daily = (hour: number): number => 200 + 100 * Math.sin((2 * Math.PI * (hour % DAY)) / DAY);
const weekend = (hour: number): boolean => new Date(hour * 1000).getUTCDay() % 6 === 0;

const values = fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: 1, maxLength: 72 });

describe('the best window', () => {
  it('is never worse than any other of the same length, wherever that begins', () => {
    const length = fc.integer({ min: 1, max: 12 * 60 });
    const offset = fc.integer({ min: 0, max: 3599 });
    fc.assert(
      fc.property(values, length, offset, fc.integer({ min: 1, max: 59 }), (v, minutes, late, pace) => {
        const hours = hoursFrom(NOW, v);
        const notBefore = epochSeconds(NOW + late);
        const best = bestWindow(hours, minutes * 60, notBefore);
        const end = NOW + v.length * HOUR;
        if (best === null) return expect(notBefore + minutes * 60).toBeGreaterThan(end);
        expect(best.from).toBeGreaterThanOrEqual(notBefore);
        expect(best.to - best.from).toBe(minutes * 60);
        expect(meanOver(hours, best.from, best.to)).toBe(best.mean);
        for (let from = notBefore as number; from + minutes * 60 <= end; from += pace * 60) {
          expect(best.mean).toBeLessThanOrEqual(meanOver(hours, from, from + minutes * 60)! + 1e-9);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does not reach across hours of which nothing is known', () => {
    const hours = [...hoursFrom(NOW, [5, 1]), ...hoursFrom(NOW + 3 * HOUR, [1, 9])];
    expect(bestWindow(hours, 2 * HOUR, NOW)).toMatchObject({ from: NOW, mean: 3 });
    expect(bestWindow(hours, 3 * HOUR, NOW)).toBeNull();
  });

  it('is the earliest of equals', () => {
    expect(bestWindow(hoursFrom(NOW, [3, 3, 3]), HOUR, NOW)!.from).toBe(NOW);
  });
});

describe('low-carbon windows', () => {
  it('are all hours at or below the threshold and no others, joined where they follow one another', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 900, noNaN: true }), (v, threshold) => {
        const hours = hoursFrom(NOW, v);
        const windows = lowCarbonWindows(hours, threshold);
        const inside = ({ hour }: IntensityHour) => windows.some((w) => w.from <= hour && hour < w.to);
        expect(hours.filter(inside)).toEqual(hours.filter(({ value }) => value <= threshold));
        windows.slice(1).forEach((w, i) => expect(w.from).toBeGreaterThan(windows[i]!.to));
        for (const w of windows) expect(w.mean).toBeLessThanOrEqual(threshold + 1e-9);
      }),
    );
  });

  it('are held against the cleanest quarter of the past', () => {
    expect(lowThreshold(hoursFrom(NOW, [1, 2, 3, 4, 5]))).toBe(2);
    expect(lowThreshold([])).toBeNull();
  });
});

describe('the forecast', () => {
  it('of what repeats every week is exact, and its backtest says so', () => {
    const weekly = (hour: number) => daily(hour) - (weekend(hour) ? 60 : 0);
    const known = past(28, weekly);
    for (const { hour, value, low, high } of forecastHours(known, NOW, 72)!) {
      expect(value).toBeCloseTo(weekly(hour), 9);
      expect(low).toBeCloseTo(value, 9);
      expect(high).toBeCloseTo(value, 9);
    }
    expect(backtest(known, NOW)).toMatchObject({ days: 7, hours: 168, within: 1 });
    expect(backtest(known, NOW)!.mae).toBeCloseTo(0, 9);
  });

  it('lies between its low and high, which hold most of what comes where the noise is steady', () => {
    const noisy = (hour: number) => daily(hour) + 40 * Math.sin(hour * 12.9898) * Math.cos(hour * 78.233);
    const known = past(28, noisy);
    for (const { value, low, high } of forecastHours(known, NOW, 72)!) {
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
    }
    const tested = backtest(known, NOW)!;
    expect(tested.mape!).toBeGreaterThan(0);
    expect(tested.mape!).toBeLessThan(0.2);
    expect(tested.within).toBeGreaterThan(0.6);
  });

  it('uses no hour from after its beginning', () => {
    const known = past(21, daily);
    const later = hoursFrom(
      NOW,
      Array.from({ length: 72 }, () => 9999),
    );
    expect(forecastHours([...known, ...later], NOW, 24)).toEqual(forecastHours(known, NOW, 24));
  });

  it('goes by the hours of the day until an hour of the week was seen three times, and by nothing in two days', () => {
    const known = past(8, daily);
    for (const { hour, value } of forecastHours(known, NOW, 24)!) expect(value).toBeCloseTo(daily(hour), 9);
    expect(forecastHours(past(1, daily), NOW, 24)).toBeNull();
    expect(backtest(past(1, daily), NOW)).toBeNull();
  });

  it('of a provider wins over the hours of the week', () => {
    const ahead = hoursFrom(NOW - HOUR, [1, 2, 3]);
    const known = { zone: 'FR', inUse: null, past: past(21, daily), pastSource: 'prometheus' };
    const outlook = zoneOutlook({ ...known, ahead, aheadSource: 'electricity-maps' }, NOW);
    expect(outlook).toMatchObject({ method: 'provider', source: 'electricity-maps' });
    expect(outlook.hours.map((h) => h.value)).toEqual([2, 3]);
    const own = zoneOutlook({ ...known, ahead: [], aheadSource: '' }, NOW);
    expect(own).toMatchObject({ method: 'hour-of-week', source: 'prometheus' });
    expect(own.hours).toHaveLength(72);
    const none = zoneOutlook(
      { zone: 'FR', inUse: null, past: [], pastSource: '', ahead: [], aheadSource: '' },
      NOW,
    );
    expect(none).toMatchObject({
      method: null,
      hours: [],
      backtest: null,
      lowThreshold: null,
      lowWindows: [],
    });
  });
});

it('quantiles lie between the ends and rise', () => {
  fc.assert(
    fc.property(
      values,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (v, p, q) => {
        const sorted = v.toSorted((a, b) => a - b);
        const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))];
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(low).toBeGreaterThanOrEqual(sorted[0]! - 1e-9);
        expect(high).toBeLessThanOrEqual(sorted.at(-1)! + 1e-9);
      },
    ),
  );
});
