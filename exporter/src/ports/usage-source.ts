import type { TimeRange } from '../domain/interval.js';
import type { UsageWindow } from '../domain/model.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
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
   */
  observe(range: TimeRange, step: Seconds, signal?: AbortSignal): Promise<Outcome<readonly UsageWindow[]>>;

  /**
   * The oldest instant at or after `notBefore` for which the source holds data, at most some seconds early; `null` when it
   * holds none.
   */
  oldest(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>>;

  rejected(): RejectedSamples;
}
