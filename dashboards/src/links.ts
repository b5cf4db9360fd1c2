/** Ways from one dashboard to the next, with the time range and the variables kept. */
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';

export const TAG = 'greenkube';

const KEPT = '${__url_time_range}&${datasource:queryparam}&${cluster:queryparam}';

/** From a figure to the dashboard of what it is of: a value of a variable is taken from the series' label. */
function drillDown(
  title: string,
  uid: string,
  variables: Readonly<Record<string, string>>,
): Builder<DashboardLink> {
  const chosen = Object.entries(variables).map(([name, value]) => `&var-${name}=${value}`);
  return new DashboardLinkBuilder(title).url(`/d/${uid}?${KEPT}${chosen.join('')}`);
}

export const toNamespace = drillDown('Namespace ${__field.labels.namespace}', 'greenkube-namespace', {
  namespace: '${__field.labels.namespace}',
});

export const toWorkload = drillDown('Workload ${__field.labels.workload}', 'greenkube-workload', {
  namespace: '${__field.labels.namespace}',
  workload: '${__field.labels.workload}',
});

export const toNode = drillDown('Node ${__field.labels.node}', 'greenkube-nodes', {
  node: '${__field.labels.node}',
});

/** From a row of a table: there the labels are columns. */
export const rowToWorkload = drillDown('Workload ${__data.fields.workload}', 'greenkube-workload', {
  namespace: '${__data.fields.namespace}',
  workload: '${__data.fields.workload}',
});

/** At the top of each dashboard: all the others, and the app. */
export const NAVIGATION: readonly Builder<DashboardLink>[] = [
  new DashboardLinkBuilder('Dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .tooltip('The other GreenKube dashboards'),
  new DashboardLinkBuilder('GreenKube app')
    .type(DashboardLinkType.Link)
    .url('/a/greenkube-app')
    .icon('external link')
    .keepTime(true)
    .tooltip('History with bounds, explanations and recommendations'),
];
