/** What ships: the service account and the role of deploy/rbac.yaml, in a real API server. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeApiServer } from '../kube-apiserver.js';
import { create, ok, tokenFor } from './seed.js';

const RBAC = join(import.meta.dirname, '../../../deploy/rbac.yaml');

/** The shipped file as it is, document by document, in the namespace that it names. @returns a token of the account */
export async function applyShippedRbac(server: KubeApiServer): Promise<string> {
  await create(server, '/api/v1/namespaces', { metadata: { name: 'greenkube' } });
  const paths: Readonly<Record<string, string>> = {
    ServiceAccount: '/api/v1/namespaces/greenkube/serviceaccounts',
    ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  };
  for (const document of readFileSync(RBAC, 'utf8').split(/^---$/m)) {
    const kind = /^kind: (\w+)$/m.exec(document)?.[1] ?? '';
    await ok(server, 'POST', paths[kind]!, document, 'application/yaml');
  }
  return tokenFor(server, 'greenkube', 'greenkube-exporter');
}

/** A kubeconfig with the token alone, at another port where something stands in between. @returns its path */
export function writeAccountKubeconfig(
  path: string,
  server: KubeApiServer,
  token: string,
  port = server.port,
): string {
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(server.ca).toString('base64'),
  };
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'account',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'account', user: { token } }],
    contexts: [{ name: 'account', context: { cluster: 'test', user: 'account' } }],
  };
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return path;
}
