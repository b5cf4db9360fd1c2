/** What a commit leaves of an interval in its day. */
import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds, seconds, type EpochSeconds } from '../../domain/units.js';
import type { Manifest, StoredMark } from './manifest.js';

export interface Destination {
  readonly day: Manifest;
  readonly at: EpochSeconds;
  readonly attempts: number;
  readonly gen: number;
}

export function markOf(result: IntervalResult, { at, attempts, gen }: Destination): StoredMark {
  const { interval, state, coverage, partialReasons, revision, currency, calculationVersion } = result;
  return {
    start: epochSeconds(interval.start),
    step: seconds(interval.step),
    ...{ state, coverage, partialReasons, revision, attempts, committedAt: at },
    gen: result.rows.length > 0 ? gen : 0,
    ...{ currency, calculationVersion },
  };
}

export const markToldAnew = (held: StoredMark, result: IntervalResult, gen: number): StoredMark => ({
  ...held,
  revision: result.revision,
  currency: result.currency,
  gen: result.rows.length > 0 ? gen : 0,
});
