/** A reader of exported CSV that knows nothing of the writer but its documentation. */
export interface ParsedCsv {
  readonly comments: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function parseCsv(text: string): ParsedCsv {
  const comments: Record<string, string> = {};
  const records: string[][] = [];
  for (let i = 0; i < text.length;) {
    if (text[i] === '#') {
      const end = text.indexOf('\n', i);
      const [, name, value] = /^# ([^:]+): (.*)$/.exec(text.slice(i, end)) ?? [];
      comments[name!] = value!;
      i = end + 1;
    } else {
      const { cells, end } = recordAt(text, i);
      records.push(cells);
      i = end;
    }
  }
  const [names = [], ...rows] = records;
  return { comments, names, rows };
}

function recordAt(text: string, start: number): { cells: string[]; end: number } {
  const cells: string[] = [];
  for (let i = start; ;) {
    let cell = '';
    if (text[i] === '"') {
      for (i++; !(text[i] === '"' && text[i + 1] !== '"'); i++) {
        if (text[i] === '"') i++;
        cell += text[i];
      }
      i++;
    } else {
      while (text[i] !== ',' && text[i] !== '\n') cell += text[i++];
    }
    cells.push(cell.replace(/^'/, ''));
    if (text[i++] === '\n') return { cells, end: i };
  }
}
