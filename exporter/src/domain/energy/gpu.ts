/** Energy of GPUs to the pods that hold them. */
import { apportion } from '../apportion.js';
import type { Split } from '../attribution.js';
import type { GpuEnergy } from '../factors.js';
import type { PodSample } from '../model.js';

/**
 * A pod has the whole energy of its boards, idle included: nobody else can use them. What nobody holds, and what is held by pods
 * that the window does not show, is the node's idle share. Pods of one name (recreated within the interval) share by time.
 * @param pods of the node, in canonical order
 * @param most the parts add up to no more, mJ
 */
export function splitGpu(gpu: GpuEnergy | null, pods: readonly PodSample[], most = Infinity): Split {
  if (gpu === null) return { pods: pods.map(() => 0), system: 0, idle: 0 };
  const held = new Map(gpu.pods.map((each) => [keyOf(each), each.energy as number]));
  const lasted = new Map<string, number>();
  for (const pod of pods) lasted.set(keyOf(pod), (lasted.get(keyOf(pod)) ?? 0) + pod.seconds);
  const weights = pods.map((pod) => ((held.get(keyOf(pod)) ?? 0) * pod.seconds) / lasted.get(keyOf(pod))!);
  const taken = [...held].reduce((sum, [key, energy]) => sum + (lasted.has(key) ? energy : 0), 0);
  const whole = Math.min(gpu.whole, most);
  const parts = apportion(whole, [...weights, Math.max(0, gpu.whole - taken)]);
  return { pods: parts.slice(0, -1), system: 0, idle: parts.at(-1)! };
}

const keyOf = ({ namespace, pod }: { readonly namespace: string; readonly pod: string }) =>
  `${namespace}/${pod}`;
