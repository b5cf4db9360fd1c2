import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';

export interface KubernetesTiming {
  /** Monotonic, ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** First wait after a failure, and the longest. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** How long the server keeps a watch open, s; up to a fifth less, so that not all end together. */
  readonly watchSeconds: number;
  /** Between two tries of what is forbidden or absent, and between lists where watching is forbidden. */
  readonly recheckMs: number;
  /** A resource of which nothing was heard for this long is no longer taken to be as it was. */
  readonly staleMs: number;
  /** How long a resource may fail before it is no longer taken to be as it was; less than any interval waits to be computed. */
  readonly graceMs: number;
  /** Longest that the first answer waits for the first lists. */
  readonly firstListMs: number;
}

const RANDOM_STEPS = 2 ** 32;
const MINUTE = 60_000;

/**
 * A quiet watch brings a bookmark every minute or, from a server without a watch cache, nothing until it ends; where watching is
 * forbidden, a list comes every `recheckMs`. `staleMs` is longer than two of either.
 */
export const DEFAULT_TIMING: KubernetesTiming = {
  now: () => performance.now(),
  random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  watchSeconds: 240,
  recheckMs: 5 * MINUTE,
  staleMs: 11 * MINUTE,
  graceMs: 10_000,
  firstListMs: 2 * MINUTE,
};
