#!/usr/bin/env node
/** The one file that touches the process: arguments, environment, signals, streams and the exit code. */
import { readFileSync } from 'node:fs';
import {
  checkConfig,
  completionScript,
  EXIT_MISTAKE,
  parseCommand,
  renderMistakes,
  type ParsedCommand,
  type Printout,
  type Shell,
} from './app/cli.js';
import { commandRunner } from './app/commands/index.js';
import { loadConfig, readTextFile, type Config, type Mistake } from './app/config.js';
import { loadInput, type LaunchInput } from './app/launch-input.js';
import { modeOf, runnable } from './app/mode.js';
import { serve } from './app/serve.js';
import { systemClock } from './app/system.js';

/** Written beside the built program; absent when it runs from a source tree that was built by hand. */
const BUILD_INFO = new URL('./build-info.json', import.meta.url);

function readBuildInfo(): { version: string; revision: string } {
  try {
    return JSON.parse(readFileSync(BUILD_INFO, 'utf8')) as { version: string; revision: string };
  } catch {
    return { version: 'unknown', revision: 'unknown' };
  }
}

function readDotenv(): string {
  try {
    return readTextFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function launchInput(flags: Readonly<Record<string, string>>): LaunchInput {
  return { flags, env: { ...process.env }, dotenvText: readDotenv(), isTerminal: process.stdout.isTTY };
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function print({ stdout, stderr, exitCode }: Printout): number {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

const buildInfo = () => ({ ...readBuildInfo(), nodeVersion: process.version });

/** A command that does one thing and ends, or the server. */
async function run(parsed: Asked, input: LaunchInput, config: Config): Promise<number> {
  const mode = modeOf(config, input.env);
  const signal = stopSignal();
  const { stdout, stderr } = process;
  const command = commandRunner(parsed.command);
  if (command) {
    // A reader that has seen enough is no error of ours.
    stdout.on('error', () => undefined);
    return command({
      config,
      mode,
      options: parsed.options,
      stdout,
      stderr,
      stdoutIsTerminal: stdout.isTTY,
      stderrIsTerminal: stderr.isTTY,
      clock: systemClock,
      signal,
    });
  }
  return serve({ input, config, mode, build: buildInfo(), signal, terminal: stderr.isTTY ? stderr : null });
}

type Asked = Extract<ParsedCommand, { ok: true }>;

/** Null: the command needs the configuration. */
function answerAlone({ command, helpText, argument }: Asked): string | null {
  if (command === 'help') return helpText ?? '';
  if (command === 'version') return `greenkube ${readBuildInfo().version}\n`;
  return command === 'completion' ? completionScript(argument as Shell) : null;
}

const load = (input: LaunchInput) => runnable(loadConfig(loadInput(input)), input.env);

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseCommand(argv);
  if (!parsed.ok) {
    const loaded = load(launchInput(parsed.flags));
    return print(refused([...parsed.mistakes, ...(loaded.ok ? [] : loaded.mistakes)]));
  }
  const alone = answerAlone(parsed);
  if (alone !== null) return print({ stdout: alone, stderr: '', exitCode: 0 });
  const input = launchInput(parsed.flags);
  const loaded = load(input);
  if (parsed.command === 'check-config') return print(checkConfig(loaded));
  if (!loaded.ok) return print(refused(loaded.mistakes));
  for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
  return run(parsed, input, loaded.config);
}

const refused = (mistakes: readonly Mistake[]): Printout => ({
  stdout: '',
  stderr: renderMistakes(mistakes),
  exitCode: EXIT_MISTAKE,
});

process.exitCode = await main(process.argv.slice(2));
