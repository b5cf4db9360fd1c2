/** The built exporter as a process of its own, its clock set to an instant of the world, its log and memory read. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuOf } from './machine-load.js';

/** Of the repository, seen from the compiled file in test/dist/test/bench. */
export const ROOT = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../..');
const CLOCK = join(ROOT, 'test/bench/clock.cjs');
const MAIN = join(ROOT, 'exporter/dist/main.js');

export interface ExporterOptions {
  readonly prometheusUrl: string;
  readonly databasePath: string;
  /** What its clock shows at the start, seconds since the epoch, and how fast it runs. */
  readonly clock: { readonly from: number; readonly speed: number };
  readonly flags?: readonly string[];
  /** Of Node itself, for profiling. */
  readonly nodeFlags?: readonly string[];
}

export interface LogLine {
  readonly msg: string;
  /** When the bench read it, ms since the epoch of this machine's clock. */
  readonly at: number;
  readonly [field: string]: unknown;
}

export interface Memory {
  /** Resident now and at most since the start or the last `resetPeak`, bytes. */
  readonly resident: number;
  readonly peak: number;
}

const now = (): number => performance.timeOrigin + performance.now();

export class ExporterProcess {
  readonly startedAt = now();
  readonly #child: ChildProcess;
  readonly #lines: LogLine[] = [];
  readonly #waiting = new Set<() => void>();
  #stderr = '';

  constructor(options: ExporterOptions) {
    const clock = JSON.stringify({
      from: options.clock.from * 1000,
      since: Date.now(),
      speed: options.clock.speed,
    });
    const flags = [
      `--prometheus-url=${options.prometheusUrl}`,
      `--db-path=${options.databasePath}`,
      '--api-port=0',
      '--cluster-name=bench',
      '--log-level=debug',
      ...(options.flags ?? []),
    ];
    this.#child = spawn(
      process.execPath,
      [...(options.nodeFlags ?? []), '--require', CLOCK, MAIN, 'serve', ...flags],
      { env: { ...process.env, BENCH_CLOCK: clock }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child.stderr!.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.#lines.push({ ...(JSON.parse(line) as LogLine), at: now() });
      this.#wake();
    });
    this.#child.on('exit', () => this.#wake());
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Base URL, once it serves. */
  async url(): Promise<string> {
    return String((await this.waitFor((line) => line.msg === 'serving', 60)).url);
  }

  /** The first line, of those from `from` on, that satisfies. @throws Error when the process ends or nothing comes in time */
  async waitFor(test: (line: LogLine) => boolean, withinSeconds: number, from = 0): Promise<LogLine> {
    const until = now() + withinSeconds * 1000;
    for (;;) {
      const found = this.#lines.slice(from).find(test);
      if (found) return found;
      if (!this.running || now() > until) {
        const tail = this.#lines.slice(-5).map((line) => JSON.stringify(line));
        throw new Error(
          `the exporter said nothing of the kind in time:\n${tail.join('\n')}\n${this.#stderr}`,
        );
      }
      await this.#next(until - now());
    }
  }

  memory(): Memory {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const bytes = (key: string): number =>
      1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)![1]);
    return { resident: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  /** CPU seconds of all threads since the start. */
  cpu(): number {
    return cpuOf(this.pid);
  }

  /** SIGTERM; returns seconds until it had ended. */
  async stop(): Promise<number> {
    const began = now();
    if (this.running) {
      const ended = new Promise((done) => this.#child.once('exit', done));
      this.#child.kill('SIGTERM');
      await ended;
    }
    return (now() - began) / 1000;
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }

  #next(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, Math.max(ms, 1));
      this.#waiting.add(() => {
        clearTimeout(timer);
        done();
      });
    });
  }
}
