import { outlookContract } from '../../ports/outlook-history.contract.js';
import { STEP } from '../../ports/testing/results.js';
import { openOutlookHistory } from '../factory.js';
import { makePostgresStore } from './testing/store.js';

outlookContract('postgres', async () => {
  const store = await makePostgresStore();
  const [a, b] = [await store.openStores('a'), await store.openStores('b')];
  const reader = await openOutlookHistory({ ...store.options, step: STEP });
  return {
    ledgers: { a: a.ledger, b: b.ledger },
    findings: { a: a.outlook!.findings, b: b.outlook!.findings },
    factors: a.factors,
    reader,
    remove: async () => {
      await reader.close();
      await store.remove();
    },
  };
});
