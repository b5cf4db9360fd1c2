/** How much, where, and how sure: the whole of the clusters. */
import { board } from '../board.js';
import { BY_METHOD, BY_PART, BY_SCOPE } from '../colours.js';
import { toNamespace } from '../links.js';
import { areas, bars, lines, stat } from '../panels.js';
import { amount, growth, IN_CLUSTER, kwh, largest, meanOf, perHour, sum } from '../promql.js';
import { VARIABLES } from '../variables.js';
import { appliedMarks, historyBand } from '../history.js';

const NODE_ENERGY = 'greenkube_node_energy_joules_total';
const NODE_CO2E = 'greenkube_node_co2e_grams_total';
const NAMESPACE_CO2E = 'greenkube_namespace_co2e_grams_total';
const NAMESPACE_COST = 'greenkube_namespace_cost_total';

const IN_THE_TIME = {
  title: 'In the selected time',
  panels: [
    stat({
      title: 'Emissions, CO₂e',
      description:
        'All nodes with their idle capacity: electricity (GHG scope 2, location-based) and the share of making the machines (scope 3).',
      unit: 'massg',
      width: 4,
      queries: [{ expr: amount(NODE_CO2E, IN_CLUSTER), instant: true }],
    }),
    stat({
      title: 'Energy',
      description:
        'Energy of all nodes: pods, system and idle capacity, with the overhead of the data centre (PUE).',
      unit: 'kwatth',
      width: 4,
      queries: [{ expr: kwh(amount(NODE_ENERGY, IN_CLUSTER)), instant: true }],
    }),
    stat({
      title: 'Cost of workloads',
      description: 'Cost of all pods, by currency; absent where no price is known.',
      unit: 'short',
      decimals: 2,
      width: 4,
      queries: [
        { expr: amount(NAMESPACE_COST, IN_CLUSTER, ['currency']), legend: '{{currency}}', instant: true },
      ],
    }),
    stat({
      title: 'Energy of idle capacity',
      description:
        'Part of the energy that goes into capacity that no pod reserves: what consolidation could save.',
      unit: 'percentunit',
      decimals: 0,
      limits: [0.3, 0.5],
      width: 4,
      queries: [
        {
          expr: `${amount(NODE_ENERGY, `${IN_CLUSTER}, part="idle"`)} / ${amount(NODE_ENERGY, IN_CLUSTER)}`,
          instant: true,
        },
      ],
    }),
    stat({
      title: 'Estimated, not metered',
      description:
        'Part of the energy that comes from the plain power model. The rest was read from meters, or estimated by a model fitted to meters.',
      unit: 'percentunit',
      decimals: 0,
      width: 4,
      queries: [
        {
          expr: `(${amount(NODE_ENERGY, `${IN_CLUSTER}, method="estimated"`)} or vector(0)) / ${amount(NODE_ENERGY, IN_CLUSTER)}`,
          instant: true,
        },
      ],
    }),
    stat({
      title: 'Sustainability score',
      description: 'Mean score of the clusters: 100 % is nothing left to do in any dimension that is known.',
      unit: 'percentunit',
      decimals: 0,
      limits: [0.7, 0.4],
      width: 4,
      queries: [
        {
          expr: `avg(${meanOf('greenkube_cluster_sustainability_score_ratio', IN_CLUSTER)})`,
          instant: true,
        },
      ],
    }),
  ],
};

const TREND = {
  title: 'Over time',
  panels: [
    areas({
      title: 'Emissions per hour, CO₂e',
      description:
        'Rate of emission of all nodes. Operational follows the electricity and its grid, embodied is the share of making the machines.',
      unit: 'massg',
      width: 12,
      overrides: BY_SCOPE,
      queries: [{ expr: perHour(NODE_CO2E, IN_CLUSTER, ['scope']), legend: '{{scope}}' }],
    }),
    historyBand({
      title: 'Emissions with their bounds, CO₂e',
      description:
        'From the history of the exporter: amount of each period, and the band within which the truth lies as far as power model, grid and hardware are known.',
      width: 12,
      of: 'cluster',
    }),
    areas({
      title: 'Power by use',
      description:
        'What the nodes draw: for pods, for the system outside pods, and for capacity that nobody uses.',
      unit: 'watt',
      width: 12,
      overrides: BY_PART,
      queries: [{ expr: sum('greenkube_node_power_watts', IN_CLUSTER, ['part']), legend: '{{part}}' }],
    }),
    areas({
      title: 'Power by how it was found',
      description:
        'Measured: read from a meter. Calibrated: by a power model fitted to meters of like machines. Estimated: by the plain power model.',
      unit: 'watt',
      width: 12,
      overrides: BY_METHOD,
      queries: [{ expr: growth(NODE_ENERGY, IN_CLUSTER, ['method']), legend: '{{method}}' }],
    }),
  ],
};

const WHERE = {
  title: 'Where',
  panels: [
    bars({
      title: 'Emissions by namespace, CO₂e',
      description:
        'The fifteen namespaces that emitted most in the selected time; click one to see what in it.',
      unit: 'massg',
      width: 12,
      links: [toNamespace],
      queries: [
        {
          expr: largest(15, amount(NAMESPACE_CO2E, IN_CLUSTER, ['cluster', 'namespace'])),
          legend: '{{namespace}}',
          instant: true,
        },
      ],
    }),
    bars({
      title: 'Cost by namespace',
      description: 'The fifteen dearest namespaces of the selected time, by currency.',
      unit: 'short',
      decimals: 2,
      width: 6,
      links: [toNamespace],
      queries: [
        {
          expr: largest(15, amount(NAMESPACE_COST, IN_CLUSTER, ['cluster', 'namespace', 'currency'])),
          legend: '{{namespace}} ({{currency}})',
          instant: true,
        },
      ],
    }),
    bars({
      title: 'Emissions by grid zone, CO₂e',
      description: 'Emissions of the nodes that are there now, by the electricity grid that they draw from.',
      unit: 'massg',
      width: 6,
      queries: [
        {
          expr:
            `sum by (grid_zone) (sum by (cluster, node) (increase(${NODE_CO2E}{${IN_CLUSTER}}[$__range]))` +
            ` * on (cluster, node) group_left (grid_zone) group by (cluster, node, grid_zone) (greenkube_node_info{${IN_CLUSTER}}))`,
          legend: '{{grid_zone}}',
          instant: true,
        },
      ],
    }),
  ],
};

const STANDING = {
  title: 'Budgets, score and freshness',
  panels: [
    bars({
      title: 'Budgets used',
      description:
        'Part of each budget, of emissions, energy or money, that its running period has used; at 100 % it is spent.',
      unit: 'percentunit',
      decimals: 0,
      max: 1,
      limits: [0.8, 1],
      width: 10,
      height: 8,
      queries: [
        {
          expr: `max by (cluster, budget, period) (greenkube_budget_used_ratio{${IN_CLUSTER}})`,
          legend: '{{budget}}',
          instant: true,
        },
      ],
    }),
    bars({
      title: 'Score by dimension',
      description:
        'Each dimension of the score of the clusters; one that is not known is left out, not counted as 0.',
      unit: 'percentunit',
      decimals: 0,
      max: 1,
      limits: [0.7, 0.4],
      width: 8,
      height: 8,
      queries: [
        {
          expr: `avg by (dimension) (${meanOf('greenkube_cluster_sustainability_dimension_score_ratio', IN_CLUSTER)})`,
          legend: '{{dimension}}',
          instant: true,
        },
      ],
    }),
    lines({
      title: 'Age of the data',
      description:
        'Time since the end of the newest interval that is known. It rises to a step and a settling time, and falls again.',
      unit: 's',
      width: 6,
      height: 8,
      queries: [
        {
          expr: `time() - max by (cluster) (greenkube_interval_last_completed_timestamp_seconds{${IN_CLUSTER}})`,
          legend: '{{cluster}}',
        },
      ],
    }),
  ],
};

export const overview = board({
  name: 'overview',
  title: 'Overview',
  description: 'Energy, emissions and cost of whole clusters: how much, where, and how far it is measured.',
  variables: [VARIABLES.metrics, VARIABLES.history, VARIABLES.cluster],
  annotations: [appliedMarks('cluster')],
  rows: [IN_THE_TIME, TREND, WHERE, STANDING],
});
