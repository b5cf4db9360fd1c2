import type { Ledger } from '../ledger.js';
import type { RecommendationHistory, RecommendationStore } from '../recommendations.js';
import type { UsageProfiles } from '../usage-profile.js';

/** One empty database for what the recommender reads and keeps, as its contract suites need it. Step 300 s. */
export interface AnalysisPlace {
  /** Open the stores of a cluster; those opened before are closed. */
  open(cluster?: string): Promise<AnalysisStores>;
  /** Open a reader beside them; only once stores have been opened. */
  openHistory(): Promise<RecommendationHistory>;
  remove(): Promise<void>;
}

export interface AnalysisStores {
  readonly ledger: Ledger;
  readonly profiles: UsageProfiles;
  readonly recommendations: RecommendationStore;
}

export type MakeAnalysisPlace = () => Promise<AnalysisPlace>;

/** Use an empty place and leave nothing behind. */
export async function withPlace<T>(
  make: MakeAnalysisPlace,
  use: (place: AnalysisPlace) => Promise<T>,
): Promise<T> {
  const place = await make();
  try {
    return await use(place);
  } finally {
    await place.remove();
  }
}
