/** `greenkube check-config`: what is in effect, or everything that is wrong. */
import { effectiveConfig, type EffectiveRow, type LoadResult, type Mistake } from '../config.js';
import { EXIT_MISTAKE } from './help.js';

export interface Printout {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One line a mistake, and how many there are. */
export function renderMistakes(mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return `${[...mistakes.map(({ message }) => message), `${count}; nothing was started`].join('\n')}\n`;
}

const WIDEST_VALUE = 60;

/** Key, value and origin in columns, every key, in the order of docs/config.md. */
export function renderEffective(rows: readonly EffectiveRow[]): string {
  const origin = ({ key, origin: from, name }: EffectiveRow) =>
    from === 'default' || name === key ? from : `${from} (${name})`;
  const table = [
    ['KEY', 'VALUE', 'ORIGIN'] as const,
    ...rows.map((row) => [row.key, row.value, origin(row)] as const),
  ];
  const keyWidth = Math.max(...table.map(([key]) => key.length));
  const valueWidth = Math.min(WIDEST_VALUE, Math.max(...table.map(([, value]) => value.length)));
  return table
    .map(([key, value, from]) => `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${from}\n`)
    .join('');
}

/** What to print and the exit code; prints nothing itself. */
export function checkConfig(result: LoadResult): Printout {
  if (!result.ok) return { stdout: '', stderr: renderMistakes(result.mistakes), exitCode: EXIT_MISTAKE };
  return {
    stdout: renderEffective(effectiveConfig(result.config)),
    stderr: result.warnings.map((warning) => `warning: ${warning}\n`).join(''),
    exitCode: 0,
  };
}
