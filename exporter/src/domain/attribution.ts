/**
 * Who a node's amounts belong to. One policy serves energy, embodied emissions and cost, and every split adds to its whole
 * exactly: Σ pods + system + idle = node.
 */
import { apportion } from './apportion.js';
import type { NodeSample, PodSample } from './model.js';

export type IdleAttribution = 'reserved' | 'proportional';

/** Parts of one amount: one entry a pod (in the order given), then the node's system and idle shares. */
export interface Split {
  readonly pods: readonly number[];
  readonly system: number;
  readonly idle: number;
}

/** The weights by which a node's amounts are shared; each list has one entry a pod. */
export interface Shares {
  /** CPU-seconds of each pod and of what ran outside pods. */
  readonly use: { readonly pods: readonly number[]; readonly system: number };
  /** Shares of the machine that pods hold, CPU and memory; what is left to 1 is idle. */
  readonly cpu: Reservation;
  readonly memory: Reservation;
}

interface Reservation {
  readonly pods: readonly number[];
  readonly idle: number;
}

/** @param pods the pods of this node, in canonical order */
export function sharesOf(node: NodeSample, pods: readonly PodSample[], policy: IdleAttribution): Shares {
  const use = pods.map((p) => p.cpuSeconds as number);
  const used = use.reduce((a, b) => a + b, 0);
  const system = Math.max(0, (node.cpuSeconds ?? 0) - used);
  if (policy === 'proportional') {
    const all = proportional(use, used);
    return { use: { pods: use, system }, cpu: all, memory: all };
  }
  const cpuSize = node.cpuCapacity * node.seconds;
  const memorySize = node.memoryCapacity * node.seconds;
  const cpu = pods.map((p) => held((p.cpuRequest ?? 0) * p.seconds, p.cpuSeconds, cpuSize));
  const memory = pods.map((p) =>
    held((p.memoryRequest ?? 0) * p.seconds, p.memoryBytes * p.seconds, memorySize),
  );
  return { use: { pods: use, system }, cpu: reserved(cpu), memory: reserved(memory) };
}

/** max(request, used) as a share of the machine: what a pod keeps others from having. */
function held(requested: number, used: number, capacity: number): number {
  return capacity > 0 ? Math.max(requested, used) / capacity : 0;
}

/** Scaled down when over-committed; the rest of the machine is nobody's. */
function reserved(shares: readonly number[]): Reservation {
  const sum = shares.reduce((a, b) => a + b, 0);
  return { pods: sum > 1 ? shares.map((s) => s / sum) : shares, idle: Math.max(0, 1 - sum) };
}

/** Everything to pods by CPU-seconds, evenly when none used any; a node without pods keeps it as idle. */
function proportional(use: readonly number[], used: number): Reservation {
  if (use.length === 0) return { pods: [], idle: 1 };
  return { pods: used > 0 ? use : use.map(() => 1), idle: 0 };
}

/** Split what follows use: to pods and system by CPU-seconds, to idle only when nothing ran. */
export function splitByUse(whole: number, shares: Shares): Split {
  return split(whole, shares.use.pods, shares.use.system, 0);
}

/** Split what follows possession of the machine, by CPU or memory reservation. */
export function splitByReservation(whole: number, reservation: Reservation): Split {
  return split(whole, reservation.pods, 0, reservation.idle);
}

function split(whole: number, pods: readonly number[], system: number, idle: number): Split {
  const parts = apportion(whole, [...pods, system, idle]);
  return { pods: parts.slice(0, -2), system: parts.at(-2)!, idle: parts.at(-1)! };
}

export function addSplits(a: Split, b: Split): Split {
  return { pods: a.pods.map((x, i) => x + b.pods[i]!), system: a.system + b.system, idle: a.idle + b.idle };
}

/** Split `whole` in the proportions of another split (for example emissions by energy). */
export function splitLike(whole: number, like: Split): Split {
  return split(whole, like.pods, like.system, like.idle);
}
