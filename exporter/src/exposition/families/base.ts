/** What every family is read from but those of pods, which fold into the room that these leave. */
import type { Counters } from '../../ports/ledger.js';
import type { Recommended } from '../../pipeline/recommend.js';
import type { PipelineStatus } from '../../ports/status.js';
import type { EpochSeconds } from '../../domain/units.js';
import type { CounterView } from '../counter-view.js';
import type { FindingsView } from '../findings-view.js';
import type { BuildInfo } from '../metric-row.js';
import type { NamespaceEntry } from '../namespace-view.js';
import type { GridEntry, NodeEntry } from '../node-view.js';

export interface BaseView {
  /** The rendered `cluster` label. */
  readonly cluster: string;
  readonly at: EpochSeconds;
  readonly counters: CounterView;
  readonly intervals: Counters['intervals'] | null;
  /** Null: counters are not shown yet. */
  readonly restated: Counters['restated'] | null;
  /** Empty when the newest interval is too old to be now. */
  readonly namespaces: readonly NamespaceEntry[];
  readonly nodes: readonly NodeEntry[];
  readonly grid: readonly GridEntry[];
  readonly currency: string;
  readonly findings: FindingsView;
  /** Null: never scanned. */
  readonly recommended: Recommended | null;
  readonly status: PipelineStatus;
  readonly build: BuildInfo;
}
