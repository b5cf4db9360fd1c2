/** A real Kubernetes API server on its own etcd, on free loopback ports, for as long as a test needs it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeCertificates } from './kube-apiserver/certificates.js';
import { freePort } from './prometheus.js';

const FOLDER = join(import.meta.dirname, 'kube-apiserver');
const READY_WITHIN_MS = 120_000;

export interface ApiAnswer {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface KubeApiServer {
  readonly url: string;
  readonly port: number;
  /** PEM text. */
  readonly ca: string;
  /** JSON, which is YAML; user "admin" has a token, context "cert" a client certificate. */
  readonly kubeconfig: string;
  /** One request as the admin, or with another token. `content` is JSON unless it says otherwise. */
  request(method: string, path: string, content?: unknown, options?: RequestChoices): Promise<ApiAnswer>;
  /** The audit log so far: one entry for each call. */
  audit(): readonly AuditEntry[];
  /** Makes etcd forget every revision up to this one. */
  compact(resourceVersion: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RequestChoices {
  readonly token?: string;
  readonly contentType?: string;
}

export interface AuditEntry {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly objectRef?: { readonly resource: string; readonly apiGroup?: string };
  readonly requestURI: string;
  readonly responseStatus?: { readonly code: number };
}

/** The folder with etcd and kube-apiserver: KUBEBUILDER_ASSETS, else what build.sh has built; null when there is none. */
export function findKubeApiServer(): string | null {
  const given = process.env['KUBEBUILDER_ASSETS'];
  const has = (folder: string): boolean =>
    existsSync(join(folder, 'etcd')) && existsSync(join(folder, 'kube-apiserver'));
  if (given !== undefined && given !== '') return has(given) ? given : null;
  try {
    return execFileSync('bash', [join(FOLDER, 'build.sh'), '--find'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/**
 * Whether tests that need it can run.
 * @throws Error when it is missing and REQUIRE_SERVERS=1 says that it must not be.
 */
export function kubeApiServerOrSkip(): boolean {
  if (findKubeApiServer() !== null) return true;
  const message = 'kube-apiserver not found, install by test/servers/kube-apiserver/build.sh';
  if (process.env['REQUIRE_SERVERS'] === '1') throw new Error(message);
  console.log(`skipped: ${message}`);
  return false;
}

export interface KubeApiServerOptions {
  /** Holds data, certificates and logs. */
  readonly dir: string;
  readonly flags?: readonly string[];
}

/** @throws Error with the end of a server's log when it does not become ready. */
export async function startKubeApiServer({ dir, flags = [] }: KubeApiServerOptions): Promise<KubeApiServer> {
  const assets = findKubeApiServer();
  if (assets === null)
    throw new Error('kube-apiserver not found, install by test/servers/kube-apiserver/build.sh');
  mkdirSync(dir, { recursive: true });
  const pki = writeCertificates(join(dir, 'pki'));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const etcd = launch(dir, 'etcd', join(assets, 'etcd'), etcdFlags(dir, etcdUrl, peerPort));
  const auditLog = join(dir, 'audit.log');
  const apiFlags = [...apiServerFlags(pki.dir, auditLog, etcdUrl, port), ...flags];
  const api = launch(dir, 'kube-apiserver', join(assets, 'kube-apiserver'), apiFlags);
  const stop = async (): Promise<void> => {
    await end(api);
    await end(etcd);
  };
  const request: KubeApiServer['request'] = (method, path, content, { token, contentType } = {}) =>
    exchange({ port, ca: pki.ca, token: token ?? pki.token }, method, path, content, contentType);
  try {
    await ready(dir, [etcd, api], request);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: pki.ca,
    kubeconfig: writeKubeconfig(dir, port, pki),
    request,
    audit: () => readAudit(auditLog),
    compact: (revision) => compact(etcdUrl, revision),
    stop,
  };
}

const etcdFlags = (dir: string, url: string, peerPort: number): string[] => [
  '--name=test',
  `--data-dir=${join(dir, 'etcd-data')}`,
  '--unsafe-no-fsync',
  '--log-level=warn',
  `--listen-client-urls=${url}`,
  `--advertise-client-urls=${url}`,
  `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-cluster=test=http://127.0.0.1:${peerPort}`,
];

/** Without the ServiceAccount admission: no controller makes the default account, and a pod would be refused without it. */
const apiServerFlags = (pki: string, auditLog: string, etcd: string, port: number): string[] => [
  `--etcd-servers=${etcd}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  '--advertise-address=127.0.0.1',
  '--endpoint-reconciler-type=none',
  '--service-cluster-ip-range=10.0.0.0/16',
  `--tls-cert-file=${pki}/apiserver.crt`,
  `--tls-private-key-file=${pki}/apiserver.key`,
  `--client-ca-file=${pki}/ca.crt`,
  `--token-auth-file=${pki}/tokens.csv`,
  '--authorization-mode=RBAC',
  '--disable-admission-plugins=ServiceAccount',
  '--service-account-issuer=https://kubernetes.default.svc',
  '--api-audiences=https://kubernetes.default.svc',
  `--service-account-key-file=${pki}/service-account.pub`,
  `--service-account-signing-key-file=${pki}/service-account.key`,
  '--allow-privileged=true',
  `--audit-policy-file=${pki}/audit.yaml`,
  `--audit-log-path=${auditLog}`,
];

function launch(dir: string, name: string, command: string, args: readonly string[]): ChildProcess {
  const out = openSync(join(dir, `${name}.log`), 'a');
  const child = spawn(command, args, { cwd: dir, stdio: ['ignore', out, out] });
  closeSync(out);
  return child;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // The API server waits a minute for its watches when asked politely; nothing in it is to be kept.
  child.kill('SIGKILL');
  await ended;
}

async function ready(
  dir: string,
  children: readonly ChildProcess[],
  request: KubeApiServer['request'],
): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (children.every(isRunning) && Date.now() < until) {
    const answers = await Promise.all(
      ['/readyz', '/api/v1/namespaces/default'].map((path) => request('GET', path).catch(() => null)),
    );
    if (answers.every((answer) => answer?.status === 200)) return;
    await delay(100);
  }
  const tail = (name: string): string => readFileSync(join(dir, `${name}.log`), 'utf8').slice(-2000);
  throw new Error(`kube-apiserver did not become ready:\n${tail('etcd')}\n${tail('kube-apiserver')}`);
}

interface Target {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
}

function exchange(
  { port, ca, token }: Target,
  method: string,
  path: string,
  content: unknown,
  contentType = 'application/json',
): Promise<ApiAnswer> {
  const body = typeof content === 'string' ? content : content === undefined ? '' : JSON.stringify(content);
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    'content-type': contentType,
  };
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, path, method, ca, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function writeKubeconfig(dir: string, port: number, pki: { dir: string; ca: string; token: string }): string {
  const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
  const file = (name: string): string => base64(readFileSync(join(pki.dir, name)));
  const path = join(dir, 'kubeconfig');
  const server = `https://127.0.0.1:${port}`;
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'token',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(pki.ca) } }],
    users: [
      { name: 'admin', user: { token: pki.token } },
      {
        name: 'admin-cert',
        user: { 'client-certificate-data': file('admin.crt'), 'client-key-data': file('admin.key') },
      },
    ],
    contexts: [
      { name: 'token', context: { cluster: 'test', user: 'admin' } },
      { name: 'cert', context: { cluster: 'test', user: 'admin-cert' } },
    ],
  };
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return path;
}

function readAudit(path: string): AuditEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  // The last line may still be being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEntry);
}

async function compact(etcd: string, revision: string): Promise<void> {
  const body = JSON.stringify({ revision, physical: true });
  const answer = await fetch(`${etcd}/v3/kv/compaction`, { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`compaction: ${answer.status} ${text}`);
}
