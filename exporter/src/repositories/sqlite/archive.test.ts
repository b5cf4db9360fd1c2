import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { archiveContract } from '../../pipeline/archive.contract.js';
import { ARCHIVE_STEP, type ArchivePlace } from '../../pipeline/testing/archive-ledgers.js';
import { openHistory, openStores } from '../factory.js';

async function makePlace(): Promise<ArchivePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-archive-'));
  const options = { type: 'sqlite', path: join(folder, 'greenkube.db'), step: ARCHIVE_STEP } as const;
  const open: { close(): Promise<void> }[] = [];
  return {
    open: async () => {
      const stores = await openStores({ ...options, cluster: 'c' });
      open.push(stores.ledger);
      return stores;
    },
    openHistory: async () => {
      const history = await openHistory(options);
      open.push(history);
      return history;
    },
    remove: async () => {
      for (const opened of open) await opened.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A try fills and moves two days. */
jest.setTimeout(120_000);

archiveContract('sqlite', makePlace, 6);
