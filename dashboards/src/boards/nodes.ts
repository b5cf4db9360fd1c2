/** Nodes, and whether the model is true: what it says beside what meters say. */
import { board } from '../board.js';
import { band, BY_PART, BY_SCOPE } from '../colours.js';
import { accuracyPanel } from '../history.js';
import { areas, lines, stat } from '../panels.js';
import { ON_NODE, perHour, sum } from '../promql.js';
import { table } from '../tables.js';
import { VARIABLES } from '../variables.js';

const ESTIMATED = `greenkube_node_estimated_power_watts{${ON_NODE}}`;
const MEASURED = `max by (cluster, node) (greenkube_node_measured_power_watts{${ON_NODE}})`;

/** The model's figures of the nodes that a meter covers, so that both sums are over the same nodes. */
const ESTIMATED_WHERE_MEASURED = `(${ESTIMATED} and on (cluster, node) ${MEASURED})`;

/** For each node the error that meters found for its instance type. */
const ERROR_OF_NODE =
  `on (cluster, node) group_left () max by (cluster, node) (greenkube_node_info{${ON_NODE}}` +
  ' * on (cluster, instance_type) group_left () max by (cluster, instance_type) (abs(greenkube_energy_model_error_ratio{cluster=~"$cluster"})))';

const bound = (sign: '+' | '-'): string => `sum(${ESTIMATED} ${sign} ${ESTIMATED} * ${ERROR_OF_NODE})`;

const ACCURACY = {
  title: 'Is it true? Estimated versus measured',
  panels: [
    stat({
      title: 'Nodes with a meter',
      description:
        'Part of the nodes for which a meter gives a figure that the estimate can be held against.',
      unit: 'percentunit',
      decimals: 0,
      width: 6,
      queries: [{ expr: `(count(${MEASURED}) or vector(0)) / count(${ESTIMATED})`, instant: true }],
    }),
    stat({
      title: 'Error of the model',
      description: 'Over all nodes with a meter in the selected time: (estimated − measured) / measured.',
      unit: 'percentunit',
      decimals: 1,
      width: 6,
      queries: [
        {
          expr:
            `sum(avg_over_time(${ESTIMATED}[$__range]) and on (cluster, node) ${MEASURED})` +
            ` / sum(max by (cluster, node) (avg_over_time(greenkube_node_measured_power_watts{${ON_NODE}}[$__range]))) - 1`,
          instant: true,
        },
      ],
    }),
    stat({
      title: 'Overhead of the data centre (PUE)',
      description: 'Mean power usage effectiveness applied to the nodes: 1 would be none.',
      unit: 'none',
      decimals: 2,
      width: 6,
      queries: [{ expr: `avg(greenkube_node_pue_ratio{${ON_NODE}})`, instant: true }],
    }),
    stat({
      title: 'Made before it ran, CO₂e',
      description: 'Emissions of making the machines that are there now, over their whole life.',
      unit: 'massg',
      width: 6,
      queries: [{ expr: sum('greenkube_node_embodied_co2e_grams', ON_NODE), instant: true }],
    }),
    lines({
      title: 'Estimated and measured power',
      description:
        'Of the nodes with a meter. Green: the meters. Dashed: what the model says of the same nodes, whether or not it is in use.',
      unit: 'watt',
      width: 12,
      overrides: [
        { name: 'measured', properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: 'green' } }] },
        {
          name: 'estimated',
          properties: [
            { id: 'color', value: { mode: 'fixed', fixedColor: 'orange' } },
            { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
          ],
        },
      ],
      queries: [
        { expr: `sum(${MEASURED})`, legend: 'measured' },
        { expr: `sum(${ESTIMATED_WHERE_MEASURED})`, legend: 'estimated' },
      ],
    }),
    lines({
      title: 'Estimate with the error that meters found',
      description:
        'Of the nodes whose instance type has been metered: the estimate, and a band as wide as the model was wrong over the last day.',
      unit: 'watt',
      width: 12,
      overrides: band('low', 'high'),
      queries: [
        { expr: bound('-'), legend: 'low' },
        { expr: bound('+'), legend: 'high' },
        { expr: `sum(${ESTIMATED} and ${ESTIMATED} * ${ERROR_OF_NODE})`, legend: 'estimated' },
      ],
    }),
    lines({
      title: 'Error by instance type',
      description:
        '(Estimated − measured) / measured over the last day, by type and meter: above 0 the model says too much.',
      unit: 'percentunit',
      decimals: 1,
      width: 12,
      queries: [
        {
          expr: 'greenkube_energy_model_error_ratio{cluster=~"$cluster"}',
          legend: '{{instance_type}} ({{source}})',
        },
      ],
    }),
    accuracyPanel({
      title: 'Estimated versus measured',
      description:
        'From the history of the exporter: both over time, one against the other, bias, MAPE and the number of hours behind them.',
      width: 12,
    }),
  ],
};

const USE = {
  title: 'What the nodes do',
  panels: [
    areas({
      title: 'Power by use',
      description: 'For pods, for the system outside pods, and for capacity that nobody uses.',
      unit: 'watt',
      width: 8,
      overrides: BY_PART,
      queries: [{ expr: sum('greenkube_node_power_watts', ON_NODE, ['part']), legend: '{{part}}' }],
    }),
    lines({
      title: 'Idle part of the power by node',
      description:
        'Power of the capacity that no pod reserves over all power of the node: the emptiest nodes are on top.',
      unit: 'percentunit',
      decimals: 0,
      width: 8,
      queries: [
        {
          expr:
            `${sum('greenkube_node_power_watts', `${ON_NODE}, part="idle"`, ['node'])}` +
            ` / ${sum('greenkube_node_power_watts', ON_NODE, ['node'])}`,
          legend: '{{node}}',
        },
      ],
    }),
    areas({
      title: 'Emissions per hour, CO₂e',
      description:
        'Of the nodes chosen: operational follows the electricity and its grid, embodied is the share of making them.',
      unit: 'massg',
      width: 8,
      overrides: BY_SCOPE,
      queries: [
        { expr: perHour('greenkube_node_co2e_grams_total', ON_NODE, ['scope']), legend: '{{scope}}' },
      ],
    }),
    table({
      title: 'Nodes',
      description:
        'What each node is, the electricity grid it is counted under, its capacity and its present power.',
      labels: {
        node: 'Node',
        instance_type: 'Instance type',
        provider: 'Provider',
        region: 'Region',
        grid_zone: 'Grid zone',
        architecture: 'Architecture',
      },
      width: 24,
      columns: [
        {
          title: 'Power',
          unit: 'watt',
          expr: nodeInfo(`sum by (cluster, node) (greenkube_node_power_watts{${ON_NODE}})`),
        },
        { title: 'CPU cores', unit: 'none', expr: nodeInfo(`greenkube_node_cpu_capacity_cores{${ON_NODE}}`) },
        {
          title: 'Memory',
          unit: 'bytes',
          expr: nodeInfo(`greenkube_node_memory_capacity_bytes{${ON_NODE}}`),
        },
      ],
    }),
  ],
};

/** A figure of each node with the labels that say what the node is. */
function nodeInfo(figure: string): string {
  const info = `max by (cluster, node, instance_type, provider, region, grid_zone, architecture) (greenkube_node_info{${ON_NODE}})`;
  return `${info} * on (cluster, node) group_left () sum by (cluster, node) (${figure})`;
}

export const nodes = board({
  name: 'nodes',
  title: 'Nodes and accuracy',
  description: 'Power and emissions of nodes, and how the estimate compares with what meters say.',
  variables: [VARIABLES.metrics, VARIABLES.history, VARIABLES.cluster, VARIABLES.node],
  rows: [ACCURACY, USE],
});
