/** What the Kubernetes API knows beyond the usage series: exact requests, owners to the top, autoscalers, claims. */
import type { VolumeShare, Workload } from '../domain/model.js';
import type { Bytes, Cores, EpochSeconds } from '../domain/units.js';
import type { Outcome } from './outcome.js';

export interface InventoryNode {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string;
  readonly cpuCapacity: Cores;
  readonly memoryCapacity: Bytes;
  readonly cpuAllocatable: Cores;
  readonly memoryAllocatable: Bytes;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly unschedulable: boolean;
}

export interface InventoryContainer {
  readonly name: string;
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
}

export interface InventoryPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty: not scheduled yet. */
  readonly node: string;
  readonly phase: string;
  readonly workload: Workload;
  /** As the scheduler counts them: max(init, sum of containers and sidecars) plus overhead. Null: none set. */
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
  readonly containers: readonly InventoryContainer[];
  readonly volumes: readonly (VolumeShare & { readonly claim: string })[];
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Of a DaemonSet or a static pod: runs on its node whatever happens elsewhere. */
  readonly pinned: boolean;
  /** Absent: not known. */
  readonly createdAt?: EpochSeconds;
  /** Its network is the node's; absent: it has one of its own. */
  readonly hostNetwork?: boolean;
}

/** A HorizontalPodAutoscaler or KEDA ScaledObject, by what it scales. */
export interface Autoscaler {
  readonly namespace: string;
  readonly target: Workload;
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
}

export interface Inventory {
  readonly nodes: readonly InventoryNode[];
  readonly pods: readonly InventoryPod[];
  /** Pods that went within the last hour, as they were: the interval in which they went is computed after its end. */
  readonly departed?: readonly InventoryPod[];
  /** Nodes that went within the same time. */
  readonly departedNodes?: readonly InventoryNode[];
  readonly autoscalers: readonly Autoscaler[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  /** Features that are off because a permission is missing, each with the verb and resource that it needs. */
  readonly missing: readonly string[];
}

export interface InventorySource {
  readonly name: string;
  /** The cluster as it is now; kept up to date by watches once it has been listed. */
  current(signal?: AbortSignal): Promise<Outcome<Inventory>>;
  close(): Promise<void>;
}
