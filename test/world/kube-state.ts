/** kube-state-metrics' endpoint: what it says of a pod, a machine, a claim, an autoscaler, and of owners of owners. */
import type { ContainerPlan } from '../../exporter/src/demo/workload-plan.js';
import type { WorldNode, WorldPod } from '../../exporter/src/demo/world.js';
import type { WorldWorkload } from '../../exporter/src/demo/workload.js';
import { handle, type Handle } from './series.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
/** Finished Jobs stay this long (ttlSecondsAfterFinished), and with them their pods' series. Seconds. */
export const FINISHED_TTL = 3600;

/** A series and its value at an instant (seconds since the epoch). */
export interface Fact {
  readonly handle: Handle;
  readonly value: (t: number) => number;
}

export interface KubeStateOptions {
  /** "lean": no series whose value would be 0. */
  readonly detail: 'real' | 'lean';
  /** OpenCost's endpoint repeats some of these families under its own job: a plain sum of requests doubles. */
  readonly opencost: boolean;
}

const KSM = { job: 'kube-state-metrics', instance: '10.0.0.30:8080' };
const OPENCOST = { job: 'opencost', instance: '10.0.0.31:9003' };
const REPEATED = new Set([
  'kube_pod_container_resource_requests',
  'kube_pod_labels',
  'kube_pod_owner',
  'kube_node_labels',
  'kube_node_status_capacity',
  'kube_persistentvolumeclaim_info',
  'kube_persistentvolumeclaim_resource_requests_storage_bytes',
]);

type Labels = Readonly<Record<string, string>>;
type Entry = readonly [name: string, labels: Labels, value: number | ((t: number) => number)];

function facts(entries: readonly Entry[], options: KubeStateOptions): readonly Fact[] {
  return entries.flatMap(([name, labels, value]) => {
    const targets = options.opencost && REPEATED.has(name) ? [KSM, OPENCOST] : [KSM];
    return targets.map((target) => ({
      handle: handle(name, { ...target, ...labels }),
      value: typeof value === 'number' ? () => value : value,
    }));
  });
}

const kubeLabels = (labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels).map(([k, v]) => [`label_${k.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`, v]),
  );

/** When kube-state-metrics stops to show a pod: at its death, or when its finished Job is removed. */
export const shownUntil = (pod: WorldPod): number =>
  pod.diesAt + (pod.owner?.kind === 'Job' ? FINISHED_TTL : 0);

/** `restarts`: instants at which the pod's containers restarted, ascending. */
export function podFacts(
  pod: WorldPod,
  restarts: readonly number[],
  options: KubeStateOptions,
): readonly Fact[] {
  const id = { namespace: pod.namespace, pod: pod.name, uid: pod.uid };
  const { containers } = pod.workload.plan;
  const kind = pod.owner?.kind ?? '';
  const name = pod.owner?.name ?? '';
  const count = (t: number): number => restarts.filter((at) => at <= t).length;
  return facts(
    [
      ['kube_pod_info', { ...id, ...podInfo(pod), created_by_kind: kind, created_by_name: name }, 1],
      [
        'kube_pod_owner',
        { ...id, owner_kind: kind, owner_name: name, owner_is_controller: pod.owner ? 'true' : '' },
        1,
      ],
      ['kube_pod_labels', { ...id, ...kubeLabels(pod.labels) }, 1],
      ...phases(pod, id, options),
      ...containers.flatMap(({ name: container, ...of }): readonly Entry[] => [
        ...requests(pod, { ...id, container, node: pod.node.name }, of),
        ['kube_pod_container_status_restarts_total', { ...id, container }, count],
      ]),
      ...mounts(pod, id),
    ],
    options,
  );
}

const podInfo = (pod: WorldPod): Labels => ({
  host_ip: pod.node.internalIp,
  pod_ip: '',
  node: pod.node.name,
  priority_class: '',
  host_network: 'false',
});

function phases(pod: WorldPod, id: Labels, options: KubeStateOptions): readonly Entry[] {
  const runs = (t: number): boolean => t < pod.diesAt;
  const isJob = pod.owner?.kind === 'Job';
  const of = (phase: string, value: Entry[2]): Entry => ['kube_pod_status_phase', { ...id, phase }, value];
  const told = [of('Running', (t) => (runs(t) ? 1 : 0))];
  if (isJob || options.detail === 'real') told.push(of('Succeeded', (t) => (isJob && !runs(t) ? 1 : 0)));
  if (options.detail === 'lean') return told;
  return [...told, ...['Pending', 'Failed', 'Unknown'].map((phase) => of(phase, 0))];
}

function requests(pod: WorldPod, id: Labels, of: Omit<ContainerPlan, 'name'>): readonly Entry[] {
  const { cpuRequest, memoryRequest } = pod.workload.plan;
  const name = 'kube_pod_container_resource_requests';
  const out: Entry[] = [];
  if (cpuRequest !== null)
    out.push([name, { ...id, resource: 'cpu', unit: 'core' }, cpuRequest * of.cpuRequest]);
  if (memoryRequest !== null) {
    out.push([name, { ...id, resource: 'memory', unit: 'byte' }, memoryRequest * MIB * of.use]);
  }
  return out;
}

function mounts(pod: WorldPod, id: Labels): readonly Entry[] {
  if (pod.claim === null) return [];
  const claim = { volume: 'data', persistentvolumeclaim: pod.claim, ephemeral: 'false' };
  return [['kube_pod_spec_volumes_persistentvolumeclaims_info', { ...id, ...claim }, 1]];
}

export function nodeFacts(node: WorldNode, options: KubeStateOptions): readonly Fact[] {
  const id = { node: node.name };
  const resources = (name: string, cpu: number, memory: number): readonly Entry[] => [
    [name, { ...id, resource: 'cpu', unit: 'core' }, cpu],
    [name, { ...id, resource: 'memory', unit: 'byte' }, memory],
    [name, { ...id, resource: 'pods', unit: 'integer' }, 110],
  ];
  const info = {
    kernel_version: '6.12.0',
    os_image: 'Debian GNU/Linux 13 (trixie)',
    container_runtime_version: 'containerd://2.1.0',
    kubelet_version: 'v1.34.2',
    kubeproxy_version: 'deprecated',
    provider_id: node.providerId,
    pod_cidr: '',
    system_uuid: node.uid,
    internal_ip: node.internalIp,
  };
  return facts(
    [
      ['kube_node_info', { ...id, ...info }, 1],
      ['kube_node_labels', { ...id, ...kubeLabels(node.labels) }, 1],
      ['kube_node_created', id, node.bornAt],
      ...resources('kube_node_status_capacity', node.cpuCapacity, node.memoryCapacity),
      ...resources('kube_node_status_allocatable', node.cpuAllocatable, node.memoryAllocatable),
      ['kube_node_status_condition', { ...id, condition: 'Ready', status: 'true' }, 1],
    ],
    options,
  );
}

export function claimFacts(pod: WorldPod, claim: string, options: KubeStateOptions): readonly Fact[] {
  const { volume } = pod.workload.plan;
  if (!volume) return [];
  const id = { namespace: pod.namespace, persistentvolumeclaim: claim };
  const info = {
    storageclass: volume.storageClass,
    volumename: `pvc-${pod.namespace}-${claim}`,
    volumemode: 'Filesystem',
  };
  return facts(
    [
      ['kube_persistentvolumeclaim_info', { ...id, ...info }, 1],
      ['kube_persistentvolumeclaim_resource_requests_storage_bytes', id, volume.gib * GIB],
      ['kube_persistentvolumeclaim_status_phase', { ...id, phase: 'Bound' }, 1],
    ],
    options,
  );
}

/** The owner's own owner: of a ReplicaSet its Deployment, of a Job its CronJob; none for other kinds. */
export function ownerFacts(pod: WorldPod, options: KubeStateOptions): readonly Fact[] {
  const { owner, namespace } = pod;
  const { name } = pod.workload.plan;
  const top = (kind: string): Labels => ({ owner_kind: kind, owner_name: name, owner_is_controller: 'true' });
  if (owner?.kind === 'ReplicaSet') {
    const id = { namespace, replicaset: owner.name };
    return facts([['kube_replicaset_owner', { ...id, ...top('Deployment') }, 1]], options);
  }
  if (owner?.kind === 'Job') {
    const id = { namespace, job_name: owner.name };
    return facts([['kube_job_owner', { ...id, ...top('CronJob') }, 1]], options);
  }
  return [];
}

/** What there is of a workload itself: its autoscaler, its schedule. */
export function workloadFacts(workload: WorldWorkload, options: KubeStateOptions): readonly Fact[] {
  const { plan, namespace, autoscaler } = workload;
  const entries: Entry[] = [];
  if (autoscaler) {
    const hpa = { namespace, horizontalpodautoscaler: plan.name };
    const ref = { scaletargetref_api_version: 'apps/v1', scaletargetref_kind: 'Deployment' };
    entries.push(
      ['kube_horizontalpodautoscaler_info', { ...hpa, ...ref, scaletargetref_name: plan.name }, 1],
      ['kube_horizontalpodautoscaler_spec_min_replicas', hpa, autoscaler.min],
      ['kube_horizontalpodautoscaler_spec_max_replicas', hpa, autoscaler.max],
    );
  }
  if (plan.controller.kind === 'CronJob') {
    const { schedule, zone } = plan.controller;
    const info = { schedule, concurrency_policy: 'Forbid', timezone: zone };
    entries.push(['kube_cronjob_info', { namespace, cronjob: plan.name, ...info }, 1]);
  }
  return facts(entries, options);
}
