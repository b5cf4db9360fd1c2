/** A real Elasticsearch on a free loopback port, for as long as a test needs it (see elasticsearch/build.sh). */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './prometheus.js';

/** Scripts stay in the source tree when the benches are built. */
const FOLDER = join(import.meta.dirname.replace('/test/dist/test/', '/test/'), 'elasticsearch');
/** A start takes 16 s on two quiet cores. */
const READY_WITHIN_MS = 180_000;

export interface ElasticsearchServerOptions {
  /** Holds data, configuration and log. A second start in it goes on with the data. */
  readonly dir: string;
  readonly port?: number;
  /** Security on: user elastic, and API keys. */
  readonly password?: string;
  /** Needs a password. */
  readonly tls?: boolean;
  readonly heap?: string;
  /** With every compiler, as it runs for users: what is measured takes longer than the second one needs. */
  readonly measured?: boolean;
}

export interface ElasticsearchServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** PEM, where it speaks TLS. */
  readonly ca: string | null;
  /** One request as the superuser; the answer's JSON. @throws Error when it is refused */
  request(method: string, path: string, content?: unknown): Promise<unknown>;
  /** At once, as a machine does that loses power. */
  kill(): Promise<void>;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
}

/** Folder of the unpacked server, null where there is none. Fetches nothing. */
export function findElasticsearch(): string | null {
  const found = spawnSync('bash', [join(FOLDER, 'build.sh'), '--find'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

/**
 * Whether tests that need it can run.
 * @throws Error when it is missing and REQUIRE_SERVERS=1 says that it must not be.
 */
export function elasticsearchOrSkip(): boolean {
  if (findElasticsearch() !== null) return true;
  const message = 'elasticsearch not found, install by test/servers/elasticsearch/build.sh';
  if (process.env['REQUIRE_SERVERS'] === '1') throw new Error(message);
  console.log(`skipped: ${message}`);
  return false;
}

/**
 * With TEST_ELASTICSEARCH_URL a server without security is that one, and is left running: for work on a suite.
 * @throws Error with the end of the log when it does not become ready.
 */
export async function startElasticsearch(options: ElasticsearchServerOptions): Promise<ElasticsearchServer> {
  const { dir, password, tls = false, heap = '1g', measured = false } = options;
  const running = process.env['TEST_ELASTICSEARCH_URL'];
  if (running && password === undefined) return borrowed(running);
  mkdirSync(dir, { recursive: true });
  const port = options.port ?? (await freePort());
  const env = {
    ...process.env,
    ES_HEAP: heap,
    ...(password !== undefined && { ES_PASSWORD: password }),
    ...(tls && { ES_TLS: '1' }),
    ...(measured && { ES_FAST: '0' }),
  };
  const started = spawnSync('bash', [join(FOLDER, 'start.sh'), dir, String(port)], { encoding: 'utf8', env });
  if (started.status !== 0) throw new Error(`Elasticsearch did not start: ${started.stderr}${logOf(dir)}`);
  const pid = Number(readFileSync(join(dir, 'es.pid'), 'utf8'));
  const ca = tls ? readFileSync(join(dir, 'config', 'ca.crt'), 'utf8') : null;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const request = (method: string, path: string, content?: unknown) =>
    exchange({ url, ca, password }, method, path, content);
  const end = (signal: NodeJS.Signals) => endProcess(pid, dir, signal);
  try {
    await ready(request);
  } catch (error) {
    await end('SIGKILL');
    throw new Error(`${String(error)}${logOf(dir)}`, { cause: error });
  }
  return { url, port, pid, ca, request, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function borrowed(url: string): ElasticsearchServer {
  const leave = () => Promise.resolve();
  const request = (method: string, path: string, content?: unknown) =>
    exchange({ url, ca: null, password: undefined }, method, path, content);
  return { url, port: Number(new URL(url).port), pid: 0, ca: null, request, kill: leave, stop: leave };
}

async function ready(request: (method: string, path: string) => Promise<unknown>): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await request('GET', '/_cluster/health?wait_for_status=yellow&timeout=30s');
      return;
    } catch (error) {
      if (performance.now() > until) throw new Error('Elasticsearch did not become ready', { cause: error });
      await delay(200);
    }
  }
}

interface Access {
  readonly url: string;
  readonly ca: string | null;
  readonly password: string | undefined;
}

function exchange(
  { url, ca, password }: Access,
  method: string,
  path: string,
  content?: unknown,
): Promise<unknown> {
  const send = ca === null ? sendPlain : sendSecure;
  const headers = { 'content-type': 'application/json' };
  const auth = password === undefined ? undefined : `elastic:${password}`;
  return new Promise((resolve, reject) => {
    const call = send(`${url}${path}`, { method, headers, auth, ...(ca !== null && { ca }) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if ((answer.statusCode ?? 0) < 300) resolve(body === '' ? null : JSON.parse(body));
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${body.slice(0, 500)}`));
      });
    });
    call.on('error', reject);
    call.end(content === undefined ? undefined : JSON.stringify(content));
  });
}

/** Never a process that got a dead one's number. */
const isOurs = (pid: number, dir: string): boolean => {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8').includes(join(dir, 'tmp'));
};

async function endProcess(pid: number, dir: string, signal: NodeJS.Signals): Promise<void> {
  if (!isOurs(pid, dir)) return;
  process.kill(pid, signal);
  while (isOurs(pid, dir)) await delay(50);
}

const logOf = (dir: string): string =>
  ['start.log', 'logs/server.log']
    .map((name) => join(dir, name))
    .filter((path) => existsSync(path))
    .map((path) => `\n${path}:\n${readFileSync(path, 'utf8').slice(-2000)}`)
    .join('');
