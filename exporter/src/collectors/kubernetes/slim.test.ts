/** What is kept of objects that a real API server (v1.37) answered with; see samples/. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REVISION_LABEL, withRevisionLabel } from '../../domain/releases/revision.js';
import { Interner } from './interner.js';
import type { Json } from './json.js';
import { slimAutoscaler, slimClaim, slimNamespace, slimNode, slimOwned, slimService } from './slim.js';
import { slimPod } from './slim-pod.js';

const sample = (name: string): readonly Json[] => {
  const path = join(import.meta.dirname, 'samples', `${name}.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { items: Json[] }).items;
};
const shared = new Interner();
const pods = sample('pods').map((object) => slimPod(object, ['app'], shared)!);
const podNamed = (name: string) => pods.find(({ pod }) => pod.name === name)!;

describe('recorded objects', () => {
  it('nodes', () => {
    expect(sample('nodes').map(slimNode)).toMatchObject([
      {
        name: 'gke-pool-1-abcd',
        providerId: 'gce://project-1/europe-west9-b/gke-pool-1-abcd',
        cpuCapacity: 4,
        memoryCapacity: 16 * 2 ** 30,
        cpuAllocatable: 3.92,
        taints: [{ key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' }],
        unschedulable: false,
      },
      { name: 'ip-10-0-1-11', memoryCapacity: 16106120 * 1024 },
    ]);
  });

  it('a pod of a ReplicaSet, with an init container and a sidecar', () => {
    const { pod, owner, claims } = podNamed('web-7d4b9c-x2k4p');
    expect(pod).toMatchObject({
      namespace: 'shop',
      node: 'ip-10-0-1-11',
      phase: 'Running',
      workload: { name: 'web', type: 'Deployment' },
      cpuRequest: 1.05,
      memoryRequest: 352 * 2 ** 20,
      labels: { app: 'web' },
      pinned: false,
    });
    expect(owner).toMatchObject({ name: 'web-7d4b9c', type: 'ReplicaSet' });
    expect(claims).toEqual([]);
  });

  it('a pod with a claim, one of a DaemonSet, a bare one without requests', () => {
    expect(podNamed('db-0').claims).toEqual(['data-db-0']);
    expect(podNamed('agent-0').pod.pinned).toBe(true);
    const { pod, owner } = podNamed('shell');
    expect(owner).toBeNull();
    expect(pod).toMatchObject({ workload: { name: 'shell', type: 'Pod' }, cpuRequest: null });
  });

  it('owners, of lists that hold metadata only', () => {
    const owners = (name: string) => sample(name).map((object) => slimOwned(object, shared).owner);
    expect(owners('replicasets')).toEqual([
      { name: 'canary', type: 'Rollout' },
      { name: 'web', type: 'Deployment' },
    ]);
    expect(owners('jobs')).toEqual([{ name: 'report', type: 'CronJob' }]);
  });

  it('claims, autoscalers, namespaces and services', () => {
    expect(sample('persistentvolumeclaims').map((object) => slimClaim(object, shared))).toEqual([
      { namespace: 'shop', name: 'data-db-0', bytes: 20 * 2 ** 30, media: 'ssd' },
    ]);
    expect(
      sample('horizontalpodautoscalers').map((o) => slimAutoscaler(o, 'HorizontalPodAutoscaler')),
    ).toEqual([
      {
        namespace: 'shop',
        name: 'web-scaler',
        kind: 'HorizontalPodAutoscaler',
        target: { name: 'web', type: 'Deployment' },
      },
    ]);
    expect(sample('namespaces').map(slimNamespace)).toContainEqual({
      name: 'shop',
      labels: { 'kubernetes.io/metadata.name': 'shop', team: 'shop-team' },
    });
    expect(sample('services').map(slimService)).toContainEqual({
      namespace: 'shop',
      name: 'prometheus',
      labels: { app: 'prometheus' },
      type: 'ClusterIP',
      ports: [{ name: 'http-web', port: 9090, protocol: 'TCP' }],
    });
  });

  it('what pods have in common is kept once', () => {
    const [a, b] = [podNamed('web-7d4b9c-x2k4p'), podNamed('web-7d4b9c-q9z7m')];
    expect(a.pod.containers).toBe(b.pod.containers);
    expect(a.pod.labels).toBe(b.pod.labels);
    expect(a.owner).toBe(b.owner);
  });
});

describe('objects that samples do not show', () => {
  const object = (metadata: object, spec: object = {}): Json => ({
    metadata: { name: 'p', namespace: 'n', uid: 'u', ...metadata },
    spec,
  });
  const controller = (kind: string, name: string, more: object = { controller: true }) => ({
    ownerReferences: [{ kind, name, uid: 'o', ...more }],
  });

  it('a static pod is its own workload and stays on its node', () => {
    const pod = object({ ...controller('Node', 'n1'), annotations: { 'kubernetes.io/config.mirror': 'x' } });
    expect(slimPod(pod, [], shared)?.pod).toMatchObject({
      workload: { name: 'p', type: 'Pod' },
      pinned: true,
    });
  });

  it('an owner that does not control is none', () => {
    const pod = object(controller('ConfigMap', 'c', {}));
    expect(slimPod(pod, [], shared)?.owner).toBeNull();
  });

  it('a ReplicaSet without the hash in its name stays one until it is known', () => {
    const pod = object({ ...controller('ReplicaSet', 'web-abc'), labels: { 'pod-template-hash': 'xyz' } });
    expect(slimPod(pod, [], shared)?.pod.workload).toEqual({ name: 'web-abc', type: 'ReplicaSet' });
  });

  it('an ephemeral volume has a claim named after pod and volume', () => {
    const pod = object(
      {},
      {
        volumes: [
          { name: 'tmp', ephemeral: {} },
          { name: 'x', emptyDir: {} },
        ],
      },
    );
    expect(slimPod(pod, [], shared)?.claims).toEqual(['p-tmp']);
  });

  it('a KEDA target without a kind is a Deployment', () => {
    const scaled = object({}, { scaleTargetRef: { name: 'web' } });
    expect(slimAutoscaler(scaled, 'ScaledObject')?.target).toEqual({ name: 'web', type: 'Deployment' });
  });

  it('a claim that is not bound has no size, one of a slow class spins', () => {
    const claim = (spec: object, status: object): Json => ({ ...object({}, spec), status });
    const size = { resources: { requests: { storage: '1Gi' } } };
    expect(slimClaim(claim(size, { phase: 'Pending' }), shared)).toMatchObject({ bytes: 0, media: 'ssd' });
    const slow = claim({ ...size, storageClassName: 'pd-standard' }, { phase: 'Bound' });
    expect(slimClaim(slow, shared)).toMatchObject({ bytes: 2 ** 30, media: 'hdd' });
  });

  it('labels named like properties of every object are labels', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
    const pod = slimPod(object({ labels }), ['__proto__', 'constructor', 'toString'], shared);
    expect(Object.entries(pod!.pod.labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it('the revision of a StatefulSet or a DaemonSet is a label that can be kept', () => {
    const labels = { app: 'db', [REVISION_LABEL]: 'db-596fd7b8d5' };
    const pod = slimPod(
      object({ ...controller('StatefulSet', 'db'), labels }),
      withRevisionLabel([]),
      shared,
    );
    expect(pod!.pod.labels).toEqual({ [REVISION_LABEL]: 'db-596fd7b8d5' });
  });

  it('anything at all is read or left out, never thrown at', () => {
    const key = fc.constantFrom(
      'metadata',
      'spec',
      'status',
      'name',
      'namespace',
      'containers',
      'volumes',
      'ports',
      'capacity',
      '__proto__',
    );
    const anything = fc.object({ key, maxDepth: 4, values: [fc.string(), fc.integer(), fc.constant(null)] });
    fc.assert(
      fc.property(anything, (value) => {
        const foreign = value as Json;
        slimNode(foreign);
        slimNamespace(foreign);
        slimClaim(foreign, shared);
        slimOwned(foreign, shared);
        slimAutoscaler(foreign, 'ScaledObject');
        slimService(foreign);
        const record = slimPod(foreign, ['app'], shared);
        expect(record === null || typeof record.pod.name === 'string').toBe(true);
      }),
    );
  });
});
