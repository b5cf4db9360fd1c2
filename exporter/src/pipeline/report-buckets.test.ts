import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { floorTo, type TimeRange } from '../domain/interval.js';
import { epochSeconds, seconds } from '../domain/units.js';
import { QueryProblem } from './query-range.js';
import {
  bucketsOf,
  checkBuckets,
  checkResolution,
  isoWeek,
  REPORT_STEPS,
  type ReportStep,
} from './report-buckets.js';

const STEP = seconds(300);
const at = (text: string) => epochSeconds(Date.parse(text) / 1000);
const range = (from: string, to: string): TimeRange => ({ from: at(from), to: at(to) });
const periods = (r: TimeRange, step: ReportStep | null) => [...bucketsOf(r, step, STEP)].map((b) => b.period);

describe('ISO weeks', () => {
  // Of the calendar of ISO 8601: the last and the first day of the years 2020 to 2033.
  it.each([
    ['2020-12-31', '2020-W53'],
    ['2021-01-01', '2020-W53'],
    ['2021-01-03', '2020-W53'],
    ['2021-01-04', '2021-W01'],
    ['2021-12-31', '2021-W52'],
    ['2022-01-01', '2021-W52'],
    ['2022-12-31', '2022-W52'],
    ['2023-01-01', '2022-W52'],
    ['2023-12-31', '2023-W52'],
    ['2024-01-01', '2024-W01'],
    ['2024-12-29', '2024-W52'],
    ['2024-12-30', '2025-W01'],
    ['2025-01-01', '2025-W01'],
    ['2025-12-28', '2025-W52'],
    ['2025-12-29', '2026-W01'],
    ['2026-01-01', '2026-W01'],
    ['2026-12-31', '2026-W53'],
    ['2027-01-01', '2026-W53'],
    ['2027-12-31', '2027-W52'],
    ['2028-01-01', '2027-W52'],
    ['2028-12-31', '2028-W52'],
    ['2029-01-01', '2029-W01'],
    ['2029-12-31', '2030-W01'],
    ['2030-12-31', '2031-W01'],
    ['2031-12-31', '2032-W01'],
    ['2032-12-31', '2032-W53'],
    ['2033-01-01', '2032-W53'],
  ])('%s is in %s, all day', (day, week) => {
    expect(isoWeek(at(`${day}T00:00:00Z`))).toBe(week);
    expect(isoWeek(at(`${day}T23:59:59Z`))).toBe(week);
  });

  it('begin on Mondays and are all of seven days', () => {
    const buckets = [...bucketsOf(range('2019-12-30T00:00:00Z', '2033-01-03T00:00:00Z'), 'week', STEP)];
    for (const { from, to } of buckets) {
      expect(new Date(from * 1000).getUTCDay()).toBe(1);
      expect(to - from).toBe(7 * 86_400);
    }
    expect(new Set(buckets.map((b) => b.period)).size).toBe(buckets.length);
  });
});

describe('periods', () => {
  it('cover the range without gap or overlap, whatever the step', () => {
    const arbRange = fc
      .tuple(fc.integer({ min: 0, max: 2_000_000_000 }), fc.integer({ min: 1, max: 3_000 }))
      .map(([from, steps]) => {
        const start = floorTo(from, STEP);
        return { from: start, to: epochSeconds(start + steps * STEP) };
      });
    fc.assert(
      fc.property(arbRange, fc.constantFrom(null, ...REPORT_STEPS), (r, step) => {
        const buckets = [...bucketsOf(r, step, STEP)];
        expect(buckets.every(({ from, to }) => from < to)).toBe(true);
        expect(buckets.map((b) => b.from)).toEqual([r.from, ...buckets.map((b) => b.to).slice(0, -1)]);
        expect(buckets.at(-1)!.to).toBe(r.to);
      }),
    );
  });

  it('are named by the calendar of UTC', () => {
    const r = range('2024-12-29T23:00:00Z', '2025-01-01T02:00:00Z');
    expect(periods(r, 'day')).toEqual(['2024-12-29', '2024-12-30', '2024-12-31', '2025-01-01']);
    expect(periods(r, 'week')).toEqual(['2024-W52', '2025-W01']);
    expect(periods(r, 'month')).toEqual(['2024-12', '2025-01']);
    expect(periods(r, 'year')).toEqual(['2024', '2025']);
    expect(periods(r, null)).toEqual(['2024-12-29T23:00:00Z/2025-01-01T02:00:00Z']);
    expect(periods(range('2024-02-29T22:55:00Z', '2024-02-29T23:05:00Z'), 'raw')).toEqual([
      '2024-02-29T22:55:00Z',
      '2024-02-29T23:00:00Z',
    ]);
    expect(periods(range('2024-02-29T22:55:00Z', '2024-02-29T23:05:00Z'), 'hour')).toEqual([
      '2024-02-29T22',
      '2024-02-29T23',
    ]);
  });

  it('know months of 28, 29, 30 and 31 days', () => {
    const days = (year: string) =>
      [...bucketsOf(range(`${year}-01-01T00:00:00Z`, `${year}-05-01T00:00:00Z`), 'month', STEP)].map(
        ({ from, to }) => (to - from) / 86_400,
      );
    expect(days('2023')).toEqual([31, 28, 31, 30]);
    expect(days('2024')).toEqual([31, 29, 31, 30]);
  });
});

describe('too many periods', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', 'raw', 'hour'],
    ['2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'hour', 'day'],
    ['1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'day', 'week'],
  ] as const)('from %s to %s by %s are refused, naming %s', (from, to, step, better) => {
    const check = (s: ReportStep | null) => () => checkBuckets(range(from, to), s, STEP);
    expect(check(step)).toThrow(QueryProblem);
    expect(check(step)).toThrow(
      expect.objectContaining({ parameter: 'step', fix: expect.stringContaining(`step=${better} `) }),
    );
    expect(check(better)).not.toThrow();
    expect(check(null)).not.toThrow();
  });
});

describe('periods shorter than what is held', () => {
  it.each([
    ['raw', 3600, 'step=hour'],
    ['raw', 86_400, 'step=day'],
    ['hour', 86_400, 'step=day'],
  ] as const)('%s of what is held in %i s are refused, naming %s', (step, held, better) => {
    expect(() => checkResolution(step, STEP, seconds(held))).toThrow(
      expect.objectContaining({ parameter: 'step', fix: expect.stringContaining(better) }),
    );
  });

  it.each([
    ['raw', 300],
    ['hour', 300],
    ['hour', 3600],
  ] as const)('%s of what is held in %i s are not', (step, held) => {
    expect(() => checkResolution(step, STEP, seconds(held))).not.toThrow();
  });
});
