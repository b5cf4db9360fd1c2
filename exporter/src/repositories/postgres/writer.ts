/** Writing for one cluster: transactions one after the other, each only while the lease is held. */
import type { Database, Session } from './connection.js';
import type { Lease } from './lease.js';
import { Partitions } from './partitions.js';

export class Writer {
  readonly database: Database;
  readonly clusterId: number;
  readonly partitions: Partitions;
  readonly #lease: Lease;
  #last: Promise<unknown> = Promise.resolve();
  readonly #onFailure: (() => void)[] = [];

  constructor(database: Database, clusterId: number, lease: Lease) {
    this.database = database;
    this.clusterId = clusterId;
    this.partitions = new Partitions(database);
    this.#lease = lease;
  }

  /** Called when a transaction has failed, its COMMIT included: what it had learnt may not be so. */
  onFailure(forget: () => void): void {
    this.#onFailure.push(forget);
  }

  /** @throws DatabaseError "fenced" when another process writes now */
  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#write(work));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#lease.release();
    await this.database.close();
  }

  async #write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(async (session) => {
        await this.#lease.assertHeld(session);
        return work(session);
      });
    } catch (error) {
      for (const forget of this.#onFailure) forget();
      throw error;
    }
  }
}
