/** What there was in a range, and single intervals as they were stored. */
import type { NodeRow } from '../../domain/model.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import type {
  ClusterEntry,
  IntervalQuery,
  NamespaceEntry,
  NodeEntry,
  StoredInterval,
  WorkloadEntry,
} from '../../ports/history.js';
import { SHARE_NAMES } from '../naming.js';
import { composite, type CompositeQuery } from './composite.js';
import type { Connection, Json } from './connection.js';
import { queryFor, readNodeRows, readRows, type Level } from './facts.js';
import { withDocuments, type Cluster, type HistoryState, type Partition } from './history-state.js';
import { toMark } from './manifest.js';

export interface Seen {
  readonly names: readonly string[];
  first: number;
  last: number;
  newest: Json | null;
}

/** By the values of some fields, when they were first and last there. */
export async function seenIn(
  connection: Connection,
  parts: Partition,
  level: Level,
  fields: readonly string[],
  more: {
    readonly only?: Json;
    readonly newest?: CompositeQuery['newest'];
    /** Fields that not all documents have: their value is then "". */
    readonly optional?: readonly string[];
  } = {},
): Promise<Seen[]> {
  const seen = new Map<string, Seen>();
  for (const [grain, pieces] of withDocuments(parts)) {
    const buckets = composite(connection, {
      index: connection.names.allFacts(grain),
      query: queryFor(level, pieces, more.only),
      sources: fields.map((field) => ({
        name: field,
        field,
        optional: more.optional?.includes(field) ?? false,
      })),
      ...{ mins: ['first'], maxs: ['last'], newest: more.newest },
    });
    for await (const { key, mins, maxs, newest } of buckets) {
      const names = fields.map((field) => String(key.get(field)));
      const [id, first, last] = [JSON.stringify(names), mins[0]!, maxs[0]!];
      const known = seen.get(id);
      if (!known) seen.set(id, { names, first, last, newest });
      else {
        if (last > known.last) known.newest = newest;
        known.first = Math.min(known.first, first);
        known.last = Math.max(known.last, last);
      }
    }
  }
  return [...seen.values()];
}

const timesOf = ({ first, last }: Seen) => ({ firstSeen: epochSeconds(first), lastSeen: epochSeconds(last) });

/** In the order of their names, the first that differs. */
const byNames = (a: readonly string[], b: readonly string[]): number => {
  const i = a.findIndex((name, n) => name !== b[n]);
  return i < 0 ? 0 : a[i]! < b[i]! ? -1 : 1;
};
const inOrder = <T>(entries: readonly T[], namesOf: (entry: T) => readonly string[]): T[] =>
  entries.toSorted((a, b) => byNames(namesOf(a), namesOf(b)));

export async function readNodes(connection: Connection, parts: Partition): Promise<NodeEntry[]> {
  const newest = { by: 'last', fields: ['row'] };
  const seen = await seenIn(connection, parts, 'node', ['cluster', 'node'], { newest });
  const entries = seen.map((s) => ({
    ...{ cluster: s.names[0]!, row: (s.newest as { row: NodeRow }).row },
    ...timesOf(s),
  }));
  return inOrder(entries, (e) => [e.row.node, e.cluster]);
}

export async function readNamespaces(connection: Connection, parts: Partition): Promise<NamespaceEntry[]> {
  const shares: readonly string[] = Object.values(SHARE_NAMES);
  const seen = await seenIn(connection, parts, 'namespace', ['cluster', 'namespace']);
  const entries = seen
    .filter(({ names }) => !shares.includes(names[1]!))
    .map((s) => ({ cluster: s.names[0]!, namespace: s.names[1]!, ...timesOf(s) }));
  return inOrder(entries, (e) => [e.namespace, e.cluster]);
}

export async function readWorkloads(connection: Connection, parts: Partition): Promise<WorkloadEntry[]> {
  const fields = ['cluster', 'namespace', 'workload', 'workload_type'];
  const seen = await seenIn(connection, parts, 'pod', fields, { only: { kind: 'pod' } });
  const entries = seen.map((s) => {
    const [cluster, namespace, workload, workloadType] = s.names as [string, string, string, string];
    return { cluster, namespace, workload, workloadType, ...timesOf(s) };
  });
  return inOrder(entries, (e) => [e.namespace, e.workload, e.workloadType, e.cluster]);
}

const timeOrNull = (time: number | null) => (time === null ? null : epochSeconds(time));

export const toClusterEntry = ({ name, head }: Cluster): ClusterEntry => ({
  ...{ cluster: name, step: seconds(head.step) },
  firstSeen: timeOrNull(head.first),
  lastSeen: timeOrNull(head.first === null ? null : head.last),
});

/** @throws RangeError when nothing restricts the question to less than a whole cluster */
export async function readInterval(
  connection: Connection,
  state: HistoryState,
  query: IntervalQuery,
): Promise<StoredInterval | null> {
  const asked = (['node', 'namespace', 'workload', 'pod'] as const).filter((k) => query[k] !== undefined);
  if (asked.length === 0) throw new RangeError('name a node, namespace, workload or pod of the interval');
  const { cluster, start } = query;
  const [found] = await state.clusters([cluster]);
  const day = found && (await state.day(found, start));
  const mark = day?.marks.get(start);
  if (!mark || day?.isFinal(start)) return null;
  const place = { cluster, start, gen: mark.gen };
  const only = Object.fromEntries(asked.map((k) => [k, query[k]]));
  const rows = mark.gen > 0 ? await readRows(connection, place, only) : [];
  const node = [...new Set(rows.map((r) => r.node))];
  const nodes = node.length > 0 ? await readNodeRows(connection, place, { node }) : [];
  const { currency, calculationVersion } = mark;
  return { cluster, mark: toMark(mark), currency, calculationVersion, nodes, rows };
}
