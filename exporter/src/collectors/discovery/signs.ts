/** By what a Service is taken for a server that is looked for. Figures only rank; whether it is one, the probe tells. */

export type App = 'prometheus' | 'opencost';

export interface Signs {
  /** The key that names the server outright. */
  readonly setting: string;
  /** Words of which one must be in the Service's name or in its label `app.kubernetes.io/name` or `app`. */
  readonly words: readonly string[];
  /** Labels that the usual charts and operators set, as "key=value". */
  readonly labels: readonly string[];
  readonly namespaces: readonly string[];
  /** The first of these that the Service has is asked. */
  readonly ports: readonly number[];
  /** Words of companions that carry the name and are not the server. */
  readonly companions: readonly string[];
}

export const SIGNS: Readonly<Record<App, Signs>> = {
  prometheus: {
    setting: 'PROMETHEUS_URL',
    words: ['prometheus', 'thanos-query', 'victoria-metrics-single', 'vmsingle'],
    labels: [
      'app.kubernetes.io/name=prometheus',
      'app.kubernetes.io/instance=k8s',
      'app.kubernetes.io/component=server',
      'app=kube-prometheus-stack-prometheus',
      'operated-prometheus=true',
    ],
    namespaces: [
      'monitoring',
      'prometheus',
      'observability',
      'kube-prometheus-stack',
      'openshift-monitoring',
    ],
    ports: [9090, 80, 9091, 8428, 8429, 10902],
    companions: [
      'adapter',
      'alertmanager',
      'blackbox',
      'exporter',
      'grafana',
      'kube-state-metrics',
      'operator',
      'pushgateway',
      'thanos-discovery',
      'webhook',
    ],
  },
  opencost: {
    setting: 'OPENCOST_API_URL',
    words: ['opencost', 'cost-analyzer'],
    labels: ['app.kubernetes.io/name=opencost', 'app.kubernetes.io/name=cost-analyzer'],
    namespaces: ['opencost', 'kubecost'],
    ports: [9003, 8080],
    companions: ['ui', 'grafana', 'prometheus', 'forecasting', 'network-costs'],
  },
};

export const POINTS = {
  name: 10,
  namespace: 8,
  label: 6,
  port: 7,
  portName: 3,
  companion: -30,
} as const;
