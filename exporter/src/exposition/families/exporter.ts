/** How the exporter itself is doing. */
import { PHASE_BUCKETS, PHASES, type PhaseHistogram } from '../../ports/status.js';
import { RESTATEMENT_REASONS } from '../../ports/restating.js';
import { formatBound, formatNumber, formatScaled, label } from '../format.js';
import type { MetricRow, Sample } from '../metric-row.js';
import type { BaseView } from './base.js';

const MICROGRAMS_DECIMALS = 6;

const BOUNDS = [...PHASE_BUCKETS, Infinity].map(formatBound);

function* histogram(labels: string, { counts, sum }: PhaseHistogram): Generator<Sample> {
  let below = 0;
  for (const [i, bound] of BOUNDS.entries()) {
    below += counts[i] ?? 0;
    yield { suffix: '_bucket', labels: `${labels},le="${bound}"`, value: formatNumber(below) };
  }
  yield { suffix: '_sum', labels, value: formatNumber(sum) };
  yield { suffix: '_count', labels, value: formatNumber(below) };
}

function* byReason(labels: string, counts: Readonly<Record<string, number>>): Generator<Sample> {
  for (const [reason, count] of Object.entries(counts))
    yield { labels: `${labels},${label('reason', reason)}`, value: formatNumber(count) };
}

const sourceLabels = (view: BaseView, name: string): string => `${view.cluster},${label('source', name)}`;

const SOURCE_METRICS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_source_up',
    type: 'gauge',
    unit: null,
    labels: ['source'],
    stability: 'stable',
    help: 'Whether the last call to the source succeeded; absent until it has been asked.',
    *samples(view) {
      for (const { name, up } of view.status.sources)
        if (up !== null) yield { labels: sourceLabels(view, name), value: up ? '1' : '0' };
    },
  },
  {
    name: 'greenkube_source_last_success_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['source'],
    stability: 'stable',
    help: 'When the source last answered.',
    *samples(view) {
      for (const { name, lastSuccess } of view.status.sources)
        if (lastSuccess !== null)
          yield { labels: sourceLabels(view, name), value: formatNumber(lastSuccess) };
    },
  },
  {
    name: 'greenkube_source_errors_total',
    type: 'counter',
    unit: null,
    labels: ['source', 'reason'],
    stability: 'stable',
    help: 'Failed calls to the source since the process started.',
    *samples(view) {
      for (const { name, errors } of view.status.sources) yield* byReason(sourceLabels(view, name), errors);
    },
  },
  {
    name: 'greenkube_rejected_samples_total',
    type: 'counter',
    unit: null,
    labels: ['source', 'reason'],
    stability: 'stable',
    help: 'Samples of the source that were refused as impossible since the process started.',
    *samples(view) {
      for (const [name, counts] of Object.entries(view.status.rejectedSamples))
        yield* byReason(sourceLabels(view, name), counts);
    },
  },
];

export const EXPORTER_METRICS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_build_info',
    type: 'info',
    unit: null,
    labels: ['version', 'revision', 'node_version'],
    stability: 'stable',
    help: 'Version of the exporter and of the Node.js it runs on; always 1.',
    *samples({ cluster, build }) {
      const { version, revision, nodeVersion } = build;
      const own = [
        label('version', version),
        label('revision', revision),
        label('node_version', nodeVersion),
      ];
      yield { labels: [cluster, ...own].join(','), value: '1' };
    },
  },
  ...SOURCE_METRICS,
  {
    name: 'greenkube_interval_last_completed_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    stability: 'stable',
    help: 'End of the newest interval that is complete or partial; absent before the first.',
    *samples({ cluster, status }) {
      if (status.lastCompleted !== null) yield { labels: cluster, value: formatNumber(status.lastCompleted) };
    },
  },
  {
    name: 'greenkube_intervals_pending',
    type: 'gauge',
    unit: null,
    labels: [],
    stability: 'stable',
    help: 'Intervals within the backfill range that are still to be computed.',
    *samples({ cluster, status }) {
      yield { labels: cluster, value: formatNumber(status.pending) };
    },
  },
  {
    name: 'greenkube_intervals_total',
    type: 'counter',
    unit: null,
    labels: ['state'],
    stability: 'stable',
    help: 'Intervals committed, by the state in which the commit left them: complete, partial or impossible.',
    *samples({ cluster, intervals }) {
      for (const [state, count] of Object.entries(intervals ?? {}))
        yield { labels: `${cluster},${label('state', state)}`, value: formatNumber(count) };
    },
  },
  {
    name: 'greenkube_restated_grams_total',
    type: 'counter',
    unit: 'grams',
    labels: ['reason'],
    stability: 'stable',
    help: 'CO2e by which stored intervals were told anew since the ledger began, up and down added, because a carbon intensity or an embodied footprint was revised, became final or was found late.',
    *samples({ cluster, restated }) {
      if (restated === null) return;
      for (const reason of RESTATEMENT_REASONS)
        yield {
          labels: `${cluster},${label('reason', reason)}`,
          value: formatScaled(restated[reason] ?? 0n, MICROGRAMS_DECIMALS),
        };
    },
  },
  {
    name: 'greenkube_cycle_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['phase'],
    stability: 'stable',
    help: 'Duration of the phases of a cycle, and of the whole of it.',
    *samples({ cluster, status }) {
      for (const phase of PHASES) yield* histogram(`${cluster},phase="${phase}"`, status.phases[phase]);
    },
  },
  {
    name: 'greenkube_cycle_overruns_total',
    type: 'counter',
    unit: null,
    labels: [],
    stability: 'stable',
    help: 'Cycles that took longer than one step.',
    *samples({ cluster, status }) {
      yield { labels: cluster, value: formatNumber(status.overruns) };
    },
  },
];
