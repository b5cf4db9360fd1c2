/** Gauges of pods over the newest interval. Watts are energy over the seconds the node was observed, so that pods add up. */
import { formatNumber, label } from '../format.js';
import type { MetricRow } from '../metric-row.js';
import type { PodView } from '../pod-view.js';

const POD = ['namespace', 'pod', 'node', 'workload', 'workload_type'] as const;

export const POD_METRICS: readonly MetricRow<PodView>[] = [
  {
    name: 'greenkube_pod_power_watts',
    type: 'gauge',
    unit: 'watts',
    labels: [...POD, 'method'],
    stability: 'stable',
    help: 'Mean power of the pod over the time its node was observed in the newest interval; pods add up to the pods part of their node.',
    *samples({ entries }) {
      for (const { labels, watts } of entries)
        for (const { method, value } of watts)
          yield { labels: `${labels},${label('method', method)}`, value: formatNumber(value) };
    },
  },
  {
    name: 'greenkube_pod_co2e_grams_per_hour',
    type: 'gauge',
    unit: 'grams_per_hour',
    labels: [...POD, 'scope'],
    stability: 'stable',
    help: 'Emission rate of the pod in the newest interval, operational and embodied.',
    *samples({ entries }) {
      for (const { labels, operationalPerHour, embodiedPerHour } of entries) {
        yield { labels: `${labels},scope="operational"`, value: formatNumber(operationalPerHour) };
        yield { labels: `${labels},scope="embodied"`, value: formatNumber(embodiedPerHour) };
      }
    },
  },
  {
    name: 'greenkube_pod_cost_per_hour',
    type: 'gauge',
    unit: null,
    labels: [...POD, 'currency'],
    stability: 'stable',
    help: 'Cost rate of the pod in the newest interval, in units of the currency; absent where no price is known.',
    *samples({ entries, currency }) {
      const suffix = label('currency', currency);
      for (const { labels, costPerHour } of entries)
        if (costPerHour !== null) yield { labels: `${labels},${suffix}`, value: formatNumber(costPerHour) };
    },
  },
  {
    name: 'greenkube_pod_cpu_efficiency_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['namespace', 'pod', 'node'],
    stability: 'stable',
    help: 'CPU time used over CPU time requested while the pod ran in the newest interval; absent without a request and for folded pods.',
    *samples({ uses }) {
      for (const { labels, cpuUsed, cpuRequested } of uses)
        if (cpuRequested > 0) yield { labels, value: formatNumber(cpuUsed / cpuRequested) };
    },
  },
  {
    name: 'greenkube_pod_memory_efficiency_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['namespace', 'pod', 'node'],
    stability: 'stable',
    help: 'Mean working set over memory requested while the pod ran in the newest interval; absent without a request and for folded pods.',
    *samples({ uses }) {
      for (const { labels, memoryUsed, memoryRequested } of uses)
        if (memoryRequested > 0) yield { labels, value: formatNumber(memoryUsed / memoryRequested) };
    },
  },
];
