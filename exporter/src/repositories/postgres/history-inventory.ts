/** What there was in a range, and single intervals as they were stored. */
import { DAY, HOUR, type TimeRange } from '../../domain/interval.js';
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
import { toMark, toNodeRow, type MarkRecord, type NodeRecord } from '../records.js';
import type { Session } from './connection.js';
import { Facts } from './facts.js';
import { Parameters, parts, rowsOf } from './history-parts.js';
import { MARK_COLUMNS, NODE_COLUMNS, NODE_JOINS } from './records.js';
import { seenIn } from './rollup-tables.js';

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

/** `seen`: ids met in a range with the starts of their first and last interval. */
function seenParts(parameters: Parameters, range: TimeRange, table: 'node' | 'namespace' | 'pod'): string {
  const id = table === 'pod' ? 'entity_id' : `${table}_id`;
  const rows = rowsOf(table, null, (name) => {
    const [first, last] = seenIn(name);
    return [`u.${id} AS id`, `${first} AS first`, `${last} AS last`];
  });
  return `WITH ${parts(parameters, range, null)},
    seen AS (SELECT r.id, min(r.first) AS first, max(r.last) AS last FROM (${rows}) r GROUP BY r.id)`;
}

const SEEN = 'c.name AS cluster, seen.first AS "firstSeen", seen.last AS "lastSeen"';

export async function readNodes(session: Session, range: TimeRange): Promise<NodeEntry[]> {
  const parameters = new Parameters();
  const records = await session.rows<NodeRecord & Seen>(
    `${seenParts(parameters, range, 'node')}
     SELECT ${SEEN}, ${NODE_COLUMNS}
     FROM seen JOIN node k ON k.id = seen.id
     JOIN node_usage n ON n.cluster_id = k.cluster_id AND n.start = seen.last AND n.node_id = seen.id ${NODE_JOINS}
     JOIN cluster c ON c.id = k.cluster_id ORDER BY d.name, c.name`,
    parameters.values,
  );
  return records.map((r) => ({ ...seenOf(r), row: toNodeRow(r) }));
}

export async function readNamespaces(session: Session, range: TimeRange): Promise<NamespaceEntry[]> {
  const parameters = new Parameters();
  const head = seenParts(parameters, range, 'namespace');
  const shares = parameters.add(Object.values(SHARE_NAMES), 'text[]');
  const records = await session.rows<Seen & { readonly namespace: string }>(
    `${head}
     SELECT ${SEEN}, s.name AS namespace FROM seen JOIN namespace s ON s.id = seen.id JOIN cluster c ON c.id = s.cluster_id
     WHERE s.name <> ALL (${shares}) ORDER BY s.name, c.name`,
    parameters.values,
  );
  return records.map((r) => ({ ...seenOf(r), namespace: r.namespace }));
}

export async function readWorkloads(session: Session, range: TimeRange): Promise<WorkloadEntry[]> {
  const parameters = new Parameters();
  const records = await session.rows<Seen & Pick<WorkloadEntry, 'namespace' | 'workload' | 'workloadType'>>(
    `${seenParts(parameters, range, 'pod')}
     SELECT c.name AS cluster, min(seen.first) AS "firstSeen", max(seen.last) AS "lastSeen", s.name AS namespace,
       w.name AS workload, w.type AS "workloadType"
     FROM seen JOIN entity e ON e.id = seen.id JOIN workload w ON w.id = e.workload_id
     JOIN namespace s ON s.id = w.namespace_id JOIN cluster c ON c.id = s.cluster_id
     WHERE e.kind = 'pod' GROUP BY w.id, c.name, s.name, w.name, w.type ORDER BY s.name, w.name, w.type, c.name`,
    parameters.values,
  );
  return records.map((r) => ({
    ...seenOf(r),
    namespace: r.namespace,
    workload: r.workload,
    workloadType: r.workloadType,
  }));
}

/** The first is looked for after what has been pruned for good. */
export async function listClusters(session: Session): Promise<ClusterEntry[]> {
  const edge = (order: 'ASC' | 'DESC') =>
    `(SELECT start FROM interval_mark WHERE cluster_id = c.id AND state <> 'impossible' AND start >= coalesce(
        (SELECT max(start) + ${DAY} FROM day_seal WHERE cluster_id = c.id AND NOT held), 0)
      ORDER BY start ${order} LIMIT 1)`;
  const records = await session.rows<{
    cluster: string;
    step: number;
    firstSeen: number | null;
    lastSeen: number | null;
  }>(
    `SELECT c.name AS cluster, c.step, ${edge('ASC')} AS "firstSeen", ${edge('DESC')} AS "lastSeen" FROM cluster c ORDER BY c.name`,
  );
  return records.map((r) => ({
    cluster: r.cluster,
    step: seconds(r.step),
    firstSeen: r.firstSeen === null ? null : epochSeconds(r.firstSeen),
    lastSeen: r.lastSeen === null ? null : epochSeconds(r.lastSeen),
  }));
}

/** The shortest step in which everything known of the range is held. */
export async function resolutionOf(session: Session, range: TimeRange, step: Seconds): Promise<Seconds> {
  const [gone] = await session.rows<{ raw: boolean; held: boolean }>(
    `SELECT coalesce(bool_or(NOT h.raw), false) AS raw, coalesce(bool_or(NOT h.held), false) AS held
     FROM cluster c JOIN hour_seal h ON h.cluster_id = c.id AND h.start > $1::bigint - ${HOUR} AND h.start < $2::bigint`,
    [range.from, range.to],
  );
  if (gone!.held) return DAY;
  return gone!.raw ? HOUR : step;
}

interface StoredMark extends MarkRecord {
  readonly clusterId: number;
  readonly currency: string;
  readonly calculationVersion: number;
}

const RESTRICTIONS = { node: 'd.name', namespace: 'ns.name', workload: 'w.name', pod: 'e.pod' } as const;

/** @throws RangeError when nothing restricts the question to less than a whole cluster */
export async function readInterval(session: Session, query: IntervalQuery): Promise<StoredInterval | null> {
  const asked = (['node', 'namespace', 'workload', 'pod'] as const).filter((k) => query[k] !== undefined);
  if (asked.length === 0) throw new RangeError('name a node, namespace, workload or pod of the interval');
  const [mark] = await session.rows<StoredMark>(
    `SELECT ${MARK_COLUMNS}, cluster_id AS "clusterId", calculation_version AS "calculationVersion",
       (SELECT code FROM currency WHERE id = currency_id) AS currency
     FROM interval_mark m WHERE cluster_id = (SELECT id FROM cluster WHERE name = $1) AND start = $2
       AND NOT EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = m.cluster_id
         AND h.start = m.start - m.start % ${HOUR} AND NOT h.raw)`,
    [query.cluster, query.start],
  );
  if (!mark) return null;
  const facts = new Facts(mark.clusterId);
  const restriction = asked.map((k, i) => `AND ${RESTRICTIONS[k]} = $${i + 3}`).join(' ');
  const rows = await facts.rows(
    session,
    query.start,
    restriction,
    asked.map((k) => query[k]),
  );
  const nodes = await facts.nodes(session, query.start, [...new Set(rows.map((r) => r.node))]);
  const { cluster } = query;
  const { currency, calculationVersion } = mark;
  return { cluster, mark: toMark(mark), currency, calculationVersion, nodes, rows };
}
