import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newestSettled } from '../domain/interval.js';
import type { IntervalState, PartialReason } from '../domain/model.js';
import { epochSeconds, ratio, seconds } from '../domain/units.js';
import type { IntervalMark } from '../ports/ledger.js';
import {
  dueIntervals,
  LATE_DATA,
  MAX_ATTEMPTS,
  verdictOn,
  wantedRange,
  type DueOptions,
} from './due-intervals.js';

const HOUR = 3600;
const T0 = epochSeconds(1_800_000_000); // a whole hour
const step = seconds(300);

const options = (over: Partial<DueOptions> = {}): DueOptions => ({
  now: T0,
  step,
  settle: seconds(60),
  backfill: seconds(2 * HOUR),
  oldest: epochSeconds(0),
  ...over,
});

const mark = (start: number, state: IntervalState, over: Partial<IntervalMark> = {}): IntervalMark => ({
  start: epochSeconds(start),
  step,
  state,
  coverage: ratio(state === 'complete' ? 1 : 0.5),
  partialReasons: state === 'complete' ? [] : ['samples-missing'],
  revision: 'r',
  attempts: 1,
  committedAt: epochSeconds(start + 400),
  ...over,
});

const startsOf = (work: ReturnType<typeof dueIntervals>) =>
  work.chunks.flatMap((c) => {
    const out: number[] = [];
    for (let t = c.from as number; t < c.to; t += step) out.push(t);
    return out;
  });

describe('due intervals', () => {
  it('begins with the newest settled interval, then the oldest gaps', () => {
    const work = dueIntervals([], options());
    const starts = startsOf(work);
    // At 10:00:00 with 60 s to settle, 9:55 is not settled yet: 9:50 is the newest.
    expect(starts[0]).toBe(T0 - 600);
    expect(starts.slice(1)).toEqual([...starts.slice(1)].sort((a, b) => a - b));
    expect(starts[1]).toBe(T0 - 2 * HOUR);
    expect(work.due).toBe(23);
  });

  it('waits until an interval has settled', () => {
    const newest = (now: number) => startsOf(dueIntervals([], options({ now: epochSeconds(now) })))[0];
    expect(newest(T0 + 59)).toBe(T0 - 600);
    expect(newest(T0 + 60)).toBe(T0 - 300);
  });

  it('always wants the newest settled interval, however short the backfill', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7200 }), fc.integer({ min: 0, max: 1200 }), (offset, back) => {
        const o = options({ now: epochSeconds(T0 + offset), backfill: seconds(back) });
        const newest = newestSettled(o.now, o.step, o.settle).start;
        expect(startsOf(dueIntervals([], o))).toContain(newest);
        if (back === 0) expect(startsOf(dueIntervals([], o))).toEqual([newest]);
      }),
    );
  });

  it('covers the wanted range exactly once: held and due intervals are disjoint and complete', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7200 }), fc.array(fc.nat(23)), (offset, held) => {
        const o = options({ now: epochSeconds(T0 + offset) });
        const range = wantedRange(o);
        const marks = [...new Set(held)].map((i) => mark(range.from + i * step, 'complete'));
        const due = startsOf(dueIntervals(marks, o));
        expect(new Set(due).size).toBe(due.length);
        const all = new Set([...due, ...marks.map((m) => m.start as number)]);
        for (let t = range.from as number; t < range.to; t += step) expect(all.has(t)).toBe(true);
        expect(due.every((t) => t >= range.from && t < range.to)).toBe(true);
      }),
    );
  });

  it('never lets a chunk cross an hour or hold more than an hour', () => {
    const { chunks } = dueIntervals([], options({ backfill: seconds(50 * HOUR) }));
    for (const c of chunks) {
      expect(Math.floor(c.from / HOUR)).toBe(Math.floor((c.to - 1) / HOUR));
    }
  });

  it('goes back only as far as the source does, from its first whole interval', () => {
    const work = dueIntervals([], options({ oldest: epochSeconds(T0 - 1801) }));
    expect(Math.min(...startsOf(work))).toBe(T0 - 1800);
  });

  it('asks only for the newest interval while the source holds nothing', () => {
    expect(startsOf(dueIntervals([], options({ oldest: null })))).toEqual([T0 - 600]);
  });

  it('finds a gap of two weeks after two weeks off', () => {
    const last = T0 - 14 * 24 * HOUR;
    const marks = [mark(last - 300, 'complete')];
    const work = dueIntervals(
      marks,
      options({ backfill: seconds(30 * 24 * HOUR), oldest: epochSeconds(last - 300) }),
    );
    expect(work.due).toBe((T0 - 300 - last) / step);
  });
});

describe('another try', () => {
  const now = (after: number) => epochSeconds(T0 + 400 + after);
  it.each<[string, IntervalMark | undefined, number, string]>([
    ['nothing known', undefined, 0, 'due'],
    ['complete', mark(T0, 'complete'), 1e9, 'final'],
    ['partial, just tried', mark(T0, 'partial'), 299, 'wait'],
    ['partial, one step later', mark(T0, 'partial'), 300, 'due'],
    ['partial, tried three times', mark(T0, 'partial', { attempts: 3 }), 1199, 'wait'],
    ['partial, tried three times, later', mark(T0, 'partial', { attempts: 3 }), 1200, 'due'],
    ['partial, tried often enough', mark(T0, 'partial', { attempts: MAX_ATTEMPTS }), 1e6, 'final'],
    ['samples missing for good', mark(T0, 'partial'), LATE_DATA, 'final'],
    ['nothing held for it', mark(T0, 'impossible', { partialReasons: ['no-data'] }), 300, 'due'],
  ])('%s', (_name, known, after, verdict) => {
    expect(verdictOn(known, now(after))).toBe(verdict);
  });

  it.each<PartialReason>(['source-warning', 'series-rejected', 'series-capped', 'inventory-missing'])(
    '%s lies in one answer: it is tried again at any age',
    (reason) => {
      const old = mark(T0, 'partial', { partialReasons: [reason, 'samples-missing'] });
      expect(verdictOn(old, now(10 * LATE_DATA))).toBe('due');
    },
  );
});
