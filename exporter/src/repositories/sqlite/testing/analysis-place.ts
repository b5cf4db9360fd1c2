import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisPlace } from '../../../ports/testing/analysis-place.js';
import { STEP } from '../../../ports/testing/results.js';
import { openOutlookHistory, openStores } from '../../factory.js';

/** A place in a folder of its own; `path` is its database. */
export async function makeSqlitePlace(step = STEP): Promise<AnalysisPlace & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-analysis-'));
  const path = join(folder, 'greenkube.db');
  let ledger: { close(): Promise<void> } | null = null;
  const readers: { close(): Promise<void> }[] = [];
  return {
    path,
    open: async (cluster = 'c') => {
      await ledger?.close();
      const stores = await openStores({ type: 'sqlite', path, cluster, step });
      ledger = stores.ledger;
      const { profiles, recommendations } = stores.outlook!;
      return { ledger: stores.ledger, profiles, recommendations };
    },
    openHistory: async () => {
      const reader = await openOutlookHistory({ type: 'sqlite', path, step });
      readers.push(reader);
      return reader;
    },
    remove: async () => {
      for (const reader of readers) await reader.close();
      await ledger?.close();
      await rm(folder, { recursive: true });
    },
  };
}
