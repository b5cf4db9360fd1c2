/** Which ReplicaSets of a Deployment ran when, and what their pods took hour by hour. Served by read-only connections. */
import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds } from '../domain/units.js';

export interface DeploymentName {
  readonly namespace: string;
  readonly workload: string;
}

/** Pods of one ReplicaSet, whose name is that of the pods without their last part (domain/releases, `replicaSetOf`). */
export interface Revision extends DeploymentName {
  readonly replicaSet: string;
  /** Starts of the first and the last interval of the range with a pod of it. */
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

/** Sums over the pods of one ReplicaSet in one hour. */
export interface RevisionHour extends DeploymentName {
  readonly replicaSet: string;
  readonly hour: EpochSeconds;
  /** Pods x time they existed, s. */
  readonly podSeconds: number;
  readonly cpuSeconds: number;
  /** Requests x time: cores x s, bytes x s; 0: none of the pods has one. */
  readonly cpuRequestSeconds: number;
  readonly memoryRequestSeconds: number;
  readonly receivedBytes: number;
  readonly transmittedBytes: number;
  /** mJ. */
  readonly energy: number;
  /** ug; integers, as are mJ. */
  readonly operational: number;
  readonly embodied: number;
}

export interface RevisionHoursQuery {
  readonly cluster: string;
  /** At most `MAX_REVISION_HOURS`. */
  readonly range: TimeRange;
  readonly workloads: readonly DeploymentName[];
}

/** A call reads at most this many hours, so that whoever asks for more can pause in between. */
export const MAX_REVISION_HOURS = 24;

export interface RevisionHistory {
  /** Every ReplicaSet with a pod in the range, by namespace, workload and first interval. */
  revisions(cluster: string, range: TimeRange): Promise<readonly Revision[]>;
  /** By hour, namespace, workload and ReplicaSet. Hours of which no rows of pods are kept are not there. */
  revisionHours(query: RevisionHoursQuery): Promise<readonly RevisionHour[]>;
}
