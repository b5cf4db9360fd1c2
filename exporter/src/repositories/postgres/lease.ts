/**
 * Who writes for a cluster. The writer holds an advisory lock on a connection of its own, which the server drops with the
 * connection, so that a writer that dies is replaced at once; and it is heard of every few seconds, so that one that stands still,
 * its connection alive, is replaced too. What makes that safe is the token: it grows with every writer, and each transaction that
 * writes checks it, holding it until it ends. A writer that wakes up after it was replaced is refused by the next check.
 */
import type { Seconds } from '../../domain/units.js';
import { DatabaseError } from '../errors.js';
import type { Database, Held, Session } from './connection.js';

export interface LeaseOptions {
  readonly database: Database;
  readonly clusterId: number;
  /** For messages. */
  readonly cluster: string;
  /** Who asks; shown to those who wait. */
  readonly holder: string;
  /** A writer that has not been heard of for this long may be replaced. */
  readonly duration: Seconds;
}

/** Advisory locks are numbered by two integers: the table's oid makes them those of one schema. */
const KEY = `'lease'::regclass::oid::int4, $1::int4`;
const HOLDERS = `FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = 'lease'::regclass::oid AND l.objid::bigint = $1::bigint AND l.pid <> pg_backend_pid()`;

const RENEW = `UPDATE heartbeat SET at = clock_timestamp() WHERE cluster_id = $1
  AND EXISTS (SELECT 1 FROM lease WHERE cluster_id = $1 AND token = $2) RETURNING 1`;

/** How often within its duration a writer is heard of. */
const BEATS = 4;

export class Lease {
  readonly #options: LeaseOptions;
  readonly #connection: Held;
  readonly #token: number;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(options: LeaseOptions, connection: Held, token: number) {
    this.#options = options;
    this.#connection = connection;
    this.#token = token;
    connection.onEnd((error) => this.#lose(error));
    this.#timer = setInterval(() => void this.#renew(), (options.duration * 1000) / BEATS);
  }

  /**
   * @returns the name of who holds it when it cannot be had
   * @throws DatabaseError when the server cannot be asked
   */
  static async acquire(options: LeaseOptions): Promise<Lease | string> {
    const connection = await options.database.connect();
    try {
      const token = await take(connection, options);
      if (typeof token === 'number') return new Lease(options, connection, token);
      await connection.close();
      return token;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Aborted when another process writes now, or when the server ended the connection that held the lock. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * To be called first in a transaction that writes; nobody can take the lease over before it ends.
   * @throws DatabaseError "fenced"
   */
  async assertHeld(session: Session): Promise<void> {
    const found = await session.rows('SELECT 1 FROM lease WHERE cluster_id = $1 AND token = $2 FOR SHARE', [
      this.#options.clusterId,
      this.#token,
    ]);
    if (found.length === 0) throw this.#lose(this.#fenced());
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#lost.signal.aborted) {
      // The server frees it with the connection as well, but only when it gets to know that it has ended.
      await this.#connection
        .rows(`SELECT pg_advisory_unlock(${KEY})`, [this.#options.clusterId])
        .catch(() => undefined);
    }
    await this.#connection.close();
  }

  async #renew(): Promise<void> {
    try {
      const renewed = await this.#connection.rows(RENEW, [this.#options.clusterId, this.#token]);
      if (renewed.length === 0) this.#lose(this.#fenced());
    } catch (error) {
      this.#lose(error as DatabaseError);
    }
  }

  #lose(error: DatabaseError): DatabaseError {
    clearInterval(this.#timer);
    this.#lost.abort(error);
    return error;
  }

  #fenced(): DatabaseError {
    const { database, cluster } = this.#options;
    return new DatabaseError(
      'fenced',
      `${database.name}: another exporter has taken over writing for cluster ${cluster}; nothing was written`,
    );
  }
}

/** @returns the token, or who holds the lease */
async function take(connection: Held, options: LeaseOptions): Promise<number | string> {
  const { clusterId, holder, duration } = options;
  const tryLock = async () => {
    const [tried] = await connection.rows<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${KEY}) AS locked`,
      [clusterId],
    );
    return tried!.locked;
  };
  if (!(await tryLock())) {
    const [held] = await connection.rows<{ holder: string; silent: boolean }>(
      `SELECT l.holder, b.at < clock_timestamp() - make_interval(secs => $2) AS silent
       FROM lease l JOIN heartbeat b USING (cluster_id) WHERE cluster_id = $1`,
      [clusterId, duration],
    );
    if (!held!.silent) return held!.holder;
    await connection.rows(`SELECT pg_terminate_backend(l.pid) ${HOLDERS}`, [clusterId]);
    if (!(await tryLock())) return held!.holder;
  }
  const [taken] = await connection.rows<{ token: number }>(
    'UPDATE lease SET token = token + 1, holder = $2 WHERE cluster_id = $1 RETURNING token',
    [clusterId, holder],
  );
  await connection.rows('UPDATE heartbeat SET at = clock_timestamp() WHERE cluster_id = $1', [clusterId]);
  return taken!.token;
}
