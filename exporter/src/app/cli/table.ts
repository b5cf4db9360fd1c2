/** Tables for people: columns as wide as their widest cell. */

export interface TableColumn {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/** One line a row, below a line of names in capitals, without trailing spaces. Control characters are shown as "?". */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const table = [columns.map(({ name }) => name.toUpperCase()), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, i) => (align === 'left' ? row[i]!.padEnd(widths[i]!) : row[i]!.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return table.map((row) => `${line(row)}\n`).join('');
}

/** A name from a cluster must not move the cursor of a terminal. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?');
