/** A server between a client and Elasticsearch that lets one chosen call fail, or holds calls back. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** "refused": it never arrives; "lost": it arrives and its answer does not; a number: it is answered so, without arriving. */
export type Failure = 'refused' | 'lost' | number;

export interface FailingProxy {
  readonly url: string;
  /** Calls since the last `fail`, and what they were. */
  readonly calls: readonly string[];
  /** The n-th call from now on fails, from 1; 0: none. @param times so many in a row */
  fail(n: number, failure?: Failure, times?: number): void;
  /** No call gets through until `release`. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

export async function startFailingProxy(target: string): Promise<FailingProxy> {
  const { hostname, port } = new URL(target);
  const state = { nth: 0, failure: 'refused' as Failure, times: 1, calls: [] as string[] };
  let gate: Promise<void> | null = null;
  let open: () => void = () => undefined;

  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const n = state.calls.push(`${request.method} ${request.url}`);
    const fails = state.nth > 0 && n >= state.nth && n < state.nth + state.times;
    const failure = fails ? state.failure : null;
    const body = await bodyOf(request);
    if (gate) await gate;
    if (failure === 'refused') return void request.socket.destroy();
    if (typeof failure === 'number')
      return void response.writeHead(failure, ANSWER).end('{"error":"made up"}');
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      if (failure === 'lost') {
        answer.resume().on('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => request.socket.destroy());
    onward.end(body);
  };
  const server = createServer((request, response) => void forward(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return state.calls;
    },
    fail: (nth, failure = 'refused', times = 1) => Object.assign(state, { nth, failure, times, calls: [] }),
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    release: () => {
      open();
      gate = null;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const ANSWER = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' };

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
