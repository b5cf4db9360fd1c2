/** What there was in a range, and single intervals as they were stored. */
import type { Database } from 'better-sqlite3';
import { DAY, HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds, type Seconds } from '../../domain/units.js';
import type {
  ClusterEntry,
  IntervalQuery,
  NamespaceEntry,
  NodeEntry,
  StoredInterval,
  WorkloadEntry,
} from '../../ports/history.js';
import { SHARE_NAMES } from '../naming.js';
import { GRAINS, piecesValue, type Partition } from './history-partition.js';
import { sumPods } from './history-pods.js';
import type { Sql } from './history-query.js';
import {
  MARK_COLUMNS,
  NODE_COLUMNS,
  NODE_JOINS,
  toMark,
  toNodeRow,
  type MarkRecord,
  type NodeRecord,
} from './records.js';
import { readRows } from './rows.js';

interface Seen {
  readonly cluster: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

const seenOf = (r: Seen) => ({
  cluster: r.cluster,
  firstSeen: epochSeconds(r.firstSeen),
  lastSeen: epochSeconds(r.lastSeen),
});

/** Ids met in a partition with the starts of their first and last interval, from the tables of one kind. */
function seenStatement(table: 'node' | 'namespace', parts: Partition): Sql {
  const read = GRAINS.map((grain) => {
    const [first, last] = grain === 'usage' ? ['start', 'start'] : ['first_start', 'last_start'];
    return `SELECT u.${table}_id id, u.${first} first, u.${last} last
      FROM (SELECT value ->> 0 cluster_id, value ->> 1 lo, value ->> 2 hi FROM json_each(?)) p
      CROSS JOIN ${table}_${grain} u ON u.cluster_id = p.cluster_id AND u.start >= p.lo AND u.start < p.hi`;
  });
  return {
    text: `WITH seen AS (SELECT id, min(first) first, max(last) last FROM (${read.join(' UNION ALL ')}) GROUP BY id)`,
    values: GRAINS.map((grain) => piecesValue(parts[grain])),
  };
}

export function readNodes(db: Database, parts: Partition): NodeEntry[] {
  const seen = seenStatement('node', parts);
  const sql = `${seen.text}
    SELECT c.name cluster, seen.first firstSeen, seen.last lastSeen, ${NODE_COLUMNS}
    FROM seen CROSS JOIN node k ON k.id = seen.id
    CROSS JOIN node_usage n ON n.cluster_id = k.cluster_id AND n.start = seen.last AND n.node_id = seen.id ${NODE_JOINS}
    CROSS JOIN cluster c ON c.id = d.cluster_id ORDER BY d.name, c.name`;
  return db
    .prepare<(string | number)[], NodeRecord & Seen>(sql)
    .all(...seen.values)
    .map((r) => ({ ...seenOf(r), row: toNodeRow(r) }));
}

export function readNamespaces(db: Database, parts: Partition): NamespaceEntry[] {
  const seen = seenStatement('namespace', parts);
  const sql = `${seen.text}
    SELECT c.name cluster, s.name namespace, seen.first firstSeen, seen.last lastSeen
    FROM seen JOIN namespace s ON s.id = seen.id JOIN cluster c ON c.id = s.cluster_id
    WHERE s.name NOT IN (SELECT value FROM json_each(?)) ORDER BY s.name, c.name`;
  return db
    .prepare<(string | number)[], Seen & { namespace: string }>(sql)
    .all(...seen.values, JSON.stringify(Object.values(SHARE_NAMES)))
    .map((r) => ({ ...seenOf(r), namespace: r.namespace }));
}

type WorkloadRecord = Pick<WorkloadEntry, 'cluster' | 'namespace' | 'workload' | 'workloadType'>;

export function readWorkloads(db: Database, parts: Partition): WorkloadEntry[] {
  const sums = [...sumPods(db, parts, 0).sums()];
  const sql = `SELECT DISTINCT e.id entityId, w.id FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value
    CROSS JOIN workload w ON w.id = e.workload_id WHERE e.kind = 'pod'`;
  const ids = JSON.stringify([...new Set(sums.map((s) => s.entityId))]);
  const workloadOf = new Map(
    db
      .prepare<[string], { entityId: number; id: number }>(sql)
      .all(ids)
      .map((r) => [r.entityId, r.id]),
  );
  const seen = new Map<number, { first: number; last: number }>();
  for (const { entityId, first, last } of sums) {
    const id = workloadOf.get(entityId);
    if (id === undefined) continue;
    const known = seen.get(id) ?? { first, last };
    seen.set(id, { first: Math.min(known.first, first), last: Math.max(known.last, last) });
  }
  return namedWorkloads(db, [...seen.keys()]).map(({ id, ...entry }) => ({
    ...entry,
    firstSeen: epochSeconds(seen.get(id)!.first),
    lastSeen: epochSeconds(seen.get(id)!.last),
  }));
}

function namedWorkloads(db: Database, ids: readonly number[]): (WorkloadRecord & { id: number })[] {
  const sql = `SELECT w.id, c.name cluster, s.name namespace, w.name workload, w.type workloadType
    FROM json_each(?) j CROSS JOIN workload w ON w.id = j.value
    CROSS JOIN namespace s ON s.id = w.namespace_id CROSS JOIN cluster c ON c.id = s.cluster_id
    ORDER BY s.name, w.name, w.type, c.name`;
  return db.prepare<[string], WorkloadRecord & { id: number }>(sql).all(JSON.stringify(ids));
}

/** The first is looked for after what has been pruned for good. */
export function listClusters(db: Database): ClusterEntry[] {
  const edge = (order: 'ASC' | 'DESC') =>
    `(SELECT start FROM interval WHERE cluster_id = c.id AND state <> 'impossible' AND start >= coalesce(
        (SELECT max(start) + ${DAY} FROM day_seal WHERE cluster_id = c.id AND held = 0), 0)
      ORDER BY start ${order} LIMIT 1)`;
  const sql = `SELECT c.name cluster, c.step, ${edge('ASC')} firstSeen, ${edge('DESC')} lastSeen FROM cluster c ORDER BY c.name`;
  return db
    .prepare<[], { cluster: string; step: number; firstSeen: number | null; lastSeen: number | null }>(sql)
    .all()
    .map((r) => ({
      cluster: r.cluster,
      step: seconds(r.step),
      firstSeen: r.firstSeen === null ? null : epochSeconds(r.firstSeen),
      lastSeen: r.lastSeen === null ? null : epochSeconds(r.lastSeen),
    }));
}

interface StoredMark extends MarkRecord {
  readonly clusterId: number;
  readonly currency: string;
  readonly calculationVersion: number;
  readonly pruned: 0 | 1;
}

/** @throws RangeError when nothing restricts the question to less than a whole cluster */
export function readInterval(db: Database, query: IntervalQuery, step: Seconds): StoredInterval | null {
  const asked = (['node', 'namespace', 'workload', 'pod'] as const).filter((k) => query[k] !== undefined);
  if (asked.length === 0) throw new RangeError('name a node, namespace, workload or pod of the interval');
  const mark = db
    .prepare<[string, number], StoredMark>(
      `SELECT ${MARK_COLUMNS}, cluster_id clusterId, calculation_version calculationVersion,
              (SELECT code FROM currency WHERE id = currency_id) currency,
              EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = interval.cluster_id
                AND h.start = interval.start - interval.start % ${HOUR} AND h.raw = 0) pruned
       FROM interval WHERE cluster_id = (SELECT id FROM cluster WHERE name = ?) AND start = ?`,
    )
    .get(query.cluster, query.start);
  if (!mark || mark.pruned === 1) return null;
  const rows = readRows(db, mark.clusterId, query.start, step, (e) => asked.every((k) => e[k] === query[k]));
  const names = JSON.stringify([...new Set(rows.map((r) => r.node))]);
  const nodes = db
    .prepare<[number, number, string], NodeRecord>(
      `SELECT ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS}
       WHERE n.cluster_id = ? AND n.start = ? AND d.name IN (SELECT value FROM json_each(?)) ORDER BY d.name`,
    )
    .all(mark.clusterId, query.start, names);
  const { cluster } = query;
  const { currency, calculationVersion } = mark;
  return { cluster, mark: toMark(mark), currency, calculationVersion, nodes: nodes.map(toNodeRow), rows };
}
