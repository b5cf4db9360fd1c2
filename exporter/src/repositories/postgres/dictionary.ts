import { columnsOf, unnest } from './arrays.js';
import type { Session } from './connection.js';

export type Value = string | number;
type Type = 'int' | 'bigint' | 'float8' | 'text';

/** Column and type; those of the key are together unique in the table and never null. */
export type Columns = Readonly<Record<string, Type>>;

/**
 * Ids of the rows of a dimension table, by content, for all rows of an interval at once; rows are added when they are first met.
 * The cache holds what the last two generations used, so it is bounded by the size of an interval and not by history.
 */
export class Dictionary {
  readonly #find: string;
  readonly #insert: string;
  readonly #keys: number;
  readonly #width: number;
  #fresh = new Map<string, number>();
  #stale = new Map<string, number>();

  /** @param also stored with a new row, and no part of its key */
  constructor(table: string, keys: Columns, also: Columns = {}) {
    const names = Object.keys(keys);
    const all = [...names, ...Object.keys(also)];
    this.#keys = names.length;
    this.#width = all.length;
    this.#find = `SELECT u.n::int AS n, t.id FROM ${unnest(Object.values(keys))} WITH ORDINALITY u (${names.join(', ')}, n)
      JOIN ${table} t USING (${names.join(', ')})`;
    this.#insert = `INSERT INTO ${table} (${all.join(', ')})
      SELECT * FROM ${unnest([...Object.values(keys), ...Object.values(also)])} ON CONFLICT DO NOTHING`;
  }

  /** Must run inside the transaction that uses the ids, which come in the order of the rows. */
  async idsOf(session: Session, rows: readonly (readonly Value[])[]): Promise<number[]> {
    const keys = rows.map((row) => keyOf(row, this.#keys));
    const missing = new Map<string, readonly Value[]>();
    keys.forEach((key, i) => {
      if (this.#fresh.has(key)) return;
      const id = this.#stale.get(key);
      if (id !== undefined) this.#fresh.set(key, id);
      else missing.set(key, rows[i]!);
    });
    if (missing.size > 0) await this.#meet(session, missing);
    return keys.map((key) => this.#fresh.get(key)!);
  }

  /** Begin a new generation. */
  age(): void {
    this.#stale = this.#fresh;
    this.#fresh = new Map();
  }

  /** After a rollback: the ids may never have come to be. */
  forget(): void {
    this.#fresh.clear();
    this.#stale.clear();
  }

  async #meet(session: Session, missing: ReadonlyMap<string, readonly Value[]>): Promise<void> {
    const unknown = await this.#lookUp(session, missing);
    if (unknown.size === 0) return;
    // In one order, so that writers of two clusters that add the same do not wait for each other in a circle.
    const rows = [...unknown].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    await session.rows(this.#insert, columnsOf(rows, this.#width));
    const lost = await this.#lookUp(session, unknown);
    if (lost.size > 0) throw new Error(`a name that was stored is not found: ${[...lost.keys()][0]}`);
  }

  /** @returns those that there are not */
  async #lookUp(
    session: Session,
    wanted: ReadonlyMap<string, readonly Value[]>,
  ): Promise<Map<string, readonly Value[]>> {
    const keys = [...wanted.keys()];
    const found = await session.rows<{ n: number; id: number }>(
      this.#find,
      columnsOf([...wanted.values()], this.#keys),
    );
    const left = new Map(wanted);
    for (const { n, id } of found) {
      const key = keys[n - 1]!;
      this.#fresh.set(key, id);
      left.delete(key);
    }
    return left;
  }
}

const keyOf = (row: readonly Value[], keys: number): string =>
  keys === 1 ? String(row[0]) : JSON.stringify(row.length === keys ? row : row.slice(0, keys));
