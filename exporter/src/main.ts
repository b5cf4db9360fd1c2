#!/usr/bin/env node
/** The one file that touches the process: arguments, environment, signals, streams and the exit code. */
import { readFileSync } from 'node:fs';
import { checkConfig, EXIT_MISTAKE, parseCommand, renderMistakes } from './app/cli.js';
import { loadConfig, readTextFile, type Config } from './app/config.js';
import { loadInput, type LaunchInput } from './app/launch-input.js';
import { modeOf, runnable } from './app/mode.js';
import { serve } from './app/serve.js';

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

async function runServer(input: LaunchInput, config: Config): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return serve({
    input,
    config,
    mode: modeOf(config),
    build: { ...readBuildInfo(), nodeVersion: process.version },
    signal: stop.signal,
    terminal: process.stderr.isTTY ? process.stderr : null,
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseCommand(argv);
  if (!parsed.ok) {
    process.stderr.write(renderMistakes(parsed.mistakes));
    return EXIT_MISTAKE;
  }
  if (parsed.command === 'help') {
    process.stdout.write(parsed.helpText ?? '');
    return 0;
  }
  if (parsed.command === 'version') {
    process.stdout.write(`greenkube ${readBuildInfo().version}\n`);
    return 0;
  }
  const input = launchInput(parsed.flags);
  const loaded = runnable(loadConfig(loadInput(input)));
  if (parsed.command === 'check-config') {
    const { stdout, stderr, exitCode } = checkConfig(loaded);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return exitCode;
  }
  if (!loaded.ok) {
    process.stderr.write(renderMistakes(loaded.mistakes));
    return EXIT_MISTAKE;
  }
  for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
  return runServer(input, loaded.config);
}

process.exitCode = await main(process.argv.slice(2));
