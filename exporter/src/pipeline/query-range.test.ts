import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countIn } from '../domain/interval.js';
import { epochSeconds, seconds } from '../domain/units.js';
import {
  autoStep,
  bucketsIn,
  checkBudget,
  formatDuration,
  MAX_CELLS,
  MAX_POINTS,
  parseInstant,
  parseRange,
  parseStep,
  QueryProblem,
} from './query-range.js';

const STEP = seconds(300);
const at = (iso: string) => epochSeconds(Date.parse(iso) / 1000);
const NOW = at('2026-01-15T12:03:20Z');
const iso = (t: number) => new Date(t * 1000).toISOString().replace('.000Z', 'Z');
const rangeOf = (p: Parameters<typeof parseRange>[0], now = NOW) => {
  const { from, to } = parseRange(p, now, STEP);
  return [iso(from), iso(to)];
};

describe('last', () => {
  it.each([
    ['30min', '2026-01-15T11:30:00Z'],
    ['24h', '2026-01-14T12:00:00Z'],
    ['7d', '2026-01-08T12:00:00Z'],
    ['4w', '2025-12-18T12:00:00Z'],
    ['3m', '2025-10-17T12:00:00Z'],
    ['1y', '2025-01-15T12:00:00Z'],
    ['ytd', '2026-01-01T00:00:00Z'],
    ['7min', '2026-01-15T11:55:00Z'],
  ])('%s ends with the newest whole interval and begins at %s', (last, from) => {
    expect(rangeOf({ last })).toEqual([from, '2026-01-15T12:00:00Z']);
  });

  it('is 24h when nothing is given', () => {
    expect(rangeOf({})).toEqual(rangeOf({ last: '24h' }));
  });

  it('holds the same number of intervals whenever it is asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 2e9 }), fc.integer({ min: 1, max: 900 }), (now, hours) => {
        expect(countIn(parseRange({ last: `${hours}h` }, epochSeconds(now), STEP), STEP)).toBe(hours * 12);
      }),
    );
  });

  it('is not moved by daylight saving: a day is 24 h in March and October', () => {
    for (const now of ['2026-03-29T12:00:00Z', '2026-10-25T12:00:00Z']) {
      expect(countIn(parseRange({ last: '1d' }, at(now), STEP), STEP)).toBe(288);
    }
  });

  it('ytd in the first minutes of a year is the interval that is open', () => {
    expect(rangeOf({ last: 'ytd' }, at('2026-01-01T00:01:00Z'))).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:05:00Z',
    ]);
  });

  it.each(['', '0h', '-1h', '24', '24H', '1.5h', '1h30min', 'YTD', '999999y', '21y', '24h ', ' 24h', '١h'])(
    'refuses %j with the forms that there are',
    (last) => {
      expect(() => parseRange({ last }, NOW, STEP)).toThrow(
        expect.objectContaining({ parameter: 'last', fix: expect.stringContaining('30min, 24h') }),
      );
    },
  );
});

describe('from and to', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01t00:00:00z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T02:00:00 02:00', '2026-01-01T00:00:00Z'],
    ['2025-12-31T19:00:00.000-05:00', '2026-01-01T00:00:00Z'],
    ['1767225600', '2026-01-01T00:00:00Z'],
    ['1767225600.000', '2026-01-01T00:00:00Z'],
  ])('from=%s is %s', (from, expected) => {
    expect(rangeOf({ from, to: '2026-01-02T00:00:00Z' })).toEqual([expected, '2026-01-02T00:00:00Z']);
  });

  it.each([
    'yesterday',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+99:00',
    '-1',
    '1e9',
    '0x10',
    'NaN',
    'Infinity',
    '999999999999',
    '１７６７２２５６００',
  ])('refuses %j', (from) => {
    expect(() => parseInstant('from', from)).toThrow(expect.objectContaining({ parameter: 'from' }));
  });

  it('knows milliseconds when it sees them', () => {
    expect(() => parseInstant('to', '1767225600000')).toThrow(
      expect.objectContaining({ parameter: 'to', fix: 'This looks like milliseconds: write 1767225600.' }),
    );
  });

  it.each([
    [{ from: '1767225600', to: '1767225600' }, 'from'],
    [{ from: '1767225600', to: '1767139200' }, 'from'],
    [{ to: '1767225600' }, 'from'],
    [{ last: '1h', from: '1767225600' }, 'last'],
    [{ last: '1h', to: '1767225600' }, 'last'],
    [{ from: '2030-01-01T00:00:00Z' }, 'from'],
    [{ from: '2030-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' }, 'from'],
  ])('refuses %j for %s', (given, parameter) => {
    expect(() => parseRange(given, NOW, STEP)).toThrow(
      expect.objectContaining({ name: 'QueryProblem', parameter }),
    );
  });

  it('ends now at the latest', () => {
    const given = { from: '2026-01-15T11:00:00Z', to: '2031-01-01T00:00:00Z' };
    expect(rangeOf(given)).toEqual(['2026-01-15T11:00:00Z', '2026-01-15T12:00:00Z']);
    expect(rangeOf({ from: given.from })).toEqual(rangeOf(given));
  });

  it('a range shorter than an interval is the interval that it lies in', () => {
    expect(rangeOf({ from: '2026-01-15T10:01:00Z', to: '2026-01-15T10:02:00Z' })).toEqual([
      '2026-01-15T10:00:00Z',
      '2026-01-15T10:05:00Z',
    ]);
  });

  it('neighbours share no interval and miss none', () => {
    const instants = fc.uniqueArray(fc.integer({ min: NOW - 1e6, max: NOW - 301 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(instants, (unsorted) => {
        const [a, b, c] = unsorted.toSorted((x, y) => x - y) as [number, number, number];
        fc.pre(b - a >= STEP && c - b >= STEP);
        const [left, right, both] = [
          { from: `${a}`, to: `${b}` },
          { from: `${b}`, to: `${c}` },
          { from: `${a}`, to: `${c}` },
        ].map((p) => parseRange(p, NOW, STEP));
        expect(left!.to).toBe(right!.from);
        expect([left!.from, right!.to]).toEqual([both!.from, both!.to]);
      }),
    );
  });

  it('whatever is written, the answer is a range on the grid or a QueryProblem', () => {
    const text = fc.oneof(
      fc.string(),
      fc.integer({ min: 0, max: 3e9 }).map(String),
      fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
    );
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), fc.option(text, { nil: undefined }), (from, to) => {
        try {
          const range = parseRange({ from, to }, NOW, STEP);
          expect(range.from % STEP).toBe(0);
          expect(range.to % STEP).toBe(0);
          expect(range.from).toBeLessThan(range.to);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryProblem);
        }
      }),
    );
  });
});

describe('steps', () => {
  it.each([
    ['5m', 300],
    ['300s', 300],
    ['10min', 600],
    ['1h', 3600],
    ['1d', 86_400],
    ['1w', 604_800],
  ])('%s is %d s', (text, length) => {
    expect(parseStep(text, STEP)).toBe(length);
  });

  it.each(['1m', '301s', '0h', '1y', '1M', 'h', '', '367d', '-5m'])('refuses %j', (text) => {
    expect(() => parseStep(text, STEP)).toThrow(expect.objectContaining({ parameter: 'step' }));
  });

  it('what formatDuration writes, parseStep reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (n) => {
        expect(parseStep(formatDuration(n * 300), STEP)).toBe(n * 300);
      }),
    );
  });

  it.each([60, 300, 600, 900, 1200, 1800, 3600])(
    'chosen for a ledger of %d s: a multiple of it, some hundred points',
    (ledger) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 20 * 365 * 24 }), (hours) => {
          const range = parseRange({ last: `${hours}h` }, NOW, seconds(ledger));
          const step = autoStep(range, seconds(ledger));
          expect(step % ledger).toBe(0);
          expect(bucketsIn(range, step)).toBeLessThanOrEqual(hours <= 7 * 368 * 24 ? 370 : 1100);
        }),
      );
    },
  );
});

describe('the budget', () => {
  const day = parseRange({ last: '24h' }, NOW, STEP);
  const year = parseRange({ last: '1y' }, NOW, STEP);

  it('lets a day of 5m steps in a thousand series through, and not in two thousand', () => {
    expect(() => checkBudget(day, STEP, STEP, 1000)).not.toThrow();
    expect(() => checkBudget(day, STEP, STEP, 2000)).toThrow(
      expect.objectContaining({ fix: 'Use step=10m or longer.' }),
    );
  });

  it('where no step helps it says what does', () => {
    expect(() => checkBudget(day, STEP, STEP, MAX_CELLS + 1)).toThrow(
      expect.objectContaining({ parameter: 'by', fix: expect.stringContaining('Group by fewer keys') }),
    );
  });

  it('the step that a refusal names is always accepted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600_000 }), fc.constantFrom(day, year), (series, range) => {
        try {
          checkBudget(range, STEP, STEP, series);
          expect(bucketsIn(range, STEP) * series).toBeLessThanOrEqual(MAX_CELLS);
          expect(bucketsIn(range, STEP)).toBeLessThanOrEqual(MAX_POINTS);
        } catch (error) {
          const problem = error as QueryProblem;
          expect(problem).toBeInstanceOf(QueryProblem);
          const better = /step=(\w+)/.exec(problem.fix)?.[1];
          if (better) expect(() => checkBudget(range, parseStep(better, STEP), STEP, series)).not.toThrow();
          else expect(problem.parameter).toBe('by');
        }
      }),
    );
  });
});
