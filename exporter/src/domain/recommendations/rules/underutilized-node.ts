/** A machine with hardly a pod and hardly any load, whose pods fit elsewhere as they are. */
import { HOUR } from '../../interval.js';
import { hoursOf, nodeTarget, type Draft, type ScanFacts } from '../facts.js';
import type { Caveat, Patch } from '../model.js';
import type { PlacedPod } from '../knowledge.js';
import { drainable, podsByNode } from '../packing.js';
import { patchObject } from '../patch.js';
import { DRAIN_CPU, DRAIN_PODS, MIN_DATA } from '../settings.js';
import type { NodeProfile, UsageWindow } from '../usage-window.js';

export function* underutilizedNode(facts: ScanFacts): Generator<void, readonly Draft[]> {
  const { usage, knowledge } = facts;
  const movable = podsByNode(knowledge.pods.filter((p) => !p.pinned));
  const podsOn = (node: string) => movable.get(node) ?? [];
  const isFew = (n: NodeProfile) => podsOn(n.node).length < DRAIN_PODS;
  const candidates = new Map(
    usage.nodes.filter((n) => isCandidate(usage, n) && isFew(n)).map((n) => [n.node, n]),
  );
  if (candidates.size === 0) return [];
  const present = usage.nodes.filter((n) => n.last === usage.hours.length - 1);
  const gone = yield* drainable({ nodes: present, pods: knowledge.pods, knowledge }, (node) =>
    candidates.has(node),
  );
  return gone.map((node) => draftOf(facts, candidates.get(node)!, podsOn(node)));
}

function isCandidate(usage: UsageWindow, n: NodeProfile): boolean {
  return n.last === usage.hours.length - 1 && hoursOf(usage, n) * HOUR >= MIN_DATA && n.cpuUse < DRAIN_CPU;
}

function draftOf(facts: ScanFacts, n: NodeProfile, pods: readonly PlacedPod[]): Draft {
  const caveats: Caveat[] = facts.knowledge.nodes === null ? ['CONSTRAINTS_UNKNOWN'] : [];
  return {
    type: 'UNDERUTILIZED_NODE',
    target: nodeTarget(n.node),
    claims: { node: n.node },
    shares: { dynamic: 0, cpu: 1, memory: 0, storage: 0 },
    hours: hoursOf(facts.usage, n),
    samples: n.intervals,
    current: { pods: pods.length, instance_type: n.instanceType },
    proposed: { pods: 0 },
    evidence: {
      cpu_use_ratio: n.cpuUse,
      memory_use_ratio: n.memoryUse,
      pods: pods.map((p) => `${p.namespace}/${p.pod}`).join(', '),
      region: n.region,
    },
    caveats: [...caveats, 'NODE_POOL_RESIZE'],
    patch: drainPatch(n.node),
  };
}

export const drainPatch = (node: string): Patch =>
  patchObject({ namespace: '', name: node, kind: 'Node' }, { unschedulable: true }, [
    `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`,
    'then take the machine out of its pool, or let the cluster autoscaler do it',
  ]);
