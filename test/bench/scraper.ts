/** Thread that scrapes /metrics as a Prometheus would, only far more often, and asks /livez in between. */
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

export interface ScrapeSample {
  readonly kind: 'gzip' | 'plain' | 'livez';
  /** Milliseconds since the epoch at which it was sent. */
  readonly at: number;
  /** Milliseconds to the last byte. */
  readonly took: number;
  /** Bytes of the body on the wire. */
  readonly bytes: number;
  /** Largest stall of the serving thread's event loop that the document tells of, seconds; null: not told. */
  readonly lagMax: number | null;
}

const url = workerData as string;
const agent = new Agent({ keepAlive: true });
const TEXT = 'text/plain;version=0.0.4';
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0';
const HEADERS: Readonly<Record<ScrapeSample['kind'], Record<string, string>>> = {
  gzip: { accept: OPEN_METRICS, 'accept-encoding': 'gzip' },
  plain: { accept: TEXT },
  livez: {},
};

/** The pause between two requests of a kind, ms: within what the server allows one client a minute. Every tenth scrape is plain text. */
const SCRAPE_EVERY = 1000;
const LIVEZ_EVERY = 150;

/** Null: no snapshot yet. */
function fetchBody(path: string, headers: Record<string, string>): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent, headers }, (answer) => {
      // An answer that is no document would be measured as a very fast one; until the first snapshot there is none.
      if (answer.statusCode !== 200 && answer.statusCode !== 503)
        reject(new Error(`/${path} answered ${answer.statusCode}`));
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(chunks) : null));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

async function sample(kind: ScrapeSample['kind']): Promise<void> {
  const began = performance.now();
  const body = await fetchBody(kind === 'livez' ? 'livez' : 'metrics', HEADERS[kind]);
  if (body === null) return;
  const took = performance.now() - began;
  const at = performance.timeOrigin + began;
  const lagMax = kind === 'plain' ? lagOf(body) : null;
  parentPort!.postMessage({ kind, at, took, bytes: body.length, lagMax } satisfies ScrapeSample);
}

/** From the end of the document, where the process's own metrics stand: as text the whole may be larger than a string. */
function lagOf(body: Buffer): number | null {
  const tail = body.subarray(Math.max(0, body.length - 65_536)).toString();
  const found = /^nodejs_eventloop_lag_max_seconds\{[^}]*\} (\S+)$/m.exec(tail);
  return found ? Number(found[1]) : null;
}

async function scrapes(): Promise<void> {
  for (let i = 1; ; i++) {
    await sample(i % 10 === 0 ? 'plain' : 'gzip');
    await delay(SCRAPE_EVERY);
  }
}

async function livez(): Promise<void> {
  for (;;) {
    await sample('livez');
    await delay(LIVEZ_EVERY);
  }
}

await Promise.all([scrapes(), livez()]);
