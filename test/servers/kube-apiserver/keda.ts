/**
 * What an API server knows of KEDA: the ScaledObject of keda.sh/v1alpha1 with the fields of its spec that bear on when and how far
 * something is scaled, their types, and which of them are required, after https://keda.sh/docs/2.17/reference/scaledobject-spec/
 * and config/crd/bases/keda.sh_scaledobjects.yaml of kedacore/keda. Left out are the fallback, the formulas and the behaviour of
 * the autoscaler that KEDA makes. Fields that it does not have are refused, as KEDA's own definition does. What KEDA's admission
 * webhook looks at besides (that a cron trigger has times that can be read) no definition tells.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApiServer } from '../kube-apiserver.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', format: 'int32' } as const;

const scaleTargetRef = {
  type: 'object',
  required: ['name'],
  properties: { apiVersion: text, kind: text, name: text, envSourceContainerName: text },
} as const;

const trigger = {
  type: 'object',
  required: ['metadata', 'type'],
  properties: {
    type: text,
    name: text,
    metadata: { type: 'object', additionalProperties: text },
    authenticationRef: { type: 'object', required: ['name'], properties: { kind: text, name: text } },
    metricType: text,
    useCachedMetrics: { type: 'boolean' },
  },
} as const;

const spec = {
  type: 'object',
  required: ['scaleTargetRef', 'triggers'],
  properties: {
    scaleTargetRef,
    pollingInterval: count,
    cooldownPeriod: count,
    initialCooldownPeriod: count,
    idleReplicaCount: count,
    minReplicaCount: count,
    maxReplicaCount: count,
    triggers: { type: 'array', items: trigger },
  },
} as const;

const SCALED_OBJECTS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'scaledobjects.keda.sh' },
  spec: {
    group: 'keda.sh',
    scope: 'Namespaced',
    names: {
      kind: 'ScaledObject',
      listKind: 'ScaledObjectList',
      plural: 'scaledobjects',
      singular: 'scaledobject',
      shortNames: ['so'],
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec },
          },
        },
      },
    ],
  },
} as const;

const SERVED_WITHIN_MS = 30_000;

/** Returns when ScaledObjects are served. @throws Error when the definition is refused, or not served in time */
export async function installKeda(server: KubeApiServer): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const made = await server.request('POST', path, SCALED_OBJECTS);
  if (made.status !== 201)
    throw new Error(`the definition of ScaledObjects was refused: ${JSON.stringify(made.body)}`);
  const until = Date.now() + SERVED_WITHIN_MS;
  while (Date.now() < until) {
    const { status } = await server.request('GET', '/apis/keda.sh/v1alpha1/scaledobjects');
    if (status === 200) return;
    await delay(100);
  }
  throw new Error('ScaledObjects were not served in time');
}
