/**
 * Who may write for a cluster. The lease is one document, replaced only by whoever read its last version: its holder renews it,
 * and whoever has watched it for its whole length without seeing it change takes it, by a clock of its own, so that no two clocks
 * have to agree. Each holder has a token larger than the one before; it fences off a holder that wakes up late (see `Journal`).
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from '../errors.js';
import type { Waiting } from '../waiting.js';
import type { Connection, Found, Version } from './connection.js';
import { leaseId } from './names.js';

interface Holder {
  /** Empty: it was given back. */
  readonly name: string;
  readonly token: number;
  /** Changes with every renewal, which is all that watchers look for. */
  readonly beat: number;
}
interface LeaseDocument {
  readonly body: Holder;
}

export const DEFAULT_LEASE_SECONDS = 15;
/** So many renewals may fail before others take over. */
const RENEWALS_PER_LEASE = 3;

export class Lease {
  readonly token: number;
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #version: Version;
  #holder: Holder;
  #renewal: Promise<void> = Promise.resolve();

  private constructor(
    connection: Connection,
    cluster: string,
    holder: Holder,
    version: Version,
    lengthMs: number,
  ) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#holder = holder;
    this.token = holder.token;
    this.#version = version;
    this.#timer = setInterval(() => {
      this.#renewal = this.#renewal.then(() => this.#renew());
    }, lengthMs / RENEWALS_PER_LEASE);
    this.#timer.unref();
  }

  /**
   * Become the one writer of a cluster.
   * @param waiting absent: refuse where another process writes
   * @throws DatabaseError "locked"
   */
  static async acquire(
    connection: Connection,
    cluster: string,
    lengthMs: number,
    waiting?: Waiting,
  ): Promise<Lease> {
    const name = `${hostname()}/${randomUUID().slice(0, 8)}`;
    const id = leaseId(cluster);
    for (;;) {
      const held = await read(connection, id);
      if (held && !(await isAbandoned(connection, id, held, lengthMs, waiting?.signal))) {
        const holder = held.source.body.name;
        if (!waiting || waiting.signal.aborted) throw lockedBy(connection, cluster, holder);
        waiting.onWaiting({ kind: 'held', holder });
        continue;
      }
      const mine = { name, token: (held?.source.body.token ?? 0) + 1, beat: 0 };
      const version = await write(connection, cluster, mine, held?.version ?? null);
      if (version) return new Lease(connection, cluster, mine, version, lengthMs);
    }
  }

  /** Aborted once another process is known to hold the lease. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** @throws DatabaseError "fenced" once it is known to be lost */
  assertHeld(): void {
    if (this.lost.aborted) throw takenOver(this.#connection, this.#cluster);
  }

  /** To be called by whoever finds out in another way. */
  giveUp(): DatabaseError {
    clearInterval(this.#timer);
    this.#lost.abort();
    return takenOver(this.#connection, this.#cluster);
  }

  /** So that the next writer need not wait. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
    if (this.lost.aborted) return;
    await write(this.#connection, this.#cluster, { ...this.#holder, name: '' }, this.#version);
  }

  /** The same for whoever could not begin to write. */
  async abandon(): Promise<void> {
    try {
      await this.release();
    } catch (error) {
      // Then it runs out by itself.
      if (!(error instanceof DatabaseError)) throw error;
    }
  }

  /** What cannot be reached now is tried again at the next beat; only another holder ends it. */
  async #renew(): Promise<void> {
    if (this.lost.aborted) return;
    const next = { ...this.#holder, beat: this.#holder.beat + 1 };
    try {
      const version = await write(this.#connection, this.#cluster, next, this.#version);
      if (version) {
        this.#version = version;
        this.#holder = next;
        return;
      }
      const found = await read(this.#connection, leaseId(this.#cluster));
      // A renewal of ours may have been written without an answer.
      if (found?.source.body.name === this.#holder.name) this.#version = found.version;
      else this.giveUp();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
    }
  }
}

/** Whether nobody renews it. Ends early when somebody does. */
async function isAbandoned(
  connection: Connection,
  id: string,
  held: Found<LeaseDocument>,
  lengthMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  if (held.source.body.name === '') return true;
  const until = performance.now() + lengthMs;
  while (performance.now() < until) {
    await delay(lengthMs / (2 * RENEWALS_PER_LEASE), undefined, { signal }).catch(() => undefined);
    const now = await read(connection, id);
    if (signal?.aborted || now?.version.seqNo !== held.version.seqNo) return false;
  }
  return true;
}

const read = (connection: Connection, id: string) =>
  connection.get<LeaseDocument>(connection.names.state, id);

const write = (connection: Connection, cluster: string, body: Holder, version: Version | null) =>
  connection.put(
    connection.names.state,
    leaseId(cluster),
    { cluster, what: 'lease', body },
    version ? { kind: 'unchanged', version } : { kind: 'new' },
  );

const lockedBy = (connection: Connection, cluster: string, holder: string) =>
  new DatabaseError(
    'locked',
    `${connection.label} is in use by another exporter of cluster ${cluster} (${holder}); only one may write: stop that one or name another cluster`,
  );

const takenOver = (connection: Connection, cluster: string) =>
  new DatabaseError(
    'fenced',
    `${connection.label}: another exporter has taken over the writing for cluster ${cluster}`,
  );
