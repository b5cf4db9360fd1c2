/** A real Prometheus on a free loopback port, for as long as a test needs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findExecutable } from './require.js';

export interface PrometheusServerOptions {
  /** Holds the data, the configuration and the log. A second start in it goes on with the data. */
  readonly dir: string;
  /** Accept remote write; default true. */
  readonly remoteWrite?: boolean;
  /** Configuration text; by default nothing is scraped. */
  readonly config?: string;
  readonly port?: number;
  readonly flags?: readonly string[];
}

export interface PrometheusServer {
  readonly url: string;
  readonly pid: number;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
}

const NOTHING_SCRAPED = 'global: {scrape_interval: 1h, evaluation_interval: 1h}\n';
const READY_WITHIN_MS = 30_000;

export const findPrometheus = (): string | null => findExecutable('prometheus');

/** @throws Error with the end of the server's log when it does not become ready. */
export async function startPrometheus(options: PrometheusServerOptions): Promise<PrometheusServer> {
  const binary = findPrometheus();
  if (binary === null) throw new Error('prometheus not found, install by apt-get install prometheus');
  const { dir } = options;
  mkdirSync(dir, { recursive: true });
  const config = join(dir, 'prometheus.yml');
  writeFileSync(config, options.config ?? NOTHING_SCRAPED);
  const port = options.port ?? (await freePort());
  const log = join(dir, 'prometheus.log');
  const out = openSync(log, 'a');
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      ...(options.remoteWrite === false ? [] : ['--web.enable-remote-write-receiver']),
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', out, out] },
  );
  closeSync(out);
  const url = `http://127.0.0.1:${port}`;
  await ready(child, url, log);
  return { url, pid: child.pid!, stop: () => stop(child) };
}

async function ready(child: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const answer = await fetch(`${url}/-/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await delay(25);
  }
  await stop(child);
  throw new Error(
    `prometheus did not become ready; its log ends:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
