import type { AnalysisPlace } from '../../../ports/testing/analysis-place.js';
import { STEP } from '../../../ports/testing/results.js';
import { openOutlookHistory } from '../../factory.js';
import { makePostgresStore } from './store.js';

/** A place in a schema of its own. */
export async function makePostgresPlace(step = STEP): Promise<AnalysisPlace> {
  const store = await makePostgresStore();
  let ledger: { close(): Promise<void> } | null = null;
  const readers: { close(): Promise<void> }[] = [];
  return {
    open: async (cluster = 'c') => {
      await ledger?.close();
      const stores = await store.openStores(cluster, step);
      ledger = stores.ledger;
      const { profiles, recommendations } = stores.outlook!;
      return { ledger: stores.ledger, profiles, recommendations };
    },
    openHistory: async () => {
      const reader = await openOutlookHistory({ ...store.options, step });
      readers.push(reader);
      return reader;
    },
    remove: async () => {
      for (const reader of readers) await reader.close();
      await store.remove();
    },
  };
}
