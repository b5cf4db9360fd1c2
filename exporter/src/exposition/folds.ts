/**
 * Which workloads have counters of their own when there are more than the cap allows. A counter may neither lose what it has
 * counted (a scrape would read a reset) nor gain what another had (a scrape would read a burst), so the choice is made once,
 * when a workload joins the ledger, and never taken back: by ordinal, ranges of ordinals are kept and folded in turn.
 */
import { DAY } from '../domain/interval.js';
import type { EpochSeconds } from '../domain/units.js';

export interface Folds {
  /** Ordinals at which keeping and folding take turns, ascending, kept first: [100, 250] folds 100 to 249. */
  readonly turns: readonly number[];
  /** Ordinals below this have been decided on. */
  readonly decided: number;
}

export const NO_FOLDS: Folds = { turns: [], decided: 0 };

/** Keeping begins again when living kept workloads fall below this part of the cap, so that it does not flap. */
const RESUME_BELOW = 0.8;

interface Joined {
  readonly ordinal: number;
  readonly lastSeen: EpochSeconds;
}

/** Seen within a day: counters of others are not written. */
export const isLive = (lastSeen: EpochSeconds, at: EpochSeconds): boolean => lastSeen > at - DAY;

export function isFolded(ordinal: number, folds: Folds): boolean {
  const { turns } = folds;
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (turns[middle]! <= ordinal) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/**
 * The folds after everything that has joined. When more than `cap` kept workloads live, of the newcomers those that joined
 * last fold, and all later ones until there is room again; what an earlier call has decided stays. Hand the answer in again.
 */
export function advanceFolds(
  folds: Folds,
  workloads: readonly Joined[],
  at: EpochSeconds,
  cap: number,
): Folds {
  const live = workloads.filter((w) => isLive(w.lastSeen, at) && !isFolded(w.ordinal, folds));
  const decided = workloads.reduce((max, w) => Math.max(max, w.ordinal + 1), folds.decided);
  const folding = folds.turns.length % 2 === 1;
  if (folding && live.length < cap * RESUME_BELOW) return { turns: [...folds.turns, decided], decided };
  if (folding || live.length <= cap) return { turns: folds.turns, decided };
  const first = live.map((w) => w.ordinal).sort((a, b) => a - b)[cap]!;
  return { turns: [...folds.turns, Math.max(first, folds.decided)], decided };
}
