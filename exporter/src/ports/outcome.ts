/**
 * What a source answers: a value, or why there is none. "Unavailable" is never an empty value: no pods and no answer are two
 * different things.
 */
export const UNAVAILABLE_REASONS = [
  'refused', // no connection: refused, reset, DNS, TLS
  'timeout',
  'unauthorized', // 401, 403
  'throttled', // 429
  'server-error', // 5xx
  'bad-request', // 4xx and query errors
  'too-large', // byte or series cap
  'malformed', // not the protocol, truncated, wrong shape
  'not-configured',
  'cancelled',
] as const;
export type UnavailableReason = (typeof UNAVAILABLE_REASONS)[number];

export interface Unavailable {
  readonly ok: false;
  readonly reason: UnavailableReason;
  /** One line for people: what was attempted and what came back. Never a secret, never a URL's credentials. */
  readonly message: string;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

export interface Available<T> {
  readonly ok: true;
  readonly value: T;
  /** What the source itself warned of (for example Thanos' partial responses). */
  readonly warnings: readonly string[];
}

export type Outcome<T> = Available<T> | Unavailable;

export const available = <T>(value: T, warnings: readonly string[] = []): Available<T> => ({
  ok: true,
  value,
  warnings,
});
export const unavailable = (reason: UnavailableReason, message: string, retryable = true): Unavailable => ({
  ok: false,
  reason,
  message,
  retryable,
});
