/** Servers and tools that tests need but that a machine may lack. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How each is had; shown when it is missing. */
const INSTALL: Readonly<Record<string, string>> = {
  prometheus: 'apt-get install prometheus',
  promtool: 'apt-get install prometheus',
  chromium: 'apt-get install chromium fonts-inter',
  amtool: 'apt-get install prometheus-alertmanager',
};

/** Path of an executable on PATH, null when there is none. */
export function findExecutable(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return null;
}

/**
 * Whether tests that need the executable can run.
 * @throws Error when it is missing and REQUIRE_SERVERS=1 says that it must not be.
 */
export function requireOrSkip(name: string): boolean {
  if (findExecutable(name) !== null) return true;
  const message = `${name} not found, install by ${INSTALL[name] ?? `apt-get install ${name}`}`;
  if (process.env['REQUIRE_SERVERS'] === '1') throw new Error(message);
  console.log(`skipped: ${message}`);
  return false;
}
