import type { Database } from 'better-sqlite3';
import { floorTo, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, ratio, type EpochSeconds, type Ratio, type Seconds } from '../../domain/units.js';
import type {
  GroupId,
  History,
  NamespaceEntry,
  NodeEntry,
  SeriesAnswer,
  SeriesQuery,
  Sums,
  Totals,
  TotalsQuery,
} from '../../ports/history.js';
import { explaining } from './connection.js';
import {
  knownStatement,
  sumsStatement,
  type KnownRecord,
  type Sql,
  type SumRecord,
} from './history-query.js';
import { SumsBuilder } from './history-sums.js';
import { NODE_COLUMNS, NODE_JOINS, toNodeRow, type NodeRecord } from './records.js';

type KeyedRecord = SumRecord & Readonly<Record<string, unknown>>;

interface Answer {
  readonly known: readonly KnownRecord[];
  readonly records: readonly KeyedRecord[];
}

interface Seen {
  readonly cluster: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

const NO_SUMS = new SumsBuilder().build();

/**
 * `History` of every cluster in a SQLite file. Each question is answered from one snapshot. Every key names its cluster; a key by
 * workload also its namespace and type, a key by pod its namespace (a pod that moved or was recreated is one group). "zone" is
 * the grid zone, "provider" the one that the node's factors were found for. Groups come in the order of their keys.
 */
export class SqliteHistory implements History {
  readonly #db: Database;
  readonly #step: Seconds;

  /** @param step of the ledgers in this file */
  constructor(db: Database, step: Seconds) {
    this.#db = db;
    this.#step = step;
  }

  async totals(query: TotalsQuery): Promise<Totals> {
    const { known, records } = this.#ask(query, null);
    const length = query.range.to - query.range.from;
    const coverageOf = new Map(known.map((k) => [k.cluster, share(k.known ?? 0, length)]));
    const groups = new Groups(() => new SumsBuilder());
    const total = new SumsBuilder();
    for (const record of records) {
      groups.of(record).add(record);
      total.add(record);
    }
    return {
      groups: groups.inOrder().map(({ key, value }) => ({
        key,
        sums: value.build(),
        coverage: coverageOf.get(key.cluster!) ?? ratio(0),
      })),
      total: total.build(),
      coverage: share(sumOf(known), length * known.length),
    };
  }

  async series(query: SeriesQuery): Promise<SeriesAnswer> {
    const { range, step } = query;
    if (!(step > 0 && step % this.#step === 0)) {
      throw new RangeError(`step ${step} s is not a multiple of the ledger's ${this.#step} s`);
    }
    const { known, records } = this.#ask(query, step);
    const times = bucketsOf(range, step);
    const groups = new Groups(() => new Map<number, SumsBuilder>());
    for (const record of records) builderAt(groups.of(record), Number(record.bucket)).add(record);
    const knownAt = new Map<number, number>();
    for (const k of known)
      if (k.bucket !== null) knownAt.set(k.bucket, (knownAt.get(k.bucket) ?? 0) + (k.known ?? 0));
    const clusters = new Set(known.map((k) => k.cluster)).size;
    const lengthAt = (t: number) => Math.min(t + step, range.to) - Math.max(t, range.from);
    const pointAt = (points: ReadonlyMap<number, SumsBuilder>, t: number): Sums | null =>
      knownAt.has(t) ? (points.get(t)?.build() ?? NO_SUMS) : null;
    return {
      times,
      coverage: times.map((t) => share(knownAt.get(t) ?? 0, lengthAt(t) * clusters)),
      groups: groups
        .inOrder()
        .map(({ key, value }) => ({ key, points: times.map((t) => pointAt(value, t)) })),
    };
  }

  async nodes(range: TimeRange): Promise<readonly NodeEntry[]> {
    checkRange(range);
    const sql = `WITH seen AS (
        SELECT node_id, min(start) first, max(start) last FROM node_usage WHERE start >= ? AND start < ? GROUP BY node_id
      )
      SELECT c.name cluster, seen.first firstSeen, seen.last lastSeen, ${NODE_COLUMNS}
      FROM seen CROSS JOIN node_usage n ON n.start = seen.last AND n.node_id = seen.node_id ${NODE_JOINS}
      CROSS JOIN cluster c ON c.id = d.cluster_id ORDER BY d.name, c.name`;
    return this.#attempt(() =>
      this.#db
        .prepare<[number, number], NodeRecord & Seen>(sql)
        .all(range.from, range.to)
        .map((r) => ({ ...seenOf(r), row: toNodeRow(r) })),
    );
  }

  async namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]> {
    checkRange(range);
    const sql = `WITH seen AS (
        SELECT e.namespace_id, min(u.start) first, max(u.start) last
        FROM pod_usage u CROSS JOIN entity e ON e.id = u.entity_id
        WHERE u.start >= ? AND u.start < ? AND e.kind = 'pod' GROUP BY e.namespace_id
      )
      SELECT c.name cluster, s.name namespace, seen.first firstSeen, seen.last lastSeen
      FROM seen JOIN namespace s ON s.id = seen.namespace_id JOIN cluster c ON c.id = s.cluster_id
      ORDER BY s.name, c.name`;
    return this.#attempt(() =>
      this.#db
        .prepare<[number, number], Seen & { namespace: string }>(sql)
        .all(range.from, range.to)
        .map((r) => ({ ...seenOf(r), namespace: r.namespace })),
    );
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  /** What is known and what it comes to, from one snapshot of the file. */
  #ask({ range, by, filters }: TotalsQuery, bucket: number | null): Answer {
    checkRange(range);
    const known = knownStatement(range, filters, bucket);
    const sums = sumsStatement(range, by, filters, bucket);
    return this.#attempt(() =>
      this.#db.transaction(() => ({
        known: this.#prepare<KnownRecord>(known).all(...known.values),
        records: this.#prepare<KeyedRecord>(sums)
          .safeIntegers(true)
          .all(...sums.values),
      }))(),
    );
  }

  #prepare<R>(sql: Sql) {
    return this.#db.prepare<(string | number)[], R>(sql.text);
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}

/** One value for each group met, found by the key fields of a record. */
class Groups<T> {
  readonly #groups = new Map<string, { key: GroupId; value: T }>();
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  of(record: KeyedRecord): T {
    const fields = Object.entries(record).filter(([name]) => name.startsWith('key.'));
    const id = JSON.stringify(fields.map(([, value]) => value));
    let group = this.#groups.get(id);
    if (!group) {
      const key = Object.fromEntries(
        fields.map(([name, value]) => [name.slice('key.'.length), value]),
      ) as GroupId;
      this.#groups.set(id, (group = { key, value: this.#make() }));
    }
    return group.value;
  }

  inOrder(): { key: GroupId; value: T }[] {
    return [...this.#groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }
}

function builderAt(points: Map<number, SumsBuilder>, time: number): SumsBuilder {
  let builder = points.get(time);
  if (!builder) points.set(time, (builder = new SumsBuilder()));
  return builder;
}

function bucketsOf(range: TimeRange, step: Seconds): EpochSeconds[] {
  const first = floorTo(range.from, step);
  const count = Math.max(0, Math.ceil((range.to - first) / step));
  return Array.from({ length: range.to > range.from ? count : 0 }, (_, i) => epochSeconds(first + i * step));
}

const seenOf = (r: Seen) => ({
  cluster: r.cluster,
  firstSeen: epochSeconds(r.firstSeen),
  lastSeen: epochSeconds(r.lastSeen),
});

const sumOf = (known: readonly KnownRecord[]) => known.reduce((sum, k) => sum + (k.known ?? 0), 0);

const share = (known: number, whole: number): Ratio => ratio(whole > 0 ? Math.min(known / whole, 1) : 0);

function checkRange({ from, to }: TimeRange): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw new RangeError(`range ${from}..${to} is not in whole seconds since the epoch`);
  }
}
