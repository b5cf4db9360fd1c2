/** What is known of the cluster beyond its use, by whoever asked Kubernetes. What nobody could say is null, never empty. */
import type { Bytes, Cores } from '../units.js';

export interface KnownContainer {
  readonly name: string;
  readonly cpuRequest: Cores | null;
  readonly memoryRequest: Bytes | null;
}

export interface KnownAutoscaler {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
}

/** A pod as it stands on its node now. Amounts are as the scheduler counts them. */
export interface PlacedPod {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly node: string;
  readonly cpuRequest: Cores;
  readonly memoryRequest: Bytes;
  /** Of a DaemonSet or a static pod: goes with its node. */
  readonly pinned: boolean;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Bound to volumes of one availability zone. */
  readonly zonal: boolean;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface KnownNode {
  readonly node: string;
  readonly cpuAllocatable: Cores;
  readonly memoryAllocatable: Bytes;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
}

export interface ClusterKnowledge {
  /** By `workloadKey`. Null: not known of any workload. */
  readonly containers: ReadonlyMap<string, readonly KnownContainer[]> | null;
  readonly autoscalers: readonly KnownAutoscaler[] | null;
  /** By name; null: capacity alone is known. */
  readonly nodes: ReadonlyMap<string, KnownNode> | null;
  /** The pods of the newest interval. */
  readonly pods: readonly PlacedPod[];
  /** Workloads (by `workloadKey`) of which a container was killed for want of memory; null: nobody says. */
  readonly outOfMemory: ReadonlySet<string> | null;
  /** IANA time zone of a grid zone; null: not known, or several. */
  readonly timeZoneOf: (gridZone: string) => string | null;
}
