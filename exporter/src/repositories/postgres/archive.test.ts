import { jest } from '@jest/globals';
import { archiveContract } from '../../pipeline/archive.contract.js';
import { ARCHIVE_STEP, type ArchivePlace } from '../../pipeline/testing/archive-ledgers.js';
import { makePostgresStore } from './testing/store.js';

async function makePlace(): Promise<ArchivePlace> {
  const store = await makePostgresStore();
  return {
    open: () => store.openStores('c', ARCHIVE_STEP),
    openHistory: () => store.openHistory(ARCHIVE_STEP),
    remove: () => store.remove(),
  };
}

/** A try fills and moves two days. */
jest.setTimeout(180_000);

archiveContract('postgres', makePlace, 2);
