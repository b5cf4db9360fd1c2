/** The demo world as Kubernetes would tell of it now: machines, pods with their containers, autoscalers. */
import type { Workload } from '../domain/model.js';
import { bytes, cores, epochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterHintSource } from '../ports/cluster-hints.js';
import type {
  Autoscaler,
  Inventory,
  InventoryNode,
  InventoryPod,
  InventorySource,
} from '../ports/inventory-source.js';
import { available, unavailable } from '../ports/outcome.js';
import type { World, WorldNode, WorldPod } from './world.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

export function createDemoInventory(world: World, clock: Clock): InventorySource {
  return {
    name: 'demo',
    current: (signal) =>
      Promise.resolve(
        signal?.aborted
          ? unavailable('cancelled', 'reading the demo world was cancelled')
          : available(inventoryAt(world, clock.now())),
      ),
    close: () => Promise.resolve(),
  };
}

/** No pod of the world is ever killed for want of memory: its restarts have other reasons. */
export const createDemoHints = (): ClusterHintSource => ({
  hints: () => Promise.resolve(available({ autoscalers: null, outOfMemory: [] })),
});

function inventoryAt(world: World, now: number): Inventory {
  const instant = { from: epochSeconds(now), to: epochSeconds(now + 1) };
  const pods = world.podsDuring(instant);
  const scaled = new Map(
    pods.flatMap(({ workload }) =>
      workload.autoscaler ? [[workload.key, autoscalerOf(workload)] as const] : [],
    ),
  );
  return {
    nodes: world.nodesDuring(instant).map(inventoryNode),
    pods: pods.map(inventoryPod),
    autoscalers: [...scaled.values()],
    namespaces: [...new Set(pods.map((p) => p.namespace))].sort().map((name) => ({ name, labels: {} })),
    missing: [],
  };
}

const workloadOf = ({ plan }: WorldPod['workload']): Workload => ({
  name: plan.name,
  type: plan.controller.kind,
});

const autoscalerOf = (workload: WorldPod['workload']): Autoscaler => ({
  namespace: workload.namespace,
  target: workloadOf(workload),
  kind: 'HorizontalPodAutoscaler',
  name: workload.plan.name,
});

const inventoryNode = (node: WorldNode): InventoryNode => ({
  name: node.name,
  uid: node.uid,
  providerId: node.providerId,
  cpuCapacity: cores(node.cpuCapacity),
  memoryCapacity: bytes(node.memoryCapacity),
  cpuAllocatable: cores(node.cpuAllocatable),
  memoryAllocatable: bytes(node.memoryAllocatable),
  labels: node.labels,
  taints: [],
  unschedulable: false,
});

function inventoryPod(pod: WorldPod): InventoryPod {
  const { plan } = pod.workload;
  const share = (whole: number | null, part: number): number | null => (whole === null ? null : whole * part);
  const memory = plan.memoryRequest === null ? null : plan.memoryRequest * MIB;
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    node: pod.node.name,
    phase: 'Running',
    workload: workloadOf(pod.workload),
    cpuRequest: plan.cpuRequest === null ? null : cores(plan.cpuRequest),
    memoryRequest: memory === null ? null : bytes(memory),
    containers: plan.containers.map(({ name, use, cpuRequest }) => ({
      name,
      cpuRequest: share(plan.cpuRequest, cpuRequest) as InventoryPod['cpuRequest'],
      memoryRequest: share(memory, use) as InventoryPod['memoryRequest'],
    })),
    volumes: plan.volume
      ? [
          {
            claim: pod.claim ?? `data-${pod.name}`,
            bytes: bytes(plan.volume.gib * GIB),
            media: plan.volume.media,
          },
        ]
      : [],
    labels: pod.labels,
    nodeSelector: {},
    pinned: plan.controller.kind === 'DaemonSet',
  };
}
