/** A server on loopback that answers as a test says, well or badly. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export type Handler = (request: SeenRequest, response: ServerResponse) => void;

export interface FakeServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  answer(handler: Handler): void;
  close(): Promise<void>;
}

export async function startFakeServer(
  handler: Handler,
  tls?: { readonly cert: string; readonly key: string },
): Promise<FakeServer> {
  let current = handler;
  const requests: SeenRequest[] = [];
  const listen = (incoming: IncomingMessage, response: ServerResponse): void => {
    void readText(incoming).then((body) => {
      const url = new URL(incoming.url ?? '/', 'http://fake');
      const params = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
      const seen = { method: incoming.method ?? '', path: url.pathname, params, headers: incoming.headers };
      requests.push(seen);
      response.on('error', () => {});
      current(seen, response);
    });
  };
  const server = tls ? createSecureServer(tls, listen) : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    answer: (next) => void (current = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
