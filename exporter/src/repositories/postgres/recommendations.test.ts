import { recommendationsContract } from '../../ports/recommendations.contract.js';
import { usageProfileContract } from '../../ports/usage-profile.contract.js';
import { makePostgresPlace } from './testing/analysis-place.js';

recommendationsContract(() => makePostgresPlace());
usageProfileContract(() => makePostgresPlace());
