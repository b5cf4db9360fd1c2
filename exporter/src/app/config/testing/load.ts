/** Loading configurations in tests: files relative to testdata, and a grid map of a few zones. */
import { join } from 'node:path';
import { parse } from 'dotenv';
import { loadConfig, readTextFile, type Config, type LoadInput, type LoadResult } from '../../config.js';

export const TESTDATA = join(import.meta.dirname, '..', 'testdata');

const ZONES = new Set(['FR', 'DE', 'GB', 'SE']);

export function load(input: Partial<LoadInput> = {}): LoadResult {
  return loadConfig({
    readFile: (path) => readTextFile(join(TESTDATA, path)),
    isGridZone: (code) => ZONES.has(code),
    ...input,
  });
}

/** Load the text as .env, or as what its "# source:" line says. */
export function loadText(text: string): LoadResult {
  const source = /^# source: (.*)$/m.exec(text)?.[1] ?? '.env';
  if (source === '.env') return load({ dotenvText: text });
  return source === 'environment' ? load({ env: parse(text) }) : load({ flags: parse(text) });
}

export function configOf(input: Partial<LoadInput> = {}): Config {
  const result = load(input);
  if (!result.ok) throw new Error(result.mistakes.map(({ message }) => message).join('\n'));
  return result.config;
}

export const messagesOf = (result: LoadResult): readonly string[] =>
  result.ok ? [] : result.mistakes.map(({ message }) => message);
