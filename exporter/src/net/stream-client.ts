/**
 * Outbound GET requests whose answer is read as it comes, for APIs that keep an answer open or whose credentials change while the
 * program runs. Same promises as `fetch-json.ts`: one origin, no redirect followed, no denied address. What the caller reads, for
 * how long and how much of it, is for the caller to bound.
 */
import { Agent, request as send } from 'undici';
import type { Readable } from 'node:stream';
import { guardedLookup } from './address-policy.js';
import { parseBaseUrl } from './fetch-json.js';

/** TLS material as PEM text; null: that of the system, or none. */
export interface TlsMaterial {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Name to ask the certificate for; null: the host of the URL. */
  readonly serverName: string | null;
  readonly verify: boolean;
}

export interface StreamClientOptions {
  /** http or https; a path is kept as prefix. */
  readonly baseUrl: string;
  readonly tls: TlsMaterial;
  readonly connectTimeoutMs: number;
  /** Connections open at once; every answer that stays open holds one. */
  readonly connections: number;
}

export interface StreamRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface StreamAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** To be read to its end or destroyed. */
  readonly body: Readable;
}

export interface StreamClient {
  readonly origin: string;
  /** Resolves once status and headers are there; rejects with the connection's error, see `ofError` in failure.ts. */
  get(request: StreamRequest): Promise<StreamAnswer>;
  /** Ends whatever is under way. */
  destroy(): Promise<void>;
}

/** @throws Error when the base URL or the TLS material cannot be used; it never quotes a key. */
export function createStreamClient(options: StreamClientOptions): StreamClient {
  const base = parseBaseUrl(options.baseUrl);
  const { ca, cert, key, serverName, verify } = options.tls;
  const agent = new Agent({
    connections: options.connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.connectTimeoutMs,
      lookup: guardedLookup(),
      rejectUnauthorized: verify,
      ...(ca === null ? {} : { ca }),
      ...(cert === null ? {} : { cert }),
      ...(key === null ? {} : { key }),
      ...(serverName === null ? {} : { servername: serverName }),
    },
  });
  const target = ({ path, query }: StreamRequest): URL => {
    const url = new URL(base);
    url.username = '';
    url.password = '';
    url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  return {
    origin: base.origin,
    get: async (request) => {
      const { headers, signal } = request;
      const response = await send(target(request), { dispatcher: agent, method: 'GET', headers, signal });
      return {
        status: response.statusCode,
        header: (name) => {
          const value = response.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
        body: response.body,
      };
    },
    destroy: () => agent.destroy(),
  };
}
