/** Opening database files: one writer at a time, any number of readers, and a plain word when it cannot be done. */
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { DatabaseError, type DatabaseProblem } from '../errors.js';
import { migrate, MIGRATIONS, schemaVersion } from './migrations.js';

/** How long a statement waits for a lock held for a moment by another connection, such as a checkpoint. */
const BUSY_TIMEOUT_MS = 5000;
/** The write-ahead log is cut back to this after a long read has let it grow. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
const CACHE_KIB = 32 * 1024;

export interface Writer {
  readonly db: Database;
  /** Version of the schema that was found, before it was brought up to date; 0: the file is new. */
  readonly schemaBefore: number;
  /** @throws DatabaseError "missing" when the file has been deleted or replaced: what is written then goes nowhere */
  assertInPlace(): void;
  close(): void;
}

/**
 * Open for writing; created and migrated as needed. Held until `close` or the end of the process, by a lock that the operating
 * system drops with the process, whatever ends it.
 * @throws DatabaseError; the file is left as it was
 */
export function openWriter(path: string): Writer {
  const file = locate(path);
  const lock = acquireLock(file);
  try {
    const { db, schemaBefore } = explaining(file, () => prepareWriter(file));
    const opened = statSync(file).ino;
    return {
      db,
      schemaBefore,
      assertInPlace: () => {
        if (statSync(file, { throwIfNoEntry: false })?.ino === opened) return;
        throw new DatabaseError(
          'missing',
          `${file} was deleted or replaced while it was in use; put it back, or restart to begin a new one`,
        );
      },
      close: () => {
        db.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Open for reading, beside a writer or without one.
 * @throws DatabaseError
 */
export function openReader(path: string): Database {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new DatabaseError(
      'missing',
      `there is no database ${file} yet; the exporter creates it when it starts`,
    );
  }
  return explaining(file, () => {
    const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    return closingOnError(db, () => {
      if (schemaVersion(db) < MIGRATIONS.length) {
        throw new DatabaseError('older', `${file} is not migrated yet; start the exporter on it once`);
      }
      db.pragma(`cache_size = -${CACHE_KIB}`);
    });
  });
}

/**
 * What SQLite's own quick check finds wrong with a database file; empty when it is sound. Reads the whole file.
 * @throws DatabaseError when there is no such file, or not one of ours
 */
export function checkDatabase(path: string): readonly string[] {
  try {
    const db = openReader(path);
    try {
      const found = explaining(db.name, () => db.pragma('quick_check(20)') as { quick_check: string }[]);
      return found.map((r) => r.quick_check).filter((r) => r !== 'ok');
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof DatabaseError && error.problem === 'corrupt') return [error.message];
    throw error;
  }
}

/** Run statements on a database and turn what SQLite says into what a person can act on. */
export function explaining<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isSqliteError(error) ? explain(file, error) : error;
  }
}

function prepareWriter(file: string): Pick<Writer, 'db' | 'schemaBefore'> {
  const db = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
  let schemaBefore = 0;
  closingOnError(db, () => {
    // Before anything is written, so that a file that is not ours stays as it is.
    schemaBefore = schemaVersion(db);
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    if (mode !== 'wal') {
      throw new DatabaseError('unwritable', `${file} cannot use a write-ahead log; put it on a local disk`);
    }
    migrate(db);
  });
  return { db, schemaBefore };
}

function closingOnError(db: Database, work: () => void): Database {
  try {
    work();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The real path of the file, so that two names of one file share one lock. Creates its folder. */
function locate(path: string): string {
  const file = resolve(path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
  } catch (error) {
    throw new DatabaseError(
      'unwritable',
      `cannot create the folder of ${file}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** SQLite's own file locks work between processes and within one; an empty database beside the real one carries ours. */
function acquireLock(file: string): Database {
  return explaining(file, () => {
    const lock = new SqliteDatabase(`${file}.lock`, { timeout: 0 });
    return closingOnError(lock, () => {
      lock.exec('BEGIN EXCLUSIVE');
    });
  });
}

const PROBLEMS: readonly (readonly [prefix: string, problem: DatabaseProblem, advice: string])[] = [
  [
    'SQLITE_NOTADB',
    'corrupt',
    'is not a SQLite database or is damaged; it was left as it is: move it away or restore a copy',
  ],
  ['SQLITE_CORRUPT', 'corrupt', 'is damaged; it was left as it is: move it away or restore a copy'],
  [
    'SQLITE_BUSY',
    'locked',
    'is in use by another exporter; only one may write to it: stop that one or name another file',
  ],
  ['SQLITE_CANTOPEN', 'unwritable', 'cannot be opened; check that its folder exists and may be written to'],
  ['SQLITE_READONLY', 'unwritable', 'cannot be written to; check its permissions and those of its folder'],
  ['SQLITE_PERM', 'unwritable', 'cannot be written to; check its permissions and those of its folder'],
  ['SQLITE_FULL', 'failed', 'cannot grow: the disk is full; free some space'],
];

function explain(file: string, error: SqliteFailure): DatabaseError {
  const known = PROBLEMS.find(([prefix]) => error.code.startsWith(prefix));
  const [, problem, advice] = known ?? ['', 'failed' as const, 'refused a statement'];
  return new DatabaseError(problem, `${file} ${advice} (${error.message})`, { cause: error });
}

interface SqliteFailure {
  readonly code: string;
  readonly message: string;
}

/** By its code: a process that loads the driver twice has two classes of the same error. */
function isSqliteError(error: unknown): error is SqliteFailure {
  return (
    typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_')
  );
}
