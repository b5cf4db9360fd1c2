/**
 * Which intervals are to be collected now. Live operation, restart, catch-up after an outage and the first backfill are this one
 * question asked of the ledger: the grid minus what it holds.
 */
import { ceilTo, floorTo, HOUR, newestSettled, startsIn, type TimeRange } from '../domain/interval.js';
import type { PartialReason } from '../domain/model.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { IntervalMark } from '../ports/ledger.js';

export interface DueOptions {
  readonly now: EpochSeconds;
  readonly step: Seconds;
  /** How long an interval must have been closed before it is collected. */
  readonly settle: Seconds;
  /** How far back history is wanted. */
  readonly backfill: Seconds;
  /** The oldest instant for which the source holds data; null when it holds none. */
  readonly oldest: EpochSeconds | null;
}

export interface DueWork {
  /** Contiguous grid ranges, each within one hour: the newest interval first, then the oldest gaps. */
  readonly chunks: readonly TimeRange[];
  /** Due intervals, those of `chunks`. */
  readonly due: number;
  /** Due intervals and those that wait for another try. */
  readonly pending: number;
}

/** Tries an interval gets before a partial answer is taken as final. */
export const MAX_ATTEMPTS = 5;

/** Samples that are this late do not come any more; remote write and rule evaluation lag by minutes. */
export const LATE_DATA = seconds(6 * 3600);

/** Reasons that lie in the data: only late samples can mend them. The others lie in one answer, and another try may. */
const IN_THE_DATA: readonly PartialReason[] = ['samples-missing', 'no-data', 'source-retention'];

/** The range of intervals that the ledger should hold at `now`: [oldest known or wanted, newest settled]. */
export function wantedRange(options: DueOptions): TimeRange {
  const { now, step, settle, backfill, oldest } = options;
  const newest = newestSettled(now, step, settle).start;
  // However short the backfill, the newest interval is wanted.
  const first = Math.min(newest, ceilTo(now - backfill, step));
  // An interval that the source only holds in part at its beginning would stay partial for ever: start at the next one.
  const from = oldest === null ? newest : epochSeconds(Math.max(first, ceilTo(oldest, step)));
  return { from, to: epochSeconds(newest + step) };
}

export function dueIntervals(marks: readonly IntervalMark[], options: DueOptions): DueWork {
  const byStart = new Map(marks.map((m) => [m.start as number, m]));
  const range = wantedRange(options);
  const due: EpochSeconds[] = [];
  let waiting = 0;
  for (const start of startsIn(range, options.step)) {
    const verdict = verdictOn(byStart.get(start), options.now);
    if (verdict === 'due') due.push(start);
    else if (verdict === 'wait') waiting++;
  }
  return { chunks: chunksOf(due, options.step), due: due.length, pending: due.length + waiting };
}

/** Everything of a range that is not complete, however often it was tried: what somebody who asks for it again wants. */
export function incompleteIn(
  marks: readonly IntervalMark[],
  range: TimeRange,
  step: Seconds,
): readonly TimeRange[] {
  const complete = new Set(marks.filter((m) => m.state === 'complete').map((m) => m.start as number));
  const missing = [...startsIn(range, step)].filter((start) => !complete.has(start));
  return hourly(missing, step);
}

/** "due": collect now; "wait": another try is owed but not yet; "final": nothing more to do. */
export function verdictOn(mark: IntervalMark | undefined, now: EpochSeconds): 'due' | 'wait' | 'final' {
  if (!mark) return 'due';
  if (mark.state === 'complete' || mark.attempts >= MAX_ATTEMPTS) return 'final';
  const inTheData = mark.partialReasons.every((r) => IN_THE_DATA.includes(r));
  if (inTheData && now - (mark.start + mark.step) > LATE_DATA) return 'final';
  const backoff = mark.step * 2 ** (mark.attempts - 1);
  return now >= mark.committedAt + backoff ? 'due' : 'wait';
}

function chunksOf(ascending: readonly EpochSeconds[], step: Seconds): TimeRange[] {
  const newest = ascending.at(-1);
  if (newest === undefined) return [];
  return [{ from: newest, to: epochSeconds(newest + step) }, ...hourly(ascending.slice(0, -1), step)];
}

/** Contiguous ranges, none of which crosses an hour. */
function hourly(ascending: readonly EpochSeconds[], step: Seconds): TimeRange[] {
  const ranges: TimeRange[] = [];
  for (const start of ascending) {
    const last = ranges.at(-1);
    const to = epochSeconds(start + step);
    if (last?.to === start && floorTo(last.from, HOUR) === floorTo(start, HOUR)) {
      ranges[ranges.length - 1] = { from: last.from, to };
    } else {
      ranges.push({ from: start, to });
    }
  }
  return ranges;
}
