/** Larger worlds for load tests, made of the same parts. */
import { slotsOf } from './fleet.js';
import { replicasOf } from './placement.js';
import type { Controller, WorkloadPlan } from './workload-plan.js';
import { APPLICATIONS } from './workloads-apps.js';
import { PLATFORM } from './workloads-platform.js';

/** Beyond, a machine would hold more than the 110 pods a kubelet takes. */
const MOST_DENSE = 11;

export interface Scale {
  /** Copies of the whole cluster, each with its own namespaces; at least 1. */
  readonly blocks: number;
  /** Every pod but daemons becomes this many, each with that part of the use and the requests; 1 to 11. */
  readonly density: number;
}

function moreReplicas(controller: Controller, by: number): Controller {
  switch (controller.kind) {
    case 'Deployment':
      return 'hpa' in controller
        ? { kind: 'Deployment', hpa: { min: controller.hpa.min * by, max: controller.hpa.max * by } }
        : { kind: 'Deployment', replicas: controller.replicas * by };
    case 'StatefulSet':
      return { ...controller, replicas: controller.replicas * by };
    case 'CronJob':
      return { ...controller, parallelism: controller.parallelism * by };
    case 'DaemonSet':
    case 'Pod':
      return controller;
  }
}

/** The plan with `by` times as many pods that together use and ask for the same. */
export function denser(plan: WorkloadPlan, by: number): WorkloadPlan {
  const controller = moreReplicas(plan.controller, by);
  if (by === 1 || controller === plan.controller) return plan;
  const part = ([rest, span]: readonly [number, number]) => [rest / by, span / by] as const;
  return {
    ...plan,
    controller,
    cpu: part(plan.cpu),
    cpuRequest: plan.cpuRequest === null ? null : plan.cpuRequest / by,
    memory: part(plan.memory),
    memoryRequest: plan.memoryRequest === null ? null : plan.memoryRequest / by,
    received: part(plan.received),
    transmitted: part(plan.transmitted),
    read: part(plan.read),
    written: part(plan.written),
    volume: plan.volume && { ...plan.volume, gib: plan.volume.gib / by },
  };
}

/** Pods of a plan at an ordinary hour: an autoscaler is half way up, a cron job mostly does not run. */
function usualPods(plan: WorkloadPlan, slots: number): number {
  const { controller } = plan;
  if (controller.kind === 'CronJob') return 0;
  if ('hpa' in controller) return (controller.hpa.min + controller.hpa.max) / 2;
  return replicasOf(plan, slots);
}

/** The scale with about `nodes` nodes and `pods` pods at an ordinary hour. */
export function scaleFor(nodes: number, pods: number): Scale {
  const slots = slotsOf(0, 0).length;
  const blocks = Math.max(1, Math.round(nodes / slots));
  const count = (daemons: boolean): number =>
    [...PLATFORM, ...APPLICATIONS]
      .filter((plan) => (plan.controller.kind === 'DaemonSet') === daemons)
      .reduce((sum, plan) => sum + usualPods(plan, slots), 0);
  const density = Math.round((pods / blocks - count(true)) / count(false));
  return { blocks, density: Math.min(Math.max(density, 1), MOST_DENSE) };
}
