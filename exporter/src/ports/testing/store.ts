import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds, type Seconds } from '../../domain/units.js';
import type { ComparisonHistory } from '../comparison.js';
import type { History } from '../history.js';
import type { Ledger } from '../ledger.js';
import type { Restating } from '../restating.js';

/** One empty place to keep ledgers in, as a contract suite needs it. */
export interface LedgerStore {
  /** Open, or open again, the ledger of a cluster; at most one at a time. Step 300 s, if none is given. */
  openLedger(cluster?: string, step?: Seconds): Promise<Ledger & Restating>;
  /** Open a reader beside it; only once a ledger has been opened. */
  openHistory(step?: Seconds): Promise<History & ComparisonHistory>;
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

/** Use a reader of ledgers that hold these results and nothing else. */
export function withHistory<T>(
  make: MakeStore,
  clusters: Readonly<Record<string, readonly IntervalResult[]>>,
  use: (history: History & ComparisonHistory) => Promise<T>,
): Promise<T> {
  return withStore(make, async (store) => {
    for (const [cluster, results] of Object.entries(clusters)) {
      const ledger = await store.openLedger(cluster);
      for (const result of results) await ledger.commit(result, COMMITTED_AT);
      await ledger.close();
    }
    return use(await store.openHistory());
  });
}

const COMMITTED_AT = epochSeconds(1_800_000_000);
