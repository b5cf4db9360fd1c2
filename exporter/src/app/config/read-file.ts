import { readFileSync, statSync } from 'node:fs';

/** Largest file of configuration that is read, bytes. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Text of a regular file of at most 4 MiB; throws what `fs` throws, and for anything that is not such a file. */
export function readTextFile(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error('not a regular file');
  if (stat.size > MOST_BYTES) throw new Error('larger than 4 MiB');
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}
