/** Variables of the dashboards. Queries over labels are repeated when the time range changes: what ran then is offered. */
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { IN_CLUSTER, IN_NAMESPACE } from './promql.js';

export const METRICS = { type: 'prometheus', uid: '${datasource}' } as const;

/** The data source of the app plugin: the exporter's own history, with bounds. */
export const HISTORY = { type: 'greenkube-history-datasource', uid: '${history}' } as const;

export type Variable = Builder<VariableModel>;

const metrics = new DatasourceVariableBuilder('datasource')
  .label('Metrics')
  .description('Prometheus, or what speaks its query language, that scrapes the exporter')
  .type('prometheus');

const history = new DatasourceVariableBuilder('history')
  .label('History')
  .description('The exporter itself, through the data source of the GreenKube app')
  .type('greenkube-history-datasource');

function labelValues(name: string, label: string, series: string, description: string): Variable {
  const query = `label_values(${series}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(METRICS)
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

const cluster = labelValues('cluster', 'Cluster', 'greenkube_build_info', 'Clusters with an exporter');

const namespace = labelValues(
  'namespace',
  'Namespace',
  `greenkube_namespace_energy_joules_total{${IN_CLUSTER}}`,
  'Namespaces that ran anything',
);

const workload = labelValues(
  'workload',
  'Workload',
  `greenkube_workload_energy_joules_total{${IN_NAMESPACE}}`,
  'Deployments, StatefulSets, DaemonSets, CronJobs and the like',
);

const node = labelValues('node', 'Node', `greenkube_node_info{${IN_CLUSTER}}`, 'Nodes of the clusters');

export const VARIABLES = { metrics, history, cluster, namespace, workload, node } as const;
