/** What the lists of things (nodes, namespaces) share: a range, filters, pages in the order of names. */
import { z } from 'zod';
import type { TimeRange } from '../../domain/interval.js';
import type { EpochSeconds, Seconds } from '../../domain/units.js';
import { pageOf } from '../../pipeline/query-history.js';
import { parseRange, type RangeParameters } from '../../pipeline/query-range.js';
import { instant } from '../amounts.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { instantSchema, nextCursorSchema } from '../schemas.js';

export const inventorySchema = <T extends z.ZodType>(item: T) =>
  z.object({ from: instantSchema, to: instantSchema, items: z.array(item), next_cursor: nextCursorSchema });

export interface InventoryQuery extends RangeParameters {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export function inventoryRange(query: InventoryQuery, now: EpochSeconds, step: Seconds): TimeRange {
  const asked = parseRange(query, now, step);
  return query.cursor === undefined ? asked : decodeCursor(query, query.cursor).range;
}

/** One page of entries, by name; `shape` makes the entry of the answer. */
export function inventoryPage<T, S>(
  query: InventoryQuery,
  range: TimeRange,
  entries: readonly T[],
  nameOf: (entry: T) => readonly string[],
  shape: (entry: T) => S,
) {
  const after = query.cursor === undefined ? null : decodeCursor(query, query.cursor).after;
  const position = (entry: T) => ({ amount: 0n, name: JSON.stringify(nameOf(entry)) });
  const page = pageOf(entries, position, false, query.limit, after);
  return {
    from: instant(range.from),
    to: instant(range.to),
    items: page.items.map(shape),
    next_cursor: page.next && encodeCursor(query, { range, after: page.next }),
  };
}

/** Whether a filter lets a value through: absent filters let everything. */
export const passes = (filter: readonly string[] | undefined, value: string) =>
  filter === undefined || filter.length === 0 || filter.includes(value);
