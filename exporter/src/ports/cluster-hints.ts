/** What monitoring knows of a cluster that its use does not show, for where the Kubernetes API is not asked or does not say. */
import type { TimeRange } from '../domain/interval.js';
import type { Autoscaler } from './inventory-source.js';
import type { Outcome } from './outcome.js';

export interface ClusterHints {
  /** HorizontalPodAutoscalers at the end of the range; null: nothing tells of any. */
  readonly autoscalers: readonly Autoscaler[] | null;
  /** Pods of which a container was killed for want of memory in the range; null: nothing tells. */
  readonly outOfMemory: readonly { readonly namespace: string; readonly pod: string }[] | null;
}

export interface ClusterHintSource {
  hints(range: TimeRange, signal?: AbortSignal): Promise<Outcome<ClusterHints>>;
}
