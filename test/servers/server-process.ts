/** A server program on a loopback port: started, waited for, ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface ServerProgram {
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** What it prints goes to the end of this file. */
  readonly log: string;
  /** Answers 200 once the server is ready. */
  readonly readyUrl: string;
}

export interface RunningServer {
  readonly pid: number;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/** @throws Error with the end of the server's log when it does not become ready. */
export async function launchServer(program: ServerProgram): Promise<RunningServer> {
  const out = openSync(program.log, 'a');
  const child = spawn(program.binary, program.args, { stdio: ['ignore', out, out] });
  closeSync(out);
  await ready(child, program);
  return { pid: child.pid!, stop: () => stop(child) };
}

async function ready(child: ChildProcess, { name, log, readyUrl }: ServerProgram): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const answer = await fetch(readyUrl).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await delay(25);
  }
  await stop(child);
  throw new Error(`${name} did not become ready; its log ends:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
}
