/** What the answers about findings of analyses share: pages, the page's parameters and the time at which they were found. */
import { z } from 'zod';
import { epochSeconds, type EpochSeconds } from '../../domain/units.js';
import { pageOf } from '../../pipeline/query-history.js';
import type { Finding } from '../../ports/findings.js';
import { instant } from '../amounts.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { HandlerDeps } from '../deps.js';
import { Problem } from '../problem.js';
import { instantSchema, nextCursorSchema, unitsSchema } from '../schemas.js';

export const computedAtSchema = instantSchema
  .nullable()
  .meta({ description: 'When the newest of them was found; null: there is none' });

export const findingsSchema = <T extends z.ZodType>(item: T) =>
  z.object({
    computed_at: computedAtSchema,
    units: unitsSchema,
    items: z.array(item),
    next_cursor: nextCursorSchema,
  });

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of findings in the order of their names. */
export function findingsPage<T, S>(
  query: PageQuery,
  now: EpochSeconds,
  units: Readonly<Record<string, string>>,
  found: readonly Finding<T>[],
  shape: (finding: Finding<T>) => S,
) {
  const place = query.cursor === undefined ? null : decodeCursor(query, query.cursor);
  const position = ({ cluster, subject }: Finding<T>) => ({
    amount: 0n,
    name: JSON.stringify([cluster, subject]),
  });
  const page = pageOf(found, position, false, query.limit, place?.after ?? null);
  const range = place?.range ?? { from: epochSeconds(0), to: now };
  return {
    computed_at: found.length === 0 ? null : instant(Math.max(...found.map(({ at }) => at))),
    units: { ...units },
    items: page.items.map(shape),
    next_cursor: page.next && encodeCursor(query, { range, after: page.next }),
  };
}

/** @throws Problem "not-ready" where this server keeps no findings */
export function outlookOf({ outlook }: HandlerDeps): NonNullable<HandlerDeps['outlook']> {
  if (!outlook) throw new Problem('not-ready', 'The findings of analyses are not available.');
  return outlook;
}
