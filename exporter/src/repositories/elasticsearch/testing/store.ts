import { Client } from '@elastic/elasticsearch';
import type { Seconds } from '../../../domain/units.js';
import type { History } from '../../../ports/history.js';
import type { Ledger } from '../../../ports/ledger.js';
import { STEP } from '../../../ports/testing/results.js';
import type { LedgerStore } from '../../../ports/testing/store.js';
import type { ElasticsearchOptions } from '../connection.js';
import { openElasticsearchHistory, openElasticsearchStores } from '../open.js';
import { SCHEMA_VERSION } from '../templates.js';

/** Short, as a writer that was not closed holds up the next one for so long. */
const LEASE_SECONDS = 2;

/**
 * Empty stores on one server. Indices are used again, since making some for each store takes longer than most tests: a store
 * that is given back is emptied of all but its leases, whose tokens go on, as do versions of deleted documents.
 */
export class ElasticsearchPlaces {
  readonly #url: string;
  readonly #name: string;
  readonly #client: Client;
  readonly #free: string[] = [];
  #made = 0;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
    this.#client = new Client({ node: url });
  }

  take(): string {
    return this.#free.pop() ?? `${this.#name}-${this.#made++}`;
  }

  optionsFor(prefix: string): ElasticsearchOptions {
    return {
      type: 'elasticsearch',
      hosts: [this.#url],
      verifyCerts: true,
      prefix,
      leaseSeconds: LEASE_SECONDS,
    };
  }

  async giveBack(prefix: string): Promise<void> {
    const index = `${prefix}.*`;
    await this.#client.indices.refresh({ index });
    await this.#client.deleteByQuery({
      index,
      query: { bool: { must_not: [{ terms: { what: ['lease', 'registry'] } }] } },
      conflicts: 'proceed',
      refresh: true,
    });
    const document = { what: 'registry', body: { schema: SCHEMA_VERSION, clusters: [] } };
    await this.#client.index({ index: `${prefix}.state`, id: 'registry', document });
    this.#free.push(prefix);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

export async function makeElasticsearchStore(
  places: ElasticsearchPlaces,
): Promise<LedgerStore & { readonly options: ElasticsearchOptions }> {
  const prefix = places.take();
  const options = places.optionsFor(prefix);
  const open: (Ledger | History)[] = [];
  const kept = <T extends Ledger | History>(opened: T): T => {
    open.push(opened);
    return opened;
  };
  return {
    options,
    openLedger: async (cluster = 'c', step: Seconds = STEP) =>
      kept((await openElasticsearchStores({ ...options, cluster, step })).ledger),
    openHistory: async (step: Seconds = STEP) => kept(await openElasticsearchHistory({ ...options, step })),
    remove: async () => {
      for (const opened of open) await opened.close();
      await places.giveBack(prefix);
    },
  };
}
