/**
 * How workloads and nodes used one whole hour: what the recommender reads. One object serves one cluster. Whole means that the
 * hour is sealed (see `Ledger.commit`); an hour that is not, or whose sums have been pruned, is not there.
 */
import type { TimeRange } from '../domain/interval.js';
import type { UsageHour, ZoneHour } from '../domain/recommendations/usage-hour.js';
import type { EpochSeconds } from '../domain/units.js';

export type {
  ContainerHour,
  NodeHour,
  UsageHour,
  WorkloadHour,
  ZoneHour,
} from '../domain/recommendations/usage-hour.js';

export interface UsageProfiles {
  /** Starts of the whole hours that lie in the range, ascending. */
  hours(range: TimeRange): Promise<readonly EpochSeconds[]>;
  /** Null: not whole, or pruned. The work of a call is bounded by the size of the cluster, so that a caller can pause between hours. */
  hour(start: EpochSeconds): Promise<UsageHour | null>;
  /** By zone and hour. Hours of which no node row is kept are not there. */
  intensities(range: TimeRange): Promise<readonly ZoneHour[]>;
}
