/** The chart, rendered by the real helm and taken by a real API server that enforces the restricted profile. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../exporter/src/app/config.js';
import { helm, helmOrSkip } from '../servers/helm.js';
import { kubeApiServerOrSkip, startKubeApiServer, type KubeApiServer } from '../servers/kube-apiserver.js';

jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '../..');
const CHART = join(ROOT, 'deploy/helm/greenkube');

/** Built from source, helm takes the cluster for a very old one unless told. */
const KUBERNETES = '--kube-version=1.31.0';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: unknown;
  readonly spec?: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly volumes?: readonly object[];
  readonly containers: readonly {
    readonly env?: readonly { readonly name: string; readonly value: string }[];
  }[];
}

const documentsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const content = document.toJS() as Manifest | null;
    return content === null ? [] : [content];
  });

const rendered = (...settings: readonly string[]): readonly Manifest[] =>
  documentsOf(
    helm(
      'template',
      'greenkube',
      CHART,
      KUBERNETES,
      '--namespace',
      'greenkube',
      ...settings.flatMap((one) => ['--set', one]),
    ),
  );

const only = (manifests: readonly Manifest[], kind: string): Manifest => {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** Every setting that changes what is rendered. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'with a Secret': ['existingSecret=tokens'],
  'with a Secret and files': [
    'existingSecret=tokens',
    'files.budgets\\.json=[]',
    'config.BUDGETS_FILE=/etc/greenkube/files/budgets.json',
  ],
  'open, without a volume': ['allowAnonymous=true', 'persistence.enabled=false'],
  'with all of the rest': [
    'existingSecret=tokens',
    'secretKeys={API_TOKEN,API_OPERATOR_TOKEN}',
    'persistence.storageClassName=fast',
    'imagePullSecrets[0].name=registry',
    'nodeSelector.kubernetes\\.io/os=linux',
    'tolerations[0].operator=Exists',
    'service.annotations.prometheus\\.io/scrape=yes',
  ],
};

(helmOrSkip() ? describe : describe.skip)('the chart', () => {
  it('has nothing that helm lint minds', () => {
    expect(helm('lint', '--strict', KUBERNETES, CHART, '--set=allowAnonymous=true')).toContain(
      '0 chart(s) failed',
    );
  });

  it('says what is missing rather than make a pod that nobody can reach', () => {
    expect(() => rendered()).toThrow(/set existingSecret .+ or allowAnonymous=true/);
  });

  it('grants exactly what deploy/rbac.yaml grants', () => {
    const shipped = only(documentsOf(readFileSync(join(ROOT, 'deploy/rbac.yaml'), 'utf8')), 'ClusterRole');
    const { rules } = only(rendered('allowAnonymous=true'), 'ClusterRole');
    expect(rules).toEqual(shipped.rules);
    expect(JSON.stringify(rules)).not.toMatch(/secrets|configmaps|"(get|create|update|patch|delete|\*)"/);
  });

  it.each(Object.entries(SETTINGS))('%s, configures the exporter with keys that it has', (_, settings) => {
    const { spec } = only(rendered(...settings), 'StatefulSet');
    const env = Object.fromEntries(
      spec!.template.spec.containers[0]!.env!.map(({ name, value }) => [name, value]),
    );
    const loaded = loadConfig({
      env,
      readFile: (path) =>
        path.endsWith('.json') ? '{"budgets":[]}' : `the-secret-${path.replace(/.*\//, '')}`,
    });
    expect(loaded.ok ? [] : loaded.mistakes).toEqual([]);
  });

  it('makes a ServiceMonitor that keeps the labels of what is counted', () => {
    const monitor = only(
      rendered(
        'allowAnonymous=true',
        'serviceMonitor.enabled=true',
        'serviceMonitor.labels.release=prometheus',
      ),
      'ServiceMonitor',
    );
    expect(monitor).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'http', path: '/metrics', honorLabels: true }] },
    });
  });

  it('brings the rules as they are, where the operator is to load them', () => {
    const rules = (...settings: readonly string[]) =>
      rendered('allowAnonymous=true', 'prometheusRule.enabled=true', ...settings)
        .filter(({ kind }) => kind === 'PrometheusRule')
        .map(({ metadata, spec }) => [metadata.name, spec]);
    const shipped = (name: string) => [
      `greenkube-${name}`,
      documentsOf(readFileSync(join(ROOT, `dashboards/rules/greenkube-${name}.yaml`), 'utf8'))[0],
    ];
    expect(rules()).toEqual(['thresholds', 'recording', 'alerts'].map(shipped));
    expect(rules('prometheusRule.thresholds=false')).toEqual(['recording', 'alerts'].map(shipped));
  });

  const withServer = kubeApiServerOrSkip() ? describe : describe.skip;
  withServer('on an API server that enforces the restricted profile', () => {
    const dir = mkdtempSync(join(tmpdir(), 'helm-chart-'));
    let server: KubeApiServer;

    beforeAll(async () => {
      server = await startKubeApiServer({ dir });
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      await created('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'greenkube', labels },
      });
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    async function created(path: string, content: object): Promise<void> {
      const { status, body } = await server.request('POST', path, content);
      expect([path, status, status === 201 ? null : body]).toEqual([path, 201, null]);
    }

    const PATHS: Readonly<Record<string, string>> = {
      ServiceAccount: '/api/v1/namespaces/greenkube/serviceaccounts',
      Service: '/api/v1/namespaces/greenkube/services',
      ConfigMap: '/api/v1/namespaces/greenkube/configmaps',
      StatefulSet: '/apis/apps/v1/namespaces/greenkube/statefulsets',
      ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    };

    it.each(Object.entries(SETTINGS))('is taken %s, its pod too', async (_, settings) => {
      const manifests = rendered(...settings);
      for (const manifest of manifests)
        await created(`${PATHS[manifest.kind]}?dryRun=All&fieldValidation=Strict`, manifest);
      const { metadata, spec } = only(manifests, 'StatefulSet').spec!.template;
      // The controller adds the volume of the claim; here it is any.
      const claimed = spec.volumes?.some((volume) => 'name' in volume && volume.name === 'data')
        ? []
        : [{ name: 'data', emptyDir: {} }];
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name: 'greenkube-0' },
        spec: { ...spec, volumes: [...(spec.volumes ?? []), ...claimed] },
      };
      await created('/api/v1/namespaces/greenkube/pods?dryRun=All&fieldValidation=Strict', pod);
    });

    it('would be refused with any more rights', async () => {
      const { spec } = only(rendered('allowAnonymous=true'), 'StatefulSet').spec!.template;
      const container = { ...spec.containers[0], securityContext: { privileged: true } };
      const { status, body } = await server.request('POST', '/api/v1/namespaces/greenkube/pods?dryRun=All', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'greenkube-0' },
        spec: { ...spec, containers: [container], volumes: [{ name: 'data', emptyDir: {} }] },
      });
      expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining('violates PodSecurity')]);
    });
  });
});
