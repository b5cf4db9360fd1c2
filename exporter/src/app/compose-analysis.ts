/** The part of the map behind what is worked out from the stored past: recommendations, and what `composeOutlook` adds. */
import { timeZoneOf } from '../data/time-zones.js';
import { DAY } from '../domain/interval.js';
import type { RecommendationSettings } from '../domain/recommendations/settings.js';
import { cores, seconds } from '../domain/units.js';
import type { Analysis } from '../pipeline/analyses.js';
import { Recommender, type Recommended } from '../pipeline/recommend.js';
import type { Stopwatch } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterHintSource } from '../ports/cluster-hints.js';
import type { InventorySource } from '../ports/inventory-source.js';
import type { Ledger } from '../ports/ledger.js';
import type { RecommendationStore } from '../ports/recommendations.js';
import type { UsageProfiles } from '../ports/usage-profile.js';
import type { Config } from './config.js';
import type { Mode } from './mode.js';

export interface AnalysisParts {
  readonly config: Config;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly ledger: Pick<Ledger, 'latest'>;
  readonly profiles: UsageProfiles;
  readonly store: RecommendationStore;
  /** Null: Kubernetes is not asked. */
  readonly inventory: InventorySource | null;
  /** Absent: nobody else knows of autoscalers and kills. */
  readonly hints?: ClusterHintSource | undefined;
}

export interface ComposedAnalysis {
  readonly recommender: Recommender;
  /** For the schedule of the engine. */
  readonly analyses: readonly Analysis[];
  /** The newest recommendations, for /metrics; null: never scanned. */
  readonly recommended: () => Recommended | null;
}

/** A scan is due once an hour is whole; looking whether one is costs nothing. */
const LOOK_EVERY = seconds(300);

export async function composeAnalysis(parts: AnalysisParts): Promise<ComposedAnalysis> {
  const { config, mode, clock, stopwatch, ledger, profiles, store, inventory, hints } = parts;
  const recommender = new Recommender({
    cluster: mode.cluster,
    settings: settingsOf(config),
    profiles,
    store,
    ledger,
    ...(inventory && { inventory }),
    ...(hints && { hints }),
    timeZoneOf,
    clock,
    stopwatch,
  });
  await recommender.refresh();
  return {
    recommender,
    analyses: [
      {
        name: 'recommend',
        every: LOOK_EVERY,
        run: async (_now, signal) => (await recommender.scanWhenDue(signal))?.state === 'done',
      },
    ],
    recommended: () => recommender.shown,
  };
}

function settingsOf({ analysis }: Config): RecommendationSettings {
  const { minRequest, lookbackDays, ...thresholds } = analysis;
  return {
    ...thresholds,
    lookback: seconds(lookbackDays * DAY),
    minRequest: { cores: cores(minRequest.millicores / 1000), memory: minRequest.memory },
  };
}
