import { recommendationsContract } from '../../ports/recommendations.contract.js';
import { usageProfileContract } from '../../ports/usage-profile.contract.js';
import { makeSqlitePlace } from './testing/analysis-place.js';

recommendationsContract(() => makeSqlitePlace());
usageProfileContract(() => makeSqlitePlace());
