/** docs/metrics.md, made from the tables. */
import { ALL_METRICS, type MetricDescription } from './metrics.js';

const INTRODUCTION = `# Metrics

This page is generated from the tables in \`exporter/src/exposition\`; a test fails when the two differ.

\`/metrics\` serves the Prometheus text format 0.0.4 and OpenMetrics 1.0 by content negotiation, gzip when the client accepts
it. All of it is rendered once at the end of a cycle: a scrape does no work, and two scrapes of one snapshot get the same
bytes. Every family of GreenKube carries the label \`cluster\` first. Units are base units: joules, grams, watts, seconds, bytes.

- **Absent is not 0.** No request, no price, no meter: no series.
- **Counters** (\`_total\`) come from the ledger and go on after a restart. A revision that lowers a total holds the counter
  until truth passes it. Series of workloads, namespaces and nodes not seen for a day leave; should they come back, they go on.
- **Gauges** describe the newest interval that is known. Rates are amounts divided by the seconds the node was observed in it,
  so that the pods of a node add up to \`greenkube_node_power_watts{part="pods"}\` and those of a namespace to its own gauges.
  When the newest interval ended more than three steps (at least 15 minutes) ago, its gauges leave.
- **Dead pods** leave with the next interval.

## Cardinality

\`METRICS_DETAIL\` names the finest object that gets series: \`pod\` (default), \`workload\` (no \`greenkube_pod_*\`) or \`namespace\`
(no \`greenkube_workload_*\` either).

\`METRICS_MAX_SERIES\` (default 100 000) bounds the pods and workloads; nodes, namespaces and the exporter itself are always
written. What is past the bound is not lost but folded: it is added to \`workload="other"\`, \`workload_type="other"\` of its
namespace, and \`greenkube_series_dropped_total\` counts it. Sums by namespace and over the cluster stay exact.

- Workloads may take 40 % of the bound (80 % with \`METRICS_DETAIL=workload\`), four series each. Those that joined last fold, and
  stay folded for good: a counter that moved in or out of \`other\` would look like a burst or a reset. Workloads that join
  after there is room again are kept.
- Pods get what is left. The smallest emitters of the interval fold into \`pod="other"\`, \`node="other"\`; a sum by node is then
  \`greenkube_node_power_watts{part="pods"}\`. Efficiency ratios do not add and are left out for folded pods.

\`greenkube_cycle_duration_seconds\` is a classic histogram, as the text formats have no native ones; Prometheus 3
stores it as a native histogram with custom buckets when the scrape configuration says \`convert_classic_histograms_to_nhcb: true\`.

## Families
`;

const OTHERS = `
The process that serves them adds \`process_*\` and \`nodejs_*\` as prom-client names them, among them the event loop's delay
(\`nodejs_eventloop_lag_*_seconds\`), without those gauges whose names end in \`_total\`.

With \`COMPAT_METRICS=true\`, \`/prometheus/metrics\` serves the names of GreenKube 0.2 from the same snapshot, as gauges of the
newest interval in the text format, so that its dashboards go on until they are moved. What 0.2 knew of windows, scores and
recommendations is not among them, and cost only where the currency is USD.
`;

/** The whole page; labels are those besides \`cluster\`. */
export function renderMetricsDocs(): string {
  const rows = ALL_METRICS.map(docsRow).join('\n');
  return `${INTRODUCTION}
| family | type | unit | labels besides cluster | stability | meaning |
| --- | --- | --- | --- | --- | --- |
${rows}
${OTHERS}`;
}

function docsRow({ name, type, unit, labels, stability, help }: MetricDescription): string {
  const names = labels.map((l) => `\`${l}\``).join(', ');
  return `| \`${name}\` | ${type} | ${unit ?? ''} | ${names} | ${stability} | ${help.replaceAll('|', '\\|')} |`;
}
