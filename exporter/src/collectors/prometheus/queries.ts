/**
 * Every PromQL expression of the collector. All of them aggregate on the server, and all are evaluated at the end of an interval.
 *
 * Counters use `increase(x[step])` there. Gauges and counts of samples look at [start, end): `offset 1ms` makes the window
 * half-open on every server (Prometheus 2 counts both ends, Prometheus 3 only the right one), so that no sample is counted in
 * two intervals.
 *
 * The same family can be scraped twice: kubelet's /metrics/cadvisor and /metrics/resource, two replicas of kube-state-metrics,
 * OpenCost's copies of kube_*. So each expression first adds up within one source what belongs together (labels that change
 * during an object's life make several series of it), and then takes the largest of all sources by identity.
 */
import type { Seconds } from '../../domain/units.js';
import { literalPattern, metricLabel, quoted } from './matchers.js';

/** How counts of samples of several sources for one object become one: see `handover` in collect.ts. */
export type CountReducer = 'max' | 'sum';

export interface Queries {
  /** By container, as are memory and requests; the rest of a pod is asked for as a whole. */
  readonly containerCpu: string;
  readonly podCpu: string;
  readonly containerMemory: string;
  readonly podMemory: string;
  readonly received: string;
  readonly transmitted: string;
  readonly read: string;
  readonly written: string;
  readonly finished: string;
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly restarts: string;
  readonly hostNetwork: string;
  readonly nodeCapacity: string;
  readonly nodeLabels: string;
  readonly rootCpu: string;
  readonly exporterCpu: string;
  readonly claimBytes: string;
  nodeCount(reducer: CountReducer): string;
  podCount(reducer: CountReducer): string;
  /** Raw samples of a few nodes over `window`, for learning the scrape interval. */
  nodeSamples(nodes: readonly string[], window: Seconds): string;
  /** Samples of each machine's root cgroup, and of each pod's cgroups: presence where nothing describes nodes and pods. */
  readonly rootCount: string;
  readonly podUsageCount: string;
  /** The same as `nodeSamples` of root cgroups, by scrape target. */
  rootSamples(instances: readonly string[], window: Seconds): string;
  /** Facts that never change for one object, looked up once for a whole range of `range` seconds. */
  podOwner(range: Seconds): string;
  replicaSetOwner(range: Seconds): string;
  jobOwner(range: Seconds): string;
  podLabels(range: Seconds): string;
  mounts(range: Seconds): string;
  claimClass(range: Seconds): string;
  exporterNames(range: Seconds): string;
}

const CONTAINER = 'container!="",container!="POD"';
const POD_CGROUP = 'container="",pod!=""';
/** Without honor_labels the object's own labels are renamed and `pod` is the exporter's own pod; such series name nothing. */
const OWN_LABELS = 'exported_pod=""';
/**
 * What tells apart targets that show the same containers. Not `instance`: where series have no node label, a pod that moved
 * has two.
 */
const TARGET = 'job,metrics_path,prometheus_replica';
const POD_INFO_CHANGES = 'host_ip,pod_ip,priority_class,host_network,created_by_kind,created_by_name';
const NODE_INFO_CHANGES =
  'kernel_version,os_image,container_runtime_version,kubelet_version,kubeproxy_version,pod_cidr,system_uuid,kernel_boot_id';

/**
 * @param matchers in the form of `parseMatchers`.
 * @param labels Kubernetes names of the pod labels to keep.
 */
export function createQueries(step: Seconds, matchers: string, labels: readonly string[]): Queries {
  const select = (name: string, ...conditions: string[]): string =>
    `${name}{${[...conditions, matchers].filter((part) => part !== '').join(',')}}`;
  const inside = `[${step}s] offset 1ms`;
  const increase = (name: string, ...conditions: string[]): string =>
    `increase(${select(name, ...conditions)}[${step}s])`;
  const lastIn = (range: Seconds, name: string, ...conditions: string[]): string =>
    `last_over_time(${select(name, ...conditions)}[${range}s] offset 1ms)`;
  const podKube = (name: string, ...conditions: string[]): string => select(name, OWN_LABELS, ...conditions);

  /** What the series of one target add up to; of several targets that show the same, the largest. */
  const total = (of: string, expression: string): string =>
    `max by (${of}) (sum by (${of},${TARGET}) (${expression}))`;
  const podTotal = (expression: string): string => total('namespace,pod,node', expression);
  const cpu = (condition: string): string => increase('container_cpu_usage_seconds_total', condition);
  const memory = (condition: string): string =>
    `max by (namespace,pod,node,container) (` +
    `avg_over_time(${select('container_memory_working_set_bytes', condition)}${inside}))`;
  const network = (name: string): string => podTotal(increase(name, 'pod!=""'));
  const filesystem = (name: string): string => podTotal(increase(name, CONTAINER));
  const request = (resource: string): string =>
    `max by (namespace,pod,uid,container) (` +
    `max_over_time(${podKube('kube_pod_container_resource_requests', `resource="${resource}"`)}${inside}))`;

  // Of a single label only the pods that have it; that several may be missing cannot be asked at once.
  const onlyLabel = labels.length === 1 ? [`${metricLabel(labels[0]!)}!=""`] : [];

  return {
    containerCpu: total('namespace,pod,node,container', cpu(CONTAINER)),
    podCpu: podTotal(cpu(POD_CGROUP)),
    containerMemory: memory(CONTAINER),
    podMemory: `sum by (namespace,pod,node) (${memory(POD_CGROUP)})`,
    received: network('container_network_receive_bytes_total'),
    transmitted: network('container_network_transmit_bytes_total'),
    read: filesystem('container_fs_reads_bytes_total'),
    written: filesystem('container_fs_writes_bytes_total'),
    finished:
      `max by (namespace,pod,uid) (` +
      `avg_over_time(${podKube('kube_pod_status_phase', 'phase=~"Succeeded|Failed"')}${inside})) > 0`,
    cpuRequest: request('cpu'),
    memoryRequest: request('memory'),
    restarts:
      `sum by (namespace,pod,uid) (max by (namespace,pod,uid,container) (` +
      `increase(${podKube('kube_pod_container_status_restarts_total')}[${step}s]))) > 0`,
    hostNetwork: `max by (namespace,pod) (count_over_time(${podKube('kube_pod_info', 'host_network="true"')}${inside}))`,
    nodeCapacity:
      `max by (node,resource) (` +
      `max_over_time(${select('kube_node_status_capacity', 'resource=~"cpu|memory"')}${inside}))`,
    nodeLabels: `count_over_time(${select('kube_node_labels')}${inside})`,
    rootCpu: `max by (node,instance) (sum without (cpu) (${increase('container_cpu_usage_seconds_total', 'id="/"')}))`,
    exporterCpu:
      `sum by (node,instance) (max by (node,instance,cpu,mode) (` +
      `${increase('node_cpu_seconds_total', 'mode!~"idle|iowait|steal|guest.*"')}))`,
    claimBytes:
      `max by (namespace,persistentvolumeclaim) (` +
      `max_over_time(${select('kube_persistentvolumeclaim_resource_requests_storage_bytes')}${inside}))`,
    nodeCount: (reducer) =>
      `${reducer} by (node,provider_id,internal_ip) (sum without (${NODE_INFO_CHANGES}) (` +
      `count_over_time(${select('kube_node_info')}${inside})))`,
    podCount: (reducer) =>
      `${reducer} by (namespace,pod,uid,node) (sum without (${POD_INFO_CHANGES}) (` +
      `count_over_time(${podKube('kube_pod_info', 'node!=""')}${inside})))`,
    nodeSamples: (nodes, window) =>
      `${select('kube_node_info', `node=~${quoted(nodes.map(literalPattern).join('|'))}`)}[${window}s] offset 1ms`,
    rootCount: `max by (node,instance) (count_over_time(${select('container_cpu_usage_seconds_total', 'id="/"')}${inside}))`,
    podUsageCount: `max by (namespace,pod,node) (count_over_time(${select('container_cpu_usage_seconds_total', 'pod!=""')}${inside}))`,
    rootSamples: (instances, window) =>
      `${select('container_cpu_usage_seconds_total', 'id="/"', `instance=~${quoted(instances.map(literalPattern).join('|'))}`)}[${window}s] offset 1ms`,
    podOwner: (range) =>
      `max by (namespace,pod,uid,owner_kind,owner_name) (` +
      `${lastIn(range, 'kube_pod_owner', OWN_LABELS, 'owner_is_controller!="false"')})`,
    replicaSetOwner: (range) =>
      `max by (namespace,replicaset,owner_kind,owner_name) (${lastIn(range, 'kube_replicaset_owner')})`,
    jobOwner: (range) =>
      `max by (namespace,job_name,owner_kind,owner_name) (${lastIn(range, 'kube_job_owner')})`,
    podLabels: (range) =>
      `max by (namespace,pod,uid,${labels.map(metricLabel).join(',')}) (${lastIn(range, 'kube_pod_labels', OWN_LABELS, ...onlyLabel)})`,
    mounts: (range) =>
      `max by (namespace,pod,uid,persistentvolumeclaim) (` +
      `${lastIn(range, 'kube_pod_spec_volumes_persistentvolumeclaims_info', OWN_LABELS)})`,
    claimClass: (range) =>
      `max by (namespace,persistentvolumeclaim,storageclass) (${lastIn(range, 'kube_persistentvolumeclaim_info')})`,
    exporterNames: (range) => `max by (instance,nodename) (${lastIn(range, 'node_uname_info')})`,
  };
}

/** Number of nodes known at an instant; the cheapest sign of data. */
export function probeQuery(matchers: string): string {
  return `count(kube_node_info{${matchers}})`;
}

/** Samples of the best sampled node within the `window` before an instant. */
export function sampleCountQuery(matchers: string, window: Seconds): string {
  return `max(count_over_time(kube_node_info{${matchers}}[${window}s] offset 1ms))`;
}

const rootCgroup = (matchers: string): string =>
  `container_cpu_usage_seconds_total{${['id="/"', matchers].filter((part) => part !== '').join(',')}}`;

/** The same two of machines, where nothing describes nodes. */
export const usageProbeQuery = (matchers: string): string => `count(${rootCgroup(matchers)})`;
export const usageCountQuery = (matchers: string, window: Seconds): string =>
  `max(count_over_time(${rootCgroup(matchers)}[${window}s] offset 1ms))`;
