/** The built exporter as a process where it cannot start, or should not: what it says, how it ends, what it leaves as it was. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkDatabase } from '../../exporter/src/repositories/sqlite/connection.js';
import { endAll, ExporterProcess, startExporter } from './exporter.js';

jest.setTimeout(30_000);

/** Nothing listens there; the exporter serves all the same and says that its source is down. */
const NO_PROMETHEUS = '--prometheus-url=http://127.0.0.1:1';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'exporter-process-'));
});
afterAll(async () => {
  await endAll();
  rmSync(dir, { recursive: true, force: true });
});

const serve = (...args: string[]) =>
  new ExporterProcess({ args: ['serve', NO_PROMETHEUS, '--api-port=0', ...args], cwd: dir });

/** Ended by itself with code 1, having said why in one line; returns that reason. */
async function refusal(exporter: ExporterProcess, msg = 'cannot start'): Promise<string> {
  const { code } = await exporter.ended;
  const fatal = exporter.log.filter(({ level }) => level === 'fatal');
  expect({ code, stderr: exporter.stderr, fatal }).toEqual({
    code: 1,
    stderr: '',
    fatal: [expect.objectContaining({ msg, reason: expect.stringMatching(/^[^\n]+$/) })],
  });
  expect(exporter.log.filter(({ level }) => level === 'not JSON')).toEqual([]);
  expect(exporter.said('serving')).toEqual([]);
  return String(fatal[0]!['reason']);
}

describe('a start that fails', () => {
  it('on a port that is taken names the address', async () => {
    const other = await listening();
    const { port } = other.address() as AddressInfo;
    const args = ['serve', NO_PROMETHEUS, `--api-port=${port}`, `--db-path=${join(dir, 'port.db')}`];
    const reason = await refusal(new ExporterProcess({ args }), 'cannot serve');
    other.close();
    expect(reason).toContain(`127.0.0.1:${port}`);
    expect(reason).toMatch(/in use/);
  });

  it('on a database that cannot be created says where and why, and creates nothing', async () => {
    const file = join(dir, 'a-file');
    writeFileSync(file, 'not a folder');
    const before = readdirSync(dir);
    expect(await refusal(serve(`--db-path=${join(file, 'x.db')}`))).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('not a folder');
    expect(readdirSync(dir)).toEqual(before);
  });

  it('on a database path that is a folder says so', async () => {
    const folder = join(dir, 'folder.db');
    mkdirSync(folder);
    expect(await refusal(serve(`--db-path=${folder}`))).toContain(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['another kind of file', Buffer.from('These are not the rows you are looking for.\n'.repeat(200))],
    ['a damaged header', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8000, 0xff)])],
  ])('on a database that is %s says so and leaves it as it was', async (_what, bytes) => {
    const path = join(dir, `damaged-${bytes.length}.db`);
    writeFileSync(path, bytes);
    const reason = await refusal(serve(`--db-path=${path}`));
    expect(reason).toContain(path);
    expect(reason).toMatch(/damaged/);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('on the database of another exporter says so, and that one goes on', async () => {
    const path = join(dir, 'shared.db');
    const args = [NO_PROMETHEUS, `--db-path=${path}`];
    const first = await startExporter({ args });
    const reason = await refusal(serve(`--db-path=${path}`));
    expect(reason).toContain(path);
    expect(reason).toMatch(/in use by another exporter/);
    expect((await first.get('/livez')).status).toBe(200);
    expect((await first.stop()).code).toBe(0);
    expect(checkDatabase(path)).toEqual([]);
    const next = await startExporter({ args });
    expect((await next.stop()).code).toBe(0);
  });
});

describe('a mistake in the configuration', () => {
  it('ends with code 2 at once, all mistakes said, nothing started', async () => {
    const path = join(dir, 'never.db');
    const exporter = serve(`--db-path=${path}`, '--step=7m', '--log-level=loud');
    const { code, seconds } = await exporter.ended;
    expect(code).toBe(2);
    // A second on a machine that has nothing else to do.
    expect(seconds).toBeLessThan(3);
    expect(exporter.log).toEqual([]);
    expect(exporter.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^LOG_LEVEL: .*loud/),
      expect.stringMatching(/^STEP: .*7m/),
      '2 mistakes; nothing was started',
    ]);
    expect(existsSync(path)).toBe(false);
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
