/** How the exporter itself is doing: what /readyz, /health, the landing page and the self-metrics are made of. */
import type { CalibrationResult } from '../domain/energy/calibration.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';

export interface SourceStatus {
  readonly name: string;
  /** A required source that is down fails readiness; an optional one only says so. */
  readonly required: boolean;
  /** Its address was found in the cluster rather than configured; absent: configured. */
  readonly discovered?: boolean;
  /** How its address was chosen among the Services of the cluster; names hosts. Absent or null: it was configured. */
  readonly explanation?: string | null;
  /** Null: not asked yet. */
  readonly up: boolean | null;
  readonly lastSuccess: EpochSeconds | null;
  readonly lastError: { readonly reason: string; readonly message: string; readonly at: EpochSeconds } | null;
  /** Failed calls by reason since the process started. */
  readonly errors: Readonly<Record<string, number>>;
  readonly latency: Seconds | null;
}

export const PHASES = ['observe', 'compute', 'commit', 'publish', 'total'] as const;
export type Phase = (typeof PHASES)[number];

/** Upper bounds, seconds, of `cycle_duration_seconds`; the last bucket is +Inf. */
export const PHASE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120] as const;

export interface PhaseHistogram {
  /** Per bucket (not cumulative), one more than PHASE_BUCKETS. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export interface PipelineStatus {
  readonly sources: readonly SourceStatus[];
  /** Grid intervals within the backfill range that are not yet complete, given up or impossible. */
  readonly pending: number;
  readonly lastCompleted: EpochSeconds | null;
  /** Long work under way, null when live. */
  readonly backfill: { readonly done: number; readonly total: number } | null;
  readonly phases: Readonly<Record<Phase, PhaseHistogram>>;
  /** Cycles that took longer than one step. */
  readonly overruns: number;
  /** By source, by reason. */
  readonly rejectedSamples: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Set when the ledger cannot be written; the reason. */
  readonly databaseError: string | null;
  /** Whether another replica collects and this one only serves; absent: there are no replicas. */
  readonly standby?: boolean;
  /** How far the power model was off in the last day where there were meters; absent: not looked at. */
  readonly modelErrors?: readonly ModelError[];
  /** Fits in use for machines without meters; absent or null: none. */
  readonly calibration?: CalibrationResult | null;
}

export interface ModelError {
  readonly instanceType: string;
  /** Source and scope of the meter: "kepler:cpu+dram". */
  readonly source: string;
  /** (estimated - measured) / measured, of the sums. */
  readonly ratio: number;
}
