/** Gauges of what analyses have found: scores, budgets, the hours ahead of the grid, and carbon per unit of work. */
import type { BudgetState } from '../../domain/budget/state.js';
import { unitOf } from '../../domain/budget/budget.js';
import type { ZoneOutlook } from '../../domain/forecast/outlook.js';
import type { Score } from '../../domain/score/score.js';
import { formatNumber, label } from '../format.js';
import type { MetricRow, Sample } from '../metric-row.js';
import type { BaseView } from './base.js';

type Row = MetricRow<BaseView>;

/** Points of a score, 0..100, as a ratio. */
const asRatio = (points: number): string => formatNumber(points / 100);

function* overall({ cluster, findings }: BaseView, whole: boolean): Generator<Sample> {
  for (const score of findings.scores) {
    if ((score.namespace === '') !== whole || score.score === null) continue;
    yield { labels: scoreLabels(cluster, score), value: asRatio(score.score) };
  }
}

function* byDimension({ cluster, findings }: BaseView, whole: boolean): Generator<Sample> {
  for (const score of findings.scores) {
    if ((score.namespace === '') !== whole) continue;
    for (const { dimension, score: points } of score.dimensions) {
      const labels = `${scoreLabels(cluster, score)},${label('dimension', dimension)}`;
      yield { labels, value: asRatio(points) };
    }
  }
}

const scoreLabels = (cluster: string, { namespace }: Score): string =>
  namespace === '' ? cluster : `${cluster},${label('namespace', namespace)}`;

const SCORE: Pick<Row, 'type' | 'unit' | 'stability'> = { type: 'gauge', unit: 'ratio', stability: 'stable' };

const SCORES: readonly Row[] = [
  {
    ...SCORE,
    name: 'greenkube_sustainability_score_ratio',
    labels: ['namespace'],
    help: 'Sustainability score of the namespace over the look-back window, 0 to 1; dimensions without data are left out.',
    samples: (view) => overall(view, false),
  },
  {
    ...SCORE,
    name: 'greenkube_sustainability_dimension_score_ratio',
    labels: ['namespace', 'dimension'],
    help: "One dimension of the namespace's sustainability score; absent without data.",
    samples: (view) => byDimension(view, false),
  },
  {
    ...SCORE,
    name: 'greenkube_cluster_sustainability_score_ratio',
    labels: [],
    help: 'Sustainability score of the whole cluster over the look-back window, 0 to 1.',
    samples: (view) => overall(view, true),
  },
  {
    ...SCORE,
    name: 'greenkube_cluster_sustainability_dimension_score_ratio',
    labels: ['dimension'],
    help: "One dimension of the cluster's sustainability score; absent without data.",
    samples: (view) => byDimension(view, true),
  },
];

const JOULES_PER_KWH = 3.6e6;

/** The namespace is empty for budgets of labels and of the cluster, which are told apart by their names. */
function budgetLabels(cluster: string, { budget }: BudgetState): string {
  const { scope, period, name } = budget;
  const namespace = scope.kind === 'namespace' ? scope.namespace : '';
  return [cluster, label('namespace', namespace), label('period', period), label('budget', name)].join(',');
}

function limits(amount: string, read: (state: BudgetState) => Sample['value'], more = ''): Row['samples'] {
  return function* ({ cluster, findings }) {
    for (const state of findings.budgets) {
      if (state.budget.limit.amount !== amount) continue;
      const suffix = more === '' ? '' : `,${label(more, state.budget.limit.currency)}`;
      yield { labels: `${budgetLabels(cluster, state)}${suffix}`, value: read(state) };
    }
  };
}

const ofEach = (read: (state: BudgetState) => number | null): Row['samples'] =>
  function* ({ cluster, findings }) {
    for (const state of findings.budgets) {
      const value = read(state);
      if (value === null) continue;
      const unit = label('unit', unitOf(state.budget.limit));
      yield { labels: `${budgetLabels(cluster, state)},${unit}`, value: formatNumber(value) };
    }
  };

const BUDGET_LABELS = ['namespace', 'period', 'budget'] as const;
const BUDGET: Pick<Row, 'type' | 'stability'> = { type: 'gauge', stability: 'stable' };

const BUDGETS: readonly Row[] = [
  {
    ...BUDGET,
    name: 'greenkube_budget_co2e_grams',
    unit: 'grams',
    labels: BUDGET_LABELS,
    help: 'Emissions that the budget allows in its period; namespace is empty for budgets of labels or of the cluster.',
    samples: limits('co2e', ({ budget }) => formatNumber(budget.limit.value)),
  },
  {
    ...BUDGET,
    name: 'greenkube_budget_energy_joules',
    unit: 'joules',
    labels: BUDGET_LABELS,
    help: 'Energy that the budget allows in its period.',
    samples: limits('energy', ({ budget }) => formatNumber(budget.limit.value * JOULES_PER_KWH)),
  },
  {
    ...BUDGET,
    name: 'greenkube_budget_cost',
    unit: null,
    labels: [...BUDGET_LABELS, 'currency'],
    help: 'Cost that the budget allows in its period.',
    samples: limits('cost', ({ budget }) => formatNumber(budget.limit.value), 'currency'),
  },
  {
    ...BUDGET,
    name: 'greenkube_budget_used_ratio',
    unit: 'ratio',
    labels: [...BUDGET_LABELS, 'unit'],
    help: 'Part of the budget that is used in the present period; may pass 1.',
    samples: ofEach((state) => state.usedRatio),
  },
  {
    ...BUDGET,
    name: 'greenkube_budget_projected_ratio',
    unit: 'ratio',
    labels: [...BUDGET_LABELS, 'unit'],
    help: 'Part of the budget that will be used at the end of the period, as projected; absent while too little is known.',
    samples: ofEach((state) => state.projected && state.projected.value / state.budget.limit.value),
  },
  {
    ...BUDGET,
    name: 'greenkube_budget_burn_ratio',
    unit: 'ratio',
    labels: [...BUDGET_LABELS, 'unit'],
    help: 'Use of the last 24 hours over the use at which the budget would last exactly for its period.',
    samples: ofEach((state) => state.burnRate24h),
  },
];

/** Hours ahead that have a series of their own. */
const HORIZONS = [1, 3, 6, 12, 24] as const;
const HOUR = 3600;

function* horizons(cluster: string, { zone, hours }: ZoneOutlook, at: number): Generator<Sample> {
  for (const horizon of HORIZONS) {
    const then = at + horizon * HOUR;
    const found = hours.find(({ hour }) => hour <= then && then < hour + HOUR);
    if (!found) continue;
    const labels = [cluster, label('zone', zone), label('horizon', `${horizon}h`)].join(',');
    yield { labels, value: formatNumber(found.value) };
  }
}

export const FINDING_METRICS: readonly Row[] = [
  {
    name: 'greenkube_grid_carbon_intensity_forecast_grams_per_kwh',
    type: 'gauge',
    unit: 'grams_per_kwh',
    labels: ['zone', 'horizon'],
    stability: 'stable',
    help: 'Carbon intensity of the electricity that far ahead, by the provider or by the hours of the week; absent without a forecast.',
    *samples({ cluster, findings, at }) {
      for (const outlook of findings.outlooks) yield* horizons(cluster, outlook, at);
    },
  },
  ...SCORES,
  ...BUDGETS,
  {
    name: 'greenkube_sci_grams_per_unit',
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'workload', 'workload_type', 'unit'],
    stability: 'stable',
    help: 'Software Carbon Intensity (ISO/IEC 21031) of the last 24 hours: emissions of both scopes per unit of work; absent without units.',
    *samples({ cluster, findings }) {
      for (const { unit, workloadType, day } of findings.sci) {
        if (day.gramsPerUnit === null) continue;
        const labels = [
          cluster,
          label('namespace', unit.namespace),
          label('workload', unit.workload),
          label('workload_type', workloadType),
          label('unit', unit.unit),
        ].join(',');
        yield { labels, value: formatNumber(day.gramsPerUnit) };
      }
    },
  },
];
