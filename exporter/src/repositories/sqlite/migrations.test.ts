import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { migrate, MIGRATIONS, schemaVersion, type Migration } from './migrations.js';

let db: Database;
beforeEach(() => {
  db = new SqliteDatabase(':memory:');
});
afterEach(() => {
  db.close();
});

const schema = () => db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
const next = (sql: string): Migration[] => [
  ...MIGRATIONS,
  { version: MIGRATIONS.length + 1, name: 'next', sql },
];

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(MIGRATIONS.map((m) => m.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('bring an empty database up to date, and leave one that is', () => {
    migrate(db);
    expect(schemaVersion(db)).toBe(MIGRATIONS.length);
    const before = schema();
    migrate(db);
    expect(schema()).toEqual(before);
  });

  it('keep facts in trees ordered by time, without a second index', () => {
    migrate(db);
    for (const table of ['pod_usage', 'node_usage', 'interval']) {
      expect(db.pragma(`index_list(${table})`)).toMatchObject([{ origin: 'pk' }]);
      expect(db.pragma(`table_list(${table})`)).toMatchObject([{ wr: 1, strict: 1 }]);
    }
  });

  it('go on from the version that is there', () => {
    migrate(db);
    migrate(db, next('CREATE TABLE later (id INTEGER)'));
    expect(schemaVersion(db, MIGRATIONS.length + 1)).toBe(MIGRATIONS.length + 1);
    expect(() => schemaVersion(db)).toThrow(/start the version that wrote it or a later one/);
  });

  it('leave the version before when a statement of one fails', () => {
    migrate(db);
    const before = schema();
    expect(() =>
      migrate(db, next('CREATE TABLE later (id INTEGER); INSERT INTO nowhere VALUES (1);')),
    ).toThrow('nowhere');
    expect(schema()).toEqual(before);
    expect(schemaVersion(db)).toBe(MIGRATIONS.length);
  });
});
