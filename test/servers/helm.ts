/** The real helm, as test/servers/helm/build.sh has built it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findExecutable } from './require.js';

const FOLDER = join(import.meta.dirname, 'helm');

/** Path of the program; null when there is none. */
export function findHelm(): string | null {
  const installed = findExecutable('helm');
  if (installed !== null) return installed;
  try {
    const folder = execFileSync('bash', [join(FOLDER, 'build.sh'), '--find'], { encoding: 'utf8' });
    return join(folder.trim(), 'helm');
  } catch {
    return null;
  }
}

/**
 * Whether tests that need it can run.
 * @throws Error when it is missing and REQUIRE_SERVERS=1 says that it must not be.
 */
export function helmOrSkip(): boolean {
  if (findHelm() !== null) return true;
  const message = 'helm not found, install by test/servers/helm/build.sh';
  if (process.env['REQUIRE_SERVERS'] === '1') throw new Error(message);
  console.log(`skipped: ${message}`);
  return false;
}

/** What it prints. @throws Error with what it says when it fails */
export function helm(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(findHelm()!, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
