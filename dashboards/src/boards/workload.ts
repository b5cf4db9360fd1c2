/** One workload and its pods. */
import { board } from '../board.js';
import { BY_METHOD, BY_SCOPE } from '../colours.js';
import { appliedMarks, historyBand } from '../history.js';
import { toNode } from '../links.js';
import { areas, bars, lines, stat } from '../panels.js';
import { amount, kwh, OF_WORKLOAD, perHour, sum } from '../promql.js';
import { VARIABLES } from '../variables.js';

const ENERGY = 'greenkube_workload_energy_joules_total';
const CO2E = 'greenkube_workload_co2e_grams_total';
const COST = 'greenkube_workload_cost_total';

/** Ratios of pods do not carry the workload; its name comes from the pod's power. */
const ofWorkload = (ratio: string): string =>
  `${ratio}{cluster=~"$cluster", namespace=~"$namespace"}` +
  ` and on (cluster, namespace, pod) greenkube_pod_power_watts{${OF_WORKLOAD}}`;

const IN_THE_TIME = {
  title: 'In the selected time',
  panels: [
    stat({
      title: 'Emissions, CO₂e',
      description: 'Of all pods that the workload had, operational and embodied.',
      unit: 'massg',
      width: 6,
      queries: [{ expr: amount(CO2E, OF_WORKLOAD), instant: true }],
    }),
    stat({
      title: 'Energy',
      description: 'Of all pods that the workload had, with their share of the overhead of the data centre.',
      unit: 'kwatth',
      width: 6,
      queries: [{ expr: kwh(amount(ENERGY, OF_WORKLOAD)), instant: true }],
    }),
    stat({
      title: 'Cost',
      description: 'Of all pods that the workload had, by currency; absent where no price is known.',
      unit: 'short',
      decimals: 2,
      width: 6,
      queries: [{ expr: amount(COST, OF_WORKLOAD, ['currency']), legend: '{{currency}}', instant: true }],
    }),
    stat({
      title: 'Energy by how it was found',
      description:
        'Measured by a meter, calibrated by meters of like machines, or estimated by the plain power model.',
      unit: 'kwatth',
      width: 6,
      overrides: BY_METHOD,
      queries: [{ expr: kwh(amount(ENERGY, OF_WORKLOAD, ['method'])), legend: '{{method}}', instant: true }],
    }),
  ],
};

const TREND = {
  title: 'Over time',
  panels: [
    areas({
      title: 'Emissions per hour, CO₂e',
      description:
        'Operational follows the electricity and its grid, embodied is the share of making the machines.',
      unit: 'massg',
      width: 12,
      overrides: BY_SCOPE,
      queries: [{ expr: perHour(CO2E, OF_WORKLOAD, ['scope']), legend: '{{scope}}' }],
    }),
    historyBand({
      title: 'Emissions with their bounds, CO₂e',
      description:
        'From the history of the exporter: amount of each period, and the band within which the truth lies as far as power model, grid and hardware are known.',
      width: 12,
      of: 'workload',
    }),
    areas({
      title: 'Power by how it was found',
      description:
        'Measured by a meter, calibrated by meters of like machines, or estimated by the plain power model.',
      unit: 'watt',
      width: 12,
      overrides: BY_METHOD,
      queries: [{ expr: sum('greenkube_pod_power_watts', OF_WORKLOAD, ['method']), legend: '{{method}}' }],
    }),
    lines({
      title: 'Cost per hour',
      description: 'Of the pods that run, by currency.',
      unit: 'short',
      decimals: 4,
      width: 12,
      queries: [
        { expr: sum('greenkube_pod_cost_per_hour', OF_WORKLOAD, ['currency']), legend: '{{currency}}' },
      ],
    }),
  ],
};

const PODS = {
  title: 'Pods',
  panels: [
    lines({
      title: 'Power by pod',
      description: 'Mean power of each pod in each interval; click to see its node.',
      unit: 'watt',
      width: 8,
      links: [toNode],
      queries: [
        {
          expr: sum('greenkube_pod_power_watts', OF_WORKLOAD, ['namespace', 'pod', 'node']),
          legend: '{{pod}} on {{node}}',
        },
      ],
    }),
    lines({
      title: 'CPU used of requested',
      description: 'By pod; far below 100 % the request is larger than the need, absent without a request.',
      unit: 'percentunit',
      width: 8,
      queries: [{ expr: ofWorkload('greenkube_pod_cpu_efficiency_ratio'), legend: '{{pod}}' }],
    }),
    lines({
      title: 'Memory used of requested',
      description: 'By pod; far below 100 % the request is larger than the need, absent without a request.',
      unit: 'percentunit',
      width: 8,
      queries: [{ expr: ofWorkload('greenkube_pod_memory_efficiency_ratio'), legend: '{{pod}}' }],
    }),
  ],
};

const RATED = {
  title: 'Per unit of work, and what to do',
  panels: [
    lines({
      title: 'Carbon per unit of work, CO₂e',
      description:
        'Software Carbon Intensity (ISO/IEC 21031): operational and embodied emissions over the units of work that SCI_FILE counts.',
      unit: 'massg',
      width: 12,
      queries: [
        {
          expr: `greenkube_sci_grams_per_unit{cluster=~"$cluster", namespace=~"$namespace", workload=~"$workload"}`,
          legend: '{{namespace}}/{{workload}} per {{unit}}',
        },
      ],
    }),
    bars({
      title: 'Savings that are recommended, CO₂e per year',
      description: 'The recommendations for the workloads chosen that are among the largest of the cluster.',
      unit: 'massg',
      width: 12,
      queries: [
        {
          expr: sum('greenkube_recommendation_top_savings_co2e_grams_per_year', OF_WORKLOAD, [
            'namespace',
            'workload',
            'type',
          ]),
          legend: '{{namespace}}/{{workload}}: {{type}}',
          instant: true,
        },
      ],
    }),
  ],
};

export const workload = board({
  name: 'workload',
  title: 'Workload',
  description: 'Energy, emissions and cost of workloads, their pods, and what their requests leave unused.',
  variables: [
    VARIABLES.metrics,
    VARIABLES.history,
    VARIABLES.cluster,
    VARIABLES.namespace,
    VARIABLES.workload,
  ],
  annotations: [appliedMarks('workload')],
  rows: [IN_THE_TIME, TREND, PODS, RATED],
});
