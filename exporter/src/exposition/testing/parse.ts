/** A strict reader of both exposition formats, for tests: whatever it does not know is an error that names the line. */

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string | null;
  readonly samples: ParsedSample[];
}

type Format = 'text' | 'openmetrics';

const PARTS: Record<string, readonly string[]> = {
  counter: ['_total'],
  gauge: [''],
  info: ['_info'],
  untyped: [''],
  unknown: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const PAIR = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const VALUE = /^(NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]\d+)?)$/;

/** Families by name; a family may appear once, a series once. */
export function parseExposition(text: string, format: Format): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('The last line is not ended');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('No # EOF at the end');
  let family: Partial<ParsedFamily> & { samples: ParsedSample[] } = { samples: [] };
  for (const line of lines) {
    const meta = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line);
    if (meta) {
      const [, kind, name, value] = meta as unknown as [string, string, string, string];
      if (family.name !== name) {
        if (families.has(name)) throw new Error(`Family ${name} appears twice`);
        family = { name, samples: [], unit: null };
        families.set(name, family as ParsedFamily);
      }
      const key = kind.toLowerCase() as 'help' | 'type' | 'unit';
      Object.assign(family, { [key]: kind === 'HELP' ? unescape(value) : value });
      continue;
    }
    const sample = parseSample(line);
    const id = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (series.has(id)) throw new Error(`Series appears twice: ${line}`);
    series.add(id);
    checkName(sample.name, family, format, line);
    family.samples.push(sample);
  }
  return families;
}

function checkName(sample: string, family: Partial<ParsedFamily>, format: Format, line: string): void {
  const parts = PARTS[family.type ?? ''];
  if (parts === undefined) throw new Error(`Unknown type ${family.type} before: ${line}`);
  const suffixes = format === 'text' && family.type === 'counter' ? [''] : parts;
  if (!suffixes.some((suffix) => sample === `${family.name}${suffix}`))
    throw new Error(`${sample} does not belong to ${family.type} ${family.name}`);
  if (format === 'openmetrics' && family.unit && !family.name!.endsWith(`_${family.unit}`))
    throw new Error(`${family.name} does not end in its unit ${family.unit}`);
}

function parseSample(line: string): ParsedSample {
  const match = SAMPLE.exec(line);
  if (match === null || !VALUE.test(match[3]!)) throw new Error(`Not a sample: ${JSON.stringify(line)}`);
  const labels: Record<string, string> = {};
  let rest = match[2] ?? '';
  while (rest !== '') {
    const pair = PAIR.exec(rest);
    if (pair === null) throw new Error(`Not labels: ${JSON.stringify(rest)}`);
    if (pair[1]! in labels) throw new Error(`Label ${pair[1]} twice: ${line}`);
    labels[pair[1]!] = unescape(pair[2]!);
    rest = rest.slice(pair[0].length);
  }
  return { name: match[1]!, labels, value: match[3]! };
}

const unescape = (text: string): string =>
  text.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
