/** A real Prometheus on a free loopback port, for as long as a test needs it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findExecutable } from './require.js';
import { launchServer } from './server-process.js';

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
  const url = `http://127.0.0.1:${port}`;
  const server = await launchServer({
    name: 'prometheus',
    binary,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      ...(options.remoteWrite === false ? [] : ['--web.enable-remote-write-receiver']),
      ...(options.flags ?? []),
    ],
    log: join(dir, 'prometheus.log'),
    readyUrl: `${url}/-/ready`,
  });
  return { url, ...server };
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
