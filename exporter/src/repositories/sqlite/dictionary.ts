import type { Database, Statement } from 'better-sqlite3';

export type SqlValue = string | number | null;

/**
 * Ids of the rows of a dimension table, by content; a row is added when it is first met. The cache holds what the last two
 * generations used, so it is bounded by the size of an interval and not by history.
 */
export class Dictionary {
  readonly #find: Statement<SqlValue[], number>;
  readonly #insert: Statement<SqlValue[], number>;
  #fresh = new Map<string, number>();
  #stale = new Map<string, number>();

  /** @param columns together unique in the table; null counts as a value */
  constructor(db: Database, table: string, columns: readonly string[]) {
    const where = columns.map((c) => `${c} IS ?`).join(' AND ');
    const places = columns.map(() => '?').join(', ');
    this.#find = db.prepare<SqlValue[], number>(`SELECT id FROM ${table} WHERE ${where}`).pluck();
    this.#insert = db
      .prepare<SqlValue[], number>(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) RETURNING id`,
      )
      .pluck();
  }

  /** Must run inside the transaction that uses the id. */
  idOf(...values: SqlValue[]): number {
    const key = values.length === 1 ? String(values[0]) : JSON.stringify(values);
    const known = this.#fresh.get(key);
    if (known !== undefined) return known;
    const id = this.#stale.get(key) ?? this.#find.get(...values) ?? this.#insert.get(...values)!;
    this.#fresh.set(key, id);
    return id;
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
}
