import { ledgerContract } from '../../ports/ledger.contract.js';
import { makePostgresStore } from './testing/store.js';

ledgerContract('postgres', () => makePostgresStore());
