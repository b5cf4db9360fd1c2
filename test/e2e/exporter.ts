/** The built exporter as a process of its own, driven and watched from outside as a person or a cluster would. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../exporter/dist/main.js', import.meta.url));

/** Nothing here takes this long unless it is stuck. */
const PATIENCE_MS = 120_000;

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** From the signal, or from the start where there was none, to the end of the process. */
  readonly seconds: number;
}

export interface LaunchOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory: its .env is read. */
  readonly cwd?: string;
}

const started = new Set<ExporterProcess>();

/** Ends what a test that failed has left running. */
export async function endAll(): Promise<void> {
  await Promise.all([...started].filter(({ running }) => running).map((one) => one.kill()));
}

/** A process that has been started, whether or not it comes to serve. */
export class ExporterProcess {
  readonly log: LogLine[] = [];
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #began = performance.now();

  constructor({ args, env = {}, cwd }: LaunchOptions) {
    // Only what a process needs: a variable of the machine must not become configuration.
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH, HOME, LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.log.push(parsed(line)));
    this.#child.stderr!.on('data', (text: Buffer) => (this.stderr += text.toString()));
    started.add(this);
    this.ended = once(this.#child, 'close').then(([code]) => ({
      code: code as number | null,
      seconds: (performance.now() - this.#began) / 1000,
    }));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Lines that say this. */
  said(msg: string): readonly LogLine[] {
    return this.log.filter((line) => line.msg === msg);
  }

  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Ended> {
    this.#began = performance.now();
    this.#child.kill(signal);
    return this.ended;
  }

  /** SIGTERM and wait. */
  stop(): Promise<Ended> {
    return this.running ? this.signal('SIGTERM') : this.ended;
  }

  /** SIGKILL and wait. */
  kill(): Promise<Ended> {
    return this.signal('SIGKILL');
  }
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 'not JSON', msg: line };
  }
}

/** Answer of a request: status and body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An exporter that serves. */
export class Exporter extends ExporterProcess {
  url = '';

  /** A path and query below the root. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** JSON of the API. @throws Error when the status is not 200 */
  async json<T>(path: string): Promise<T> {
    const { status, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Everything that is due now is in: the first backfill or the catching up is over. */
  async settled(): Promise<void> {
    await waitFor('the exporter to have collected what is due', async () => {
      // A required source that has not been asked yet is not ok.
      const { checks, intervals_pending, backfill } = await this.json<Health>('/api/v1/health');
      return checks.every((check) => check.ok) && intervals_pending === 0 && backfill === null;
    });
  }
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string | null;
}

interface Health {
  readonly checks: readonly Check[];
  readonly intervals_pending: number;
  readonly backfill: unknown;
}

/** Nothing beyond this machine is asked. */
export const OFFLINE: Readonly<Record<string, string>> = {
  'boavizta-api-url': 'off',
  'uk-carbon-intensity': 'off',
};

/** `serve` with these flags on a free port. @throws Error with its output when it ends before it serves */
export async function startExporter(options: LaunchOptions): Promise<Exporter> {
  const given = options.args.some((arg) => arg.startsWith('--api-port'));
  const offline = Object.entries(OFFLINE).map(([key, value]) => `--${key}=${value}`);
  const args = ['serve', ...options.args, ...offline, ...(given ? [] : ['--api-port=0'])];
  const exporter = new Exporter({ ...options, args });
  await waitFor('the exporter to serve', () => {
    if (!exporter.running)
      throw new Error(`the exporter ended:\n${exporter.stderr}${JSON.stringify(exporter.log)}`);
    return exporter.said('serving').length > 0;
  });
  exporter.url = String(exporter.said('serving')[0]!['url']);
  return exporter;
}

/** Asks again and again until the answer is true. What the condition throws is thrown. */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await delay(50);
  }
}
