/** What to do, and what it brought. */
import { board } from '../board.js';
import { appliedMarks, recommendationsPanel } from '../history.js';
import { rowToWorkload } from '../links.js';
import { bars, lines, stat } from '../panels.js';
import { amount, IN_NAMESPACE, sum } from '../promql.js';
import { table } from '../tables.js';
import { VARIABLES } from '../variables.js';

const COUNT = 'greenkube_recommendations';
const CO2E = 'greenkube_recommendation_savings_co2e_grams_per_year';
const COST = 'greenkube_recommendation_savings_cost_per_year';
const SAVED_CO2E = 'greenkube_savings_co2e_grams_total';
const SAVED_COST = 'greenkube_savings_cost_total';
const RECOMMENDATION = ['namespace', 'workload', 'workload_type', 'type', 'priority', 'id'];

/** Nothing saved where there are recommendations and none was carried out: known, and 0. */
const orNothing = (saved: string, by: readonly string[] = []): string =>
  `${saved} or 0 * ${sum(by.length === 0 ? CO2E : COST, IN_NAMESPACE, by)}`;

const STANDING = {
  title: 'What there is to do, and what was done',
  panels: [
    stat({
      title: 'Open recommendations',
      description: 'Those that hold now and were neither carried out nor ignored.',
      unit: 'none',
      decimals: 0,
      width: 4,
      queries: [{ expr: sum(COUNT, `${IN_NAMESPACE}, status="active"`), instant: true }],
    }),
    stat({
      title: 'Would save, CO₂e per year',
      description: 'All open recommendations together, without overlap, at the present use and grid.',
      unit: 'massg',
      width: 5,
      queries: [{ expr: sum(CO2E, IN_NAMESPACE), instant: true }],
    }),
    stat({
      title: 'Would save per year',
      description: 'All open recommendations together, without overlap, at the present prices, by currency.',
      unit: 'short',
      decimals: 0,
      width: 5,
      queries: [{ expr: sum(COST, IN_NAMESPACE, ['currency']), legend: '{{currency}}', instant: true }],
    }),
    stat({
      title: 'Saved in the selected time, CO₂e',
      description:
        'Measured against what the workload did before the recommendation was carried out, hour of the week by hour of the week.',
      unit: 'massg',
      width: 5,
      queries: [{ expr: orNothing(amount(SAVED_CO2E, IN_NAMESPACE)), instant: true }],
    }),
    stat({
      title: 'Saved in the selected time',
      description: 'The same in money, by currency.',
      unit: 'short',
      decimals: 2,
      width: 5,
      queries: [
        {
          expr: orNothing(amount(SAVED_COST, IN_NAMESPACE, ['currency']), ['currency']),
          legend: '{{currency}}',
          instant: true,
        },
      ],
    }),
  ],
};

const WHAT = {
  title: 'What to do',
  panels: [
    recommendationsPanel({
      title: 'Recommendations',
      description:
        'From the history of the exporter: evidence, present and proposed, saving, and the patch to copy.',
      width: 24,
    }),
    table({
      title: 'The largest savings, CO₂e per year',
      description: 'Single recommendations with the largest savings; click one to see its workload.',
      labels: {
        namespace: 'Namespace',
        workload: 'Workload',
        workload_type: 'Kind',
        type: 'Recommendation',
        priority: 'Priority',
        currency: 'Currency',
        id: 'Id',
      },
      width: 24,
      links: [rowToWorkload],
      columns: [
        {
          title: 'CO₂e per year',
          unit: 'massg',
          expr: sum('greenkube_recommendation_top_savings_co2e_grams_per_year', IN_NAMESPACE, RECOMMENDATION),
        },
        {
          title: 'Cost per year',
          unit: 'short',
          decimals: 0,
          expr: sum('greenkube_recommendation_top_savings_cost_per_year', IN_NAMESPACE, [
            ...RECOMMENDATION,
            'currency',
          ]),
        },
      ],
    }),
  ],
};

const KINDS = {
  title: 'By kind and place',
  panels: [
    bars({
      title: 'Would save by kind, CO₂e per year',
      description: 'Open recommendations by kind, without overlap.',
      unit: 'massg',
      width: 8,
      queries: [{ expr: sum(CO2E, IN_NAMESPACE, ['type']), legend: '{{type}}', instant: true }],
    }),
    bars({
      title: 'Would save by namespace, CO₂e per year',
      description: 'The ten namespaces where most can be saved.',
      unit: 'massg',
      width: 8,
      queries: [
        {
          expr: `topk(10, ${sum(CO2E, IN_NAMESPACE, ['namespace'])})`,
          legend: '{{namespace}}',
          instant: true,
        },
      ],
    }),
    lines({
      title: 'Recommendations by state',
      description:
        'Active: holds. Applied: found carried out. Ignored: set aside by a person. Stale: no longer holds.',
      unit: 'none',
      decimals: 0,
      width: 8,
      queries: [{ expr: sum(COUNT, IN_NAMESPACE, ['status']), legend: '{{status}}' }],
    }),
  ],
};

export const recommendations = board({
  name: 'recommendations',
  title: 'Recommendations',
  description:
    'What would save energy, emissions and money, and what the recommendations carried out have saved.',
  variables: [VARIABLES.metrics, VARIABLES.history, VARIABLES.cluster, VARIABLES.namespace],
  annotations: [appliedMarks('namespace')],
  rows: [STANDING, WHAT, KINDS],
});
