import type { Seconds } from '../../domain/units.js';
import type { History } from '../history.js';
import type { Ledger } from '../ledger.js';

/** One empty place to keep ledgers in, as a contract suite needs it. */
export interface LedgerStore {
  /** Open, or open again, the ledger of a cluster; at most one at a time. Step 300 s, if none is given. */
  openLedger(cluster?: string, step?: Seconds): Promise<Ledger>;
  /** Open a reader beside it; only once a ledger has been opened. */
  openHistory(step?: Seconds): Promise<History>;
  remove(): Promise<void>;
}

export type MakeStore = () => Promise<LedgerStore>;

/** Use an empty store and leave nothing behind. */
export async function withStore<T>(make: MakeStore, use: (store: LedgerStore) => Promise<T>): Promise<T> {
  const store = await make();
  try {
    return await use(store);
  } finally {
    await store.remove();
  }
}
