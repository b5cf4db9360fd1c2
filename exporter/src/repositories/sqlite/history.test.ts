import { historyContract } from '../../ports/history.contract.js';
import { makeSqliteStore } from './testing/store.js';

historyContract('sqlite', makeSqliteStore);
