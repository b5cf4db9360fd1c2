/** The machine's clocks, read here and nowhere else. */
import { setTimeout as delay } from 'node:timers/promises';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { Stopwatch } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';

export const systemClock: Clock = { now: () => epochSeconds(Math.floor(Date.now() / 1000)) };

export const systemStopwatch: Stopwatch = () => performance.now() / 1000;

/** Longest single sleep: a clock that is set forward or a laptop that wakes up is noticed this soon. */
const NAP_SECONDS = 15;

/** Sleep until the wall clock shows `at`, or the signal is aborted. Never rejects. */
export async function sleepUntil(at: EpochSeconds, signal: AbortSignal): Promise<void> {
  for (let left = at - systemClock.now(); left > 0 && !signal.aborted; left = at - systemClock.now()) {
    await delay(Math.min(left, NAP_SECONDS) * 1000, undefined, { signal }).catch(() => undefined);
  }
}
