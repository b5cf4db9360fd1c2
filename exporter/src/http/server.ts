/** The listening server: sockets, timeouts, protocol errors, and an orderly end. */
import { createServer as createHttp, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttps, Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { createApp } from './app.js';
import type { HttpDeps, TlsSettings } from './deps.js';
import { createLimits } from './limits.js';
import { Problem, type ProblemType } from './problem.js';
import { ROUTES } from './routes/index.js';
import type { Route } from './routes/route.js';
import { MIN_TLS, reloadTls, TLS_RELOAD_MS } from './tls-reload.js';

export interface HttpServer {
  /** Rejects when the address cannot be bound. */
  listen(): Promise<{ port: number; host: string }>;
  /** Stops accepting, lets requests in flight finish for 3 s, then ends every connection. May be called more than once. */
  close(): Promise<void>;
}

const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5000,
  requestTimeout: 30_000,
  // Longer than the 60 s that proxies keep theirs, so that they never write into a connection being closed.
  keepAliveTimeout: 65_000,
  // The timeouts above are only enforced this often; Node's own default is 30 s.
  connectionsCheckingInterval: 1000,
};
const MAX_CONNECTIONS = 2048;
const CLOSE_GRACE_MS = 3000;

export function createHttpServer(deps: HttpDeps, routes: readonly Route[] = ROUTES): HttpServer {
  const limits = createLimits(deps.limits);
  const app = createApp({ ...deps, startedAt: deps.clock.now() }, routes, limits);
  const server = createListener(app, deps.tls);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerBrokenRequest);
  const traffic = new Traffic(server);
  const reload = watchTls(server, deps);
  let closing: Promise<void> | null = null;
  return {
    listen: () => listen(server, deps.host, deps.port),
    close: () => {
      clearInterval(reload);
      return (closing ??= traffic.end().finally(() => limits.close()));
    },
  };
}

function createListener(app: Express, tls: TlsSettings | undefined): Server {
  if (!tls) return createHttp(SERVER_OPTIONS, app);
  const client = tls.ca === undefined ? {} : { ca: tls.ca, requestCert: true, rejectUnauthorized: true };
  return createHttps(
    { ...SERVER_OPTIONS, minVersion: MIN_TLS, cert: tls.cert, key: tls.key, ...client },
    app,
  );
}

function watchTls(server: Server, { tls, readTls, log }: HttpDeps): NodeJS.Timeout | undefined {
  if (!tls || !readTls || !(server instanceof HttpsServer)) return undefined;
  let used = tls;
  return setInterval(() => (used = reloadTls(server, used, readTls, log)), TLS_RELOAD_MS).unref();
}

function listen(server: Server, host: string, port: number): Promise<{ port: number; host: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve({ port: address.port, host: address.address });
    });
  });
}

/** Requests that never become one (bad syntax, headers too large, too slow) are told so on the bare socket. */
const BROKEN: Readonly<Record<string, readonly [ProblemType, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The header fields are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The request did not arrive in time.'],
};

function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(
    ...(BROKEN[error.code ?? ''] ?? ['malformed-request', 'This is not HTTP as we read it.']),
  );
  const body = JSON.stringify(problem.body());
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.body().title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Which sockets are open and how many requests are being answered. */
class Traffic {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #requests = 0;
  #whenIdle: (() => void) | null = null;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (_req, res) => {
      this.#requests++;
      res.once('close', () => {
        this.#requests--;
        if (this.#requests === 0) this.#whenIdle?.();
      });
    });
  }

  async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await this.#idle();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #idle(): Promise<void> {
    if (this.#requests === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      timer = setTimeout(resolve, CLOSE_GRACE_MS);
    });
    clearTimeout(timer);
  }
}
