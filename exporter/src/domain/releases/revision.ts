/** From pods to the revisions of their controllers, and from the times of revisions to rollouts. */
import type { EpochSeconds } from '../units.js';

/**
 * Label that Kubernetes gives to the pods of StatefulSets and DaemonSets, and other controllers that keep ControllerRevisions to
 * theirs: the name of the ControllerRevision, or (DaemonSet) the hash that its name ends with.
 */
export const REVISION_LABEL = 'controller-revision-hash';

/** Labels of pods to keep: those that configuration asks for, and the one that tells revisions apart. */
export const withRevisionLabel = (labels: readonly string[]): readonly string[] => [
  ...new Set([...labels, REVISION_LABEL]),
];

/** Controllers whose pods belong to ReplicaSets, one a revision; Rollout is Argo's. */
const BY_REPLICA_SET = new Set(['Deployment', 'Rollout']);
/** Suffix that Kubernetes gives to the pods of a ReplicaSet: five letters without vowels and look-alikes. */
const POD_NAME = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

export interface RevisedPod {
  readonly workload: string;
  readonly workloadType: string;
  readonly pod: string;
  /** Value of `REVISION_LABEL`; empty: the pod has none, or nobody says. */
  readonly label: string;
}

/** The ReplicaSet or ControllerRevision that a pod was made from; empty: not visible, or there is none. */
export function revisionOf({ workload, workloadType, pod, label }: RevisedPod): string {
  if (BY_REPLICA_SET.has(workloadType)) return POD_NAME.exec(pod)?.[1] ?? '';
  return label === '' || label.startsWith(`${workload}-`) ? label : `${workload}-${label}`;
}

/** When pods of a revision were first and last there: starts of intervals. */
export interface RevisionSpan {
  readonly revision: string;
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

/** One revision followed by another. */
export interface Rollout {
  readonly previous: RevisionSpan;
  readonly next: RevisionSpan;
  /** When the revision after `next` began; null: `next` is the newest. */
  readonly until: EpochSeconds | null;
}

/**
 * Rollouts of one workload, oldest first. A revision that comes back after another (a rollback) is one that has begun before, so
 * its return is no rollout.
 * @param idle longest time between two revisions for the second to count as following the first, s
 */
export function rolloutsOf(spans: readonly RevisionSpan[], idle: number): readonly Rollout[] {
  const ordered = spans.toSorted((a, b) => a.first - b.first || a.last - b.last);
  return ordered.flatMap((next, i): Rollout[] => {
    const previous = ordered[i - 1];
    if (!previous || previous.first === next.first || previous.last < next.first - idle) return [];
    return [{ previous, next, until: ordered[i + 1]?.first ?? null }];
  });
}
