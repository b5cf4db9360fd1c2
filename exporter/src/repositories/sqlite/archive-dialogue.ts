/** Statements of an archive, answered by SQLite. */
import type { Database } from 'better-sqlite3';
import type { Dialogue, Statement, Value } from '../archive-dialogue.js';

export function converse<T>(db: Database, dialogue: Dialogue<T>): T {
  let turn = dialogue.next();
  while (turn.done !== true) turn = dialogue.next(answer(db, turn.value));
  return turn.value;
}

function answer(db: Database, { text, values }: Statement) {
  const sql = text.replaceAll(/\$(\d+)/g, '?$1').replaceAll('greatest(', 'max(');
  const statement = db.prepare<[Record<string, Value>], Readonly<Record<string, Value>>>(sql);
  // Numbered parameters are bound by name.
  const bound = Object.fromEntries(
    values.map((v, i) => [String(i + 1), typeof v === 'boolean' ? Number(v) : v]),
  );
  if (!statement.reader) {
    statement.run(bound);
    return [];
  }
  return statement.safeIntegers(true).all(bound);
}
