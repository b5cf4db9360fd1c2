/** Moving ledgers into and out of a real Elasticsearch. */
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { archiveContract } from '../../pipeline/archive.contract.js';
import { ARCHIVE_STEP, type ArchivePlace } from '../../pipeline/testing/archive-ledgers.js';
import { openElasticsearchHistory, openElasticsearchStores } from './open.js';
import { onRealServer } from './testing/real-server.js';

/** A law is tried on as many ledgers as fit: one of two whole days takes seconds here, and a minute on a busy machine. */
fc.configureGlobal({ interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false });
jest.setTimeout(180_000);

onRealServer('on a real server', 'archive', (on) => {
  async function makePlace(): Promise<ArchivePlace> {
    const prefix = on.places.take();
    const options = { ...on.places.optionsFor(prefix), step: ARCHIVE_STEP };
    const open: { close(): Promise<void> }[] = [];
    return {
      open: async () => {
        const stores = await openElasticsearchStores({ ...options, cluster: 'c' });
        open.push(stores.ledger);
        return stores;
      },
      openHistory: async () => {
        const history = await openElasticsearchHistory(options);
        open.push(history);
        return history;
      },
      remove: async () => {
        for (const opened of open) await opened.close();
        await on.places.giveBack(prefix);
      },
    };
  }

  archiveContract('elasticsearch', makePlace, 2);
});
