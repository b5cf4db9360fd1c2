import { rollupContract } from '../../ports/rollup.contract.js';
import { makeSqliteStore } from './testing/store.js';

rollupContract('sqlite', makeSqliteStore);
