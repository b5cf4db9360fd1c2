/**
 * Which node slot each pod of the world runs in. Decided once, from requests and from the most that each pod can ever use, so
 * that use never exceeds capacity at any instant and no scheduler has to be played back.
 */
import type { NodeSlot } from './fleet.js';
import { RESERVED_CPU, RESERVED_MEMORY } from './fleet.js';
import type { WorkloadPlan } from './workload-plan.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** kubelet's default limit. */
const PODS_PER_NODE = 110;

/** Positions in the fleet by replica; a wandering pod has two, taken in turn at each of its lives. */
export type Homes = readonly NodeSlot[];

interface Free {
  readonly slot: NodeSlot;
  cpuRequest: number;
  memoryRequest: number;
  cpu: number;
  memory: number;
  pods: number;
}

interface Demand {
  readonly cpuRequest: number;
  readonly memoryRequest: number;
  /** The most it ever uses: cores, bytes. */
  readonly cpu: number;
  readonly memory: number;
}

const demandOf = (plan: WorkloadPlan): Demand => ({
  cpuRequest: plan.cpuRequest ?? 0,
  memoryRequest: (plan.memoryRequest ?? 0) * MIB,
  cpu: plan.cpu[0] + plan.cpu[1],
  memory: (plan.memory[0] + plan.memory[1]) * MIB,
});

function freeOf(slot: NodeSlot): Free {
  const { vcpus, memoryGib } = slot.pool;
  const cpu = vcpus - RESERVED_CPU;
  const memory = memoryGib * GIB - RESERVED_MEMORY;
  return { slot, cpuRequest: cpu, memoryRequest: memory, cpu, memory, pods: PODS_PER_NODE };
}

const fits = (free: Free, d: Demand): boolean =>
  free.cpuRequest >= d.cpuRequest &&
  free.memoryRequest >= d.memoryRequest &&
  free.cpu >= d.cpu &&
  free.memory >= d.memory &&
  free.pods >= 1;

function take(free: Free, d: Demand): void {
  free.cpuRequest -= d.cpuRequest;
  free.memoryRequest -= d.memoryRequest;
  free.cpu -= d.cpu;
  free.memory -= d.memory;
  free.pods -= 1;
}

/** Share of the node that stays free in the scarcer of its resources, as the scheduler's least-allocated score. */
const score = (free: Free): number =>
  Math.min(free.cpu / free.slot.pool.vcpus, free.memory / (free.slot.pool.memoryGib * GIB));

/** The emptiest slot of the plan's place that takes the pod, other than those in `except`. */
function choose(plan: WorkloadPlan, frees: readonly Free[], d: Demand, except: readonly NodeSlot[]): Free {
  let best: Free | undefined;
  for (const free of frees) {
    if (free.slot.pool.place !== plan.place || except.includes(free.slot) || !fits(free, d)) continue;
    if (!best || score(free) > score(best)) best = free;
  }
  if (!best)
    throw new Error(`the demo world has no room for ${plan.namespace}/${plan.name} in ${plan.place}`);
  take(best, d);
  return best;
}

/** How many pods a plan can have at the same time; a daemon has one on each slot. */
export function replicasOf(plan: WorkloadPlan, slots: number): number {
  const c = plan.controller;
  switch (c.kind) {
    case 'Deployment':
      return 'hpa' in c ? c.hpa.max : c.replicas;
    case 'StatefulSet':
      return c.replicas;
    case 'DaemonSet':
      return slots;
    case 'CronJob':
      return c.parallelism;
    case 'Pod':
      return 1;
  }
}

/**
 * Homes of every replica of every plan, in the order of the plans. Throws when a plan does not fit, which is a mistake in the
 * tables and not a matter of chance: the seed plays no part.
 */
export function placeAll(
  plans: readonly WorkloadPlan[],
  slots: readonly NodeSlot[],
): readonly (readonly Homes[])[] {
  const frees = slots.map(freeOf);
  const daemons = plans.filter((plan) => plan.controller.kind === 'DaemonSet').map(demandOf);
  for (const free of frees) for (const d of daemons) take(free, d);
  return plans.map((plan) => {
    const { controller } = plan;
    if (controller.kind === 'DaemonSet') return slots.map((slot) => [slot]);
    const wanders = controller.kind === 'StatefulSet' && controller.wanders === true;
    const d = demandOf(plan);
    return Array.from({ length: replicasOf(plan, slots.length) }, () => {
      const first = choose(plan, frees, d, []).slot;
      return wanders ? [first, choose(plan, frees, d, [first]).slot] : [first];
    });
  });
}
