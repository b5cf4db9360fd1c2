/**
 * Where recommendations, their changes and what they saved are kept. `RecommendationStore` writes for one cluster and is held by
 * the one writer; `RecommendationHistory` only reads.
 */
import type { TimeRange } from '../domain/interval.js';
import type {
  Booking,
  Recommendation,
  RecommendationEvent,
  RecommendationType,
  Scan,
  Status,
} from '../domain/recommendations/model.js';
import type { Baseline } from '../domain/recommendations/realised.js';
import type { EpochSeconds } from '../domain/units.js';

/** A recommendation and what only the measuring of its effect needs. */
export interface KeptRecommendation {
  readonly recommendation: Recommendation;
  /** What the target took before it was applied; null: not applied, or not measured yet. */
  readonly baseline: Baseline | null;
}

/** Written whole or not at all. */
export interface RecommendationChange {
  /** Replace those of the same id. */
  readonly kept: readonly KeptRecommendation[];
  readonly events: readonly RecommendationEvent[];
  /** Replace those of the same id and hour, so that booking an hour twice books it once. */
  readonly bookings: readonly Booking[];
  /** Null: no scan. */
  readonly scan: Scan | null;
}

/** Sums that /metrics shows as counters. `shown` amounts never fall: they wait until truth passes them. */
export interface SavingsCounter {
  readonly namespace: string;
  readonly type: RecommendationType;
  /** ug CO2e. */
  readonly micrograms: bigint;
  readonly cost: readonly { readonly currency: string; readonly nano: bigint }[];
}

export interface RecommendationStore {
  /** All of the cluster, by id. */
  keptRecommendations(): Promise<readonly KeptRecommendation[]>;
  /** One durable transaction. */
  changeRecommendations(change: RecommendationChange): Promise<void>;
  /** Null: never scanned. */
  lastScan(): Promise<Scan | null>;
  /**
   * Booked by verified recommendations (`Realised.verdict`), by namespace and type; of those that are no longer verified, what has
   * been shown stays. By namespace, then in the order of RECOMMENDATION_TYPES.
   */
  savingsCounters(): Promise<readonly SavingsCounter[]>;
}

/** Each list is a set of alternatives; an empty list does not restrict. */
export interface RecommendationQuery {
  readonly clusters: readonly string[];
  readonly statuses: readonly Status[];
  readonly types: readonly RecommendationType[];
  readonly namespaces: readonly string[];
  readonly workloads: readonly string[];
  readonly nodes: readonly string[];
  readonly ids: readonly string[];
}

export interface EventQuery {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly ids: readonly string[];
  /** Not before; null: from the beginning. */
  readonly from: EpochSeconds | null;
  readonly to: EpochSeconds | null;
  readonly limit: number;
}

/** Hours booked of one recommendation; amounts as in `Booking`. */
export interface BookedSavings {
  readonly cluster: string;
  readonly id: string;
  readonly hours: number;
  readonly millijoules: bigint;
  readonly micrograms: bigint;
  /** By currency. */
  readonly cost: readonly { readonly currency: string; readonly nano: bigint }[];
}

export interface RecommendationHistory {
  /** By cluster and id. */
  recommendations(query: RecommendationQuery): Promise<readonly Recommendation[]>;
  /** Newest first. */
  recommendationEvents(query: EventQuery): Promise<readonly RecommendationEvent[]>;
  /** Booked hours whose start lies in the range (null: all), by cluster and id. */
  bookedSavings(range: TimeRange | null): Promise<readonly BookedSavings[]>;
  /** The last scan of each cluster, by cluster. */
  scans(): Promise<readonly Scan[]>;
}
