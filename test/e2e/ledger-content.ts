/** Everything that a ledger's file says of a range, in an order and in words that do not depend on how it came to say it. */
import { existsSync } from 'node:fs';
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import type { NodeRow, Row } from '../../exporter/src/domain/model.js';
import { seconds, type EpochSeconds } from '../../exporter/src/domain/units.js';
import type { IntervalMark } from '../../exporter/src/ports/ledger.js';
import { openReader } from '../../exporter/src/repositories/sqlite/connection.js';
import {
  MARK_COLUMNS,
  NODE_COLUMNS,
  NODE_JOINS,
  toMark,
  toNodeRow,
  type MarkRecord,
  type NodeRecord,
} from '../../exporter/src/repositories/sqlite/records.js';
import { readRows } from '../../exporter/src/repositories/sqlite/rows.js';

/** The default step. */
export const STEP = 300;

interface Of {
  readonly start: EpochSeconds;
}

export interface LedgerContent {
  readonly marks: readonly IntervalMark[];
  readonly nodes: readonly (NodeRow & Of)[];
  readonly rows: readonly (Row & Of)[];
}

/** The one cluster of a file. */
const CLUSTER_ID = 1;

/** Beside the exporter that writes it; there is no port that hands out so much at once. */
export function readLedger(path: string, range: TimeRange): LedgerContent {
  const db = openReader(path);
  try {
    const marks = marksIn(db, range);
    const nodes = db.prepare<[number, number], NodeRecord>(
      `SELECT ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS} WHERE n.cluster_id = ? AND n.start = ? ORDER BY d.name`,
    );
    return {
      marks,
      nodes: marks.flatMap(({ start }) =>
        nodes.all(CLUSTER_ID, start).map((record) => ({ start, ...toNodeRow(record) })),
      ),
      rows: marks.flatMap(({ start, step }) =>
        readRows(db, CLUSTER_ID, start, seconds(step)).map((row) => ({ start, ...row })),
      ),
    };
  } finally {
    db.close();
  }
}

/** Only what is known of which interval; nothing when there is no file yet. */
export function readMarks(path: string, range: TimeRange): readonly IntervalMark[] {
  if (!existsSync(path)) return [];
  const db = openReader(path);
  try {
    return marksIn(db, range);
  } finally {
    db.close();
  }
}

function marksIn(db: ReturnType<typeof openReader>, { from, to }: TimeRange): readonly IntervalMark[] {
  const sql = `SELECT ${MARK_COLUMNS} FROM interval WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`;
  return db.prepare<[number, number, number], MarkRecord>(sql).all(CLUSTER_ID, from, to).map(toMark);
}

/** A line for each thing that is said. */
export const lines = ({ marks, nodes, rows }: LedgerContent): readonly string[] =>
  [...marks, ...nodes, ...rows].map((each) => JSON.stringify(each));

/** The same without what depends on when and how often an interval was asked for. */
export const timeless = ({ marks, nodes, rows }: LedgerContent): readonly string[] => {
  const said = marks.map(({ committedAt: _at, attempts: _attempts, ...mark }) => mark);
  return [...said, ...nodes, ...rows].map((each) => JSON.stringify(each));
};

/** Lines of one that the other does not have, a few of each: a test that fails on 50 000 lines should say which. */
export function differences(a: readonly string[], b: readonly string[]): readonly string[] {
  const only = (those: readonly string[], others: ReadonlySet<string>, sign: string) =>
    those.filter((line) => !others.has(line)).map((line) => sign + line);
  const repeated = a.length + b.length - new Set(a).size - new Set(b).size;
  return [
    ...only(a, new Set(b), '- ').slice(0, 5),
    ...only(b, new Set(a), '+ ').slice(0, 5),
    ...(repeated > 0 ? [`${repeated} lines repeated`] : []),
  ];
}
