import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { History } from '../../../ports/history.js';
import type { Ledger } from '../../../ports/ledger.js';
import { STEP } from '../../../ports/testing/results.js';
import type { LedgerStore } from '../../../ports/testing/store.js';
import { openHistory, openLedger } from '../../factory.js';

/** A store in a folder of its own; `path` is its database. */
export async function makeSqliteStore(): Promise<LedgerStore & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-ledger-'));
  const path = join(folder, 'greenkube.db');
  const open: (Ledger | History)[] = [];
  const kept = <T extends Ledger | History>(opened: T): T => {
    open.push(opened);
    return opened;
  };
  return {
    path,
    openLedger: async (cluster = 'c', step = STEP) =>
      kept(await openLedger({ type: 'sqlite', path, cluster, step })),
    openHistory: async (step = STEP) => kept(await openHistory({ type: 'sqlite', path, step })),
    remove: async () => {
      for (const opened of open) await opened.close();
      await rm(folder, { recursive: true });
    },
  };
}
