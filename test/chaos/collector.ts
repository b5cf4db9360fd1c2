/** The collector of `child/collector.mjs`: one life of it, from its start to its end, whatever ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ModelSettings } from '../../exporter/src/domain/settings.js';

const file = (name: string) => fileURLToPath(new URL(`./child/${name}`, import.meta.url));

export interface CollectorOptions {
  /** Of the database. */
  readonly path: string;
  /** What the clock shows at the start, and when it is stopped; seconds since the epoch. */
  readonly clock: number;
  readonly until: number;
  readonly step: number;
  readonly settle: number;
  readonly backfill: number;
  readonly retention: { readonly raw: number; readonly hour: number; readonly day: number | null };
  /** The oldest instant that the source holds, and for how long it holds one; null: for ever. */
  readonly start: number;
  readonly remembers: number | null;
  /** Folder of what is observed. */
  readonly windows: string;
  /** After a cycle that failed it waits while this file is there; null: it does not wait. */
  readonly hold: string | null;
  /** Before this instant every fifth interval is answered in part at first. */
  readonly lateUntil: number;
  /** From each instant of true time on, the clock is off by so many seconds. */
  readonly jumps: readonly { readonly at: number; readonly by: number }[];
  readonly settings: ModelSettings;
  readonly intensity: number;
  readonly prices: { readonly currency: string; readonly cpuCoreHour: number; readonly ramGbHour: number };
}

export interface Sabotage {
  /** The n-th time that this statement is given to the database, or any where `sql` is null. */
  readonly kill?: { readonly sql: string | null; readonly n: number; readonly when: 'before' | 'after' };
  /** Where to write which statements were given at which times of the clock. */
  readonly record?: string;
  readonly breakage?: string;
}

export interface LifeOptions {
  readonly sabotage?: Sabotage;
  /** Milliseconds from the opening of the ledger, or from the start of the process, to a SIGKILL from outside. */
  readonly killAfter?: { readonly from: 'start' | 'open'; readonly ms: number };
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** A command that runs the collector, such as a limit on its resources. */
  readonly through?: readonly string[];
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

export interface Life {
  /** Whether it ended by SIGKILL. */
  readonly killed: boolean;
  /** Whether it was by its own hand, at the chosen statement. */
  readonly atStatement: boolean;
  readonly code: number | null;
  /** Last instant that the clock is known to have shown. */
  readonly clock: number;
  readonly errors: readonly string[];
  /** Why the ledger could not be opened: "PROBLEM MESSAGE". */
  readonly refusal: string | null;
  /** Null when it did not end by itself. */
  readonly cycles: number | null;
}

export async function live(options: CollectorOptions, how: LifeOptions = {}): Promise<Life> {
  const child = start(options, how);
  const lines: string[] = [];
  let stderr = '';
  child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
  const opened = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line);
      if (line === 'open') resolve();
      how.onLine?.(line, child);
    });
  });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const over = new AbortController();
  if (how.killAfter) void killAfter(child, how.killAfter, opened, over.signal);
  const [code, signal] = await ended;
  over.abort();
  if (signal !== 'SIGKILL' && stderr !== '') throw new Error(`the collector failed:\n${stderr}`);
  const said = (word: string) =>
    lines.filter((l) => l.startsWith(`${word} `)).map((l) => l.slice(word.length + 1));
  const done = said('done').at(-1);
  return {
    killed: signal === 'SIGKILL',
    atStatement: lines.includes('dying'),
    code,
    clock: Number(said('wake').at(-1) ?? options.clock),
    errors: said('error'),
    refusal: said('refused').at(-1) ?? null,
    cycles: done === undefined ? null : Number(done),
  };
}

function start(options: CollectorOptions, { sabotage, env, uid, through = [] }: LifeOptions): ChildProcess {
  const preload = sabotage ? ['--import', file('saboteur.mjs')] : [];
  const command = [
    ...through,
    process.execPath,
    ...preload,
    file('collector.mjs'),
    JSON.stringify(options),
  ] as const;
  const { PATH = '' } = process.env;
  return spawn(command[0], command.slice(1), {
    env: { PATH, ...(sabotage && { CHAOS_SABOTAGE: JSON.stringify(sabotage) }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

async function killAfter(
  child: ChildProcess,
  { from, ms }: NonNullable<LifeOptions['killAfter']>,
  opened: Promise<void>,
  over: AbortSignal,
): Promise<void> {
  if (from === 'open') await opened;
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
  child.kill('SIGKILL');
}
