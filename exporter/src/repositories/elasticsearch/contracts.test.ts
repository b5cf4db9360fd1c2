/** What every database must do, done by a real Elasticsearch. */
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { factorStoreContract } from '../../ports/factor-store.contract.js';
import { historyContract } from '../../ports/history.contract.js';
import { inventoryContract } from '../../ports/history-inventory.contract.js';
import { ledgerContract } from '../../ports/ledger.contract.js';
import { comparisonContract } from '../../ports/comparison.contract.js';
import { outlookContract } from '../../ports/outlook-history.contract.js';
import { pruneContract } from '../../ports/prune.contract.js';
import { recommendationsContract } from '../../ports/recommendations.contract.js';
import { restatingContract } from '../../ports/restating.contract.js';
import { rollupContract } from '../../ports/rollup.contract.js';
import { usageProfileContract } from '../../ports/usage-profile.contract.js';
import { Connection } from './connection.js';
import { ElasticsearchFactorStore } from './factor-store.js';
import { prepare } from './templates.js';
import { makeElasticsearchOutlookPlace, makeElasticsearchPlace } from './testing/analysis-place.js';
import { onRealServer } from './testing/real-server.js';
import { makeElasticsearchStore } from './testing/store.js';

/** A law is tried on as many ledgers as fit: one of two whole days takes seconds here, and a minute on a busy machine. */
fc.configureGlobal({ interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false });
/** A test makes some hundred requests, each written to disk before it is answered. */
jest.setTimeout(60_000);

onRealServer('on a real server', 'contracts', (on) => {
  const makeStore = () => makeElasticsearchStore(on.places);
  ledgerContract('elasticsearch', makeStore);
  historyContract('elasticsearch', makeStore);
  inventoryContract('elasticsearch', makeStore);
  pruneContract('elasticsearch', makeStore);
  rollupContract('elasticsearch', makeStore);
  restatingContract('elasticsearch', makeStore);
  comparisonContract('elasticsearch', makeStore);
  outlookContract('elasticsearch', () => makeElasticsearchOutlookPlace(on.places));
  usageProfileContract(() => makeElasticsearchPlace(on.places));
  recommendationsContract(() => makeElasticsearchPlace(on.places));

  factorStoreContract('elasticsearch', async () => {
    const prefix = on.places.take();
    const open = async () => {
      const connection = new Connection(on.places.optionsFor(prefix));
      await prepare(connection);
      opened.push(connection);
      return new ElasticsearchFactorStore(connection);
    };
    const opened: Connection[] = [];
    return {
      store: await open(),
      reopen: open,
      remove: async () => {
        for (const connection of opened) await connection.close();
        await on.places.giveBack(prefix);
      },
    };
  });
});
