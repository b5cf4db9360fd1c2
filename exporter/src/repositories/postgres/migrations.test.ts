import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database, type PostgresOptions } from './connection.js';
import { migrate, MIGRATIONS, schemaVersion, type Migration } from './migrations.js';
import { makePostgresStore, type PostgresStore } from './testing/store.js';

let store: PostgresStore;
let options: PostgresOptions;
let database: Database;
let schemas = 0;
beforeEach(async () => {
  store = await makePostgresStore();
  options = { ...store.options, schema: `migrated${schemas++}` };
  database = openDatabase(options);
});
afterEach(async () => {
  await database.close();
  await store.remove();
});

const next = (sql: string): Migration[] => [
  ...MIGRATIONS,
  { version: MIGRATIONS.length + 1, name: 'next', sql },
];
const tables = async () => {
  const { rows } = await store.admin.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace ORDER BY 1',
    [options.schema],
  );
  return rows.map(({ name }) => name);
};

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(MIGRATIONS.map((m) => m.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('make the schema, bring it up to date, and leave one that is', async () => {
    expect(await migrate(database, options.schema)).toBe(0);
    const before = await tables();
    expect(before).toContain('pod_usage');
    expect(await migrate(database, options.schema)).toBe(MIGRATIONS.length);
    expect(await tables()).toEqual(before);
  });

  it('are made once where many processes start at once', async () => {
    const all = Array.from({ length: 4 }, () => openDatabase(options));
    await Promise.all(all.map((one) => migrate(one, options.schema)));
    expect(await schemaVersion(database, database.name)).toBe(MIGRATIONS.length);
    await Promise.all(all.map((one) => one.close()));
  });

  it('go on from the version that is there, and refuse one that is later', async () => {
    await migrate(database, options.schema);
    await migrate(database, options.schema, next('CREATE TABLE later (id int)'));
    await expect(schemaVersion(database, database.name)).rejects.toThrow(
      /start the version that wrote it or a later one/,
    );
  });

  it('leave the version before when a statement of one fails', async () => {
    await migrate(database, options.schema);
    const before = await tables();
    const broken = next('CREATE TABLE later (id int); INSERT INTO nowhere VALUES (1);');
    await expect(migrate(database, options.schema, broken)).rejects.toThrow('nowhere');
    expect(await tables()).toEqual(before);
    expect(await schemaVersion(database, database.name)).toBe(MIGRATIONS.length);
  });

  it('leave the tables of another program alone', async () => {
    await store.admin.query(
      `CREATE SCHEMA ${options.schema} AUTHORIZATION greenkube; CREATE TABLE ${options.schema}.cluster (id int)`,
    );
    await expect(migrate(database, options.schema)).rejects.toThrow(
      /holds tables of another program .*name a schema of its own in DB_SCHEMA/,
    );
    expect(await tables()).toEqual(['cluster']);
  });

  it('say what is missing to a user who may not create tables', async () => {
    await store.admin.query(`CREATE SCHEMA ${options.schema}`);
    await expect(migrate(database, options.schema)).rejects.toThrow(
      /does not allow the user to do this; make the user owner/,
    );
  });
});
