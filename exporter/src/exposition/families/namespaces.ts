/** Gauges of namespaces over the newest interval: sums of their pods before any of them folds. */
import { formatNumber, label } from '../format.js';
import type { MetricRow } from '../metric-row.js';
import type { BaseView } from './base.js';

export const NAMESPACE_METRICS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_namespace_power_watts',
    type: 'gauge',
    unit: 'watts',
    labels: ['namespace'],
    stability: 'stable',
    help: "Mean power of the namespace's pods in the newest interval.",
    *samples({ namespaces }) {
      for (const { labels, watts } of namespaces) yield { labels, value: formatNumber(watts) };
    },
  },
  {
    name: 'greenkube_namespace_co2e_grams_per_hour',
    type: 'gauge',
    unit: 'grams_per_hour',
    labels: ['namespace', 'scope'],
    stability: 'stable',
    help: "Emission rate of the namespace's pods in the newest interval, operational and embodied.",
    *samples({ namespaces }) {
      for (const { labels, operationalPerHour, embodiedPerHour } of namespaces) {
        yield { labels: `${labels},scope="operational"`, value: formatNumber(operationalPerHour) };
        yield { labels: `${labels},scope="embodied"`, value: formatNumber(embodiedPerHour) };
      }
    },
  },
  {
    name: 'greenkube_namespace_cost_per_hour',
    type: 'gauge',
    unit: null,
    labels: ['namespace', 'currency'],
    stability: 'stable',
    help: "Cost rate of the namespace's pods in the newest interval; absent where no price is known.",
    *samples({ namespaces, currency }) {
      const suffix = label('currency', currency);
      for (const { labels, costPerHour } of namespaces)
        if (costPerHour !== null) yield { labels: `${labels},${suffix}`, value: formatNumber(costPerHour) };
    },
  },
  {
    name: 'greenkube_estimated_energy_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['namespace'],
    stability: 'stable',
    help: "Part of the namespace's energy in the newest interval that comes from the plain power model: method is estimated.",
    *samples({ namespaces }) {
      for (const { labels, estimatedRatio } of namespaces)
        if (estimatedRatio !== null) yield { labels, value: formatNumber(estimatedRatio) };
    },
  },
];
