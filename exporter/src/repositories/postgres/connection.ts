/** Connections to a PostgreSQL server, and what its errors mean to a person. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Seconds } from '../../domain/units.js';
import { DatabaseError } from '../errors.js';
import { explain, isBroken } from './explain.js';

export interface PostgresOptions {
  readonly type: 'postgres';
  /** A URL; holds the password. `sslrootcert` in it names a file of certificates to trust. */
  readonly connectionString: string;
  readonly schema: string;
  /** As libpq means it. */
  readonly sslMode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  readonly poolMaxSize: number;
  readonly statementTimeout: Seconds;
  /** A writer that has not been heard of for this long may be replaced; absent: follows from the step. */
  readonly leaseFor?: Seconds;
}

/** Statements of one transaction, or of none. */
export interface Session {
  /** int8 comes as number, numeric as bigint. @throws DatabaseError */
  rows<R>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** @param data in COPY's text format */
  copy(text: string, data: string): Promise<void>;
}

export interface Database extends Session {
  /** Server, database and schema. */
  readonly name: string;
  /** All or nothing. A second transaction never runs on the same connection at once. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Reads of one state of the database. @param tables that must not lose a partition meanwhile */
  snapshot<T>(tables: readonly string[], read: (session: Session) => Promise<T>): Promise<T>;
  /** A connection of its own, outside the pool; its statements run one after the other. */
  connect(): Promise<Held>;
  close(): Promise<void>;
}

export interface Held extends Session {
  /** Called once when the connection ends, whoever ended it. */
  onEnd(ended: (error: DatabaseError) => void): void;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;
/** A statement that waits for a lock of another session gives up before it would be taken for a slow one. */
const LOCK_MS = 10_000;
/** A session that stops in the middle of a transaction, its process being paused, must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_MS = 20_000;
/** The server ends a statement first; the client only where the server no longer answers. */
const ANSWER_SLACK_MS = 5000;
const FAREWELL_MS = 1000;
/**
 * Compiling a statement takes longer than running most of ours. How many rows a part of a range has is not known when it is
 * planned, and far fewer groups come of them than the planner fears: with so much it counts in memory and does not sort on disk.
 */
const PLANNING = { jit: 'off', work_mem: '16MB', hash_mem_multiplier: '8' } as const;

/** How the database is called in messages; without user and password. */
export function postgresName({ connectionString, schema }: PostgresOptions): string {
  const url = parse(connectionString);
  const host = url.hostname || url.searchParams.get('host') || 'localhost';
  return `PostgreSQL ${decodeURIComponent(host)}:${url.port || '5432'}${url.pathname} schema ${schema}`;
}

export function openDatabase(options: PostgresOptions): Database {
  const name = postgresName(options);
  const config = clientConfig(options);
  const pool = new pg.Pool({ ...config, max: options.poolMaxSize, idleTimeoutMillis: IDLE_MS });
  let closed: Promise<void> | null = null;
  // A connection that the server ends while nobody uses it leaves the pool; whoever needs one next gets another.
  pool.on('error', () => undefined);
  // One that is lost between two statements is told of by the next.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const use = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const client = await explaining(name, () => pool.connect());
    let broken = false;
    try {
      return await work(sessionOf(name, client));
    } catch (error) {
      broken = isBroken(error);
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const transaction = <T>(begin: readonly string[], work: (session: Session) => Promise<T>): Promise<T> =>
    use(async (session) => {
      await session.rows(begin[0]!);
      try {
        for (const text of begin.slice(1)) await session.rows(text);
        const result = await work(session);
        await session.rows('COMMIT');
        return result;
      } catch (error) {
        if (!isBroken(error)) await session.rows('ROLLBACK');
        throw error;
      }
    });
  return {
    name,
    rows: (text, values) => use((session) => session.rows(text, values)),
    copy: (text, data) => use((session) => session.copy(text, data)),
    transaction: (work) => transaction(['BEGIN'], work),
    snapshot: (tables, read) =>
      transaction(
        [
          'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
          ...(tables.length > 0 ? [`LOCK TABLE ONLY ${tables.join(', ONLY ')} IN ACCESS SHARE MODE`] : []),
        ],
        read,
      ),
    connect: () => holdConnection(name, config),
    close: () => (closed ??= pool.end()),
  };
}

async function holdConnection(name: string, config: pg.ClientConfig): Promise<Held> {
  const client = new pg.Client(config);
  const listeners: ((error: DatabaseError) => void)[] = [];
  let closing = false;
  let cause: unknown = new Error('the connection ended');
  client.on('error', (error) => (cause = error));
  client.on('end', () => {
    if (!closing) for (const listener of listeners) listener(explain(name, cause));
  });
  await explaining(name, () => client.connect());
  const session = sessionOf(name, client);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...session,
    rows: <R>(text: string, values?: readonly unknown[]) => {
      const result = last.then(() => session.rows<R>(text, values));
      last = result.catch(() => undefined);
      return result;
    },
    onEnd: (ended) => listeners.push(ended),
    close: async () => {
      if (closing) return;
      closing = true;
      // A server that is cut off would not answer a farewell.
      await Promise.race([
        client.end().catch(() => undefined),
        delay(FAREWELL_MS, undefined, { ref: false }),
      ]);
    },
  };
}

function sessionOf(name: string, client: pg.ClientBase): Session {
  return {
    rows: <R>(text: string, values: readonly unknown[] = []) =>
      explaining(name, async () => {
        const { rows } = await client.query<R & pg.QueryResultRow>(text, [...values]);
        return rows;
      }),
    copy: (text, data) =>
      explaining(name, () => pipeline(Readable.from([Buffer.from(data)]), client.query(copyFrom(text)))),
  };
}

async function explaining<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(name, error);
  }
}

function clientConfig(options: PostgresOptions): pg.ClientConfig {
  const url = parse(options.connectionString);
  const authority = url.searchParams.get('sslrootcert');
  // What is left would say something else than DB_SSL_MODE, which decides.
  for (const name of [...url.searchParams.keys()]) if (name.startsWith('ssl')) url.searchParams.delete(name);
  const statementMs = Math.round(options.statementTimeout * 1000);
  return {
    connectionString: url.toString(),
    ssl: tlsOf(options, authority),
    application_name: 'greenkube',
    options: Object.entries({ search_path: options.schema, ...PLANNING })
      .map(([key, value]) => `-c ${key}=${value}`)
      .join(' '),
    statement_timeout: statementMs,
    lock_timeout: Math.min(statementMs, LOCK_MS),
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: statementMs + ANSWER_SLACK_MS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: typeParser },
  };
}

function tlsOf(options: PostgresOptions, authority: string | null): pg.ClientConfig['ssl'] {
  const { sslMode } = options;
  if (sslMode === 'disable') return false;
  if (sslMode === 'require') return { rejectUnauthorized: false };
  const ca = authority === null ? {} : { ca: readAuthority(options, authority) };
  const anyName = sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {};
  return { rejectUnauthorized: true, ...ca, ...anyName };
}

function readAuthority(options: PostgresOptions, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DatabaseError(
      'denied',
      `${postgresName(options)}: cannot read ${file}, which sslrootcert in DB_CONNECTION_STRING names (${(error as Error).message})`,
      { cause: error },
    );
  }
}

function parse(connectionString: string): URL {
  try {
    return new URL(connectionString);
  } catch {
    throw new DatabaseError(
      'denied',
      'DB_CONNECTION_STRING is not a URL; write special characters of the password as %XX',
    );
  }
}

const INT8 = 20;
const NUMERIC = 1700;

/** Amounts of one interval and times fit a number; sums may not. */
function typeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) return Number;
  if (oid === NUMERIC) return BigInt;
  return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
}
