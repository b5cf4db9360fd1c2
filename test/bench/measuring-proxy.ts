/**
 * Thread between the exporter and Prometheus that notes when each query began and when Prometheus had sent its last byte. Answers
 * are taken from Prometheus as fast as it gives them, whether or not the exporter keeps up, so the time is Prometheus' own.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export interface Exchange {
  /** PromQL, or the path where there is none. */
  readonly query: string;
  /** Milliseconds since the epoch, of this machine's clock. */
  readonly from: number;
  readonly to: number;
  /** Bytes of the answer on the wire. */
  readonly bytes: number;
}

const target = new URL(workerData as string);
const agent = new Agent({ keepAlive: true });
const now = (): number => performance.timeOrigin + performance.now();

async function relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const from = now();
  const { hostname, port } = target;
  const { method, url: path, headers } = incoming;
  const upstream = request({ hostname, port, method, path, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      outgoing.write(chunk);
    });
    answer.on('end', () => {
      outgoing.end();
      const query = new URLSearchParams(body.toString()).get('query') ?? path ?? '';
      parentPort!.postMessage({ query, from, to: now(), bytes } satisfies Exchange);
    });
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  upstream.end(body);
}

const server = createServer((incoming, outgoing) => void relay(incoming, outgoing));
server.listen(0, '127.0.0.1', () => {
  parentPort!.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
