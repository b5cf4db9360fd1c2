/** What the recommender knows of the cluster besides its use: the pods of the newest interval and, where it answers, Kubernetes. */
import type { IntervalResult, Row } from '../domain/model.js';
import type {
  ClusterKnowledge,
  KnownContainer,
  KnownNode,
  PlacedPod,
  KnownAutoscaler,
} from '../domain/recommendations/knowledge.js';
import { workloadKey } from '../domain/recommendations/usage-window.js';
import { bytes, cores } from '../domain/units.js';
import type { ClusterHints } from '../ports/cluster-hints.js';
import type { Autoscaler, Inventory, InventoryPod } from '../ports/inventory-source.js';

export interface Known {
  /** Null: nothing is known yet. */
  readonly latest: IntervalResult | null;
  /** Null: Kubernetes was not asked, or did not answer. */
  readonly inventory: Inventory | null;
  /** Null: monitoring was not asked, or did not answer. */
  readonly hints: ClusterHints | null;
  readonly timeZoneOf: ClusterKnowledge['timeZoneOf'];
}

export function knowledgeOf({ latest, inventory, hints, timeZoneOf }: Known): ClusterKnowledge {
  const known = new Map((inventory?.pods ?? []).map((p) => [`${p.namespace}/${p.name}`, p]));
  const pods = (latest?.rows ?? [])
    .filter((row) => row.kind === 'pod')
    .map((row) => placedPod(row, known.get(`${row.namespace}/${row.pod}`)));
  return {
    containers: inventory && containersOf(inventory),
    autoscalers: (inventory && autoscalersOf(inventory)) ?? hints?.autoscalers?.map(knownAutoscaler) ?? null,
    nodes:
      inventory && new Map(inventory.nodes.map((n): [string, KnownNode] => [n.name, { ...n, node: n.name }])),
    pods,
    outOfMemory: hints?.outOfMemory ? killedAmong(pods, hints.outOfMemory) : null,
    timeZoneOf,
  };
}

/** Workloads of the pods that are there now: the reason of a restart is told for as long as the pod is. */
function killedAmong(
  pods: readonly PlacedPod[],
  killed: NonNullable<ClusterHints['outOfMemory']>,
): ReadonlySet<string> {
  const names = new Set(killed.map(({ namespace, pod }) => `${namespace}/${pod}`));
  return new Set(pods.filter((p) => names.has(`${p.namespace}/${p.pod}`)).map(workloadKey));
}

/** A pod holds the larger of its request and what it uses, so that nothing is packed onto what is busy. */
function placedPod(row: Row, known: InventoryPod | undefined): PlacedPod {
  return {
    namespace: row.namespace,
    pod: row.pod,
    workload: row.workload.name,
    workloadType: row.workload.type,
    node: row.node,
    cpuRequest: cores(Math.max(row.cpuRequest ?? 0, row.cpuSeconds / row.seconds)),
    memoryRequest: bytes(Math.max(row.memoryRequest ?? 0, row.memoryBytes)),
    pinned: known?.pinned ?? row.workload.type === 'DaemonSet',
    nodeSelector: known?.nodeSelector ?? {},
    zonal: row.storage > 0,
  };
}

/** Of the pod that comes last in the order of names: pods of one workload differ only while it is being rolled out. */
function containersOf({ pods }: Inventory): ReadonlyMap<string, readonly KnownContainer[]> {
  const found = new Map<string, readonly KnownContainer[]>();
  for (const pod of pods.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name: workload, type: workloadType } = pod.workload;
    found.set(workloadKey({ namespace: pod.namespace, workload, workloadType }), pod.containers);
  }
  return found;
}

/** A permission that is missing leaves the list empty: that is not known, and not none. */
function autoscalersOf({ autoscalers, missing }: Inventory): ClusterKnowledge['autoscalers'] {
  if (autoscalers.length === 0 && missing.some((m) => m.includes('horizontalpodautoscalers'))) return null;
  return autoscalers.map(knownAutoscaler);
}

const knownAutoscaler = ({ namespace, target, kind }: Autoscaler): KnownAutoscaler => ({
  namespace,
  workload: target.name,
  workloadType: target.type,
  kind,
});
