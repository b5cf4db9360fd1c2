/** Where the API server is and what opens it: a service account's files in the cluster, or a kubeconfig outside. */
import type { KubeConfig } from '@kubernetes/client-node';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import type { TlsMaterial } from '../../net/stream-client.js';

export interface InClusterAccess {
  readonly kind: 'in-cluster';
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt`; default: where the kubelet mounts them. */
  readonly folder?: string | undefined;
}

export interface KubeconfigAccess {
  readonly kind: 'kubeconfig';
  readonly path: string;
  /** Null: its current context. */
  readonly context: string | null;
}

export type KubernetesAccess = InClusterAccess | KubeconfigAccess;

export interface Connection {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Values that must not appear in a message. */
  readonly secrets: readonly string[];
}

export interface ApiAccess {
  /**
   * What to connect with now.
   * @param anew the server refused the last: read everything again from where it comes from.
   * @throws AccessError
   */
  connection(anew: boolean): Promise<Connection>;
}

/** The access cannot be read or used; the message names the file and what is wrong with it. */
export class AccessError extends Error {
  readonly code = 'ERR_KUBERNETES_ACCESS';
}

export const createAccess = (access: KubernetesAccess): ApiAccess =>
  access.kind === 'in-cluster' ? new InCluster(access) : new Kubeconfig(access);

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet replaces both files before they expire, so each request reads them as they are. */
class InCluster implements ApiAccess {
  constructor(private readonly access: InClusterAccess) {}

  async connection(): Promise<Connection> {
    const { host, port, folder = SERVICE_ACCOUNT } = this.access;
    const [token, ca] = await Promise.all([read(join(folder, 'token')), read(join(folder, 'ca.crt'))]);
    return {
      baseUrl: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      headers: { authorization: `Bearer ${token}` },
      tls: { ca, cert: null, key: null, serverName: null, verify: true },
      secrets: [token],
    };
  }
}

async function read(path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AccessError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
  if (content.trim() === '') throw new AccessError(`${path} is empty`);
  return content.trim();
}

class Kubeconfig implements ApiAccess {
  private config: KubeConfig | null = null;

  constructor(private readonly access: KubeconfigAccess) {}

  async connection(anew: boolean): Promise<Connection> {
    if (anew || this.config === null) this.config = await this.load();
    const options: RequestOptions = { headers: {} };
    try {
      // It also runs the login command that a kubeconfig may name, and keeps that token for as long as it is good.
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new AccessError(`${this.access.path}: no credentials: ${(error as Error).message}`);
    }
    return connectionOf(this.config.getCurrentCluster()?.server ?? '', options);
  }

  private async load(): Promise<KubeConfig> {
    const { path, context } = this.access;
    // Only needed outside a cluster, and it costs 80 MB of memory and half a second.
    const library = await import('@kubernetes/client-node');
    const config = new library.KubeConfig();
    try {
      config.loadFromFile(path);
    } catch (error) {
      throw new AccessError(`KUBECONFIG ${path} cannot be read: ${(error as Error).message}`);
    }
    if (context !== null) config.setCurrentContext(context);
    const chosen = config.getCurrentContext();
    const cluster = config.getCurrentCluster();
    if (config.getContextObject(chosen) === null || cluster === null) {
      const known = config.getContexts().map((each) => each.name);
      throw new AccessError(
        `KUBECONFIG ${path} has no context "${chosen}" with a cluster; set KUBE_CONTEXT to one of: ${known.join(', ')}`,
      );
    }
    if (cluster.proxyUrl !== undefined) {
      throw new AccessError(`KUBECONFIG ${path}: proxy-url is not supported; choose a context without it`);
    }
    return config;
  }
}

function connectionOf(baseUrl: string, options: RequestOptions): Connection {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  const pem = (value: unknown): string | null =>
    typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : null;
  return {
    baseUrl,
    headers,
    tls: {
      ca: pem(options.ca),
      cert: pem(options.cert),
      key: pem(options.key),
      serverName: options.servername ?? null,
      verify: options.rejectUnauthorized ?? true,
    },
    secrets: Object.values(headers).map((value) => value.replace(/^(Bearer|Basic) /, '')),
  };
}
