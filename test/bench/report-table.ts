/** Tables of figures as Markdown. */
import type { Entry } from './results.js';

const MIB = 2 ** 20;
const KIB = 2 ** 10;

export type Cell = string | number;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, i) => (i === 0 ? '---' : '---:')));
  return `${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}

/** Results of one kind. */
export const of = <R extends Entry['result']>(entries: readonly Entry[], kind: R['kind']): R[] =>
  entries.map((e) => e.result).filter((r): r is R => r.kind === kind);

export const seconds = (s: number): string =>
  s >= 100 ? String(Math.round(s)) : s >= 10 ? s.toFixed(1) : s.toFixed(2);
export const ms = (s: number): string => (s >= 0.01 ? String(Math.round(s * 1000)) : (s * 1000).toFixed(1));
export const mib = (bytes: number): string =>
  bytes / MIB >= 10 ? String(Math.round(bytes / MIB)) : (bytes / MIB).toFixed(1);
export const kib = (bytes: number): string => thousands(Math.round(bytes / KIB));
export const percent = (part: number): number => Math.round(100 * part);
/** Thin groups of three, as in the text. */
export const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
