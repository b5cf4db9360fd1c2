/** Gauges of the recommendations as the last scan left them, and counters of what applied ones have saved. */
import {
  PRIORITIES,
  RECOMMENDATION_TYPES,
  STATUSES,
  type Recommendation,
  type YearlyAmounts,
} from '../../domain/recommendations/model.js';
import { formatNumber, formatScaled, label } from '../format.js';
import type { MetricRow, Sample } from '../metric-row.js';
import type { BaseView } from './base.js';

type Row = MetricRow<BaseView>;

/** Most active recommendations with series of their own, the largest savings first. */
export const TOP = 50;

const active = ({ recommended }: BaseView): readonly Recommendation[] =>
  (recommended?.recommendations ?? []).filter((r) => r.status === 'active');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Counts of what shares labels, in the order of namespaces, types, priorities and statuses. */
function* counts({ cluster, recommended }: BaseView): Generator<Sample> {
  const found = new Map<string, { readonly first: Recommendation; count: number }>();
  for (const r of recommended?.recommendations ?? []) {
    const labels = [
      cluster,
      label('namespace', r.target.namespace),
      label('type', r.type),
      label('priority', r.priority),
      label('status', r.status),
    ].join(',');
    const entry = found.get(labels);
    if (entry) entry.count++;
    else found.set(labels, { first: r, count: 1 });
  }
  const sorted = [...found].sort(
    ([, a], [, b]) =>
      compareTargets(a.first, b.first) ||
      PRIORITIES.indexOf(a.first.priority) - PRIORITIES.indexOf(b.first.priority) ||
      STATUSES.indexOf(a.first.status) - STATUSES.indexOf(b.first.status),
  );
  for (const [labels, { count }] of sorted) yield { labels, value: String(count) };
}

const compareTargets = (a: Recommendation, b: Recommendation): number =>
  compare(a.target.namespace, b.target.namespace) ||
  RECOMMENDATION_TYPES.indexOf(a.type) - RECOMMENDATION_TYPES.indexOf(b.type);

/** Sums of claimed savings by namespace and type. @param of undefined: not known */
function* sums(view: BaseView, of: (r: Recommendation) => Sample | null): Generator<Sample> {
  const found = new Map<string, number>();
  for (const r of active(view).toSorted(compareTargets)) {
    const sample = of(r);
    if (sample) found.set(sample.labels, (found.get(sample.labels) ?? 0) + Number(sample.value));
  }
  for (const [labels, value] of found) yield { labels, value: formatNumber(value) };
}

const targetLabels = (cluster: string, r: Recommendation): string =>
  `${cluster},${label('namespace', r.target.namespace)},${label('type', r.type)}`;

function costSample(labels: string, { cost }: YearlyAmounts, currency: string): Sample | null {
  return cost === null
    ? null
    : { labels: `${labels},${label('currency', currency)}`, value: formatNumber(cost) };
}

/** The largest first; of equal ones by id. */
function top(view: BaseView): readonly Recommendation[] {
  return active(view)
    .toSorted((a, b) => b.savings.claimed.grams - a.savings.claimed.grams || compare(a.id, b.id))
    .slice(0, TOP);
}

const topLabels = (cluster: string, { id, type, priority, target }: Recommendation): string =>
  [
    cluster,
    label('id', id),
    label('namespace', target.namespace),
    label('workload', target.workload),
    label('workload_type', target.workloadType),
    label('type', type),
    label('priority', priority),
  ].join(',');

const GAUGE = { type: 'gauge', stability: 'stable' } as const;
const PER_YEAR = { ...GAUGE, unit: 'grams_per_year' } as const;
const COST = { ...GAUGE, unit: null } as const;
const TOP_LABELS = ['id', 'namespace', 'workload', 'workload_type', 'type', 'priority'];

export const RECOMMENDATION_METRICS: readonly Row[] = [
  {
    ...GAUGE,
    name: 'greenkube_recommendations',
    unit: null,
    labels: ['namespace', 'type', 'priority', 'status'],
    help: 'Recommendations by status; those for nodes have no namespace.',
    samples: counts,
  },
  {
    ...PER_YEAR,
    name: 'greenkube_recommendation_savings_co2e_grams_per_year',
    labels: ['namespace', 'type'],
    help: 'Emissions that active recommendations claim to save in a year of 365.25 days; they do not overlap.',
    samples: (view) =>
      sums(view, (r) => ({
        labels: targetLabels(view.cluster, r),
        value: formatNumber(r.savings.claimed.grams),
      })),
  },
  {
    ...COST,
    name: 'greenkube_recommendation_savings_cost_per_year',
    labels: ['namespace', 'type', 'currency'],
    help: 'Cost that active recommendations claim to save in a year; absent where no price is known.',
    samples: (view) =>
      sums(view, (r) => costSample(targetLabels(view.cluster, r), r.savings.claimed, r.savings.currency)),
  },
  {
    ...PER_YEAR,
    name: 'greenkube_recommendation_top_savings_co2e_grams_per_year',
    labels: TOP_LABELS,
    help: `Emissions that a single active recommendation claims to save in a year; the ${TOP} largest.`,
    *samples(view) {
      for (const r of top(view))
        yield { labels: topLabels(view.cluster, r), value: formatNumber(r.savings.claimed.grams) };
    },
  },
  {
    ...COST,
    name: 'greenkube_recommendation_top_savings_cost_per_year',
    labels: [...TOP_LABELS, 'currency'],
    help: 'Cost that the same recommendations claim to save in a year; absent where no price is known.',
    *samples(view) {
      for (const r of top(view)) {
        const sample = costSample(topLabels(view.cluster, r), r.savings.claimed, r.savings.currency);
        if (sample) yield sample;
      }
    },
  },
  {
    name: 'greenkube_savings_co2e_grams_total',
    type: 'counter',
    unit: 'grams',
    labels: ['namespace', 'type'],
    stability: 'stable',
    help: 'Emissions that applied recommendations have been measured to save, verified ones alone.',
    *samples({ cluster, recommended }) {
      for (const { namespace, type, micrograms } of recommended?.savings ?? []) {
        const labels = `${cluster},${label('namespace', namespace)},${label('type', type)}`;
        yield { labels, value: formatScaled(micrograms, 6) };
      }
    },
  },
  {
    name: 'greenkube_savings_cost_total',
    type: 'counter',
    unit: null,
    labels: ['namespace', 'type', 'currency'],
    stability: 'stable',
    help: 'Cost that applied recommendations have been measured to save, verified ones alone.',
    *samples({ cluster, recommended }) {
      for (const { namespace, type, cost } of recommended?.savings ?? []) {
        const labels = `${cluster},${label('namespace', namespace)},${label('type', type)}`;
        for (const { currency, nano } of cost)
          yield { labels: `${labels},${label('currency', currency)}`, value: formatScaled(nano, 9) };
      }
    },
  },
];
