/** What a disk can do to a ledger: the fault is told in one line with a reason, and nothing is lost once it is over. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { live, type CollectorOptions, type Life, type LifeOptions } from './collector.js';
import { compare, NO_DIFFERENCE, readContent, shortened } from './content.js';
import { seeded } from './fate.js';
import { DAY, HOUR, lifeFrom, scenario } from './scenario.js';
import { makeTwin, type Twin } from './twin.js';

jest.setTimeout(60_000);

const START = Date.UTC(2026, 2, 27, 20) / 1000;
const STEP = 900;
const short = scenario({
  end: START + 12 * HOUR + STEP + 60,
  retention: { raw: 3 * HOUR, hour: 90 * DAY, day: null },
});

let folder: string;
let twin: Twin;
let path: string;
let ledgers = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-faults-'));
  chmodSync(folder, 0o755);
  twin = await makeTwin(short, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  const own = join(folder, `ledger-${ledgers++}`);
  mkdirSync(own);
  path = join(own, 'greenkube.db');
});

const whole = (over: Partial<CollectorOptions> = {}, how: LifeOptions = {}) =>
  live({ ...lifeFrom(twin, path, short.begin), ...over }, how);
const restart = (how: LifeOptions = {}) => live(lifeFrom(twin, path, short.end), how);

/** A ledger whose collector was killed in the middle of the time, its last commits in the write-ahead log. */
async function killedHalfway(): Promise<void> {
  const kill = {
    sql: 'INSERT INTO interval VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    n: 20,
    when: 'after',
  } as const;
  expect((await whole({}, { sabotage: { kill } })).killed).toBe(true);
}

function expectAsTwin(): void {
  expect(shortened(compare(readContent(path), twin.content))).toEqual(NO_DIFFERENCE);
}

describe('a disk that is full', () => {
  let disk: string;
  const FILLER = 'filler';
  /** A disk of 8 MiB with so much of it left. */
  function mountDisk(freeKiB: number): void {
    disk = join(folder, 'disk');
    mkdirSync(disk, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8192k', 'tmpfs', disk]);
    writeFileSync(join(disk, FILLER), Buffer.alloc((8192 - freeKiB) * 1024));
    path = join(disk, 'greenkube.db');
  }
  const unmountDisk = () => execFileSync('umount', [disk]);

  it.each([600, 700, 800, 900])(
    'while it runs, %i KiB after the start, is told once and made up for',
    async (freeKiB) => {
      mountDisk(freeKiB);
      try {
        const filler = join(disk, FILLER);
        const life = await whole(
          { hold: filler },
          { onLine: (line) => line.startsWith('error') && rmSync(filler) },
        );
        expect(life.errors).toEqual([
          expect.stringMatching(/greenkube\.db cannot grow: the disk is full; free some space/),
        ]);
        expect(life.code).toBe(0);
        expectAsTwin();
      } finally {
        unmountDisk();
      }
    },
  );

  it('at the start is the reason that it does not', async () => {
    mountDisk(40);
    try {
      const { code, refusal } = await whole();
      expect({ code, refusal }).toEqual({
        code: 1,
        refusal: expect.stringMatching(/^failed .*the disk is full/),
      });
      rmSync(join(disk, FILLER));
      expect((await whole()).code).toBe(0);
      expectAsTwin();
    } finally {
      unmountDisk();
    }
  });

  it('by a limit on the size of files is told once and made up for', async () => {
    const hold = join(folder, 'limit');
    writeFileSync(hold, '');
    const KIB_BLOCKS = 700;
    const limited = ['bash', '-c', `ulimit -S -f ${KIB_BLOCKS}; exec "$0" "$@"`];
    const life = await whole(
      { hold },
      {
        through: limited,
        onLine: (line, child) => {
          if (!line.startsWith('error')) return;
          execFileSync('prlimit', [`--pid=${child.pid}`, '--fsize=unlimited']);
          rmSync(hold);
        },
      },
    );
    expect(life.errors).toEqual([
      expect.stringMatching(/greenkube\.db refused a statement \(disk I\/O error\)/),
    ]);
    expectAsTwin();
  });
});

describe('a file that may not be written to', () => {
  /** Root may write everywhere. */
  const NOBODY = 65534;
  const how: LifeOptions = process.getuid?.() === 0 ? { uid: NOBODY } : {};

  it('is the reason that it does not start, and is left as it is', async () => {
    await killedHalfway();
    const [own] = [join(path, '..')];
    const files = () => [path, `${path}-wal`].map((file) => readFileSync(file));
    const before = files();
    chmodSync(own, 0o555);
    expect((await restart(how)).refusal).toMatch(
      /^unwritable .*greenkube\.db.* check its permissions|cannot be opened/,
    );
    chmodSync(own, 0o777);
    chmodSync(path, 0o444);
    expect((await restart(how)).refusal).toMatch(/^unwritable .*greenkube\.db/);
    expect(files()).toEqual(before);
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`]) {
      if (existsSync(file)) chmodSync(file, 0o666);
    }
    expect((await restart(how)).refusal).toBeNull();
    expectAsTwin();
  });
});

describe('a file that another process holds', () => {
  it('is told once, after the wait for it, and made up for', async () => {
    const hold = join(folder, 'lock');
    writeFileSync(hold, '');
    let other: Database.Database | null = null;
    let wakes = 0;
    const life = await whole(
      { hold },
      {
        onLine: (line) => {
          if (line.startsWith('wake') && ++wakes === 5) {
            other = new Database(path);
            other.exec('BEGIN IMMEDIATE');
          }
          if (!line.startsWith('error')) return;
          other!.close();
          rmSync(hold);
        },
      },
    );
    expect(life.errors).toEqual([expect.stringMatching(/greenkube\.db is in use by another/)]);
    expectAsTwin();
  });

  it('when it is another collector, is left to that one', async () => {
    const others: Promise<Life>[] = [];
    const first = await whole({}, { onLine: (line) => line === 'open' && others.push(restart()) });
    expect(first.errors).toEqual([]);
    expect((await others[0])!.refusal).toMatch(/^locked .*in use by another exporter/);
    expectAsTwin();
  });
});

describe('a write-ahead log that was cut off or spoilt', () => {
  const HEADER = 32;
  const FRAME = 24 + 4096;

  it('at any byte leaves whole intervals, and the others are collected again', async () => {
    await killedHalfway();
    const size = statSync(`${path}-wal`).size;
    const keep = [path, `${path}-wal`].map((file) => [file, `${file}.kept`] as const);
    for (const [file, kept] of keep) copyFileSync(file, kept);
    const random = seeded(7);
    const frames = Math.floor((size - HEADER) / FRAME);
    const anyFrame = () => HEADER + Math.floor(random() * frames) * FRAME;
    const cuts = [0, HEADER - 1, size - 1, ...Array.from({ length: 4 }, anyFrame)];
    const spoils: (() => void)[] = [
      ...cuts.map((at) => () => truncateSync(`${path}-wal`, at)),
      ...Array.from({ length: 4 }, () => () => spoil(`${path}-wal`, Math.floor(random() * size))),
    ];
    for (const apply of spoils) {
      for (const [file, kept] of keep) copyFileSync(kept, file);
      rmSync(`${path}-shm`, { force: true });
      apply();
      expect((await restart()).errors).toEqual([]);
      expectAsTwin();
    }
  });
});

function spoil(file: string, at: number): void {
  const content = readFileSync(file);
  content[at]! ^= 0xff;
  writeFileSync(file, content);
}

describe('a file that is damaged', () => {
  it.each([
    ['its header', (content: Buffer) => content.fill(0, 0, 100)],
    ['its first page', (content: Buffer) => content.fill(0xa5, 100, 4096)],
    ['its end', (content: Buffer) => content.subarray(0, content.length - 3 * 4096 - 100)],
    ['everything', (content: Buffer) => Buffer.from('<html>login</html>'.repeat(content.length / 18))],
  ] as const)('in %s is refused and kept to the last byte', async (_where, damage) => {
    await whole();
    writeFileSync(path, damage(readFileSync(path)));
    const before = readFileSync(path);
    const { code, refusal } = await restart();
    expect({ code, refusal }).toEqual({
      code: 1,
      refusal: expect.stringMatching(/^corrupt .*left as it is/),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('in a page that a commit needs is told, and never begun anew', async () => {
    await whole();
    const { ino, size } = statSync(path);
    const page = rootPage('interval');
    const content = readFileSync(path);
    writeFileSync(path, content.fill(0xa5, (page - 1) * 4096, page * 4096));
    const { refusal, errors } = await restart();
    expect(refusal ?? errors[0]).toMatch(/damaged; it was left as it is/);
    expect(statSync(path)).toMatchObject({ ino, size });
    expect(readFileSync(path).subarray(0, 4096).equals(content.subarray(0, 4096))).toBe(true);
  });

  function rootPage(table: string): number {
    const db = new Database(path, { readonly: true });
    const page = db
      .prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?')
      .pluck()
      .get(table)!;
    db.close();
    return page;
  }
});

describe('a file that is taken away while it is written to', () => {
  /** What the fifth cycle finds. */
  const atFifthWake = (work: () => void) => {
    let wakes = 0;
    return (line: string) => {
      if (line.startsWith('wake') && ++wakes === 5) work();
    };
  };

  it('is missed at once and told once when it is deleted', async () => {
    const { errors } = await whole({}, { onLine: atFifthWake(() => unlinkSync(path)) });
    expect(errors).toEqual([
      expect.stringMatching(/greenkube\.db was deleted or replaced while it was in use/),
    ]);
    expect(existsSync(path)).toBe(false);
  });

  it('is gone on with when it is put back, and nothing is lost', async () => {
    const hold = join(folder, 'away');
    writeFileSync(hold, '');
    const takeAway = atFifthWake(() => renameSync(path, `${path}.away`));
    const onLine = (line: string) => {
      takeAway(line);
      if (!line.startsWith('error')) return;
      renameSync(`${path}.away`, path);
      rmSync(hold);
    };
    expect((await whole({ hold }, { onLine })).errors).toHaveLength(1);
    expectAsTwin();
  });
});
