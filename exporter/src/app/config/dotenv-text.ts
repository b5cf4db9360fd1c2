/** The text of a .env file. dotenv skips what it does not understand and cuts at #; both are said here instead. */
import { parse } from 'dotenv';
import { mistake, type Mistake } from './mistake.js';

const QUOTED = /=[ \t]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)/g;
const ASSIGNMENT = /^(?:export\s+)?([\w.-]+)\s*=(.*)$/;

/** Lines that hold something, by number, with quoted values (which may span lines) blanked. */
function* statements(text: string): Generator<readonly [line: number, statement: string]> {
  const blanked = text
    .replace(/\r\n?/g, '\n')
    .replace(/^[ \t]*#.*$/gm, '')
    .replace(QUOTED, (found) => `=q${found.replace(/[^\n]/g, '')}`);
  const lines = blanked.split('\n');
  for (let i = 0; i < lines.length; i++) if (lines[i]!.trim() !== '') yield [i + 1, lines[i]!.trim()];
}

function lineMistake(line: number, statement: string, seen: Set<string>): Mistake | null {
  const match = ASSIGNMENT.exec(statement);
  if (match === null) {
    const rule = 'each line must be KEY=VALUE, empty, or a comment that starts with #';
    return mistake(`.env line ${line}`, {
      wrong: 'is not KEY=VALUE',
      rule,
      fix: 'correct or remove the line',
    });
  }
  const [, name, value] = match as unknown as [string, string, string];
  if (seen.has(name)) {
    const rule = 'each key must be there once';
    return mistake(name, {
      wrong: `is set again in .env line ${line}`,
      rule,
      fix: 'remove one of the lines',
    });
  }
  seen.add(name);
  if (!/^\s*[^\s#][^\s#]*#/.test(value)) return null;
  const rule = 'a # in a value must be within quotes, or the rest is a comment';
  return mistake(name, { wrong: `has an unquoted # in .env line ${line}`, rule, fix: `write ${name}='…'` });
}

/** Names and values of a .env file, and what is wrong with its lines. Values are in no message. */
export function parseDotenv(text: string): {
  readonly values: Readonly<Record<string, string>>;
  readonly mistakes: Mistake[];
} {
  const seen = new Set<string>();
  const mistakes = [...statements(text)].map(([line, statement]) => lineMistake(line, statement, seen));
  return { values: parse(text), mistakes: mistakes.filter((m) => m !== null) };
}
