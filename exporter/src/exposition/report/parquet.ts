/**
 * A report as Parquet, one row group at a time. Metadata, the number of rows and their hash (that of the JSON rows, see json.ts) are
 * key-value metadata at the end of the file, under "greenkube.".
 */
import { createHash } from 'node:crypto';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Report, ReportRow } from '../../pipeline/report.js';
import { cellsOf, columnsOf, type Cell, type Column } from './columns.js';
import { jsonRow } from './json.js';
import { metadataOf } from './metadata.js';

/** A row group is held in memory twice, as cells and encoded: a few megabytes. */
const ROW_GROUP = 5000;

export async function* encodeParquet(report: Report): AsyncGenerator<Uint8Array> {
  const { head } = report;
  const columns = columnsOf(head);
  const bytes = new ByteWriter();
  const about: { key: string; value: string }[] = [];
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: about,
    createdBy: 'greenkube',
  });
  const hash = createHash('sha256');
  let rows = 0;
  for await (const group of rowGroupsOf(report.periods)) {
    hash.update(group.map((row) => `${jsonRow(row, head, columns)}\n`).join(''));
    rows += group.length;
    const cells = group.map((row) => cellsOf(row, head));
    const columnData = columns.map((column, i) => ({
      name: column.name,
      data: cells.map((row) => valueOf(row[i]!, column)),
    }));
    void writer.write({ columnData, rowGroupSize: ROW_GROUP });
    yield take(bytes);
  }
  const tail = { ...metadataOf(head), rows, rows_sha256: hash.digest('hex') };
  for (const [name, value] of Object.entries(tail)) {
    about.push({ key: `greenkube.${name}`, value: String(value ?? 'unknown') });
  }
  void writer.finish();
  yield take(bytes);
}

/** What has been written since the last time; `offset`, by which the file finds its parts, goes on. */
function take(bytes: ByteWriter): Uint8Array {
  const piece = Uint8Array.from(bytes.getBytes());
  bytes.index = 0;
  return piece;
}

/** Full row groups across periods, the last one shorter. */
async function* rowGroupsOf(
  periods: AsyncIterable<readonly ReportRow[]>,
): AsyncGenerator<readonly ReportRow[]> {
  let pending: ReportRow[] = [];
  for await (const rows of periods) {
    for (const row of rows) {
      pending.push(row);
      if (pending.length < ROW_GROUP) continue;
      yield pending;
      pending = [];
    }
  }
  if (pending.length > 0) yield pending;
}

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  number: { type: 'DOUBLE' },
} as const;

function schemaOf(columns: readonly Column[]) {
  const leaves = columns.map(({ name, type, nullable }) => ({
    name,
    ...TYPES[type],
    repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  }));
  return [{ name: 'report', num_children: leaves.length }, ...leaves];
}

const valueOf = (cell: Cell, { type }: Column) => (type === 'instant' ? new Date(cell as string) : cell);
