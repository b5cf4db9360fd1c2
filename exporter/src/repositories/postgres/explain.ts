/** What a server or the network says, turned into what a person can act on. */
import { DatabaseError, type DatabaseProblem } from '../errors.js';

type Explanation = readonly [code: string, problem: DatabaseProblem, advice: string];

const NOT_ALLOWED =
  'does not allow the user to do this; make the user owner of the schema, or name one of its own in DB_SCHEMA';

/** By the start of the error's code: SQLSTATE, or that of the system. The first that fits. */
const EXPLANATIONS: readonly Explanation[] = [
  ['28', 'denied', 'refuses the user or the password; check DB_CONNECTION_STRING'],
  ['3D000', 'denied', 'has no such database; create it or name another in DB_CONNECTION_STRING'],
  ['42501', 'denied', NOT_ALLOWED],
  ['3F000', 'denied', NOT_ALLOWED],
  [
    '25006',
    'unwritable',
    'is read-only: a standby, or a server that a fail-over has left behind; DB_CONNECTION_STRING must lead to the primary',
  ],
  ['53100', 'failed', 'cannot grow: the disk is full; free some space'],
  [
    '53300',
    'unreachable',
    'has no connection left; lower DB_POOL_MAX_SIZE or raise max_connections of the server',
  ],
  [
    '57014',
    'failed',
    'took too long for a statement and was stopped; raise DB_STATEMENT_TIMEOUT_MS or ask for less',
  ],
  ['55P03', 'failed', 'is locked by another session for too long; it is tried again'],
  ['25P03', 'unreachable', 'ended a session that stood still in a transaction; it is tried again'],
  ['57P', 'unreachable', 'is starting, stopping or ended the connection; it is tried again'],
  ['08', 'unreachable', 'lost the connection; it is tried again'],
  ['40', 'failed', 'gave up a transaction for another; it is tried again'],
  [
    'XX001',
    'corrupt',
    'says that its data are damaged; they were left as they are: restore a copy of the database',
  ],
  [
    'SELF_SIGNED',
    'denied',
    'has a certificate that nobody vouches for; name its authority by sslrootcert in DB_CONNECTION_STRING',
  ],
  [
    'DEPTH_ZERO',
    'denied',
    'has a certificate that nobody vouches for; name its authority by sslrootcert in DB_CONNECTION_STRING',
  ],
  [
    'UNABLE_TO_',
    'denied',
    'has a certificate of an unknown authority; name it by sslrootcert in DB_CONNECTION_STRING',
  ],
  ['ERR_TLS_CERT', 'denied', 'has a certificate of another name; check the host in DB_CONNECTION_STRING'],
  ['CERT_', 'denied', 'has a certificate that does not hold'],
  ['E', 'unreachable', 'cannot be reached; check that it runs and DB_CONNECTION_STRING'],
];

/** What the driver says without a code: the connection is not there any more, or does not come. */
const NO_CODE: Explanation = [
  '',
  'unreachable',
  'cannot be reached or lost the connection; it is tried again',
];
const NO_TLS: Explanation = [
  '',
  'denied',
  'does not offer TLS; set DB_SSL_MODE=disable where the network is trusted',
];

export function explain(name: string, error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' && message !== '' ? message : String(error);
  const [, problem, advice] =
    typeof code === 'string'
      ? (EXPLANATIONS.find(([start]) => code.startsWith(start)) ?? ['', 'failed', 'refused a statement'])
      : said.includes('does not support SSL')
        ? NO_TLS
        : NO_CODE;
  return new DatabaseError(problem, `${name} ${advice} (${said})`, { cause: error });
}

/** Whether the connection should not be used again: it is gone, out of step, or leads to a server that was left behind. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const { problem, cause } = error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return problem === 'unreachable' || code === '25006';
}
