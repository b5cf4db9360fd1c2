/** Something that is paid for and reserved, and neither works nor talks to anybody. */
import { HOUR } from '../../interval.js';
import { ALL_BUT_STORAGE, hoursOf, targetOf, type Draft, type ScanFacts } from '../facts.js';
import { commandAlone, deletion, patchObject, stopped, type ObjectName } from '../patch.js';
import { NO_TRAFFIC } from '../settings.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';
import type { Patch } from '../model.js';

/** The thresholds are of a whole lookback; less history is held against its part of them. */
export function zombieWorkload(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const { zombie, lookback } = facts.settings;
  const hours = hoursOf(facts.usage, w);
  const whole = lookback / (hours * HOUR);
  const cost = w.taken.cost === null ? null : (w.taken.cost / 1e9) * whole;
  const joules = (w.taken.dynamic / 1000) * whole;
  if (cost === null || cost <= zombie.cost || joules >= zombie.joules) return null;
  if (w.networkBytes / w.podSeconds >= NO_TRAFFIC) return null;
  return draftOf(w, hours, cost, joules);
}

function draftOf(w: WorkloadProfile, hours: number, cost: number, joules: number): Draft {
  const pods = w.pods[w.last]!;
  return {
    type: 'ZOMBIE_WORKLOAD',
    target: targetOf(w),
    claims: { workloads: [workloadKey(w)] },
    shares: ALL_BUT_STORAGE,
    hours,
    samples: w.samples,
    current: { pods: round(pods) },
    proposed: { pods: 0 },
    evidence: {
      cost_per_window: cost,
      currency: w.taken.currency,
      dynamic_joules_per_window: joules,
      network_bytes: w.networkBytes,
      cpu_mean_cores: w.cpuSeconds / w.podSeconds,
    },
    caveats: w.taken.storage > 0 ? ['VOLUMES_STAY'] : [],
    patch: stopPatch({ namespace: w.namespace, name: w.workload, kind: w.workloadType }),
  };
}

function stopPatch(object: ObjectName): Patch {
  if (stopped(object) === null) return commandAlone(deletion(object), ['it has no replicas to set to 0']);
  const spec = object.kind.endsWith('Job') ? { suspend: true } : { replicas: 0 };
  return patchObject(object, spec, [`or: ${deletion(object)}`]);
}

const round = (pods: number): number => Math.round(pods * 10) / 10;
