import { DatabaseError } from '../errors.js';
import type { Database, Session } from './connection.js';
import { initial } from './migrations/0001-initial.js';
import { findings } from './migrations/0002-findings.js';
import { containers } from './migrations/0003-containers.js';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order of version, without gaps. A released migration never changes; a new one is added at the end. */
export const MIGRATIONS: readonly Migration[] = [initial, findings, containers];

/** Held by whoever migrates the schema; of several processes that start at once one does it and the others wait. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('greenkube migrations'), hashtext($1))`;
const DUPLICATE_TABLE = '42P07';

/**
 * The version of the schema.
 * @returns 0 when there is none yet
 * @throws DatabaseError "newer" when it belongs to a later version of this program
 */
export async function schemaVersion(
  session: Session,
  name: string,
  known: number = MIGRATIONS.length,
): Promise<number> {
  const [table] = await session.rows<{ there: boolean }>(
    `SELECT to_regclass(quote_ident(current_schema()) || '.greenkube_schema') IS NOT NULL there`,
  );
  if (!table!.there) return 0;
  const [found] = await session.rows<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM greenkube_schema',
  );
  const { version } = found!;
  if (version > known) {
    throw new DatabaseError(
      'newer',
      `${name} has schema version ${version}, this program knows ${known} at most; ` +
        'start the version that wrote it or a later one',
    );
  }
  return version;
}

/**
 * Bring a schema up to date, each step in a transaction of its own: killed in between, it goes on from there.
 * @returns the version before
 */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  await createSchema(database, schema);
  const before = await schemaVersion(database, database.name, migrations.length);
  for (let version = before; version < migrations.length;) version = await step(database, schema, migrations);
  return before;
}

/** One step, whoever makes it. @returns the version that is reached */
async function step(database: Database, schema: string, migrations: readonly Migration[]): Promise<number> {
  return database.transaction(async (session) => {
    await session.rows(LOCK, [schema]);
    const version = await schemaVersion(session, database.name, migrations.length);
    const next = migrations[version];
    if (!next) return version;
    if (version === 0) await session.rows(CREATE_VERSIONS);
    try {
      await session.rows(next.sql);
    } catch (error) {
      throw asForeign(database.name, error);
    }
    await session.rows('INSERT INTO greenkube_schema VALUES ($1, $2, now())', [next.version, next.name]);
    return next.version;
  });
}

const CREATE_VERSIONS = `CREATE TABLE IF NOT EXISTS greenkube_schema (
  version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)`;

async function createSchema(database: Database, schema: string): Promise<void> {
  const find = 'SELECT 1 FROM pg_namespace WHERE nspname = $1';
  if ((await database.rows(find, [schema])).length > 0) return;
  await database.transaction(async (session) => {
    await session.rows(LOCK, [schema]);
    await session.rows(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  });
}

function asForeign(name: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const cause = error.cause as { code?: unknown; message?: string } | undefined;
  if (cause?.code !== DUPLICATE_TABLE) return error;
  return new DatabaseError(
    'foreign',
    `${name} holds tables of another program (${cause.message}); name a schema of its own in DB_SCHEMA`,
    { cause: error },
  );
}
