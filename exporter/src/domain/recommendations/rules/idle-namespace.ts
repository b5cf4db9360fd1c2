/** A namespace that hardly draws anything and still costs. */
import { HOUR } from '../../interval.js';
import { ALL_BUT_STORAGE, hoursOf, type Draft, type ScanFacts } from '../facts.js';
import type { Patch, Target } from '../model.js';
import { applyObjects, commandAlone, deletion, stopped, type ObjectName } from '../patch.js';
import { isSystemNamespace, MIN_DATA } from '../settings.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';

/** The threshold is of a whole lookback; less history is held against its part of it. */
export function idleNamespace(facts: ScanFacts): readonly Draft[] {
  const { usage, settings } = facts;
  const newest = usage.hours.length - 1;
  return [...byNamespace(usage.workloads)].flatMap(([namespace, workloads]): Draft[] => {
    if (!settings.systemNamespaces && isSystemNamespace(namespace)) return [];
    const first = Math.min(...workloads.map((w) => w.first));
    const hours = hoursOf(usage, { first });
    if (hours * HOUR < MIN_DATA || !workloads.some((w) => w.last === newest)) return [];
    const joules = (sum(workloads, (w) => w.taken.energy) / 1000) * (settings.lookback / (hours * HOUR));
    const cost = sum(workloads, (w) => w.taken.cost ?? 0) / 1e9;
    if (joules >= settings.idleNamespaceJoules || cost <= 0) return [];
    return [draftOf(namespace, workloads, { hours, joules, cost })];
  });
}

interface Seen {
  readonly hours: number;
  readonly joules: number;
  readonly cost: number;
}

function draftOf(
  namespace: string,
  workloads: readonly WorkloadProfile[],
  { hours, joules, cost }: Seen,
): Draft {
  const newest = Math.max(...workloads.map((w) => w.last));
  const present = workloads.filter((w) => w.last === newest);
  const target: Target = { namespace, workload: '', workloadType: '', container: '', node: '' };
  return {
    type: 'IDLE_NAMESPACE',
    target,
    claims: { workloads: workloads.map(workloadKey) },
    shares: ALL_BUT_STORAGE,
    hours,
    samples: sum(workloads, (w) => w.samples),
    current: { workloads: present.length },
    proposed: { workloads: 0 },
    evidence: {
      energy_joules_per_window: joules,
      cost,
      currency: workloads[0]!.taken.currency,
      objects: present.map((w) => `${w.workloadType}/${w.workload}`).join(', '),
    },
    caveats: workloads.some((w) => w.taken.storage > 0) ? ['VOLUMES_STAY'] : [],
    patch: patchOf(present),
  };
}

function patchOf(workloads: readonly WorkloadProfile[]): Patch {
  const objects = workloads.map((w): ObjectName => ({
    namespace: w.namespace,
    name: w.workload,
    kind: w.workloadType,
  }));
  const documents = objects.map(stopped).filter((yaml) => yaml !== null);
  const deletions = objects.filter((o) => stopped(o) === null).map(deletion);
  if (documents.length === 0)
    return commandAlone(deletions.join(' && '), ['they have no replicas to set to 0']);
  return applyObjects(documents, deletions);
}

function byNamespace(workloads: readonly WorkloadProfile[]): ReadonlyMap<string, WorkloadProfile[]> {
  const found = new Map<string, WorkloadProfile[]>();
  for (const w of workloads) {
    const list = found.get(w.namespace);
    if (list) list.push(w);
    else found.set(w.namespace, [w]);
  }
  return found;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
