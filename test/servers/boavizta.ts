/** A real BoaviztAPI on a free loopback port, where it has been installed (see boaviztapi/build.sh). */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './prometheus.js';

export interface BoaviztaServer {
  readonly url: string;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
}

const BUILD = join(import.meta.dirname, 'boaviztapi', 'build.sh');
const READY_WITHIN_MS = 60_000;

/** Folder of the installed server, null where there is none. Installs nothing: it is large, and no test depends on it alone. */
export function findBoavizta(): string | null {
  const found = spawnSync('bash', [BUILD, '--find'], { encoding: 'utf8' });
  return found.status === 0 ? (found.stdout.trim().split('\n').at(-1) ?? null) : null;
}

/** @param dir holds its log. @throws Error with the end of the log when it does not become ready. */
export async function startBoavizta(dir: string): Promise<BoaviztaServer> {
  const home = findBoavizta();
  if (home === null) throw new Error(`BoaviztAPI is not installed; run ${BUILD}`);
  mkdirSync(dir, { recursive: true });
  const log = join(dir, 'boaviztapi.log');
  const out = openSync(log, 'a');
  const port = await freePort();
  // In a folder of its own: a .env file elsewhere would change its settings.
  const child = spawn(
    join(home, 'bin', 'python'),
    [
      '-m',
      'uvicorn',
      'boaviztapi.main:app',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--no-access-log',
    ],
    { cwd: dir, stdio: ['ignore', out, out] },
  );
  closeSync(out);
  const url = `http://127.0.0.1:${port}`;
  await ready(child, url, log);
  return { url, stop: () => stop(child) };
}

async function ready(child: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const answer = await fetch(`${url}/v1/utils/version`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await delay(100);
  }
  await stop(child);
  throw new Error(
    `BoaviztAPI did not become ready; its log ends:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
}
