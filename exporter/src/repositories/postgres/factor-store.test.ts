import { factorStoreContract } from '../../ports/factor-store.contract.js';
import { makePostgresStore } from './testing/store.js';

factorStoreContract('postgres', async () => {
  const place = await makePostgresStore();
  let stores = await place.openStores();
  return {
    store: stores.factors,
    reopen: async () => {
      await stores.ledger.close();
      stores = await place.openStores();
      return stores.factors;
    },
    remove: () => place.remove(),
  };
});
