/** All that analyses and their answers read besides `History`, as one read-only object. */
import type { FindingsHistory } from './findings.js';
import type { IntensityHistory } from './intensity-history.js';
import type { RecommendationHistory } from './recommendations.js';
import type { RevisionHistory } from './revision-history.js';

export interface OutlookHistory
  extends FindingsHistory, IntensityHistory, RevisionHistory, RecommendationHistory {
  close(): Promise<void>;
}
