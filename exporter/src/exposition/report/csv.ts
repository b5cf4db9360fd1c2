/**
 * A report as CSV (RFC 4180 with LF): comment lines that begin with "#" above and below, one line of column names, one line a
 * row. The hash is of all lines that are no comments.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../../pipeline/report.js';
import { batchesOf } from './batches.js';
import { cellsOf, columnsOf, type Cell } from './columns.js';
import { metadataOf, TITLE } from './metadata.js';

export const CSV_VERIFY = "grep -v '^#' FILE | sha256sum";

export async function* encodeCsv(report: Report): AsyncGenerator<Uint8Array> {
  const { head } = report;
  const columns = columnsOf(head);
  const hash = createHash('sha256');
  const names = line(columns.map(({ name }) => name));
  hash.update(names);
  const about = Object.entries(metadataOf(head)).map(([name, value]) => `# ${name}: ${value ?? 'unknown'}\n`);
  const explained = columns.map(({ name, help }) => `# column ${oneLine(name)}: ${help}\n`);
  yield Buffer.from(`# ${TITLE}\n${about.join('')}${explained.map(oneComment).join('')}${names}`);
  let rows = 0;
  for await (const batch of batchesOf(report.periods)) {
    const text = Buffer.from(batch.map((row) => line(cellsOf(row, head))).join(''));
    hash.update(text);
    rows += batch.length;
    yield text;
  }
  yield Buffer.from(`# rows: ${rows}\n# sha256: ${hash.digest('hex')}\n# verify: ${CSV_VERIFY}\n`);
}

/** A comma in a comment would begin a cell of a spreadsheet; one of ours begins with a space and is no formula. */
const oneComment = (text: string): string => text.replace(/,(?! )/g, ', ');
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

const line = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\n`;

/**
 * What a spreadsheet would take for a formula is put behind an apostrophe, and so is what begins with an apostrophe: whoever reads
 * a cell back drops one leading apostrophe. Empty: not known; an empty text is "".
 */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r\n'＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
