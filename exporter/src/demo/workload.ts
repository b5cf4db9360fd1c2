/** A workload of the world at work: its plan with a seed, a load curve and replica counts. */
import { combine, hashText, unit } from './hash.js';
import type { Homes } from './placement.js';
import { CELL, shapeOf, type Shape } from './shapes.js';
import type { WorkloadPlan } from './workload-plan.js';

const DAY = 86_400;
/** An autoscaler of the world decides once in this time, seconds. */
const DECISION = 900;
const CELLS_PER_DECISION = DECISION / CELL;

export interface WorldWorkload {
  readonly plan: WorkloadPlan;
  /** Named for its copy of the cluster when there are several; daemons are one workload over all copies. */
  readonly namespace: string;
  readonly key: number;
  readonly homes: readonly Homes[];
  /** Activity in [0, 1] that each of its pods has in a cell, before the noise of the pod. */
  readonly level: Shape;
  /** Null: all replicas all the time. */
  readonly autoscaler: Autoscaler | null;
  /** Labels that all of its pods have, by Kubernetes name. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Autoscaler {
  readonly min: number;
  readonly max: number;
  /** Replicas wanted at an instant; constant between decisions. */
  replicasAt(t: number): number;
  /** First instant of the decision that holds at `t`, and of the next. */
  decisionAt(t: number): readonly [from: number, to: number];
}

/** Replicas follow the busiest minute of this decision's time and of the one before, so load per pod never exceeds 1. */
function autoscaler(load: Shape, min: number, max: number, phase: number): Autoscaler {
  const indexOf = (t: number): number => Math.floor((t - phase) / DECISION);
  const busiest = (index: number): number => {
    const first = Math.floor((phase + index * DECISION) / CELL);
    let top = 0;
    for (let i = 0; i <= CELLS_PER_DECISION; i++) top = Math.max(top, load(first + i));
    return top;
  };
  let known = Number.NaN;
  let wanted = 0;
  return {
    min,
    max,
    replicasAt(t) {
      const index = indexOf(t);
      if (index !== known) {
        const want = Math.ceil(Math.max(busiest(index - 1), busiest(index)) * max);
        wanted = Math.min(Math.max(want, min), max);
        known = index;
      }
      return wanted;
    },
    decisionAt(t) {
      const from = phase + indexOf(t) * DECISION;
      return [from, from + DECISION];
    },
  };
}

export function workloadOf(
  plan: WorkloadPlan,
  block: number,
  seed: number,
  homes: readonly Homes[],
): WorldWorkload {
  const { controller } = plan;
  const shared = block === 0 || controller.kind === 'DaemonSet';
  const namespace = shared ? plan.namespace : `${plan.namespace}-${block + 1}`;
  const key = combine(seed, hashText(`${namespace}/${plan.name}`));
  const load = shapeOf(plan.shape, key);
  const hpa = controller.kind === 'Deployment' && 'hpa' in controller ? controller.hpa : null;
  const scaler = hpa && autoscaler(load, hpa.min, hpa.max, Math.floor(unit(key, 7) * DECISION));
  return {
    plan,
    namespace,
    key,
    homes,
    level: scaler ? (cell) => Math.min(1, (load(cell) * scaler.max) / scaler.replicasAt(cell * CELL)) : load,
    autoscaler: scaler,
    labels: { app: plan.name, team: plan.team, 'cost-center': plan.costCenter },
  };
}

/** The release that is running on a replica at `t`: its number and the time it runs, seconds since the epoch. */
export interface Release {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** Replicas are released one after the other, this far apart, seconds. */
const ROLLOUT_PACE = 47;

export function releaseAt(workload: WorldWorkload, replica: number, t: number): Release {
  const { releaseDays } = workload.plan;
  if (releaseDays === null) return { number: 0, from: -Infinity, to: Infinity };
  const period = releaseDays * DAY;
  // Between 08:00 and 15:00 UTC of the day that the key chooses.
  const day = Math.floor(unit(workload.key, 11) * releaseDays) * DAY;
  const first =
    day + 8 * 3600 + Math.floor(unit(workload.key, 12) * 7 * 3600) + (replica % 64) * ROLLOUT_PACE;
  const number = Math.floor((t - first) / period);
  return { number, from: first + number * period, to: first + (number + 1) * period };
}
