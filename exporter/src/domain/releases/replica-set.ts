/** From names of pods to the ReplicaSets that made them, and from the times of ReplicaSets to rollouts. */
import type { EpochSeconds } from '../units.js';

/** Controllers whose pods belong to ReplicaSets, one a revision; Rollout is Argo's. */
const REVISED = new Set(['Deployment', 'Rollout']);
/** Suffix that Kubernetes gives to the pods of a ReplicaSet: five letters without vowels and look-alikes. */
const POD_NAME = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** The ReplicaSet of a pod, by its name; empty for a pod that belongs to none. */
export function replicaSetOf(workloadType: string, pod: string): string {
  return REVISED.has(workloadType) ? (POD_NAME.exec(pod)?.[1] ?? '') : '';
}

/** When pods of a ReplicaSet were first and last there: starts of intervals. */
export interface RevisionSpan {
  readonly replicaSet: string;
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

/** One ReplicaSet followed by another. */
export interface Rollout {
  readonly previous: RevisionSpan;
  readonly next: RevisionSpan;
  /** When the ReplicaSet after `next` began; null: `next` is the newest. */
  readonly until: EpochSeconds | null;
}

/**
 * Rollouts of one workload, oldest first. A ReplicaSet that comes back after another (a rollback) is one that has begun before, so
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
