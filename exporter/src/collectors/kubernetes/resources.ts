/** The resources that are read, a row each: where they are, what is read of them, and what is off without them. */

export interface Resource {
  /** As RBAC and the API's own messages name it: plural, and group where it has one. */
  readonly name: string;
  readonly path: string;
  /** Ask for names, labels and owners alone; the rest of these objects is large and not needed. */
  readonly metadataOnly: boolean;
  /** What does not work without it, to follow "so". */
  readonly without: string;
}

export const RESOURCES = {
  nodes: {
    name: 'nodes',
    path: '/api/v1/nodes',
    metadataOnly: false,
    without: 'size, labels and provider of nodes are only what the kube_* series say',
  },
  pods: {
    name: 'pods',
    path: '/api/v1/pods',
    metadataOnly: false,
    without: 'requests, owners and volumes of pods are only what the kube_* series say',
  },
  namespaces: {
    name: 'namespaces',
    path: '/api/v1/namespaces',
    metadataOnly: true,
    without: 'labels of namespaces are not known',
  },
  claims: {
    name: 'persistentvolumeclaims',
    path: '/api/v1/persistentvolumeclaims',
    metadataOnly: false,
    without: 'volumes of pods are only what the kube_* series say',
  },
  replicaSets: {
    name: 'replicasets.apps',
    path: '/apis/apps/v1/replicasets',
    metadataOnly: true,
    without: 'a ReplicaSet is followed to its Deployment by its name alone',
  },
  jobs: {
    name: 'jobs.batch',
    path: '/apis/batch/v1/jobs',
    metadataOnly: true,
    without: 'a Job is not followed to its CronJob',
  },
  autoscalers: {
    name: 'horizontalpodautoscalers.autoscaling',
    path: '/apis/autoscaling/v2/horizontalpodautoscalers',
    metadataOnly: false,
    without: 'it is not known which workloads scale by themselves',
  },
  scaledObjects: {
    name: 'scaledobjects.keda.sh',
    path: '/apis/keda.sh/v1alpha1/scaledobjects',
    metadataOnly: false,
    without: 'it is not known which workloads KEDA scales',
  },
} as const satisfies Readonly<Record<string, Resource>>;

export type ResourceKey = keyof typeof RESOURCES;

/** Read once, for discovery; not watched. */
export const SERVICES: Resource = {
  name: 'services',
  path: '/api/v1/services',
  metadataOnly: false,
  without: 'Prometheus and OpenCost are not looked for in the cluster',
};

const JSON_ALONE = 'application/json';

export const acceptOf = ({ metadataOnly }: Resource, kind: 'list' | 'watch'): string => {
  if (!metadataOnly) return JSON_ALONE;
  const as = kind === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  return `application/json;as=${as};g=meta.k8s.io;v=v1,${JSON_ALONE}`;
};

/** "needs list on pods" and what is off until then. */
export const missing = (verb: 'list' | 'watch', { name, without }: Resource): string =>
  `needs the verb ${verb} on ${name} (see deploy/rbac.yaml), so ${without}`;
