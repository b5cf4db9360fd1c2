/** Gauges of nodes and of the grids they draw from, over the newest interval. */
import { formatNumber, label } from '../format.js';
import type { MetricRow, Sample } from '../metric-row.js';
import type { GridEntry, NodeEntry } from '../node-view.js';
import type { BaseView } from './base.js';

const GRAMS_PER_KILOGRAM = 1000;

function perNode(read: (node: NodeEntry) => number): MetricRow<BaseView>['samples'] {
  return function* ({ nodes }): Generator<Sample> {
    for (const node of nodes) yield { labels: node.labels, value: formatNumber(read(node)) };
  };
}

function infoLabels({ labels, row }: NodeEntry): string {
  const { instanceType, region, zone, architecture, provenance } = row;
  return [
    labels,
    label('instance_type', instanceType),
    label('provider', provenance.provider),
    label('region', region),
    label('zone', zone),
    label('grid_zone', provenance.gridZone),
    label('architecture', architecture),
  ].join(',');
}

export const NODE_METRICS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_node_power_watts',
    type: 'gauge',
    unit: 'watts',
    labels: ['node', 'part'],
    stability: 'stable',
    help: 'Mean power of the node in the newest interval: pods, system (absent where CPU time outside pods is not known) and idle.',
    *samples({ nodes }) {
      for (const { labels, parts } of nodes)
        for (const { part, watts } of parts)
          yield { labels: `${labels},part="${part}"`, value: formatNumber(watts) };
    },
  },
  {
    name: 'greenkube_node_estimated_power_watts',
    type: 'gauge',
    unit: 'watts',
    labels: ['node'],
    stability: 'stable',
    help: "The power model's figure for the node in the newest interval, also where a meter's is in use.",
    samples: perNode((node) => node.estimatedWatts),
  },
  {
    name: 'greenkube_node_measured_power_watts',
    type: 'gauge',
    unit: 'watts',
    labels: ['node', 'source'],
    stability: 'stable',
    help: "The meter's figure for the node in the newest interval, with what the meter sees in its source; absent where no meter covered it.",
    *samples({ nodes }) {
      for (const { labels, measured } of nodes)
        if (measured !== null)
          yield {
            labels: `${labels},${label('source', measured.source)}`,
            value: formatNumber(measured.watts),
          };
    },
  },
  {
    name: 'greenkube_energy_model_error_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['instance_type', 'source'],
    stability: 'stable',
    help: "(estimated - measured) / measured energy of the last day, of nodes with a meter and of what the meter sees: the power model's figure before any calibration.",
    *samples({ cluster, status }) {
      for (const { instanceType, source, ratio } of status.modelErrors ?? [])
        yield {
          labels: `${cluster},${label('instance_type', instanceType)},${label('source', source)}`,
          value: formatNumber(ratio),
        };
    },
  },
  {
    name: 'greenkube_node_pue_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['node'],
    stability: 'stable',
    help: 'Power usage effectiveness applied to the node.',
    samples: perNode(({ row }) => row.provenance.pue),
  },
  {
    name: 'greenkube_node_info',
    type: 'info',
    unit: null,
    labels: ['node', 'instance_type', 'provider', 'region', 'zone', 'grid_zone', 'architecture'],
    stability: 'stable',
    help: 'What the node is and the electricity grid it is counted under; always 1.',
    *samples({ nodes }) {
      for (const node of nodes) yield { labels: infoLabels(node), value: '1' };
    },
  },
  {
    name: 'greenkube_node_cpu_capacity_cores',
    type: 'gauge',
    unit: 'cores',
    labels: ['node'],
    stability: 'stable',
    help: 'CPU capacity of the node.',
    samples: perNode(({ row }) => row.cpuCapacity),
  },
  {
    name: 'greenkube_node_memory_capacity_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['node'],
    stability: 'stable',
    help: 'Memory capacity of the node.',
    samples: perNode(({ row }) => row.memoryCapacity),
  },
  {
    name: 'greenkube_node_embodied_co2e_grams',
    type: 'gauge',
    unit: 'grams',
    labels: ['node'],
    stability: 'stable',
    help: 'Embodied emissions of the whole machine over its life.',
    samples: perNode(({ row }) => row.embodiedTotal * GRAMS_PER_KILOGRAM),
  },
];

/** One entry a zone: that of the newest value. */
function newestByZone(grid: readonly GridEntry[]): Iterable<GridEntry> {
  const newest = new Map<string, GridEntry>();
  for (const entry of grid)
    if (entry.time >= (newest.get(entry.labels)?.time ?? -Infinity)) newest.set(entry.labels, entry);
  return newest.values();
}

export const GRID_METRICS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_grid_carbon_intensity_grams_per_kwh',
    type: 'gauge',
    unit: 'grams_per_kwh',
    labels: ['zone', 'source'],
    stability: 'stable',
    help: 'Carbon intensity of the electricity, life cycle, that the newest interval was computed with; zone is empty where none is known.',
    *samples({ grid }) {
      for (const { labels, source, intensity } of grid)
        yield { labels: `${labels},${label('source', source)}`, value: formatNumber(intensity) };
    },
  },
  {
    name: 'greenkube_grid_carbon_intensity_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['zone'],
    stability: 'stable',
    help: 'Time since the instant that the carbon intensity in use holds for; of a yearly mean, since its year began.',
    *samples({ grid, at }) {
      for (const { labels, time } of newestByZone(grid))
        yield { labels, value: formatNumber(Math.max(0, at - time)) };
    },
  },
];
