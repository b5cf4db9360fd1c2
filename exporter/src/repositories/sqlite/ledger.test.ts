import { ledgerContract } from '../../ports/ledger.contract.js';
import { makeSqliteStore } from './testing/store.js';

ledgerContract('sqlite', makeSqliteStore);
