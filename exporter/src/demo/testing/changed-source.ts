/**
 * The world after somebody followed a recommendation: a source whose windows are changed from an instant on. What would have been is
 * the world itself, so that what was saved is known and not guessed.
 */
import type { PodSample, UsageWindow } from '../../domain/model.js';
import { cores, type EpochSeconds } from '../../domain/units.js';
import { available } from '../../ports/outcome.js';
import type { UsageSource } from '../../ports/usage-source.js';

export type Change = (pod: PodSample, start: EpochSeconds) => PodSample | null;

/** @param change null: the pod is not there */
export function changedSource(source: UsageSource, change: Change): UsageSource {
  return {
    ...source,
    observe: async (range, step, signal) => {
      const answer = await source.observe(range, step, signal);
      return answer.ok
        ? available(
            answer.value.map((window) => changedWindow(window, change)),
            answer.warnings,
          )
        : answer;
    },
  };
}

/** The machine does not do what its pods no longer do. */
function changedWindow(window: UsageWindow, change: Change): UsageWindow {
  const less = new Map<string, number>();
  const pods = window.pods.flatMap((pod): PodSample[] => {
    const after = change(pod, window.interval.start);
    const saved = pod.cpuSeconds - (after?.cpuSeconds ?? 0);
    less.set(pod.node, (less.get(pod.node) ?? 0) + saved);
    return after ? [after] : [];
  });
  const nodes = window.nodes.map((node) => ({
    ...node,
    cpuSeconds:
      node.cpuSeconds === null
        ? null
        : ((node.cpuSeconds - (less.get(node.node) ?? 0)) as typeof node.cpuSeconds),
  }));
  return { ...window, pods, nodes };
}

const isOf = (pod: PodSample, namespace: string, workload: string): boolean =>
  pod.namespace === namespace && pod.workload.name === workload;

export const withCpuRequest =
  (namespace: string, workload: string, from: EpochSeconds, request: number): Change =>
  (pod, start) =>
    isOf(pod, namespace, workload) && start >= from ? requesting(pod, request) : pod;

/** Its containers each ask for as much less as it does. */
function requesting(pod: PodSample, request: number): PodSample {
  const by = pod.cpuRequest === null ? 1 : request / pod.cpuRequest;
  const containers = pod.containers?.map((c) => ({
    ...c,
    cpuRequest: c.cpuRequest === null ? null : cores(c.cpuRequest * by),
  }));
  return { ...pod, cpuRequest: cores(request), ...(containers && { containers }) };
}

export const without =
  (namespace: string, workload: string, isGone: (start: EpochSeconds) => boolean): Change =>
  (pod, start) =>
    isOf(pod, namespace, workload) && isGone(start) ? null : pod;

export const allOf =
  (...changes: readonly Change[]): Change =>
  (pod, start) =>
    changes.reduce<PodSample | null>((changed, change) => changed && change(changed, start), pod);
