import type { IntervalResult, IntervalState } from '../domain/model.js';
import type { CommitOutcome, IntervalMark } from '../ports/ledger.js';

const RANK: Readonly<Record<IntervalState, number>> = { impossible: 0, partial: 1, complete: 2 };

/** A revision replaces what is as good, never what is better: a source that has forgotten must not erase what it once said. */
export function outcomeOf(held: IntervalMark | undefined, result: IntervalResult): CommitOutcome {
  if (!held) return 'written';
  const gain = RANK[result.state] - RANK[held.state] || result.coverage - held.coverage;
  return gain > 0 || (gain === 0 && result.revision !== held.revision) ? 'replaced' : 'unchanged';
}
