/** Debian's promtool and prometheus, which some tests hold our documents against. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Path of the program, or null with a line on stderr when it is not installed; with REQUIRE_SERVERS=1 its absence is an error.
 */
export function findProgram(name: 'promtool' | 'prometheus'): string | null {
  const path = `/usr/bin/${name}`;
  if (existsSync(path)) return path;
  const message = `${name} not found, install by apt-get install prometheus`;
  if (process.env['REQUIRE_SERVERS'] === '1') throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return null;
}

/** What `promtool check metrics` has to say about a document of the text format; empty when it is content. */
export function promtoolLint(promtool: string, document: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: document,
    encoding: 'utf8',
  });
  const said = `${stdout}${stderr}`.trim();
  return status === 0 || said !== '' ? said : `promtool ended with ${status}`;
}
