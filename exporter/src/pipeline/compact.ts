/** What keeps a ledger small and whole in the long run; to be done after a cycle, a bounded piece at a time. */
import { DAY, startsIn, type TimeRange } from '../domain/interval.js';
import { CALCULATION_VERSION, type IntervalResult } from '../domain/model.js';
import { epochSeconds, ratio, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Ledger, Pruned } from '../ports/ledger.js';
import { wantedRange, type DueOptions } from './due-intervals.js';

/** How long each grain is kept; `day` null: for ever. */
export interface Retention {
  readonly raw: Seconds;
  readonly hour: Seconds;
  readonly day: Seconds | null;
}

export interface CompactOptions {
  readonly now: EpochSeconds;
  readonly retention: Retention;
  readonly signal: AbortSignal;
  /** Transactions at most, each of at most an hour of rows. */
  readonly limit?: number;
}

export interface Compacted {
  readonly pruned: Pruned;
  /** Whether the limit was reached before everything was done. */
  readonly more: boolean;
}

const DAY_AND_A_BIT = 26;

/** Prune what has passed its retention. @throws what the ledger throws */
export async function compact(ledger: Ledger, options: CompactOptions): Promise<Compacted> {
  const { now, retention, signal, limit = DAY_AND_A_BIT } = options;
  const ago = (age: Seconds) => epochSeconds(now - age);
  const before = {
    raw: ago(retention.raw),
    hour: ago(retention.hour),
    day: retention.day === null ? null : ago(retention.day),
  };
  let pruned: Pruned = { raw: 0, hour: 0, day: 0 };
  for (let i = 0; i < limit && !signal.aborted; i++) {
    const step = await ledger.prune(before);
    if (step.raw + step.hour + step.day === 0) return { pruned, more: false };
    pruned = { raw: pruned.raw + step.raw, hour: pruned.hour + step.hour, day: pruned.day + step.day };
  }
  return { pruned, more: true };
}

/** How long a day must be over: a source that had lost sight of its past for a while may have found it again by then. */
const CLOSE_AFTER = DAY;

export interface CloseOptions extends DueOptions {
  readonly currency: string;
  readonly signal: AbortSignal;
}

/**
 * Mark as impossible what lies in a day of the ledger but before all that the source can still be asked for: the head of the
 * first day, and both edges of an outage that outlasted the source's memory. Without a mark their days would never be whole.
 * A source that holds nothing says nothing about the past either: then nothing is marked.
 * @returns how many intervals were marked
 */
export async function closeUnreachable(ledger: Ledger, options: CloseOptions): Promise<number> {
  const { now, step, oldest, currency, signal } = options;
  if (oldest === null) return 0;
  const { from } = wantedRange(options);
  let closed = 0;
  for (const day of await ledger.openDays(epochSeconds(now - CLOSE_AFTER))) {
    const range = { from: day, to: epochSeconds(Math.min(day + DAY, from)) };
    for (const start of await unmarkedIn(ledger, range, step)) {
      if (signal.aborted) return closed;
      await ledger.commit(unreachable(start, step, currency), now);
      closed++;
    }
  }
  return closed;
}

async function unmarkedIn(ledger: Ledger, range: TimeRange, step: Seconds): Promise<EpochSeconds[]> {
  const marked = new Set<number>((await ledger.marks(range)).map((m) => m.start));
  return [...startsIn(range, step)].filter((start) => !marked.has(start));
}

const unreachable = (start: EpochSeconds, step: Seconds, currency: string): IntervalResult => ({
  interval: { start, step },
  state: 'impossible',
  coverage: ratio(0),
  partialReasons: ['source-retention'],
  currency,
  calculationVersion: CALCULATION_VERSION,
  revision: 'none',
  nodes: [],
  rows: [],
  containers: [],
});
