/** Whether the exporter itself is well. */
import { board } from '../board.js';
import { areas, bars, lines, stat } from '../panels.js';
import { IN_CLUSTER } from '../promql.js';
import { table } from '../tables.js';
import { VARIABLES } from '../variables.js';

/** Metrics that any Node.js process may have; only those of an exporter count. */
const ofExporter = (metric: string): string =>
  `${metric}{${IN_CLUSTER}} and on (job, instance) greenkube_build_info{${IN_CLUSTER}}`;

/** Failures are counted from the first on; a source that has had none has had 0. */
const orNone = (failures: string, by: string): string =>
  `${failures} or 0 * sum by (${by}) (greenkube_source_up{${IN_CLUSTER}})`;

const STATE = {
  title: 'State',
  panels: [
    stat({
      title: 'Age of the data',
      description:
        'Time since the end of the newest interval that is known, of the cluster where it is longest.',
      unit: 's',
      decimals: 0,
      limits: [900, 3600],
      width: 5,
      queries: [
        {
          expr: `max(time() - max by (cluster) (greenkube_interval_last_completed_timestamp_seconds{${IN_CLUSTER}}))`,
          instant: true,
        },
      ],
    }),
    stat({
      title: 'Intervals pending',
      description: 'Intervals within the backfill range that are still to be computed: it falls to 0 or 1.',
      unit: 'none',
      decimals: 0,
      limits: [3, 12],
      width: 5,
      queries: [{ expr: `sum(greenkube_intervals_pending{${IN_CLUSTER}})`, instant: true }],
    }),
    stat({
      title: 'Sources that answer',
      description: 'Part of the sources asked whose last call succeeded.',
      unit: 'percentunit',
      decimals: 0,
      limits: [1, 0.5],
      width: 5,
      queries: [{ expr: `avg(greenkube_source_up{${IN_CLUSTER}})`, instant: true }],
    }),
    table({
      title: 'Version',
      description: 'Version and revision of each exporter, and of the Node.js that it runs on.',
      labels: {
        cluster: 'Cluster',
        instance: 'Instance',
        version: 'Version',
        revision: 'Revision',
        node_version: 'Node.js',
      },
      width: 9,
      height: 4,
      hideFigures: true,
      columns: [
        {
          title: 'Exporters',
          unit: 'none',
          expr: `max by (cluster, instance, version, revision, node_version) (greenkube_build_info{${IN_CLUSTER}})`,
        },
      ],
    }),
  ],
};

const SOURCES = {
  title: 'Sources',
  panels: [
    lines({
      title: 'Sources',
      description: '1: the last call succeeded. 0: it failed. A source that was never asked has no line.',
      unit: 'bool_yes_no',
      min: 0,
      max: 1,
      width: 8,
      queries: [{ expr: `min by (source) (greenkube_source_up{${IN_CLUSTER}})`, legend: '{{source}}' }],
    }),
    lines({
      title: 'Time since a source answered',
      description: 'Time since the last call that succeeded, by source.',
      unit: 's',
      width: 8,
      queries: [
        {
          expr: `time() - max by (source) (greenkube_source_last_success_timestamp_seconds{${IN_CLUSTER}})`,
          legend: '{{source}}',
        },
      ],
    }),
    lines({
      title: 'Failed calls per second',
      description: 'By source; the reasons are labels of the metric.',
      unit: 'cps',
      width: 8,
      queries: [
        {
          expr: orNone(
            `sum by (source) (rate(greenkube_source_errors_total{${IN_CLUSTER}}[$__rate_interval]))`,
            'source',
          ),
          legend: '{{source}}',
        },
      ],
    }),
    bars({
      title: 'Samples refused in the selected time',
      description: 'Samples that cannot be true, such as negative or endless ones, by source.',
      unit: 'none',
      decimals: 0,
      width: 8,
      queries: [
        {
          expr: orNone(
            `sum by (source) (increase(greenkube_rejected_samples_total{${IN_CLUSTER}}[$__range]))`,
            'source',
          ),
          legend: '{{source}}',
          instant: true,
        },
      ],
    }),
    lines({
      title: 'Intervals committed per second',
      description:
        'By the state in which they were left: complete, partial, or impossible because the source no longer has them.',
      unit: 'ops',
      width: 8,
      queries: [
        {
          expr: `sum by (state) (rate(greenkube_intervals_total{${IN_CLUSTER}}[$__rate_interval]))`,
          legend: '{{state}}',
        },
      ],
    }),
    lines({
      title: 'Series left out',
      description: 'Series that METRICS_MAX_SERIES folded into "other", since the process started.',
      unit: 'none',
      width: 8,
      queries: [
        {
          expr:
            `sum(increase(greenkube_series_dropped_total{${IN_CLUSTER}}[$__rate_interval]))` +
            ` or 0 * sum(greenkube_build_info{${IN_CLUSTER}})`,
          legend: 'left out',
        },
      ],
    }),
  ],
};

const WORK = {
  title: 'Work',
  panels: [
    areas({
      title: 'Time spent by phase of a cycle',
      description:
        'Seconds of work in each second, by phase; the phase "total" is the whole and is left out.',
      unit: 's',
      width: 8,
      queries: [
        {
          expr: `sum by (phase) (rate(greenkube_cycle_duration_seconds_sum{${IN_CLUSTER}, phase!="total"}[$__rate_interval]))`,
          legend: '{{phase}}',
        },
      ],
    }),
    lines({
      title: 'Length of a cycle',
      description:
        'Of the selected time: half of the cycles were shorter than p50, 99 of 100 shorter than p99.',
      unit: 's',
      width: 8,
      queries: [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(greenkube_cycle_duration_seconds_bucket{${IN_CLUSTER}, phase="total"}[$__rate_interval])))`,
        legend: `p${quantile * 100}`,
      })),
    }),
    lines({
      title: 'Cycles longer than a step',
      description: 'Cycles that took longer than the interval they collect, in each period of the graph.',
      unit: 'none',
      width: 8,
      queries: [
        {
          expr: `sum by (cluster) (increase(greenkube_cycle_overruns_total{${IN_CLUSTER}}[$__rate_interval]))`,
          legend: '{{cluster}}',
        },
      ],
    }),
    lines({
      title: 'Memory',
      description: 'Resident memory of the process.',
      unit: 'bytes',
      width: 8,
      queries: [{ expr: ofExporter('process_resident_memory_bytes'), legend: '{{instance}}' }],
    }),
    lines({
      title: 'CPU',
      description: 'CPU time of the process in each second.',
      unit: 's',
      width: 8,
      queries: [
        {
          expr:
            `rate(process_cpu_seconds_total{${IN_CLUSTER}}[$__rate_interval])` +
            ` and on (job, instance) greenkube_build_info{${IN_CLUSTER}}`,
          legend: '{{instance}}',
        },
      ],
    }),
    lines({
      title: 'Delay of the serving thread',
      description: 'Delay of the event loop, 99th percentile: what a scrape may have to wait.',
      unit: 's',
      width: 8,
      queries: [{ expr: ofExporter('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
    }),
  ],
};

export const exporter = board({
  name: 'exporter',
  title: 'Exporter health',
  description: 'Freshness, sources, work and resources of the exporter itself.',
  variables: [VARIABLES.metrics, VARIABLES.cluster],
  rows: [STATE, SOURCES, WORK],
  from: 'now-6h',
});
