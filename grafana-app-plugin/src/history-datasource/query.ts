/** What can be asked of the data source. */
import type { DataQuery, DataSourceJsonData } from '@grafana/data';

export const QUERY_TYPES = [
  'totals',
  'series',
  'recommendations',
  'comparison',
  'intensity',
  'nodes',
  'score',
  'applied',
  'low-carbon',
] as const;
/** The last two are meant for annotations: recommendations that were applied, and low-carbon windows. */
export type QueryType = (typeof QUERY_TYPES)[number];

export const METRICS = [
  'energy_joules',
  'co2e_grams',
  'co2e_operational_grams',
  'co2e_embodied_grams',
  'cost',
] as const;
export type Metric = (typeof METRICS)[number];

export const GROUPS = ['cluster', 'namespace', 'workload', 'pod', 'node', 'zone', 'provider'] as const;

export const FILTERS = ['cluster', 'namespace', 'workload', 'node'] as const;
export type FilterName = (typeof FILTERS)[number];
/** Comma lists; variables are replaced. An empty one, and what "All" of a variable stands for, does not restrict. */
export type FilterTexts = Partial<Record<FilterName, string>>;

export interface HistoryQuery extends DataQuery {
  queryType?: QueryType;
  /** Of series. */
  metric?: Metric;
  /** Of totals and series: keys of groups, also label:<key>; of comparison: node or instance_type. */
  by?: string | string[];
  /** Of series: with low and high. */
  bounds?: boolean;
  /** Of series: length of a bucket such as 5m, 1h or 1d; empty: chosen from the range. */
  step?: string;
  /** Of intensity and low-carbon: the grid zone. */
  zone?: string;
  /** Of recommendations: a comma list; empty: active, applied and ignored ones. */
  status?: string;
  filters?: FilterTexts;
}

export const DEFAULT_QUERY: Partial<HistoryQuery> = {
  queryType: 'series',
  metric: 'co2e_grams',
  by: ['namespace'],
  bounds: false,
};

export interface HistoryOptions extends DataSourceJsonData {
  /** Of the exporter, as Grafana reaches it. */
  url?: string;
}

/** Never in the browser once saved. */
export interface HistorySecrets {
  /** API_TOKEN of the exporter. */
  apiToken?: string;
  /** API_OPERATOR_TOKEN: for Editors who apply, ignore and restore recommendations. */
  operatorToken?: string;
}

export const groupsOf = ({ by }: Pick<HistoryQuery, 'by'>): readonly string[] =>
  (by === undefined ? [] : Array.isArray(by) ? by : by.split(','))
    .map((key) => key.trim())
    .filter((key) => key !== '');
