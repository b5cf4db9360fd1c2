/** Which revisions of a workload ran when, and what their pods took hour by hour. Served by read-only connections. */
import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds } from '../domain/units.js';

export interface WorkloadName {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
}

/** Pods of one ReplicaSet or ControllerRevision (domain/releases, `revisionOf`). */
export interface Revision extends WorkloadName {
  readonly revision: string;
  /** Starts of the first and the last interval of the range with a pod of it. */
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

/** Sums over the pods of one revision in one hour. */
export interface RevisionHour extends WorkloadName {
  readonly revision: string;
  readonly hour: EpochSeconds;
  /** Pods x time they existed, s. */
  readonly podSeconds: number;
  readonly cpuSeconds: number;
  /** Requests x time, cores x s; 0: none of the pods has one. */
  readonly cpuRequestSeconds: number;
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
  readonly workloads: readonly WorkloadName[];
}

/** A call reads at most this many hours, so that whoever asks for more can pause in between. */
export const MAX_REVISION_HOURS = 24;

export interface RevisionHistory {
  /** Every revision with a pod in the range, by namespace, workload, type and first interval. */
  revisions(cluster: string, range: TimeRange): Promise<readonly Revision[]>;
  /** By hour, namespace, workload, type and revision. Hours of which no rows of pods are kept are not there. */
  revisionHours(query: RevisionHoursQuery): Promise<readonly RevisionHour[]>;
}
