/** From what went wrong on the wire to a reason of the ports. */
import type { UnavailableReason } from '../ports/outcome.js';

export interface Failure {
  readonly reason: UnavailableReason;
  readonly detail: string;
  readonly retryable: boolean;
  /** Whether trying again at once is worth it: not after a timeout, which would double the load on a slow server. */
  readonly again: boolean;
}

const failure = (reason: UnavailableReason, detail: string, retryable = true, again = false): Failure => ({
  reason,
  detail,
  retryable,
  again,
});

/** Reason for an HTTP status that is not 2xx. */
export function ofStatus(status: number): Failure {
  const text = `answered ${status}`;
  if (status >= 500)
    return failure('server-error', text, true, status === 500 || status === 502 || status === 503);
  if (status === 429) return failure('throttled', text, true, true);
  if (status === 401 || status === 403)
    return failure('unauthorized', `${text}; check the credentials`, false);
  if (status === 407) return failure('unauthorized', text, false);
  if (status === 408) return failure('timeout', text);
  if (status === 413) return failure('too-large', text, false);
  if (status >= 400) return failure('bad-request', text, false);
  if (status >= 300)
    return failure('malformed', `${text}; redirects are not followed, set the final URL`, false);
  return failure('malformed', `${text}, which is not an answer`, false);
}

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO|ERR_SSL_)/;
/** Mistakes of this program, not of the peer: they must surface. */
const PROGRAMMING = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);

/** Reason for an error thrown while connecting, sending or reading; null for an error that is not the peer's doing. */
export function ofError(error: unknown): Failure | null {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'HTTPParserError') return failure('malformed', 'did not answer in HTTP');
  if (typeof code !== 'string' || PROGRAMMING.has(code) || code.startsWith('ERR_INVALID_')) return null;
  if (code === 'ERR_BODY_TOO_LARGE') return failure('too-large', message, false);
  if (code === 'ERR_BROKEN_BODY') return failure('malformed', message, true, true);
  if (code === 'ERR_ADDRESS_DENIED') return failure('refused', message, false);
  if (TIMEOUTS.has(code)) return failure('timeout', `timed out (${code})`);
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure('malformed', `did not answer in HTTP (${code})`);
  }
  if (CERTIFICATE.test(code))
    return failure('refused', `no secure connection (${code}); check the CA file`, false);
  return failure('refused', `no connection (${code})`, true, true);
}
