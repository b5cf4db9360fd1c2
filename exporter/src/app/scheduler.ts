/** When the next cycle starts. */
import { newestSettled } from '../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { CycleOutcome } from '../pipeline/cycle.js';

/** Waits between tries while the source or the database does not answer, seconds; never longer than one step. */
const BACKOFF = [5, 10, 20, 40, 80, 160, 300];

export type CycleEnd = CycleOutcome['state'] | 'failed';

/** @param failures cycles in a row that ended "unavailable" or "failed", this one included */
export function nextWake(
  end: CycleEnd,
  failures: number,
  now: EpochSeconds,
  step: Seconds,
  settle: Seconds,
): EpochSeconds {
  if (end === 'more' || end === 'stopped') return now;
  // The interval after the newest settled one settles one step later.
  const next = newestSettled(now, step, settle).start + 2 * step + settle;
  if (end === 'idle') return epochSeconds(next);
  const backoff = BACKOFF[Math.min(failures, BACKOFF.length) - 1] ?? step;
  return epochSeconds(now + Math.min(backoff, step));
}
