import { historyContract } from '../../ports/history.contract.js';
import { inventoryContract } from '../../ports/history-inventory.contract.js';
import { makeSqliteStore } from './testing/store.js';

historyContract('sqlite', makeSqliteStore);
inventoryContract('sqlite', makeSqliteStore);
