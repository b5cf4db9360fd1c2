import type { TimeRange } from '../domain/interval.js';
import type { UsageWindow } from '../domain/model.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { Inventory } from './inventory-source.js';
import type { Outcome } from './outcome.js';

/** Samples refused one series at a time, by reason, since the process started. */
export type RejectedSamples = Readonly<Record<string, number>>;

/** Where usage and inventory of past intervals come from: a Prometheus-compatible server, or the demo world. */
export interface UsageSource {
  /** As shown in /readyz, /health/services and the `source` label: "prometheus", "demo". */
  readonly name: string;

  /**
   * Observe every grid interval whose start lies in `range` (both ends on the grid, at most one hour apart), ascending, one
   * window each. An interval for which the source holds nothing has no nodes, coverage 0 and reason "no-data".
   * @param known the cluster as it is now: its nodes and where its pods run, for intervals of which the source itself describes
   * no node; usage alone tells how long each was there
   */
  observe(
    range: TimeRange,
    step: Seconds,
    signal?: AbortSignal,
    known?: Inventory,
  ): Promise<Outcome<readonly UsageWindow[]>>;

  /**
   * The oldest instant at or after `notBefore` for which the source holds data, at most some seconds early; `null` when it
   * holds none.
   */
  oldest(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>>;

  /** The same as `oldest` of usage alone, which is enough where somebody else describes nodes. Absent: this source always does. */
  oldestUsage?(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>>;

  rejected(): RejectedSamples;
}
