/** `greenkube export` and `greenkube import` from each kind of database to the next, on real servers. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { commandRunner, type CommandContext } from '../../exporter/src/app/commands/index.js';
import { configOf } from '../../exporter/src/app/config/testing/load.js';
import { databaseOf } from '../../exporter/src/app/database.js';
import { modeOf } from '../../exporter/src/app/mode.js';
import { DAY, HOUR } from '../../exporter/src/domain/interval.js';
import { cores, epochSeconds, millijoules, seconds } from '../../exporter/src/domain/units.js';
import { recommendationOf } from '../../exporter/src/pipeline/testing/archive-records.js';
import { AMOUNTS } from '../../exporter/src/ports/history.js';
import {
  impossibleResult,
  podRow,
  provenance,
  resultOf,
  shareRow,
  sidecarred,
  T0,
} from '../../exporter/src/ports/testing/results.js';
import { openHistory, openStores } from '../../exporter/src/repositories/factory.js';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../servers/elasticsearch.js';
import { startPostgres, UNSAFE_AND_FAST, type PostgresServer } from '../servers/postgres.js';

const START_TIMEOUT_MS = 240_000;
jest.setTimeout(180_000);

const STEP = seconds(1800);
const at = (n: number) => epochSeconds(T0 + n * STEP);
const PER_DAY = DAY / STEP;
const COUNT = 3 * PER_DAY + 5;
const NOW = epochSeconds(T0 + 9 * DAY);
type Env = Readonly<Record<string, string>>;

let folder: string;
let ofPostgres: string;
let postgres: PostgresServer;
let elasticsearch: ElasticsearchServer | null = null;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greenkube-moving-'));
  // Of its own: the server may run as another user.
  ofPostgres = await mkdtemp(join(tmpdir(), 'greenkube-moving-postgres-'));
  postgres = await startPostgres({ dir: ofPostgres, settings: UNSAFE_AND_FAST });
  if (elasticsearchOrSkip()) elasticsearch = await startElasticsearch({ dir: join(folder, 'elasticsearch') });
}, START_TIMEOUT_MS);
afterAll(async () => {
  await postgres?.stop();
  await elasticsearch?.stop();
  for (const dir of [folder, ofPostgres]) await rm(dir, { recursive: true, force: true });
}, START_TIMEOUT_MS);

const place = (name: string): Env => ({ DB_PATH: join(folder, `${name}.db`) });
const file = (name: string) => join(folder, name);

function contextOf(env: Env, options: CommandContext['options'], signal = new AbortController().signal) {
  const config = configOf({
    env: { ...env, STEP: '30m', CLUSTER_NAME: 'c', PROMETHEUS_URL: 'http://127.0.0.1:9' },
  });
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        texts[name] += chunk.toString();
        done();
      },
    });
  const context: CommandContext = {
    ...{ config, mode: modeOf(config), options, stdout: into('out'), stderr: into('err') },
    ...{ stdoutIsTerminal: false, stderrIsTerminal: false, clock: { now: () => NOW }, signal },
  };
  return { context, texts };
}

async function run(
  name: 'export' | 'import',
  env: Env,
  options: CommandContext['options'],
  signal?: AbortSignal,
) {
  const { context, texts } = contextOf(env, options, signal);
  const code = await commandRunner(name)!(context);
  return { code, ...texts };
}

const exportTo = (env: Env, name: string) => run('export', env, { 'output-file': [file(name)] });
const importFrom = (env: Env, name: string, signal?: AbortSignal) =>
  run('import', env, { 'input-file': [file(name)] }, signal);

const optionsOf = (env: Env) => {
  const { config, mode } = contextOf(env, {}).context;
  return { ...databaseOf(config, mode), step: STEP, cluster: 'c' };
};

/** Three days and a bit: pods that come and go, a price that was not always known, two zones, a node that changed. */
function resultAt(n: number) {
  if (n % 31 === 7) return { ...impossibleResult(at(n)), interval: { start: at(n), step: STEP } };
  const rows = [
    podRow({ energy: millijoules(1_000_003 + n), cpuRequest: n % 5 === 0 ? null : cores(0.5) }),
    podRow({ pod: `job-${n % 7}`, namespace: 'data', labels: { team: 'a', app: 'x' }, node: 'n2' }),
    shareRow('system'),
    shareRow('idle', { node: 'n2' }),
  ].map((row) => (n % 11 === 0 ? { ...row, cost: null } : row));
  const over = { currency: n < PER_DAY / 2 ? 'EUR' : 'USD', containers: sidecarred(rows) };
  const result = resultOf(at(n), rows, over, (node) => ({
    instanceType: node === 'n2' && n > 20 ? 'm5.2xlarge' : 'm5.xlarge',
    provenance: provenance({
      ...{ gridZone: node === 'n2' ? 'DE' : 'FR', powerBand: { lo: 100 + (n % 9), hi: 90 + (n % 4) } },
      method: n % 3 === 0 ? 'measured' : 'estimated',
    }),
    meters: [
      { source: 'kepler', scope: 'cpu', measured: millijoules(1000 + n), estimated: millijoules(900) },
    ],
  }));
  return { ...result, interval: { start: at(n), step: STEP } };
}

/** The newest day single, the second as hours in part, the first as a day. */
async function fill(env: Env): Promise<void> {
  const { ledger, outlook, factors } = await openStores(optionsOf(env));
  for (let n = 0; n < COUNT; n++) await ledger.commit(resultAt(n), epochSeconds(at(n) + 60));
  await ledger.commit(resultAt(COUNT - 1), NOW);
  const { recommendation, event, booking, scan } = recommendationOf(at(0), 'c');
  const kept = [{ recommendation, baseline: null }];
  await outlook!.recommendations.changeRecommendations({ kept, events: [event], bookings: [booking], scan });
  await factors.putIntensity(
    'FR',
    'electricity-maps',
    [{ hour: at(0), value: 41.5 as never, provisional: true }],
    NOW,
  );
  const before = { raw: epochSeconds(at(PER_DAY) + 9 * HOUR), hour: at(PER_DAY), day: null };
  while (Object.values(await ledger.prune(before)).some((count) => count > 0));
  await ledger.close();
}

async function answers(env: Env) {
  const history = await openHistory(optionsOf(env));
  const { ledger } = await openStores(optionsOf(env));
  const range = { from: at(0), to: at(4 * PER_DAY) };
  const filters = {};
  try {
    return {
      totals: await Promise.all(
        [['pod', 'node'], ['namespace', 'zone'], ['workload'], ['provider'], ['label:team'], []].map((by) =>
          history.totals({ range, by: by as never, filters }),
        ),
      ),
      series: await Promise.all(
        [HOUR, DAY].map((step) =>
          history.series({ range, by: ['namespace'], filters, amounts: AMOUNTS, step }),
        ),
      ),
      nodes: await history.nodes(range),
      workloads: await history.workloads(range),
      counters: await ledger.counters(),
      latest: await ledger.latest(),
    };
  } finally {
    await ledger.close();
    await history.close();
  }
}

describe('moving a ledger from database to database', () => {
  const contents = async (name: string) => {
    const bytes = await readFile(file(name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
  };
  /** Lines are long: which differ is told by their numbers. */
  const differing = (a: readonly string[], b: readonly string[]) =>
    b.flatMap((line, i) => (line === a[i] ? [] : [i + 1])).concat(a.length === b.length ? [] : [0]);

  it('ends where it began, with the same file and the same answers on the way', async () => {
    const first = place('first');
    await fill(first);
    const told = await exportTo(first, 'first.ndjson.gz');
    expect(told).toMatchObject({ code: 0 });
    expect(told.out).toMatch(/^149 intervals of c in .*; 66 of them as sums of hours and days/);
    const lines = await contents('first.ndjson.gz');
    const wanted = await answers(first);
    const prefix = { ELASTICSEARCH_INDEX_PREFIX: 'moving', ELASTICSEARCH_HOSTS: elasticsearch?.url ?? '' };
    const stops: [name: string, env: Env][] = [
      ['postgres', { DB_TYPE: 'postgres', DB_CONNECTION_STRING: postgres.url, DB_SSL_MODE: 'disable' }],
      ...(elasticsearch ? [['elasticsearch', { DB_TYPE: 'elasticsearch', ...prefix }] as [string, Env]] : []),
      ['last', place('last')],
    ];
    let before = 'first.ndjson.gz';
    for (const [name, env] of stops) {
      expect(await importFrom(env, before)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^149 intervals of/),
      });
      expect(await answers(env)).toEqual(wanted);
      before = `${name}.ndjson`;
      expect(await exportTo(env, before)).toMatchObject({ code: 0 });
      expect(differing(await contents(before), lines)).toEqual([]);
      expect((await importFrom(env, 'first.ndjson.gz')).out).toMatch(
        /^0 intervals of .*, 149 were there before$/m,
      );
    }
  });

  it('goes on where it was stopped, and says at which line it cannot', async () => {
    const [from, to] = [place('whole'), place('resumed')];
    await fill(from);
    await exportTo(from, 'whole.ndjson');
    const lines = await contents('whole.ndjson');
    const stop = new AbortController();
    stop.abort();
    const stopped = await importFrom(to, 'whole.ndjson', stop.signal);
    expect(stopped).toMatchObject({
      code: 1,
      err: expect.stringMatching(/stopped after 48 intervals; run it again/),
    });
    await writeFile(
      file('damaged.ndjson'),
      lines.map((line, i) => (i === 20 ? line.slice(0, 50) : line)).join('\n'),
    );
    const damaged = await importFrom(to, 'damaged.ndjson');
    expect(damaged).toMatchObject({
      code: 1,
      err: expect.stringMatching(/damaged\.ndjson: line 21 is not JSON/),
    });
    expect((await importFrom(to, 'whole.ndjson')).code).toBe(0);
    await exportTo(to, 'resumed.ndjson');
    expect(differing(await contents('resumed.ndjson'), lines)).toEqual([]);
    const missing = await importFrom(to, 'nothing.ndjson');
    expect(missing).toMatchObject({ code: 1, err: expect.stringMatching(/cannot import .*nothing\.ndjson/) });
  });
});
