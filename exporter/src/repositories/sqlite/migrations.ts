import type { Database } from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { initial } from './migrations/0001-initial.js';
import { factors } from './migrations/0002-factors.js';
import { measured } from './migrations/0003-measured.js';
import { recommendations } from './migrations/0004-recommendations.js';
import { findings } from './migrations/0005-findings.js';
import { containers } from './migrations/0006-containers.js';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order of version, without gaps. A released migration never changes; a new one is added at the end. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  factors,
  measured,
  recommendations,
  findings,
  containers,
];

/** In the header of the file (`PRAGMA application_id`): "GrKb". */
const APPLICATION_ID = 0x47724b62;

/**
 * The schema version of a database.
 * @returns 0 for an empty file
 * @throws DatabaseError "foreign" when it belongs to another program, "newer" when to a later version of this one
 */
export function schemaVersion(db: Database, known: number = MIGRATIONS.length): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (tables === 0 && version === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new DatabaseError(
      'foreign',
      `${db.name} is a SQLite database, but not GreenKube's; name another file`,
    );
  }
  if (version > known) {
    throw new DatabaseError(
      'newer',
      `${db.name} has schema version ${version}, this program knows ${known} at most; ` +
        'start the version that wrote it or a later one',
    );
  }
  return version;
}

/** Bring a database up to date, each step in a transaction of its own: killed in between, it goes on from there. */
export function migrate(db: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = schemaVersion(db, migrations.length);
  for (const migration of migrations.slice(version)) {
    db.transaction(() => {
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    }).immediate();
  }
}
