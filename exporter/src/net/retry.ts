/** When a failed request is tried again at once, and how long to wait first. */
import { setTimeout as delay } from 'node:timers/promises';

/** Longest Retry-After that is waited for inside one request; a longer one is left to the next cycle. */
export const MAX_RETRY_WAIT_MS = 10_000;
const CAPACITY = 10;
const REFILL_PER_SUCCESS = 0.2;

/**
 * Token bucket that keeps retries a small part of the traffic, as in gRPC's retry throttling: a retry costs one token, a success
 * earns a fifth. A server that fails everything soon gets one try a request.
 */
export class RetryBudget {
  private tokens = CAPACITY;

  take(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  credit(): void {
    this.tokens = Math.min(CAPACITY, this.tokens + REFILL_PER_SUCCESS);
  }
}

/** Exponential backoff with jitter: between half and the whole of base * 2^attempt, ms. `random` is in [0, 1). */
export function backoffMs(base: number, attempt: number, random: number): number {
  return base * 2 ** attempt * (0.5 + random / 2);
}

/**
 * Milliseconds of a Retry-After header, or null when there is none or it is not understood. A date is measured against the
 * answer's own Date header, so a wrong clock on either side does not matter.
 */
export function retryAfterMs(header: string | undefined, date: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const until = Date.parse(header) - Date.parse(date ?? '');
  return Number.isNaN(until) ? null : Math.max(0, until);
}

/** Waits, or returns false as soon as the signal aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return delay(ms, true, signal ? { signal } : {}).catch((error: unknown) => {
    if (signal?.aborted) return false;
    throw error;
  });
}
