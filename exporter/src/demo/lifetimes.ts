/** Which pods there are: releases, node replacements, autoscaling and cron runs, found by arithmetic from the time asked for. */
import { cronStarts } from './cron.js';
import { machineAt, type NodeSlot, type WorldNode } from './fleet.js';
import { combine, hashText, nameSuffix, pick, replicaSuffix, unit, uuid } from './hash.js';
import { REVISION_LABEL } from '../domain/releases/revision.js';
import type { CronPlan } from './workload-plan.js';
import { releaseAt, type WorldWorkload } from './workload.js';

/** One pod, on one node during [bornAt, diesAt), seconds since the epoch. */
export interface WorldPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: WorldWorkload;
  readonly node: WorldNode;
  readonly bornAt: number;
  readonly diesAt: number;
  /** Direct owner as in ownerReferences; null for a bare pod. */
  readonly owner: { readonly kind: string; readonly name: string } | null;
  /** Name of its persistent volume claim; null without one. */
  readonly claim: string | null;
  /** Of the replica: what its noise and its restarts are drawn from. */
  readonly key: number;
  /** CPU time that its release takes for the same work, as a multiple of what the others take. */
  readonly cpuFactor: number;
  /** By Kubernetes name. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Instants [from, to), seconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the decision to start a pod to its first container running, seconds. */
const STARTUP = [3, 40] as const;

export type Machines = (slot: NodeSlot, t: number) => WorldNode;

/** `machineAt`, building each machine once. */
export function rememberMachines(): Machines {
  const known = new Map<NodeSlot, WorldNode>();
  return (slot, t) => {
    const last = known.get(slot);
    if (last && t >= last.servesFrom && t < last.servesTo) return last;
    const machine = machineAt(slot, t);
    known.set(slot, machine);
    return machine;
  };
}

/** Machines of a slot that are in the cluster at some time of the span, oldest first. */
export function machinesDuring(machines: Machines, slot: NodeSlot, span: Span): readonly WorldNode[] {
  const out: WorldNode[] = [];
  // A machine outlives its service and joins before it by minutes: an hour either side finds its neighbours.
  const HOUR = 3600;
  for (let m = machines(slot, span.from - HOUR); m.bornAt < span.to; m = machines(slot, m.servesTo)) {
    if (m.diesAt > span.from) out.push(m);
  }
  return out;
}

interface Life extends Span {
  readonly node: WorldNode;
  readonly release: number;
}

/** Pods of a workload that exist at some time of the span. */
export function podsOf(workload: WorldWorkload, machines: Machines, span: Span): readonly WorldPod[] {
  const { controller } = workload.plan;
  if (controller.kind === 'CronJob') return cronPods(workload, controller, machines, span);
  return workload.homes.flatMap((homes, replica) => {
    const lives =
      controller.kind === 'DaemonSet'
        ? daemonLives(workload, machines, homes[0]!, replica, span)
        : replicaLives(workload, machines, homes, replica, span);
    const key = combine(workload.key, combine(homes[0]!.key, replica));
    return lives.map((life) => podOf(workload, life, replica, key)).filter((pod) => overlaps(pod, span));
  });
}

const overlaps = (pod: WorldPod, span: Span): boolean =>
  pod.bornAt < pod.diesAt && pod.bornAt < span.to && pod.diesAt > span.from;

/** A life ends with a release or with the service of its machine; an autoscaled one also with the need for it. */
function replicaLives(
  workload: WorldWorkload,
  machines: Machines,
  homes: readonly NodeSlot[],
  replica: number,
  span: Span,
): readonly Life[] {
  const lives: Life[] = [];
  for (let t = span.from; t < span.to;) {
    const release = releaseAt(workload, replica, t);
    const home = homes[((release.number % homes.length) + homes.length) % homes.length]!;
    const node = machines(home, t);
    const from = Math.max(release.from, node.servesFrom);
    const to = Math.min(release.to, node.servesTo);
    const life = { from, to, node, release: release.number };
    lives.push(...neededParts(workload, replica, life, span));
    t = to;
  }
  return lives;
}

/** The parts of a life for which the autoscaler wants this replica, those that touch the span. */
function neededParts(workload: WorldWorkload, replica: number, life: Life, span: Span): readonly Life[] {
  const scaler = workload.autoscaler;
  if (!scaler || replica < scaler.min) return [life];
  const needed = (t: number): boolean => scaler.replicasAt(t) > replica;
  const parts: Life[] = [];
  for (let t = Math.max(life.from, span.from); t < Math.min(life.to, span.to);) {
    let [from, to] = scaler.decisionAt(t);
    if (needed(t)) {
      while (from > life.from && needed(from - 1)) from = scaler.decisionAt(from - 1)[0];
      while (to < life.to && needed(to)) to = scaler.decisionAt(to)[1];
      parts.push({ ...life, from: Math.max(from, life.from), to: Math.min(to, life.to) });
    }
    t = to;
  }
  return parts;
}

function daemonLives(
  workload: WorldWorkload,
  machines: Machines,
  slot: NodeSlot,
  replica: number,
  span: Span,
): readonly Life[] {
  return machinesDuring(machines, slot, span).flatMap((node) => {
    const lives: Life[] = [];
    for (let t = Math.max(span.from, node.bornAt); t < Math.min(span.to, node.diesAt);) {
      const release = releaseAt(workload, replica, t);
      const to = Math.min(release.to, node.diesAt);
      lives.push({ node, release: release.number, from: Math.max(release.from, node.bornAt), to });
      t = to;
    }
    return lives;
  });
}

function podOf(workload: WorldWorkload, life: Life, replica: number, replicaKey: number): WorldPod {
  const { plan, namespace } = workload;
  const key = combine(combine(replicaKey, Math.floor(life.from)), life.node.slot.key);
  const { name, owner } = identity(workload, life, replica);
  return {
    namespace,
    name,
    uid: uuid(key, hashText(`${namespace}/${name}`)),
    workload,
    node: life.node,
    bornAt: life.from + pick(key, 1, ...STARTUP),
    diesAt: life.to,
    owner,
    claim: plan.volume && `data-${name}`,
    key: replicaKey,
    cpuFactor: life.release % 2 === 0 ? 1 : plan.regression,
    labels: labelsOf(workload, life),
  };
}

/** Those of the workload, and where it has ControllerRevisions which one: a StatefulSet gives the name, a DaemonSet the hash alone. */
function labelsOf({ plan, key, labels }: WorldWorkload, life: Life): WorldPod['labels'] {
  const { kind } = plan.controller;
  if (kind !== 'StatefulSet' && kind !== 'DaemonSet') return labels;
  const hash = nameSuffix(combine(key, life.release), 9);
  return { ...labels, [REVISION_LABEL]: kind === 'StatefulSet' ? `${plan.name}-${hash}` : hash };
}

/** Names and owners as the controllers of Kubernetes write them. */
function identity(
  { plan, key, homes }: WorldWorkload,
  life: Life,
  replica: number,
): Pick<WorldPod, 'name' | 'owner'> {
  const { kind } = plan.controller;
  const ordinal = kind === 'DaemonSet' ? life.node.slot.block * homes.length + replica : replica;
  const suffix = replicaSuffix(key, ordinal, Math.floor(life.from));
  if (kind === 'Deployment') {
    const replicaSet = `${plan.name}-${nameSuffix(combine(key, life.release), 9)}`;
    return {
      name: `${replicaSet}-${suffix}`,
      owner: { kind: 'ReplicaSet', name: replicaSet },
    };
  }
  const owner = { kind, name: plan.name };
  if (kind === 'StatefulSet') return { name: `${plan.name}-${replica}`, owner };
  if (kind === 'DaemonSet') return { name: `${plan.name}-${suffix}`, owner };
  return { name: plan.name, owner: null };
}

function cronPods(
  workload: WorldWorkload,
  cron: CronPlan,
  machines: Machines,
  span: Span,
): readonly WorldPod[] {
  const longest = cron.runMinutes * 60 * 1.2 + STARTUP[1];
  return cronStarts(cron, span.from - longest, span.to)
    .flatMap((start) =>
      workload.homes.map((homes, index) => runPod(workload, cron, machines(homes[0]!, start), start, index)),
    )
    .filter((pod) => overlaps(pod, span));
}

function runPod(
  workload: WorldWorkload,
  cron: CronPlan,
  node: WorldNode,
  start: number,
  index: number,
): WorldPod {
  const { plan, namespace } = workload;
  const key = combine(combine(workload.key, start / 60), index);
  const job = `${plan.name}-${Math.floor(start / 60)}`;
  const bornAt = start + pick(key, 1, 1, 15);
  const length = Math.round(cron.runMinutes * 60 * (0.8 + 0.4 * unit(key, 2)));
  return {
    namespace,
    name: `${job}-${nameSuffix(key)}`,
    uid: uuid(key, hashText(`${namespace}/${job}`)),
    workload,
    node,
    bornAt,
    diesAt: Math.min(bornAt + length, node.servesTo),
    owner: { kind: 'Job', name: job },
    claim: null,
    key,
    cpuFactor: 1,
    labels: workload.labels,
  };
}
