import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { epochSeconds, seconds } from '../../domain/units.js';
import { podRow, resultOf, STEP, T0 } from '../../ports/testing/results.js';
import { DatabaseError, type DatabaseProblem } from '../errors.js';
import { openHistory, openLedger } from '../factory.js';
import { checkDatabase } from './connection.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-connection-'));
  path = join(folder, 'greenkube.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (file = path, step = STEP) => openLedger({ type: 'sqlite', path: file, cluster: 'c', step });
const read = (file = path) => openHistory({ type: 'sqlite', path: file, step: STEP });

/** Make a database with one interval in it, as a stopped exporter leaves it. */
async function stored(): Promise<void> {
  const ledger = await open();
  const rows = Array.from({ length: 200 }, (_, i) => podRow({ pod: `pod-${i}` }));
  await ledger.commit(resultOf(T0, rows), epochSeconds(T0 + 400));
  await ledger.close();
}

async function refusal(opening: Promise<unknown>): Promise<DatabaseError> {
  const error = await opening.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error as DatabaseError;
}

async function expectRefused(
  opening: Promise<unknown>,
  problem: DatabaseProblem,
  says: RegExp,
): Promise<void> {
  const error = await refusal(opening);
  expect([error.problem, error.message]).toEqual([problem, expect.stringMatching(says)]);
}

describe('opening a ledger', () => {
  it('creates the file and the folders above it', async () => {
    const deep = join(folder, 'a', 'b', 'greenkube.db');
    await (await open(deep)).close();
    expect(existsSync(deep)).toBe(true);
    expect(checkDatabase(deep)).toEqual([]);
  });

  it('makes every commit durable before it returns', async () => {
    const ledger = await open();
    const db = new Database(path);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
    await ledger.close();
  });

  it('names a folder that cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expectRefused(open(join(file, 'greenkube.db')), 'unwritable', /a-file\/greenkube\.db/);
  });

  it('names a path that is a folder', async () => {
    mkdirSync(path);
    await expectRefused(open(), 'unwritable', /greenkube\.db cannot be opened/);
  });

  it('refuses another step while intervals of the first are stored, and takes it where none are', async () => {
    await (await open(path, seconds(60))).close();
    await stored();
    await expectRefused(open(path, seconds(60)), 'other-step', /intervals of 300 s for cluster c.*now 60 s/);
    await (await open()).close();
  });

  it('refuses a step that does not divide an hour', () =>
    expect(open(path, seconds(7))).rejects.toThrow('step 7 s does not divide one hour'));
});

describe('one writer', () => {
  it('is refused while another holds the file, by whatever name, and admitted after', async () => {
    const first = await open();
    symlinkSync(path, join(folder, 'alias.db'));
    await expectRefused(open(), 'locked', /greenkube\.db is in use by another exporter/);
    await expectRefused(open(join(folder, 'alias.db')), 'locked', /in use/);
    await first.close();
    await (await open(join(folder, 'alias.db'))).close();
  });

  it('gives the lock up when its process is killed', async () => {
    const child = await holdLock(`${path}.lock`);
    await expectRefused(open(), 'locked', /in use by another exporter/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await open()).close();
  });

  it('does not keep the lock when it could not open the file', async () => {
    writeFileSync(path, 'not a database, but long enough to look at: '.repeat(100));
    await refusal(open());
    rmSync(path);
    await (await open()).close();
  });
});

/** Another process that holds the lock of a ledger. */
async function holdLock(file: string): Promise<ChildProcess> {
  const sqlite = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'));
  const script = `const db = new (require(${sqlite}))(process.argv[1]); db.exec('BEGIN EXCLUSIVE');
    console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('a file that is not a sound ledger', () => {
  const untouched = async (problem: DatabaseProblem, says: RegExp) => {
    const before = readFileSync(path);
    await expectRefused(open(), problem, says);
    await expectRefused(read(), problem, says);
    expect(readFileSync(path).equals(before)).toBe(true);
  };

  it('is refused and kept when it is no database', async () => {
    writeFileSync(path, '<html>login</html>'.repeat(500));
    await untouched('corrupt', /greenkube\.db is not a SQLite database or is damaged; it was left as it is/);
  });

  it('is refused and kept when it was cut off', async () => {
    await stored();
    truncateSync(path, 8192);
    await untouched('corrupt', /greenkube\.db is damaged; it was left as it is/);
  });

  it('is refused and kept when it belongs to another program', async () => {
    const db = new Database(path);
    db.exec('CREATE TABLE bookmarks (url TEXT)');
    db.close();
    await untouched('foreign', /not GreenKube's/);
  });

  it('is refused and kept when a later version wrote it', async () => {
    await stored();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.pragma('journal_mode = DELETE');
    db.close();
    await untouched('newer', /schema version 99, this program knows \d+ at most/);
  });

  it.each([1, 3, 10])('is found out by the check when page %i from the end is damaged', async (page) => {
    await stored();
    expect(checkDatabase(path)).toEqual([]);
    const content = readFileSync(path);
    content.fill(0xa5, content.length - 4096 * page, content.length - 4096 * (page - 1));
    writeFileSync(path, content);
    expect(checkDatabase(path)).not.toEqual([]);
  });

  it('is found out by the check when it is no database', () => {
    writeFileSync(path, '<html>login</html>'.repeat(500));
    expect(checkDatabase(path)).toEqual([expect.stringMatching(/not a SQLite database/)]);
  });
});

describe('reading', () => {
  it('needs a ledger to have been opened there', async () => {
    await expectRefused(read(), 'missing', /no database .*greenkube\.db yet/);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(dirname(path))).toBe(true);
    new Database(path).close();
    writeFileSync(path, '');
    await expectRefused(read(), 'older', /not migrated yet/);
  });

  it('works beside a writer and without one', async () => {
    await stored();
    const alone = await read();
    const ledger = await open();
    const beside = await read();
    const ask = { range: { from: T0, to: epochSeconds(T0 + 300) }, by: [], filters: {} } as const;
    expect((await beside.totals(ask)).total.energy).toBe(200n * BigInt(podRow().energy));
    expect(await alone.totals(ask)).toEqual(await beside.totals(ask));
    for (const opened of [alone, beside, ledger]) await opened.close();
  });

  it('keeps its snapshot while the writer commits', async () => {
    await stored();
    const ledger = await open();
    const reader = new Database(path, { readonly: true });
    const count = () => reader.prepare('SELECT count(*) FROM pod_usage').pluck().get();
    reader.exec('BEGIN');
    expect(count()).toBe(1);
    await ledger.commit(resultOf(T0 + 300, [podRow()]), epochSeconds(T0 + 700));
    expect(count()).toBe(1);
    reader.exec('COMMIT');
    expect(count()).toBe(2);
    reader.close();
    await ledger.close();
  });
});
