/**
 * A cluster that never was: seeded, physically plausible, and a pure function of time. What happens in an interval depends on the
 * seed and on that interval alone, never on the clock, on the order of questions or on where the world is said to start; so a
 * second process sees the same past, and a ledger filled from it goes on where it stopped.
 */
import { DAY as DAY_SECONDS, type TimeRange } from '../domain/interval.js';
import { bytes, cpuSeconds, epochSeconds, joules, seconds } from '../domain/units.js';
import type { Bytes, CpuSeconds, EpochSeconds, Joules, Seconds } from '../domain/units.js';
import { slotsOf, type NodeSlot, type WorldNode } from './fleet.js';
import { unit } from './hash.js';
import { machinesDuring, podsOf, rememberMachines, type Span, type WorldPod } from './lifetimes.js';
import { placeAll } from './placement.js';
import { denser, type Scale } from './scale.js';
import { CELL } from './shapes.js';
import type { Linear } from './workload-plan.js';
import { workloadOf, type WorldWorkload } from './workload.js';
import { APPLICATIONS } from './workloads-apps.js';
import { PLATFORM } from './workloads-platform.js';

export type { WorldNode } from './fleet.js';
export type { WorldPod } from './lifetimes.js';

export interface WorldOptions {
  /** Any integer. Decides names, noise, bursts and the times of releases and replacements, not who runs where. */
  readonly seed: number;
  /** The oldest instant a source on this world admits to; default 1 January 2026. Changes nothing that happens. */
  readonly start?: EpochSeconds;
  readonly scale?: Scale;
}

/** What one pod used within a range; amounts of adjacent ranges add up, but for the rounding of doubles. */
export interface PodUsage {
  /** Time it existed within the range, >= 0. */
  readonly seconds: Seconds;
  readonly cpuSeconds: CpuSeconds;
  /** Mean working set over the time it existed; 0 when it did not. */
  readonly memoryBytes: Bytes;
  readonly receivedBytes: Bytes;
  readonly transmittedBytes: Bytes;
  readonly readBytes: Bytes;
  readonly writtenBytes: Bytes;
}

export interface World {
  readonly seed: number;
  readonly start: EpochSeconds;
  /** Machines in the cluster at some time of the range. */
  nodesDuring(range: TimeRange): readonly WorldNode[];
  /** Pods that run at some time of the range. */
  podsDuring(range: TimeRange): readonly WorldPod[];
  usage(pod: WorldPod, range: TimeRange): PodUsage;
  /** CPU time of the machine outside pods. */
  systemCpuSeconds(node: WorldNode, range: TimeRange): CpuSeconds;
  /** CPU time of the whole machine: its pods and the system. */
  nodeCpuSeconds(node: WorldNode, range: TimeRange): CpuSeconds;
  /** What the machine's meter counted, processor packages and memory; null on a machine without one. */
  measuredJoules(node: WorldNode, range: TimeRange): Joules | null;
  /** Instants within the range at which the pod's containers were restarted, ascending. */
  restarts(pod: WorldPod, range: TimeRange): readonly EpochSeconds[];
}

const DAY: number = DAY_SECONDS;
const DEFAULT_START = epochSeconds(Date.UTC(2026, 0, 1) / 1000);
const MIB = 2 ** 20;
/** Days of pod lists kept at a time: the one asked for, its neighbours, and one for somebody who reads elsewhere. */
const DAYS_KEPT = 4;

/** A world of 23 machines and about 170 pods, times `scale`. Throws RangeError for a seed or scale that is no integer. */
export function createWorld(options: WorldOptions): World {
  const { seed, start = DEFAULT_START, scale = { blocks: 1, density: 1 } } = options;
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER);
  checkInteger('scale.blocks', scale.blocks, 1);
  checkInteger('scale.density', scale.density, 1);
  const slots = Array.from({ length: scale.blocks }, (_, block) => slotsOf(seed, block));
  const workloads = populate(seed, scale, slots);
  const machines = rememberMachines();
  const podsOn = podsByDay((span) => workloads.flatMap((workload) => podsOf(workload, machines, span)));
  const podsDuring = (range: Span): readonly WorldPod[] => {
    const days = daysOf(range).map(podsOn);
    const alive = days.flatMap((pods) => pods.filter((p) => p.bornAt < range.to && p.diesAt > range.from));
    return days.length > 1 ? [...new Map(alive.map((pod) => [pod.uid, pod])).values()] : alive;
  };
  const nodeCpu = (node: WorldNode, range: Span): number => {
    const pods = podsDuring(range).filter((pod) => pod.node.uid === node.uid);
    return pods.reduce((sum, pod) => sum + podCpu(pod, range), systemCpu(node, range));
  };
  return {
    seed,
    start,
    podsDuring,
    nodesDuring: (range) =>
      slots.flatMap((block) => block.flatMap((slot) => machinesDuring(machines, slot, range))),
    usage: usageOf,
    systemCpuSeconds: (node, range) => cpuSeconds(systemCpu(node, range)),
    nodeCpuSeconds: (node, range) => cpuSeconds(nodeCpu(node, range)),
    measuredJoules: (node, range) =>
      node.measured ? joules(metered(node, range, (cell) => nodeCpu(node, cell))) : null,
    restarts: restartsOf,
  };
}

function checkInteger(name: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(
      `${name} must be a whole number${min > 0 ? ` of at least ${min}` : ''}, not ${value}`,
    );
  }
}

function populate(
  seed: number,
  scale: Scale,
  blocks: readonly (readonly NodeSlot[])[],
): readonly WorldWorkload[] {
  const plans = [...PLATFORM, ...APPLICATIONS].map((plan) => denser(plan, scale.density));
  return blocks.flatMap((slots, block) => {
    const homes = placeAll(plans, slots);
    return plans.map((plan, i) => workloadOf(plan, block, seed, homes[i]!));
  });
}

const daysOf = (range: Span): readonly number[] => {
  const first = Math.floor(range.from / DAY);
  return Array.from({ length: Math.max(0, Math.ceil(range.to / DAY) - first) }, (_, i) => first + i);
};

/** Pod lists by day of the epoch, computed when first asked for; a bounded memory that only saves time. */
function podsByDay(compute: (span: Span) => readonly WorldPod[]): (day: number) => readonly WorldPod[] {
  const known = new Map<number, readonly WorldPod[]>();
  return (day) => {
    const pods = known.get(day) ?? compute({ from: day * DAY, to: (day + 1) * DAY });
    known.delete(day);
    known.set(day, pods);
    if (known.size > DAYS_KEPT) known.delete(known.keys().next().value!);
    return pods;
  };
}

/** Integral over [from, to) of a function that is constant on each cell. */
function integrate(from: number, to: number, rate: (cell: number) => number): number {
  let sum = 0;
  let t = from;
  for (let cell = Math.floor(from / CELL); t < to; cell++) {
    const end = Math.min((cell + 1) * CELL, to);
    sum += (end - t) * rate(cell);
    t = end;
  }
  return sum;
}

/** Time the pod existed within the range, and the integral of its activity over it. */
function lived(pod: WorldPod, range: Span): { readonly time: number; readonly activity: number } {
  const from = Math.max(range.from, pod.bornAt);
  const to = Math.min(range.to, pod.diesAt);
  const { level, plan } = pod.workload;
  const rate = (cell: number): number => level(cell) * (1 - plan.noise * unit(pod.key, cell));
  return { time: Math.max(0, to - from), activity: integrate(from, to, rate) };
}

const podCpu = (pod: WorldPod, range: Span): number => {
  const { time, activity } = lived(pod, range);
  const [rest, span] = pod.workload.plan.cpu;
  return pod.cpuFactor * (rest * time + span * activity);
};

function usageOf(pod: WorldPod, range: TimeRange): PodUsage {
  const { time, activity } = lived(pod, range);
  const { plan } = pod.workload;
  const amount = ([rest, span]: Linear): number => rest * time + span * activity;
  return {
    seconds: seconds(time),
    cpuSeconds: cpuSeconds(pod.cpuFactor * amount(plan.cpu)),
    memoryBytes: bytes(time > 0 ? (amount(plan.memory) / time) * MIB : 0),
    receivedBytes: bytes(amount(plan.received)),
    transmittedBytes: bytes(amount(plan.transmitted)),
    readBytes: bytes(amount(plan.read)),
    writtenBytes: bytes(amount(plan.written)),
  };
}

/** Kubelet, container runtime and kernel: 0.06 to 0.15 cores, less than what `RESERVED_CPU` keeps for them. */
const systemCpu = (node: WorldNode, range: Span): number =>
  integrate(
    Math.max(range.from, node.bornAt),
    Math.min(range.to, node.diesAt),
    (cell) => 0.06 + 0.09 * unit(node.slot.key, cell),
  );

/**
 * The machines' true draw, which no model knows: 0.78 W per vCPU at rest, 3.1 W at full load, along u^0.85, each machine up to 6 %
 * off, and 0.35 W per GB of memory. Power is constant on a cell, set by the CPU time of that cell.
 */
function metered(node: WorldNode, range: Span, cpuOf: (cell: Span) => number): number {
  const own = 0.94 + 0.12 * unit(node.slot.key, 21);
  const memoryWatts = (0.35 * node.memoryCapacity) / 1e9;
  return integrate(Math.max(range.from, node.bornAt), Math.min(range.to, node.diesAt), (cell) => {
    const used = cpuOf({ from: cell * CELL, to: (cell + 1) * CELL });
    const u = used / (node.cpuCapacity * CELL);
    return own * node.cpuCapacity * (0.78 + 2.32 * u ** 0.85) + memoryWatts;
  });
}

/** A restart falls on a random second of an hour that a hash chooses, with the plan's chance. */
function restartsOf(pod: WorldPod, range: TimeRange): readonly EpochSeconds[] {
  const { restartsPerHour } = pod.workload.plan;
  if (restartsPerHour === 0) return [];
  const from = Math.max(range.from, pod.bornAt);
  const to = Math.min(range.to, pod.diesAt);
  const out: EpochSeconds[] = [];
  for (let hour = Math.floor(from / 3600); hour * 3600 < to; hour++) {
    if (unit(pod.key, hour ^ 0x5bd1e995) >= restartsPerHour) continue;
    const at = hour * 3600 + Math.floor(unit(pod.key, hour ^ 0x27d4eb2f) * 3600);
    if (at > from && at < to) out.push(epochSeconds(at));
  }
  return out;
}
