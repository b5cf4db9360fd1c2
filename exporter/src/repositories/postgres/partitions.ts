/** Tables that hold one day each of what all clusters have: made when a day is first written to, dropped when nobody needs it. */
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import { DatabaseError } from '../errors.js';
import type { Database, Session } from './connection.js';

/** Partitioned tables, and what of a day's rows is still read. */
const TABLES = {
  // Of hours that are not whole there is no seal yet.
  pod_usage: `SELECT 1 FROM cluster c WHERE EXISTS (
      SELECT 1 FROM hour_seal h WHERE h.cluster_id = c.id AND h.start >= $1 AND h.start < $2 AND h.raw)
    OR EXISTS (
      SELECT 1 FROM interval_mark m WHERE m.cluster_id = c.id AND m.start >= $1 AND m.start < $2 AND m.state <> 'impossible'
        AND NOT EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = c.id AND h.start = m.start - m.start % ${HOUR}))
    LIMIT 1`,
  pod_hour: `SELECT 1 FROM cluster c WHERE EXISTS (
      SELECT 1 FROM hour_seal h WHERE h.cluster_id = c.id AND h.start >= $1 AND h.start < $2 AND h.held) LIMIT 1`,
} as const;
type Table = keyof typeof TABLES;
export const PARTITIONED = Object.keys(TABLES) as Table[];

const NO_PARTITION = '23514';
const LOCK_NOT_AVAILABLE = '55P03';
/** Of all who make partitions at once one does it. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('greenkube partitions'), hashtext(current_schema()::text))`;

export class Partitions {
  readonly #database: Database;
  readonly #known = new Set<number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Do what writes to the day of `start`, after that day's tables are there. */
  async with<T>(start: number, write: () => Promise<T>): Promise<T> {
    const day = floorTo(start, DAY);
    await this.#ensure(day);
    try {
      return await write();
    } catch (error) {
      if (codeOf(error) !== NO_PARTITION) throw error;
      // Another process has dropped it since.
      this.#known.delete(day);
      await this.#ensure(day);
      return write();
    }
  }

  /**
   * Drop the tables of days up to that of `start` from which no cluster reads any more. Readers and writers of the moment go first:
   * where they take long, the table stays until the next time.
   */
  async dropUnneeded(start: number): Promise<void> {
    for (const table of PARTITIONED) {
      for (const day of await this.#daysOf(table)) {
        if (day > start || (await isNeeded(this.#database, table, day))) continue;
        await this.#drop(table, day);
        this.#known.delete(day);
      }
    }
  }

  async #ensure(day: number): Promise<void> {
    if (this.#known.has(day)) return;
    await this.#database.transaction(async (session) => {
      await session.rows(LOCK);
      for (const table of PARTITIONED) await create(session, table, day);
    });
    this.#known.add(day);
  }

  async #daysOf(table: Table): Promise<number[]> {
    const names = await this.#database.rows<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass`,
      [table],
    );
    return names.map(({ name }) => Number(name.slice(table.length + 1)) * DAY).toSorted((a, b) => a - b);
  }

  async #drop(table: Table, day: number): Promise<void> {
    try {
      await this.#database.transaction(async (session) => {
        await session.rows("SET LOCAL lock_timeout = '1s'");
        await session.rows(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
        // Nobody can write to it now; who did so before is seen. The writer of another cluster may have dropped it meanwhile.
        if (!(await isNeeded(session, table, day))) {
          await session.rows(`DROP TABLE IF EXISTS ${nameOf(table, day)}`);
        }
      });
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
}

/** Attached and not made in place: that would keep readers and writers of other days out. */
async function create(session: Session, table: Table, day: number): Promise<void> {
  const name = nameOf(table, day);
  const [found] = await session.rows<{ there: boolean }>(
    `SELECT to_regclass(quote_ident(current_schema()) || '.${name}') IS NOT NULL AS there`,
  );
  if (found!.there) return;
  await session.rows(
    `CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)`,
  );
  await session.rows(
    `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${day}) TO (${day + DAY})`,
  );
}

async function isNeeded(session: Session, table: Table, day: number): Promise<boolean> {
  return (await session.rows(TABLES[table], [day, day + DAY])).length > 0;
}

/** Days are counted from the epoch. */
const nameOf = (table: Table, day: number): string => `${table}_${day / DAY}`;

const codeOf = (error: unknown): unknown =>
  error instanceof DatabaseError ? (error.cause as { code?: unknown } | undefined)?.code : undefined;
