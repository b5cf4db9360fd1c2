/** The part of the map that puts all analyses of the stored past on one schedule. */
import type { Flagged } from '../domain/score/dimensions.js';
import type { FindingsView } from '../exposition/findings-view.js';
import { Analyses } from '../pipeline/analyses.js';
import type { Recommended } from '../pipeline/recommend.js';
import { composeAnalysis, type AnalysisParts, type ComposedAnalysis } from './compose-analysis.js';
import { composeOutlook, type OutlookParts } from './compose-outlook.js';
import type { EngineLog } from './engine.js';

export type AnalysesParts = Omit<AnalysisParts, 'profiles' | 'store'> &
  Omit<OutlookParts, 'profiles' | 'flagged' | 'latest'> & { readonly log: EngineLog };

export interface ComposedAnalyses {
  readonly analyses: Analyses;
  readonly recommender: ComposedAnalysis['recommender'];
  readonly recommended: ComposedAnalysis['recommended'];
  /** The newest findings, for /metrics. */
  readonly findings: () => FindingsView;
}

export async function composeAnalyses(parts: AnalysesParts): Promise<ComposedAnalyses> {
  const { stores, ledger, clock, log, stopwatch } = parts;
  const { profiles, recommendations } = stores;
  const { recommender, recommended, analyses } = await composeAnalysis({
    ...parts,
    profiles,
    store: recommendations,
  });
  const outlook = await composeOutlook({
    ...parts,
    profiles,
    flagged: async () => flaggedBy(recommended()),
    latest: () => ledger.latest(),
  });
  return {
    // Scores look at what the recommender has found: it goes first.
    analyses: new Analyses([...analyses, ...outlook.analyses], { clock, log, stopwatch }),
    recommender,
    recommended,
    findings: outlook.view,
  };
}

/** What nobody has acted on: also what somebody has chosen to ignore is still there. Null: nothing has been scanned yet. */
function flaggedBy(recommended: Recommended | null): readonly Flagged[] | null {
  if (recommended === null) return null;
  return recommended.recommendations
    .filter(({ status }) => status === 'active' || status === 'ignored')
    .map(({ type, target: { namespace, workload }, evidence }) => {
      const share = evidence['moved_energy_ratio'];
      return { type, namespace, workload, ...(typeof share === 'number' && { share }) };
    });
}
