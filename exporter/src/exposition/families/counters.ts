/** Counters of energy, emissions and cost, from the ledger's totals. */
import { formatScaled, label } from '../format.js';
import type { TotalsEntry } from '../counter-view.js';
import type { MetricRow, Sample } from '../metric-row.js';
import type { BaseView } from './base.js';

const joules = (millijoules: bigint): string => formatScaled(millijoules, 3);
const grams = (micrograms: bigint): string => formatScaled(micrograms, 6);
const money = (nano: bigint): string => formatScaled(nano, 9);

function* scopes(labels: string, sums: { operational: bigint; embodied: bigint }): Generator<Sample> {
  yield { labels: `${labels},scope="operational"`, value: grams(sums.operational) };
  yield { labels: `${labels},scope="embodied"`, value: grams(sums.embodied) };
}

function* co2e(entries: readonly TotalsEntry[]): Generator<Sample> {
  for (const { labels, totals } of entries) yield* scopes(labels, totals);
}

function* cost(entries: readonly TotalsEntry[]): Generator<Sample> {
  for (const { labels, totals } of entries)
    for (const [currency, nano] of totals.cost)
      yield { labels: `${labels},${label('currency', currency)}`, value: money(nano) };
}

const WORKLOAD = ['namespace', 'workload', 'workload_type'] as const;
const SCOPES = 'GHG scope 2, location-based, and scope 3 category 1';

export const WORKLOAD_COUNTERS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_workload_energy_joules_total',
    type: 'counter',
    unit: 'joules',
    labels: [...WORKLOAD, 'method'],
    stability: 'stable',
    help: 'Energy of the workload since the ledger began, by how it was found: measured, calibrated or estimated.',
    *samples({ counters }) {
      for (const { labels, totals } of counters.workloads)
        for (const [method, millijoules] of totals.energy)
          yield { labels: `${labels},${label('method', method)}`, value: joules(millijoules) };
    },
  },
  {
    name: 'greenkube_workload_co2e_grams_total',
    type: 'counter',
    unit: 'grams',
    labels: [...WORKLOAD, 'scope'],
    stability: 'stable',
    help: `Emissions of the workload since the ledger began, operational and embodied (${SCOPES}).`,
    samples: ({ counters }) => co2e(counters.workloads),
  },
  {
    name: 'greenkube_workload_cost_total',
    type: 'counter',
    unit: null,
    labels: [...WORKLOAD, 'currency'],
    stability: 'stable',
    help: 'Cost of the workload since the ledger began, in units of the currency; absent where no price is known.',
    samples: ({ counters }) => cost(counters.workloads),
  },
];

export const NAMESPACE_COUNTERS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_namespace_energy_joules_total',
    type: 'counter',
    unit: 'joules',
    labels: ['namespace'],
    stability: 'stable',
    help: 'Energy of all workloads that ever ran in the namespace, since the ledger began.',
    *samples({ counters }) {
      for (const { labels, totals } of counters.namespaces)
        yield { labels, value: joules(totals.allEnergy()) };
    },
  },
  {
    name: 'greenkube_namespace_co2e_grams_total',
    type: 'counter',
    unit: 'grams',
    labels: ['namespace', 'scope'],
    stability: 'stable',
    help: `Emissions of all workloads that ever ran in the namespace, operational and embodied (${SCOPES}).`,
    samples: ({ counters }) => co2e(counters.namespaces),
  },
  {
    name: 'greenkube_namespace_cost_total',
    type: 'counter',
    unit: null,
    labels: ['namespace', 'currency'],
    stability: 'stable',
    help: 'Cost of all workloads that ever ran in the namespace; absent where no price is known.',
    samples: ({ counters }) => cost(counters.namespaces),
  },
];

export const NODE_COUNTERS: readonly MetricRow<BaseView>[] = [
  {
    name: 'greenkube_node_energy_joules_total',
    type: 'counter',
    unit: 'joules',
    labels: ['node', 'part', 'method'],
    stability: 'stable',
    help: 'Energy of the node since the ledger began: its pods, its system outside pods, and its idle capacity.',
    *samples({ counters }) {
      for (const { labels, counter } of counters.nodes)
        for (const { part, method, millijoules } of counter.energy)
          yield { labels: `${labels},part="${part}",${label('method', method)}`, value: joules(millijoules) };
    },
  },
  {
    name: 'greenkube_node_co2e_grams_total',
    type: 'counter',
    unit: 'grams',
    labels: ['node', 'scope'],
    stability: 'stable',
    help: `Emissions of the whole node since the ledger began, operational and embodied (${SCOPES}).`,
    *samples({ counters }) {
      for (const { labels, counter } of counters.nodes) yield* scopes(labels, counter);
    },
  },
];
