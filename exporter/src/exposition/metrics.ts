/** Every metric of the exporter, in the order they are written. To add one, add a row to its table under families/. */
import type { BaseView } from './families/base.js';
import { NAMESPACE_COUNTERS, NODE_COUNTERS, WORKLOAD_COUNTERS } from './families/counters.js';
import { EXPORTER_METRICS } from './families/exporter.js';
import { FINDING_METRICS } from './families/findings.js';
import { NAMESPACE_METRICS } from './families/namespaces.js';
import { GRID_METRICS, NODE_METRICS } from './families/nodes.js';
import { POD_METRICS } from './families/pods.js';
import { RECOMMENDATION_METRICS } from './families/recommendations.js';
import { label } from './format.js';
import type { MetricRow } from './metric-row.js';

export const BASE_METRICS: readonly MetricRow<BaseView>[] = [
  ...EXPORTER_METRICS,
  ...NODE_COUNTERS,
  ...NODE_METRICS,
  ...GRID_METRICS,
  ...NAMESPACE_COUNTERS,
  ...NAMESPACE_METRICS,
  ...FINDING_METRICS,
  ...RECOMMENDATION_METRICS,
];

/** Series left out by the cap, by family, added up over all snapshots since the process started. */
interface DroppedView {
  readonly cluster: string;
  readonly dropped: Readonly<Record<string, number>>;
}

export const CAP_METRICS: readonly MetricRow<DroppedView>[] = [
  {
    name: 'greenkube_series_dropped_total',
    type: 'counter',
    unit: null,
    labels: ['family'],
    stability: 'stable',
    help: 'Series folded into other or left out because of METRICS_MAX_SERIES, added up over all snapshots since the process started.',
    *samples({ cluster, dropped }) {
      for (const [family, count] of Object.entries(dropped))
        yield { labels: `${cluster},${label('family', family)}`, value: String(count) };
    },
  },
];

export { POD_METRICS, WORKLOAD_COUNTERS };

/** What documentation and tests need to know of a row. */
export type MetricDescription = Omit<MetricRow<never>, 'samples'>;

export const ALL_METRICS: readonly MetricDescription[] = [
  ...BASE_METRICS,
  ...WORKLOAD_COUNTERS,
  ...POD_METRICS,
  ...CAP_METRICS,
];
