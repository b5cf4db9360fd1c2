/** Load that comes in bursts, met by a fixed number of pods. */
import { autoscalerOf, hoursOf, isScalable, targetOf, type Draft, type ScanFacts } from '../facts.js';
import { applyObjects } from '../patch.js';
import { AUTOSCALER_TARGET } from '../settings.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';
import type { Caveat, Patch } from '../model.js';

export interface Spread {
  readonly mean: number;
  readonly max: number;
  /** Standard deviation over mean. */
  readonly variation: number;
  readonly spikeRatio: number;
}

export function spreadOf(values: ArrayLike<number>): Spread | null {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  if (!(mean > 0)) return null;
  const variance = list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length;
  const max = Math.max(...list);
  return { mean, max, variation: Math.sqrt(variance) / mean, spikeRatio: max / mean };
}

/** Hourly means of the cores that all pods of a workload use; without a request an autoscaler has nothing to go by. */
export function autoscalingCandidate(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const { variation, spikeRatio } = facts.settings.autoscaling;
  if (!isScalable(w) || w.cpuRequest === null || w.cpuRequest <= 0) return null;
  const spread = spreadOf(w.cores.subarray(w.first));
  if (spread === null || spread.variation <= variation || spread.spikeRatio <= spikeRatio) return null;
  const known = autoscalerOf(facts.knowledge, w);
  if (known || (known === null && isScaled(w))) return null;
  return draftOf(facts, w, spread, known === null ? ['AUTOSCALERS_UNKNOWN'] : []);
}

/** Whether something changes the number of its pods: half as many again as at the least, for a tenth of the time or more. */
function isScaled(w: WorkloadProfile): boolean {
  const pods = Array.from(w.pods.subarray(w.first + 1, w.last)).sort((a, b) => a - b);
  const at = (q: number) => pods[Math.floor(q * (pods.length - 1))] ?? 0;
  return at(0.9) > 1.5 * at(0.1);
}

function draftOf(facts: ScanFacts, w: WorkloadProfile, spread: Spread, caveats: readonly Caveat[]): Draft {
  const perPod = w.cpuRequest! * AUTOSCALER_TARGET;
  const pods = Math.max(1, Math.round(w.pods[w.last]!));
  const needed = (cores: number) => Math.max(1, Math.ceil(cores / perPod));
  const most = Math.max(pods, needed(spread.max));
  return {
    type: 'AUTOSCALING_CANDIDATE',
    target: targetOf(w),
    claims: { workloads: [workloadKey(w)] },
    shares: sharesOf(freedShare(w, needed)),
    hours: hoursOf(facts.usage, w),
    samples: w.samples,
    current: { pods },
    proposed: { pods_min: 1, pods_max: most, cpu_use_of_request_ratio: AUTOSCALER_TARGET },
    evidence: {
      cpu_mean_cores: spread.mean,
      cpu_max_cores: spread.max,
      coefficient_of_variation: spread.variation,
      max_over_mean: spread.spikeRatio,
    },
    caveats,
    patch: autoscaler(w, most),
  };
}

const sharesOf = (freed: number) => ({ dynamic: 0, cpu: freed, memory: freed, storage: 0 });

/** Share of its pods' time that it could do without, hours that need more than there are not counted. */
function freedShare(w: WorkloadProfile, needed: (cores: number) => number): number {
  let [kept, had] = [0, 0];
  for (let i = w.first; i < w.pods.length; i++) {
    had += w.pods[i]!;
    kept += Math.min(w.pods[i]!, needed(w.cores[i]!));
  }
  return had > 0 ? 1 - kept / had : 0;
}

function autoscaler(w: WorkloadProfile, most: number): Patch {
  const { namespace, workload: name, workloadType: kind } = w;
  return applyObjects([
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
        minReplicas: 1,
        maxReplicas: most,
        metrics: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: Math.round(100 * AUTOSCALER_TARGET) },
            },
          },
        ],
      },
    },
  ]);
}
