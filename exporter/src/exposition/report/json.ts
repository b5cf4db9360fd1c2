/** A report as one JSON object with one row a line. The hash is of the rows, each followed by LF, without the commas between. */
import { createHash } from 'node:crypto';
import type { Report, ReportHead, ReportRow } from '../../pipeline/report.js';
import { batchesOf } from './batches.js';
import { cellsOf, columnsOf, type Cell, type Column } from './columns.js';
import { metadataOf, TITLE } from './metadata.js';

export const JSON_VERIFY = `grep '^{"period"' FILE | sed 's/,$//' | sha256sum`;

export async function* encodeJson(report: Report): AsyncGenerator<Uint8Array> {
  const { head } = report;
  const columns = columnsOf(head);
  const hash = createHash('sha256');
  const about = { title: TITLE, ...metadataOf(head) };
  yield Buffer.from(`{"report":${JSON.stringify(about)},\n"columns":${JSON.stringify(columns)},\n"rows":[`);
  let rows = 0;
  for await (const batch of batchesOf(report.periods)) {
    const lines = batch.map((row) => jsonRow(row, head, columns));
    hash.update(lines.join('\n') + '\n');
    yield Buffer.from(`${rows === 0 ? '' : ','}\n${lines.join(',\n')}`);
    rows += batch.length;
  }
  const tail = { row_count: rows, sha256: hash.digest('hex'), verify: JSON_VERIFY };
  yield Buffer.from(`\n],\n${JSON.stringify(tail).slice(1)}\n`);
}

/** One row as it is hashed: an object of all columns in their order. */
export function jsonRow(row: ReportRow, head: ReportHead, columns: readonly Column[]): string {
  return JSON.stringify(Object.fromEntries(zip(columns, cellsOf(row, head))));
}

const zip = (columns: readonly Column[], cells: readonly Cell[]) =>
  columns.map(({ name }, i) => [name, cells[i]!] as const);
