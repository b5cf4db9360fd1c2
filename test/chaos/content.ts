/**
 * Everything that a ledger's file holds, every table of it, as lines with names for ids: two ledgers that came to know the same
 * by different ways have the same lines.
 */
import type { Database } from 'better-sqlite3';
import { decodePodBlock, type PodBlock } from '../../exporter/src/repositories/pod-block.js';
import { PodSums, SUM_COLUMNS } from '../../exporter/src/repositories/pod-sums.js';
import { openReader } from '../../exporter/src/repositories/sqlite/connection.js';

type Value = string | number | bigint | Buffer | null;
type Record_ = Readonly<Record<string, Value>>;

/**
 * What depends on when and how often an interval was tried: a counter as shown holds what a worse answer once said, and a cycle
 * that comes late gets no worse answer.
 */
const BY_THE_WAY: Readonly<Record<string, readonly string[]>> = {
  interval: ['attempts', 'committed_at'],
  cluster: ['partial', 'impossible'],
  note: ['value'],
  workload_counter: ['ordinal', 'operational_shown', 'embodied_shown'],
  workload_energy: ['energy_shown'],
  workload_cost: ['cost_shown'],
  node_counter: ['operational_shown', 'embodied_shown'],
  node_energy: ['energy_shown'],
};

/** Told through what refers to them; what nothing refers to any more may be left over from a worse answer. */
const TOLD_BY_OTHERS = ['basis', 'currency', 'label_set', 'node_spec', 'provenance'];

/** Lines in order. @throws Error when SQLite finds the file damaged */
export function readContent(path: string): readonly string[] {
  const db = openReader(path);
  try {
    checkSound(db);
    const names = new Names(db);
    const tables = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all();
    return tables
      .filter((table) => !TOLD_BY_OTHERS.includes(table))
      .flatMap((table) => [...linesOf(db, table, names)].toSorted());
  } finally {
    db.close();
  }
}

function checkSound(db: Database): void {
  const found = [
    db.pragma('integrity_check', { simple: true }),
    ...(db.pragma('foreign_key_check') as unknown[]),
  ];
  if (found.length > 1 || found[0] !== 'ok')
    throw new Error(`${db.name} is damaged: ${JSON.stringify(found)}`);
}

function* linesOf(db: Database, table: string, names: Names): Generator<string> {
  for (const row of db.prepare<[], Record_>(`SELECT * FROM ${table}`).safeIntegers().iterate()) {
    const { block, ...rest } = row;
    const said = names.resolved(table, rest);
    if (!(block instanceof Buffer)) yield line(table, said);
    else if (table === 'pod_usage') yield* rowsOf(table, said, decodePodBlock(block, stepOf(db)), names);
    else yield* sumsOf(table, said, block, names);
  }
}

const stepOf = (db: Database) => db.prepare<[], number>('SELECT step FROM cluster').pluck().get()!;

function* rowsOf(table: string, key: Record_, block: PodBlock, names: Names): Generator<string> {
  const { sections, entity, ...columns } = block;
  let row = 0;
  for (const { nodeId, basisId, rows, ...powers } of sections) {
    const section = { ...powers, node: names.of('node', nodeId), basis: names.of('basis', basisId) };
    for (const end = row + rows; row < end; row++) {
      const figures = Object.fromEntries(
        Object.entries(columns).map(([name, values]) => [name, values[row]!]),
      );
      yield line(table, { ...key, entity: names.of('entity', entity[row]!), ...section, ...figures });
    }
  }
}

function* sumsOf(table: string, key: Record_, block: Buffer, names: Names): Generator<string> {
  const start = Number(key['start']);
  const sums = new PodSums();
  sums.addRollup(block, start);
  for (const sum of sums.sums()) {
    const figures = SUM_COLUMNS.map(
      (column) => [column, column === 'cost' ? sum.cost : sum.of(column)] as const,
    );
    const { entityId, basisId, first, last, cpuMax, memoryMax } = sum;
    yield line(table, {
      ...key,
      entity: names.of('entity', entityId),
      basis: names.of('basis', basisId),
      ...{ first, last, cpuMax, memoryMax },
      ...Object.fromEntries(figures),
    });
  }
}

const line = (table: string, said: Record_) => `${table} ${JSON.stringify(said, plain)}`;

const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

/** What an id stands for, in words. */
class Names {
  readonly #db: Database;
  readonly #known = new Map<string, string>();

  constructor(db: Database) {
    this.#db = db;
  }

  of(table: string, id: number | bigint): string {
    const key = `${table} ${id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#db
      .prepare<[number | bigint], Record_>(`SELECT * FROM ${table} WHERE id = ?`)
      .safeIntegers()
      .get(id);
    const name = found ? this.#describe(table, found) : 'none';
    this.#known.set(key, name);
    return name;
  }

  resolved(table: string, row: Record_): Record_ {
    const unsaid = ['id', ...(BY_THE_WAY[table] ?? [])];
    const said = Object.entries(row).filter(([column]) => !unsaid.includes(column));
    return Object.fromEntries(said.map(([column, value]) => [column, this.#resolve(column, value)]));
  }

  #describe(table: string, row: Record_): string {
    if (table === 'cluster') return String(row['name']);
    const { last_day: _, ...rest } = row;
    return JSON.stringify(this.resolved(table, rest), plain);
  }

  #resolve(column: string, value: Value): Value {
    if (value instanceof Buffer) return value.toString('hex');
    if (!column.endsWith('_id') || value === null) return value;
    return this.of(column.slice(0, -'_id'.length), value as bigint);
  }
}

export interface Difference {
  /** Of the twin, not in the ledger. */
  readonly lost: readonly string[];
  /** In the ledger, not of the twin. */
  readonly added: readonly string[];
  /** More than once in the ledger. */
  readonly doubled: readonly string[];
}

export function compare(content: readonly string[], twin: readonly string[]): Difference {
  const [own, other] = [new Set(content), new Set(twin)];
  return {
    lost: twin.filter((l) => !own.has(l)),
    added: content.filter((l) => !other.has(l)),
    doubled: content.length === own.size ? [] : content.filter((l, i) => content[i - 1] === l),
  };
}

/** A few lines of each kind: a test that fails on thousands should say which. */
export const shortened = ({ lost, added, doubled }: Difference) => ({
  lost: lost.slice(0, 3),
  added: added.slice(0, 3),
  doubled: doubled.slice(0, 3),
});

export const NO_DIFFERENCE = { lost: [], added: [], doubled: [] };
