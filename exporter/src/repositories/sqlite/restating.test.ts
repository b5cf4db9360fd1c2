import { comparisonContract } from '../../ports/comparison.contract.js';
import { restatingContract } from '../../ports/restating.contract.js';
import { makeSqliteStore } from './testing/store.js';

restatingContract('sqlite', makeSqliteStore);
comparisonContract('sqlite', makeSqliteStore);
