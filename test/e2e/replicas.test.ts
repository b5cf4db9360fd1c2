/** Two exporters as processes on one PostgreSQL: one collects, the other serves, says so, and takes over. And moving there. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { startPostgres, UNSAFE_AND_FAST, type PostgresServer } from '../servers/postgres.js';
import { endAll, startExporter, waitFor, type Exporter } from './exporter.js';

jest.setTimeout(180_000);

const MAIN = fileURLToPath(new URL('../../exporter/dist/main.js', import.meta.url));
const DEMO = ['--demo=on', '--demo-days=1', '--demo-seed=5', '--backfill=3h'];

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-replicas-'));
  server = await startPostgres({ dir: folder, settings: UNSAFE_AND_FAST });
});
afterEach(endAll);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const database = (schema: string) => ({
  DB_TYPE: 'postgres',
  DB_CONNECTION_STRING: server.url,
  DB_SSL_MODE: 'disable',
  DB_SCHEMA: schema,
});

const start = (schema: string) => startExporter({ args: DEMO, env: database(schema), cwd: folder });

interface Readiness {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly reason: string | null }[];
}

/** Whether it is ready or not: a source that has not been asked yet says nothing of the role. */
async function roleOf(exporter: Exporter): Promise<string | null> {
  const { checks } = JSON.parse((await exporter.get('readyz')).text) as Readiness;
  return checks.find(({ name }) => name === 'role')?.reason ?? null;
}

const intervalsSeen = async (exporter: Exporter) => {
  const { text } = await exporter.get('metrics');
  return text.match(/^greenkube_pod_/gm)?.length ?? 0;
};

/** Figures of pods are on /metrics. */
const shows = (exporter: Exporter) =>
  waitFor('figures on /metrics', async () => (await intervalsSeen(exporter)) > 0);

describe('two replicas', () => {
  it('share the work: one collects, the other answers the same history and takes over at once when the first ends', async () => {
    const first = await start('shared');
    await shows(first);
    expect(await roleOf(first)).toBe('collecting');
    const second = await start('shared');
    expect(await roleOf(second)).toBe('standby: another replica collects, this one serves');
    expect(second.said('standing by')).toHaveLength(1);
    expect(await intervalsSeen(second)).toBe(0);
    const clusters = 'api/v1/clusters';
    expect(await second.json(clusters)).toEqual(await first.json(clusters));
    await first.kill();
    await waitFor('the other to collect', async () => (await roleOf(second)) === 'collecting');
    await shows(second);
    const { code, seconds } = await second.stop();
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(5);
  });

  it('that wait end at once when they are told to', async () => {
    const first = await start('waiting');
    const second = await start('waiting');
    expect(await second.stop()).toMatchObject({ code: 0 });
    expect(await first.stop()).toMatchObject({ code: 0 });
  });

  it('go on when the database has been away', async () => {
    const only = await start('away');
    await shows(only);
    await server.stop();
    try {
      await waitFor('the database to be missed', async () => {
        const { status, text } = await only.get('readyz');
        return status === 503 && text.includes('the ledger cannot be written');
      });
      expect((await only.get('metrics')).status).toBe(200);
    } finally {
      await server.start();
    }
    await waitFor('it to collect again', async () => (await roleOf(only).catch(() => null)) === 'collecting');
    expect(await only.stop()).toMatchObject({ code: 0 });
  });
});

describe('moving from a file to a server', () => {
  const run = (env: Readonly<Record<string, string>>, ...args: string[]) => {
    const { PATH = '', HOME = '' } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args, '--cluster-name=c'], {
      cwd: folder,
      env: { PATH, HOME, ...env },
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
    });
    return { status, stdout, stderr };
  };
  const file = { DB_PATH: 'moved.db' };

  it('leaves every figure as it was, to the last bit, and does nothing twice', async () => {
    const to = Math.floor(Date.now() / 3_600_000) * 3600 - 3600;
    const range = [`--from=${to - 12 * 3600}`, `--to=${to}`];
    expect(run(file, 'backfill', ...DEMO.slice(0, 3), ...range)).toMatchObject({ status: 0 });
    expect(run(file, 'export', '--output-file=moved.ndjson.gz')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ intervals of c in moved\.ndjson\.gz/),
    });
    const imported = run(database('moved'), 'import', '--input-file=moved.ndjson.gz');
    expect(imported).toMatchObject({ status: 0, stdout: expect.stringMatching(/, 0 were there before$/m) });
    const report = (env: Readonly<Record<string, string>>) =>
      run(env, 'report', '--by=namespace,workload', '--output=csv', ...range).stdout;
    expect(report(database('moved'))).toBe(report(file));
    const again = run(database('moved'), 'import', '--input-file=moved.ndjson.gz');
    expect(again.stdout).toMatch(
      /^0 intervals of moved\.ndjson\.gz are now in cluster c, \d+ were there before/,
    );
  });

  it('goes on where it was killed, again and again', async () => {
    const admin = new pg.Client({ connectionString: server.adminUrl });
    await admin.connect();
    const stored = async () => {
      const { rows } = await admin
        .query<{ count: string }>('SELECT count(*) FROM killed.interval_mark')
        .catch(() => ({ rows: [] }));
      return Number(rows[0]?.count ?? 0);
    };
    try {
      for (const enough of [1, 20, 50, 90]) {
        const { PATH = '', HOME = '' } = process.env;
        const child = spawn(
          process.execPath,
          [MAIN, 'import', '--input-file=moved.ndjson.gz', '--cluster-name=c'],
          { cwd: folder, env: { PATH, HOME, ...database('killed') }, stdio: 'ignore' },
        );
        const ended = once(child, 'exit');
        await waitFor(`${enough} intervals to be stored`, async () => (await stored()) >= enough);
        child.kill('SIGKILL');
        await ended;
      }
      // A writer that was killed is waited for until its lease ends.
      await waitFor('the lease of the killed one to end', async () => {
        return run(database('killed'), 'import', '--input-file=moved.ndjson.gz').status === 0;
      });
      expect(run(database('killed'), 'export', '--output-file=killed.ndjson')).toMatchObject({ status: 0 });
      const before = gunzipSync(readFileSync(join(folder, 'moved.ndjson.gz'))).toString();
      expect(readFileSync(join(folder, 'killed.ndjson'), 'utf8') === before).toBe(true);
    } finally {
      await admin.end();
    }
  });
});
