/** A metric is a row of data; everything that renders, documents or tests metrics works from these rows. */
import type { IntervalResult } from '../domain/model.js';
import type { EpochSeconds } from '../domain/units.js';
import type { Counters } from '../ports/ledger.js';
import type { Recommended } from '../pipeline/recommend.js';
import type { PipelineStatus } from '../ports/status.js';
import type { FindingsView } from './findings-view.js';

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

/** Everything one snapshot is made of. Publish one every cycle, also while sources are down, so that dead data leaves. */
export interface SnapshotInput {
  readonly cluster: string;
  readonly at: EpochSeconds;
  /** The newest interval that is complete or partial; null: none yet. */
  readonly latest: IntervalResult | null;
  readonly counters: Counters | null;
  /** Absent: nothing has been analysed. */
  readonly findings?: FindingsView;
  /** Absent or null: never scanned. */
  readonly recommended?: Recommended | null;
  readonly status: PipelineStatus;
  readonly build: BuildInfo;
}

export const DETAILS = ['pod', 'workload', 'namespace'] as const;
export type Detail = (typeof DETAILS)[number];

export interface MetricsOptions {
  /** Finest object that gets series of its own (METRICS_DETAIL). */
  readonly detail: Detail;
  /** Series after which pods and workloads fold into "other" (METRICS_MAX_SERIES). */
  readonly maxSeries: number;
  /** Also render the names of GreenKube 0.2 (COMPAT_METRICS). */
  readonly compat?: boolean;
}

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'unknown';

export interface Sample {
  /** Rendered label pairs without braces: `cluster="a",node="b"`; may be empty. */
  readonly labels: string;
  readonly value: string;
  /** Of the parts of a histogram or summary. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** One family as it is written. A counter's name ends in `_total`, an info's in `_info`. */
export interface Family {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Last part of the name, as OpenMetrics wants it; null: none. */
  readonly unit: string | null;
  readonly samples: Iterable<Sample>;
}

/** One row of a metrics table; `View` is what its samples are read from. */
export interface MetricRow<View> extends Omit<Family, 'samples'> {
  /** Besides `cluster`, which every family carries first. */
  readonly labels: readonly string[];
  /** "stable": name, labels and meaning stay for the life of a major version. */
  readonly stability: 'stable' | 'alpha';
  readonly samples: (view: View) => Iterable<Sample>;
}
