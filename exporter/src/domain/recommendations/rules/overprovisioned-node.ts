/** A machine that is much larger than what runs on it. */
import { HOUR } from '../../interval.js';
import { hoursOf, nodeTarget, type ClusterFacts, type Draft } from '../facts.js';
import type { Caveat } from '../model.js';
import type { PlacedPod } from '../knowledge.js';
import { podsByNode } from '../packing.js';
import { MIN_DATA } from '../settings.js';
import type { NodeProfile } from '../usage-window.js';
import { drainPatch } from './underutilized-node.js';

/** Sizes come in halves: the half, quarter or eighth that still holds its pods as the other recommendations leave them. */
const SMALLEST = 1 / 8;

export function overprovisionedNode(facts: ClusterFacts): readonly Draft[] {
  const { usage, settings } = facts;
  const podsOn = podsByNode(facts.podsAfter);
  return usage.nodes.flatMap((n): Draft[] => {
    if (n.last !== usage.hours.length - 1 || hoursOf(usage, n) * HOUR < MIN_DATA) return [];
    if (n.cpuUse >= settings.nodeUtilisation || n.memoryUse >= settings.nodeUtilisation) return [];
    const size = smallerSize(facts, n, podsOn.get(n.node) ?? []);
    return size === 1 ? [] : [draftOf(facts, n, size)];
  });
}

/** Share of the machine that is enough; 1: it is not too large for what its pods ask for. */
function smallerSize({ knowledge }: ClusterFacts, n: NodeProfile, pods: readonly PlacedPod[]): number {
  const cpu = pods.reduce((sum, p) => sum + p.cpuRequest, 0);
  const memory = pods.reduce((sum, p) => sum + p.memoryRequest, 0);
  const allocatable = knowledge.nodes?.get(n.node);
  // What the system keeps does not shrink with the machine.
  const kept = {
    cpu: allocatable ? n.cpuCapacity - allocatable.cpuAllocatable : n.cpuCapacity / 12,
    memory: allocatable ? n.memoryCapacity - allocatable.memoryAllocatable : n.memoryCapacity / 12,
  };
  let size = 1;
  while (
    size > SMALLEST &&
    cpu + kept.cpu <= (n.cpuCapacity * size) / 2 &&
    memory + kept.memory <= (n.memoryCapacity * size) / 2
  )
    size /= 2;
  return size;
}

function draftOf(facts: ClusterFacts, n: NodeProfile, size: number): Draft {
  const caveats: Caveat[] = facts.knowledge.nodes === null ? ['CONSTRAINTS_UNKNOWN'] : [];
  return {
    type: 'OVERPROVISIONED_NODE',
    target: nodeTarget(n.node),
    claims: { node: n.node },
    shares: { dynamic: 0, cpu: 1 - size, memory: 0, storage: 0 },
    hours: hoursOf(facts.usage, n),
    samples: n.intervals,
    current: { instance_type: n.instanceType, cpu_cores: n.cpuCapacity, memory_bytes: n.memoryCapacity },
    proposed: { cpu_cores: n.cpuCapacity * size, memory_bytes: n.memoryCapacity * size },
    evidence: { cpu_use_ratio: n.cpuUse, memory_use_ratio: n.memoryUse, region: n.region },
    caveats: [...caveats, 'NODE_POOL_RESIZE'],
    patch: drainPatch(n.node),
  };
}
