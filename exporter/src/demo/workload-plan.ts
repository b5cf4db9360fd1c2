/** The shape of a row of the world's workload tables. */
import type { Place } from './fleet.js';
import type { TimeZone } from './local-time.js';
import type { ShapeSpec } from './shapes.js';

/** How many pods, and when. */
export type Controller =
  | { readonly kind: 'Deployment'; readonly replicas: number }
  /** Scaled with its own activity between min and max replicas, as a HorizontalPodAutoscaler on CPU does. */
  | { readonly kind: 'Deployment'; readonly hpa: { readonly min: number; readonly max: number } }
  | { readonly kind: 'StatefulSet'; readonly replicas: number; readonly wanders?: boolean }
  | { readonly kind: 'DaemonSet' }
  | ({ readonly kind: 'CronJob' } & CronPlan)
  | { readonly kind: 'Pod' };

/** Runs start at `at` minutes past local midnight and then every `everyMinutes` until midnight. */
export interface CronPlan {
  readonly zone: TimeZone;
  readonly at: number;
  readonly everyMinutes: number;
  /** Days of the week it runs on, 0 = Monday; all when absent. */
  readonly days?: readonly number[];
  readonly parallelism: number;
  /** Nominal length of a run; each differs by up to a fifth. Always shorter than the time to the next. */
  readonly runMinutes: number;
  readonly schedule: string;
}

export interface Volume {
  readonly gib: number;
  readonly media: 'ssd' | 'hdd';
  readonly storageClass: string;
}

/** A quantity that grows in a straight line with activity: at rest, and in addition at full activity. */
export type Linear = readonly [rest: number, span: number];

export interface WorkloadPlan {
  readonly namespace: string;
  readonly name: string;
  readonly team: string;
  readonly costCenter: string;
  readonly place: Place;
  readonly controller: Controller;
  readonly shape: ShapeSpec;
  /** Largest part of the activity that noise of a pod and minute takes away, 0..1. */
  readonly noise: number;
  /** Cores per pod. */
  readonly cpu: Linear;
  readonly cpuRequest: number | null;
  /** MiB per pod. */
  readonly memory: Linear;
  readonly memoryRequest: number | null;
  /** Bytes per second and pod. */
  readonly received: Linear;
  readonly transmitted: Linear;
  readonly read: Linear;
  readonly written: Linear;
  /** Days between two releases; null: never released in the world's time. */
  readonly releaseDays: number | null;
  /** Multiple of the CPU time that every second release takes for the same work; 1: all alike. */
  readonly regression: number;
  readonly volume: Volume | null;
  /** By name, in order; parts sum to 1. */
  readonly containers: readonly ContainerPlan[];
  /** Chance that a container restarts in an hour, per pod. */
  readonly restartsPerHour: number;
}

export interface ContainerPlan {
  readonly name: string;
  /** Part of what the pod uses, and of the memory that it asks for. */
  readonly use: number;
  /** Part of the CPU that it asks for. */
  readonly cpuRequest: number;
}

/** An application, and a proxy that has this part of the pod's use, and this part of its CPU request. */
export const withProxy = (name: string, use: number, cpuRequest = use): readonly ContainerPlan[] => [
  { name, use: 1 - use, cpuRequest: 1 - cpuRequest },
  { name: 'istio-proxy', use, cpuRequest },
];

/** What most rows have in common; bytes per second are of a small HTTP service. */
const DEFAULTS = {
  noise: 0.2,
  received: [200, 60_000],
  transmitted: [300, 180_000],
  read: [0, 4_000],
  written: [400, 9_000],
  releaseDays: 9,
  regression: 1,
  volume: null,
  restartsPerHour: 0,
} as const satisfies Partial<WorkloadPlan>;

type Common = 'namespace' | 'team' | 'costCenter';
type Needed = 'name' | 'place' | 'controller' | 'shape' | 'cpu' | 'cpuRequest' | 'memory' | 'memoryRequest';
/** What a table row says itself; the rest comes from its namespace and from `DEFAULTS`. */
export type PlanRow = Pick<WorkloadPlan, Needed> & Partial<Omit<WorkloadPlan, Common | Needed>>;

/** Rows of one namespace. */
export function inNamespace(
  namespace: string,
  team: string,
  costCenter: string,
  rows: readonly PlanRow[],
): readonly WorkloadPlan[] {
  return rows.map((row) => ({
    ...DEFAULTS,
    containers: [{ name: row.name, use: 1, cpuRequest: 1 }],
    ...row,
    namespace,
    team,
    costCenter,
  }));
}
