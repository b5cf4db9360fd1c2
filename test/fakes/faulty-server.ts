/** A server on loopback that answers as a real one would, until a test tells it to fail in a certain way. */
import type { ServerResponse } from 'node:http';
import { startFakeServer, type SeenRequest } from '../../exporter/src/net/testing/fake-server.js';

export interface Answer {
  readonly status?: number;
  /** Sent as JSON unless it is a string. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `drip` sends a byte every `ms`; `cut` announces all and sends half; `huge` never ends by itself; `page` is a login page. */
export type Fault =
  | ({ readonly kind: 'status' } & Answer)
  | { readonly kind: 'reset' | 'cut' | 'garble' | 'huge' | 'page' | 'hang' }
  | { readonly kind: 'latency' | 'drip'; readonly ms: number };

export interface FaultyServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Fail every request, or the next `times`, or those whose path has the text; null ends it. */
  fail(fault: Fault | null, only?: { readonly times?: number; readonly path?: string }): void;
  close(): Promise<void>;
}

export async function startFaultyServer(answer: (request: SeenRequest) => Answer): Promise<FaultyServer> {
  let fault: Fault | null = null;
  let left = Infinity;
  let path = '';
  const server = await startFakeServer((request, response) => {
    if (!fault || left <= 0 || !request.path.includes(path)) return send(response, answer(request));
    left -= 1;
    spoil(fault, response, answer(request));
  });
  return {
    url: server.url,
    requests: server.requests,
    fail: (next, { times = Infinity, path: on = '' } = {}) => {
      [fault, left, path] = [next, times, on];
    },
    close: () => server.close(),
  };
}

export const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

function send(response: ServerResponse, { status = 200, body, headers = {} }: Answer): void {
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(textOf(body));
}

function spoil(fault: Fault, response: ServerResponse, answer: Answer): void {
  const text = textOf(answer.body);
  switch (fault.kind) {
    case 'status':
      return send(response, fault);
    case 'reset':
      return void response.destroy();
    case 'hang':
      return;
    case 'latency':
      return void setTimeout(() => send(response, answer), fault.ms).unref();
    case 'drip':
      return drip(response, text, fault.ms);
    case 'cut':
      response.writeHead(200, { 'content-length': String(Buffer.byteLength(text)) });
      response.write(text.slice(0, text.length / 2));
      return void setTimeout(() => response.destroy(), 5).unref();
    case 'garble':
      return void response.writeHead(200).end(text.replaceAll(/[{}[\]]/g, '#'));
    case 'page':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      return flood(response);
  }
}

function drip(response: ServerResponse, text: string, ms: number): void {
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => {
    response.write(text.slice(sent, ++sent));
    if (sent >= text.length || response.destroyed) clearInterval(timer);
  }, ms);
  timer.unref();
  response.on('close', () => clearInterval(timer));
}

function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
