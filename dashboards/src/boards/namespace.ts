/** What in a namespace, and what its budget says. */
import { board } from '../board.js';
import { BY_METHOD, BY_SCOPE } from '../colours.js';
import { appliedMarks, historyBand } from '../history.js';
import { rowToWorkload, toWorkload } from '../links.js';
import { areas, bars, lines, stat } from '../panels.js';
import { amount, IN_NAMESPACE, kwh, meanOf, ofLargest, perHour, sum } from '../promql.js';
import { table } from '../tables.js';
import { VARIABLES } from '../variables.js';

const ENERGY = 'greenkube_namespace_energy_joules_total';
const CO2E = 'greenkube_namespace_co2e_grams_total';
const COST = 'greenkube_namespace_cost_total';
const WORKLOAD_ENERGY = 'greenkube_workload_energy_joules_total';
const WORKLOAD_CO2E = 'greenkube_workload_co2e_grams_total';
const WORKLOAD_COST = 'greenkube_workload_cost_total';
const WORKLOAD = ['cluster', 'namespace', 'workload', 'workload_type'];

const IN_THE_TIME = {
  title: 'In the selected time',
  panels: [
    stat({
      title: 'Emissions, CO₂e',
      description: 'Of the pods of the namespaces chosen, operational and embodied.',
      unit: 'massg',
      width: 5,
      queries: [{ expr: amount(CO2E, IN_NAMESPACE), instant: true }],
    }),
    stat({
      title: 'Energy',
      description:
        'Of the pods of the namespaces chosen, with their share of the overhead of the data centre.',
      unit: 'kwatth',
      width: 5,
      queries: [{ expr: kwh(amount(ENERGY, IN_NAMESPACE)), instant: true }],
    }),
    stat({
      title: 'Cost',
      description: 'Of the pods of the namespaces chosen, by currency; absent where no price is known.',
      unit: 'short',
      decimals: 2,
      width: 5,
      queries: [{ expr: amount(COST, IN_NAMESPACE, ['currency']), legend: '{{currency}}', instant: true }],
    }),
    stat({
      title: 'Estimated, not metered',
      description: 'Mean part of the energy that comes from the plain power model.',
      unit: 'percentunit',
      decimals: 0,
      width: 4,
      queries: [{ expr: `avg(${meanOf('greenkube_estimated_energy_ratio', IN_NAMESPACE)})`, instant: true }],
    }),
    stat({
      title: 'Sustainability score',
      description: 'Mean score of the namespaces chosen.',
      unit: 'percentunit',
      decimals: 0,
      limits: [0.7, 0.4],
      width: 5,
      queries: [
        { expr: `avg(${meanOf('greenkube_sustainability_score_ratio', IN_NAMESPACE)})`, instant: true },
      ],
    }),
  ],
};

const TREND = {
  title: 'Over time',
  panels: [
    areas({
      title: 'Emissions per hour by workload, CO₂e',
      description: 'The twelve workloads that emitted most in the selected time.',
      unit: 'massg',
      width: 12,
      links: [toWorkload],
      queries: [
        {
          expr: ofLargest(
            12,
            perHour(WORKLOAD_CO2E, IN_NAMESPACE, WORKLOAD),
            WORKLOAD_CO2E,
            IN_NAMESPACE,
            WORKLOAD,
          ),
          legend: '{{namespace}}/{{workload}}',
        },
      ],
    }),
    historyBand({
      title: 'Emissions with their bounds, CO₂e',
      description:
        'From the history of the exporter: amount of each period, and the band within which the truth lies as far as power model, grid and hardware are known.',
      width: 12,
      of: 'namespace',
    }),
    areas({
      title: 'Emissions per hour by scope, CO₂e',
      description:
        'Operational follows the electricity and its grid, embodied is the share of making the machines.',
      unit: 'massg',
      width: 8,
      overrides: BY_SCOPE,
      queries: [{ expr: perHour(CO2E, IN_NAMESPACE, ['scope']), legend: '{{scope}}' }],
    }),
    areas({
      title: 'Power by how it was found',
      description:
        'Measured by a meter, calibrated by meters of like machines, or estimated by the plain power model.',
      unit: 'watt',
      width: 8,
      overrides: BY_METHOD,
      queries: [{ expr: sum('greenkube_pod_power_watts', IN_NAMESPACE, ['method']), legend: '{{method}}' }],
    }),
    areas({
      title: 'Cost per hour',
      description: 'Of the pods of the namespaces chosen, by namespace and currency.',
      unit: 'short',
      decimals: 2,
      width: 8,
      queries: [
        {
          expr: sum('greenkube_namespace_cost_per_hour', IN_NAMESPACE, ['namespace', 'currency']),
          legend: '{{namespace}} ({{currency}})',
        },
      ],
    }),
  ],
};

const WHAT = {
  title: 'Workloads',
  panels: [
    table({
      title: 'Workloads in the selected time',
      description:
        'Emissions, energy and cost of every workload, largest emitter first; click a figure to see its pods.',
      labels: { namespace: 'Namespace', workload: 'Workload', workload_type: 'Kind', currency: 'Currency' },
      width: 24,
      links: [rowToWorkload],
      columns: [
        { title: 'CO₂e', unit: 'massg', expr: amount(WORKLOAD_CO2E, IN_NAMESPACE, WORKLOAD.slice(1)) },
        {
          title: 'Energy',
          unit: 'kwatth',
          expr: kwh(amount(WORKLOAD_ENERGY, IN_NAMESPACE, WORKLOAD.slice(1))),
        },
        {
          title: 'Cost',
          unit: 'short',
          decimals: 2,
          expr: amount(WORKLOAD_COST, IN_NAMESPACE, [...WORKLOAD.slice(1), 'currency']),
        },
      ],
    }),
    lines({
      title: 'CPU used of requested',
      description:
        'Mean of the pods by namespace; far below 100 % the requests are larger than the need. Pods without a request are left out.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `avg by (namespace) (greenkube_pod_cpu_efficiency_ratio{${IN_NAMESPACE}})`,
          legend: '{{namespace}}',
        },
      ],
    }),
    lines({
      title: 'Memory used of requested',
      description:
        'Mean of the pods by namespace; far below 100 % the requests are larger than the need. Pods without a request are left out.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `avg by (namespace) (greenkube_pod_memory_efficiency_ratio{${IN_NAMESPACE}})`,
          legend: '{{namespace}}',
        },
      ],
    }),
    bars({
      title: 'Savings that are recommended, CO₂e per year',
      description: 'By kind of recommendation, without overlap, at the present use and grid.',
      unit: 'massg',
      width: 8,
      queries: [
        {
          expr: sum('greenkube_recommendation_savings_co2e_grams_per_year', IN_NAMESPACE, ['type']),
          legend: '{{type}}',
          instant: true,
        },
      ],
    }),
  ],
};

/** Those of labels and of whole clusters have no namespace. */
const BUDGET = 'cluster=~"$cluster", namespace=~"$namespace|"';

const budget = (metric: string): string => sum(metric, BUDGET, ['cluster', 'budget', 'period']);

const BUDGETS = {
  title: 'Budgets of emissions, energy and money',
  panels: [
    lines({
      title: 'Used',
      description:
        'Part of the budget that the running period has used; it starts again with each period. Budgets of labels and of whole clusters are shown with those of the namespaces.',
      unit: 'percentunit',
      decimals: 0,
      width: 8,
      queries: [{ expr: budget('greenkube_budget_used_ratio'), legend: '{{budget}} ({{period}})' }],
    }),
    bars({
      title: 'Used at the end of the period, as projected',
      description:
        'By the hours of the week of the last weeks: over 100 % the budget will be spent before its period ends.',
      unit: 'percentunit',
      decimals: 0,
      limits: [0.9, 1],
      width: 8,
      queries: [{ expr: budget('greenkube_budget_projected_ratio'), legend: '{{budget}}', instant: true }],
    }),
    lines({
      title: 'How fast it is used',
      description:
        'Use of the last 24 hours over an even one: at 1 the budget lasts for just its period, at 2 for half of it.',
      unit: 'none',
      decimals: 2,
      width: 8,
      queries: [{ expr: budget('greenkube_budget_burn_ratio'), legend: '{{budget}} ({{period}})' }],
    }),
  ],
};

export const namespace = board({
  name: 'namespace',
  title: 'Namespace',
  description: 'Energy, emissions, cost, budget and waste of namespaces, and the workloads behind them.',
  variables: [VARIABLES.metrics, VARIABLES.history, VARIABLES.cluster, VARIABLES.namespace],
  annotations: [appliedMarks('namespace')],
  rows: [IN_THE_TIME, TREND, WHAT, BUDGETS],
});
