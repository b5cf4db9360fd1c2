/** Every kind of patch is taken by a real Kubernetes API server, on objects that are there, by its dry run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { autoscalingCandidate } from '../../exporter/src/domain/recommendations/rules/autoscaling-candidate.js';
import { carbonAwareScheduling } from '../../exporter/src/domain/recommendations/rules/carbon-aware-scheduling.js';
import { idleNamespace } from '../../exporter/src/domain/recommendations/rules/idle-namespace.js';
import { offPeakScaling } from '../../exporter/src/domain/recommendations/rules/off-peak-scaling.js';
import {
  patchObject,
  patchRequests,
  shareRequest,
  podTemplate,
  stopped,
  objectOf,
  yamlOf,
} from '../../exporter/src/domain/recommendations/patch.js';
import { drainPatch } from '../../exporter/src/domain/recommendations/rules/underutilized-node.js';
import {
  facts,
  taken,
  workload,
  type FactsOverrides,
} from '../../exporter/src/domain/recommendations/testing/facts.js';
import { cores, bytes } from '../../exporter/src/domain/units.js';
import { installKeda } from '../servers/kube-apiserver/keda.js';
import { kubeApiServerOrSkip, startKubeApiServer, type KubeApiServer } from '../servers/kube-apiserver.js';

const MINUTES = 60_000;
const isThere = kubeApiServerOrSkip();

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const;
const PATHS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/namespaces/shop/deployments',
  StatefulSet: 'apis/apps/v1/namespaces/shop/statefulsets',
  DaemonSet: 'apis/apps/v1/namespaces/shop/daemonsets',
  CronJob: 'apis/batch/v1/namespaces/shop/cronjobs',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers',
  ServiceAccount: 'api/v1/namespaces/shop/serviceaccounts',
  Role: 'apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles',
  RoleBinding: 'apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings',
  ScaledObject: 'apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects',
  Node: 'api/v1/nodes',
};

const containers = ['web', 'proxy'].map((name) => ({
  name,
  image: `registry.example.org/${name}:1`,
  resources: { requests: { cpu: '500m', memory: '256Mi' } },
}));
const labels = { app: 'web' };
const podSpec = { containers };

function objectOfKind(kind: (typeof KINDS)[number]): object {
  const metadata = { name: 'web', namespace: 'shop' };
  const template = { metadata: { labels }, spec: podSpec };
  const selector = { matchLabels: labels };
  if (kind === 'CronJob') {
    const job = { spec: { template: { ...template, spec: { ...podSpec, restartPolicy: 'Never' } } } };
    return { apiVersion: 'batch/v1', kind, metadata, spec: { schedule: '0 18 * * *', jobTemplate: job } };
  }
  const extra = kind === 'StatefulSet' ? { serviceName: 'web' } : {};
  return { apiVersion: 'apps/v1', kind, metadata, spec: { ...extra, selector, template } };
}

(isThere ? describe : describe.skip)('patches of recommendations', () => {
  const dir = mkdtempSync(join(tmpdir(), 'greenkube-patches-'));
  let server: KubeApiServer;

  const post = async (path: string, object: object) => {
    const answer = await server.request('POST', `/${path}`, object);
    expect(answer).toMatchObject({ status: 201 });
  };

  beforeAll(async () => {
    server = await startKubeApiServer({ dir });
    await post('api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const kind of KINDS) await post(PATHS[kind]!, objectOfKind(kind));
    await post(PATHS['Node']!, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
    await installKeda(server);
  }, 3 * MINUTES);
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Each document of a patch, applied on the server as `kubectl apply --server-side --dry-run=server` does. */
  async function apply(yaml: string): Promise<readonly Record<string, unknown>[]> {
    const applied: Record<string, unknown>[] = [];
    for (const document of yaml.split('---\n')) {
      const [kind, name] = [/^kind: (\S+)$/m.exec(document)![1]!, /^ {2}name: (\S+)$/m.exec(document)![1]!];
      const path = `/${PATHS[kind]!}/${name.replaceAll('"', '')}?dryRun=All&fieldManager=greenkube&force=true`;
      const answer = await server.request('PATCH', path, document, {
        contentType: 'application/apply-patch+yaml',
      });
      expect({ kind, status: answer.status, body: answer.status < 300 ? null : answer.body }).toEqual({
        kind,
        status: expect.any(Number),
        body: null,
      });
      applied.push(answer.body as Record<string, unknown>);
    }
    return applied;
  }

  const known = [
    { name: 'web', cpuRequest: cores(0.5), memoryRequest: bytes(2 ** 28) },
    { name: 'proxy', cpuRequest: cores(0.5), memoryRequest: bytes(2 ** 28) },
  ];

  it.each(KINDS)('requests of a %s, container by container', async (kind) => {
    const object = { namespace: 'shop', name: 'web', kind };
    const { yaml } = patchRequests(object, 'cpu', shareRequest('cpu', 0.3, known));
    const [applied] = await apply(yaml);
    const text = JSON.stringify(applied);
    expect(text.match(/"cpu":"150m"/g)!.length).toBeGreaterThanOrEqual(2);
    expect(text).toContain('registry.example.org/proxy:1');
    await apply(patchRequests(object, 'memory', [{ container: 'proxy', to: 2 ** 26 }]).yaml);
  });

  it('is a strategic merge patch too, as `kubectl patch --patch-file` sends it', async () => {
    const spec = podTemplate('Deployment', {
      containers: [{ name: 'web', resources: { requests: { cpu: '100m' } } }],
    });
    const answer = await server.request(
      'PATCH',
      `/${PATHS['Deployment']!}/web?dryRun=All`,
      { spec },
      {
        contentType: 'application/strategic-merge-patch+json',
      },
    );
    expect(answer.status).toBe(200);
    const text = JSON.stringify(answer.body);
    expect(text).toContain('"cpu":"100m"');
    expect(text).toContain('registry.example.org/proxy:1');
  });

  it('stops what has replicas, and suspends what runs by the clock', async () => {
    for (const kind of ['Deployment', 'StatefulSet', 'CronJob']) {
      const [applied] = await apply(yamlOf(stopped({ namespace: 'shop', name: 'web', kind })!));
      expect(applied!['spec']).toMatchObject(kind === 'CronJob' ? { suspend: true } : { replicas: 0 });
    }
    const dead = workload({ taken: taken({ energy: 1, cost: 1e9 }) });
    const [idle] = idleNamespace(facts({ workloads: [dead] }));
    await apply(idle!.patch.yaml);
  });

  it('makes an autoscaler', async () => {
    const w = workload({ load: (hour) => (hour % 12 === 0 ? 8 : 1) });
    const [applied] = await apply(autoscalingCandidate(facts({ workloads: [w] }), w)!.patch.yaml);
    expect(applied).toMatchObject({ kind: 'HorizontalPodAutoscaler', spec: { minReplicas: 1 } });
  });

  it('makes a pair of schedules with the rights that they need and no more', async () => {
    const w = workload({ load: (hour) => (hour % 24 < 6 ? 0.001 : 1) });
    const applied = await apply(offPeakScaling(facts({ workloads: [w] }), w)!.patch.yaml);
    expect(applied.map((o) => o['kind'])).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'CronJob',
      'CronJob',
    ]);
    expect(applied[3]!['spec']).toMatchObject({ timeZone: 'Europe/Paris' });
  });

  /** Where something is scaled by KEDA already. */
  const withKeda: FactsOverrides['knowledge'] = {
    autoscalers: [{ namespace: 'shop', workload: 'other', workloadType: 'Deployment', kind: 'ScaledObject' }],
  };

  it('makes a ScaledObject where the cluster has KEDA', async () => {
    for (const workloadType of ['Deployment', 'StatefulSet']) {
      const w = workload({ workloadType, load: (hour) => (hour % 24 < 6 ? 0.001 : 1) });
      const { patch } = offPeakScaling(facts({ workloads: [w], knowledge: withKeda }), w)!;
      const [applied] = await apply(patch.yaml);
      expect(applied).toMatchObject({
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          scaleTargetRef: { kind: workloadType, name: 'web' },
          minReplicaCount: 0,
          maxReplicaCount: 1,
          triggers: [
            {
              type: 'cron',
              metadata: {
                timezone: 'Europe/Paris',
                start: '0 8 * * *',
                end: '0 2 * * *',
                desiredReplicas: '1',
              },
            },
          ],
        },
      });
    }
  });

  it.each([
    ['a number where KEDA wants a text', /desiredReplicas: "1"/, 'desiredReplicas: 1'],
    ['a text where KEDA wants a number', /minReplicaCount: 0/, 'minReplicaCount: "0"'],
    ['a field that KEDA does not have', /minReplicaCount:/, 'minReplicas:'],
    ['a trigger without a type', /type: cron\n/, 'name: cron\n'],
  ])('refuses a ScaledObject with %s, so that its test can fail', async (_, right, wrong) => {
    const w = workload({ load: (hour) => (hour % 24 < 6 ? 0.001 : 1) });
    const { yaml } = offPeakScaling(facts({ workloads: [w], knowledge: withKeda }), w)!.patch;
    expect(yaml).toMatch(right);
    const path = `/${PATHS['ScaledObject']!}/web?dryRun=All&fieldManager=greenkube&force=true`;
    const answer = await server.request('PATCH', path, yaml.replace(right, wrong), {
      contentType: 'application/apply-patch+yaml',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('moves a CronJob to another time, and closes a machine', async () => {
    const cron = patchObject(
      { namespace: 'shop', name: 'web', kind: 'CronJob' },
      { schedule: '0 13 * * *', timeZone: 'Europe/Amsterdam' },
    );
    const [moved] = await apply(cron.yaml);
    expect(moved!['spec']).toMatchObject({ schedule: '0 13 * * *', timeZone: 'Europe/Amsterdam' });
    const load = (hour: number) => ([8, 18].includes((hour + 2) % 24) ? 1 : 0);
    const w = workload({ workloadType: 'CronJob', load, podsAt: load });
    const grid = { intensity: { FR: (hour: number) => ((hour + 2) % 24 === 18 ? 300 : 100) } };
    const several = carbonAwareScheduling(facts({ workloads: [w], ...grid }), w)!;
    const [spread] = await apply(several.patch.yaml);
    expect(spread!['spec']).toMatchObject({ schedule: '0 8,14 * * *', timeZone: 'Europe/Paris' });
    const [closed] = await apply(drainPatch('n1').yaml);
    expect(closed!['spec']).toMatchObject({ unschedulable: true });
  });

  it('refuses what is no patch of this server, so that the test can fail', async () => {
    const wrong = objectOf({ namespace: 'shop', name: 'web', kind: 'Deployment' }, { replicas: 'many' });
    const path = `/${PATHS['Deployment']!}/web?dryRun=All&fieldManager=greenkube&force=true`;
    const answer = await server.request('PATCH', path, yamlOf(wrong), {
      contentType: 'application/apply-patch+yaml',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});
