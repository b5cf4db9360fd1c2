/** Down in the evening and up in the morning: with KEDA where the cluster has it, else by two CronJobs. */
import type { KnownAutoscaler } from './knowledge.js';
import type { Patch } from './model.js';
import { applyObjects, type Yaml } from './patch.js';
import type { WorkloadProfile } from './usage-window.js';

export interface DailySchedule {
  /** Cron expressions of local time. */
  readonly down: string;
  readonly up: string;
  readonly timeZone: string;
}

type Named = Pick<WorkloadProfile, 'namespace' | 'workload' | 'workloadType'>;

export function schedulePatch(
  w: Named,
  pods: number,
  schedule: DailySchedule,
  autoscalers: readonly KnownAutoscaler[] | null,
): Patch {
  const hasKeda = (autoscalers ?? []).some((a) => a.kind === 'ScaledObject');
  return hasKeda
    ? applyObjects([scaledObject(w, pods, schedule)])
    : applyObjects(cronJobs(w, pods, schedule));
}

/** KEDA's cron scaler wants pods between `start` and `end`. */
function scaledObject(w: Named, pods: number, { down, up, timeZone }: DailySchedule): Yaml {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: w.workload, namespace: w.namespace },
    spec: {
      scaleTargetRef: { kind: w.workloadType, name: w.workload },
      minReplicaCount: 0,
      maxReplicaCount: pods,
      triggers: [
        {
          type: 'cron',
          metadata: { timezone: timeZone, start: up, end: down, desiredReplicas: String(pods) },
        },
      ],
    },
  };
}

/** Kept below the 52 characters that a CronJob's name may have. */
const nameOf = (w: Named, suffix: string): string => `${w.workload.slice(0, 40)}-${suffix}`;

const KUBECTL = 'registry.k8s.io/kubectl:v1.33.4';

function cronJobs(w: Named, pods: number, { down, up, timeZone }: DailySchedule): readonly Yaml[] {
  const { namespace } = w;
  const account = nameOf(w, 'off-peak');
  const metadata = { name: account, namespace };
  const resource = `${w.workloadType.toLowerCase()}s`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['apps'], resources: [resource], resourceNames: [w.workload], verbs: ['get'] },
        {
          apiGroups: ['apps'],
          resources: [`${resource}/scale`],
          resourceNames: [w.workload],
          verbs: ['get', 'update', 'patch'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
    cronJob(w, 'down', down, timeZone, account, 0),
    cronJob(w, 'up', up, timeZone, account, pods),
  ];
}

function cronJob(
  w: Named,
  suffix: string,
  schedule: string,
  timeZone: string,
  account: string,
  replicas: number,
): Yaml {
  const args = ['scale', `${w.workloadType.toLowerCase()}/${w.workload}`, `--replicas=${replicas}`];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: nameOf(w, suffix), namespace: w.namespace },
    spec: {
      schedule,
      timeZone,
      concurrencyPolicy: 'Forbid',
      jobTemplate: {
        spec: {
          backoffLimit: 3,
          template: {
            spec: {
              serviceAccountName: account,
              restartPolicy: 'Never',
              containers: [{ name: 'kubectl', image: KUBECTL, args }],
            },
          },
        },
      },
    },
  };
}
