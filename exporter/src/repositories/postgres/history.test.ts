import { historyContract } from '../../ports/history.contract.js';
import { inventoryContract } from '../../ports/history-inventory.contract.js';
import { makePostgresStore } from './testing/store.js';

historyContract('postgres', () => makePostgresStore());
inventoryContract('postgres', () => makePostgresStore());
