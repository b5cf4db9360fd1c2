/** Everything the configuration is made from, as plain data: each thread builds its own from it, so that no secret is copied. */
import { gridZones } from '../data/grid-yearly.js';
import { readTextFile, type LoadInput } from './config.js';

export interface LaunchInput {
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dotenvText: string;
  readonly isTerminal: boolean;
}

export const loadInput = (input: LaunchInput): LoadInput => ({
  ...input,
  readFile: readTextFile,
  isGridZone: (code) => gridZones.has(code),
});
