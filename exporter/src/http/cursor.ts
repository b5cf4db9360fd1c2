/**
 * Opaque cursors: where a page ended and the range it was of, so that the pages of `last=24h` stay pages of one range while time
 * goes on. A cursor carries a fingerprint of its question and answers no other.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TimeRange } from '../domain/interval.js';
import { epochSeconds } from '../domain/units.js';
import type { Position } from '../pipeline/query-history.js';
import { QueryProblem } from '../pipeline/query-range.js';

export interface Place {
  readonly range: TimeRange;
  readonly after: Position;
}

const instant = z.int().min(0).max(253_402_300_799);
const content = z.tuple([z.string(), instant, instant, z.string().regex(/^\d{1,40}$/), z.string().max(4500)]);

export function encodeCursor(question: object, { range, after }: Place): string {
  const parts = [fingerprint(question), range.from, range.to, after.amount.toString(), after.name];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws `QueryProblem` for what is no cursor of this question. */
export function decodeCursor(question: object, cursor: string): Place {
  const parsed = content.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  const fix =
    'Repeat the question without cursor, then follow next_cursor without changing the other parameters.';
  if (!parsed.success) throw new QueryProblem('cursor', 'cursor is not one of ours.', fix);
  const [print, from, to, amount, name] = parsed.data;
  if (print !== fingerprint(question) || from >= to) {
    throw new QueryProblem('cursor', 'cursor belongs to another question.', fix);
  }
  return {
    range: { from: epochSeconds(from), to: epochSeconds(to) },
    after: { amount: BigInt(amount), name },
  };
}

/** The size of a page may change from one to the next; everything else is the question. */
function fingerprint(question: object): string {
  const same = Object.entries(question).filter(([name]) => name !== 'cursor' && name !== 'limit');
  const text = JSON.stringify(same.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
