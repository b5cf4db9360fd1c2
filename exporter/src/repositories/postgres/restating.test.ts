import { comparisonContract } from '../../ports/comparison.contract.js';
import { restatingContract } from '../../ports/restating.contract.js';
import { makePostgresStore } from './testing/store.js';

restatingContract('postgres', () => makePostgresStore());
comparisonContract('postgres', () => makePostgresStore());
