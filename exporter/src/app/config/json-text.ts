/** JSON of a configuration file, with the line of a slip: the engine's own messages name none and repeat the text. */

export type JsonText =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly line: number };

export function parseJson(text: string): JsonText {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, line: text.slice(0, errorAt(text)).split('\n').length };
  }
}

const TOKEN =
  /[ \t\r\n]*(?:(?<string>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|(?<mark>[{}[\],:]))/y;

type Expect = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Offset of the first token that cannot stand where it is; for a text that ends too early, its end. */
function errorAt(text: string): number {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    const at = from + /^[ \t\r\n]*/.exec(text.slice(from))![0].length;
    if (groups === undefined) return at;
    const kind = groups['mark'] ?? (groups['string'] === undefined ? 'scalar' : 'string');
    const next = step(expect, kind, open);
    if (next === null) return at;
    expect = next;
  }
}

/** What may follow `kind` where `expect` was expected; null when it may not stand there. `open` is updated. */
function step(expect: Expect, kind: string, open: ('{' | '[')[]): Expect | null {
  if (expect === ':') return kind === ':' ? 'value' : null;
  if (expect.startsWith('key') && kind === 'string') return ':';
  const closes = (kind === '}' && open.at(-1) === '{') || (kind === ']' && open.at(-1) === '[');
  if (closes && (expect === ', or end' || expect === `${kind === '}' ? 'key' : 'value'} or ${kind}`)) {
    open.pop();
    return ', or end';
  }
  if (expect === ', or end')
    return kind === ',' && open.length > 0 ? (open.at(-1) === '{' ? 'key' : 'value') : null;
  if (!expect.startsWith('value')) return null;
  if (kind === '{' || kind === '[') {
    open.push(kind);
    return kind === '{' ? 'key or }' : 'value or ]';
  }
  return kind === 'string' || kind === 'scalar' ? ', or end' : null;
}
