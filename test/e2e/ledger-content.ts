/** Everything that a ledger's file says of a range, in an order and in words that do not depend on how it came to say it. */
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import type { GroupKey, Sums } from '../../exporter/src/ports/history.js';
import { seconds } from '../../exporter/src/domain/units.js';
import { openHistory } from '../../exporter/src/repositories/factory.js';
import { openReader } from '../../exporter/src/repositories/sqlite/connection.js';
import {
  MARK_COLUMNS,
  NODE_COLUMNS,
  NODE_JOINS,
  ROW_COLUMNS,
  ROW_JOINS,
  type MarkRecord,
  type NodeRecord,
  type RowRecord,
} from '../../exporter/src/repositories/sqlite/records.js';

export const STEP = 300;

type At<T> = T & { readonly start: number };

export interface LedgerContent {
  readonly marks: readonly MarkRecord[];
  readonly nodes: readonly At<NodeRecord>[];
  readonly rows: readonly At<RowRecord>[];
}

/** Of a file that holds one cluster. */
export function readLedger(path: string, { from, to }: TimeRange): LedgerContent {
  const db = openReader(path);
  try {
    const all = <T>(sql: string) => db.prepare<[number, number], T>(sql).all(from, to);
    const within = (column: string) => `WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column}`;
    return {
      marks: all(`SELECT ${MARK_COLUMNS} FROM interval ${within('start')}`),
      nodes: all(
        `SELECT n.start, ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS} ${within('n.start')}, d.name`,
      ),
      rows: all(
        `SELECT u.start, ${ROW_COLUMNS} FROM pod_usage u ${ROW_JOINS}
         ${within('u.start')}, d.name, e.kind, ns.name, e.pod, e.uid`,
      ),
    };
  } finally {
    db.close();
  }
}

/** What must not depend on when and how often an interval was asked for. */
export const timeless = ({ marks, nodes, rows }: LedgerContent) => ({
  marks: marks.map(({ committedAt: _at, attempts: _attempts, ...mark }) => mark),
  nodes,
  rows,
});

/** Exact sums of a range by group, keyed by the values of `by` with slashes between. */
export async function sumsBy(
  path: string,
  range: TimeRange,
  by: readonly GroupKey[],
  step = STEP,
): Promise<ReadonlyMap<string, Sums>> {
  const history = await openHistory({ type: 'sqlite', path, step: seconds(step) });
  try {
    const { groups } = await history.totals({ range, by, filters: {} });
    return new Map(groups.map(({ key, sums }) => [by.map((k) => key[k]).join('/'), sums]));
  } finally {
    await history.close();
  }
}
