/**
 * The ledger on a real PostgreSQL with its defaults, written by the built exporter's own code from the demo world:
 * `node test/dist/test/bench/postgres-bench.js` after `pnpm build` and `tsc -p test/bench/tsconfig.json`. Prints its figures as
 * JSON, one line each.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type * as Factors from '../../exporter/src/app/compose-factors.js';
import type * as Configuration from '../../exporter/src/app/config.js';
import type * as UsageSource from '../../exporter/src/demo/usage-source.js';
import type * as Demo from '../../exporter/src/demo/world.js';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import type { EpochSeconds, Seconds } from '../../exporter/src/domain/units.js';
import type * as RunInterval from '../../exporter/src/pipeline/run-interval.js';
import type { History } from '../../exporter/src/ports/history.js';
import type * as Factory from '../../exporter/src/repositories/factory.js';
import { startPostgres } from '../servers/postgres.js';
import { ROOT } from './exporter-process.js';
import { largest, median, quantile } from './stats.js';

const built = async (file: string): Promise<unknown> => import(`${ROOT}/exporter/dist/${file}`);
const { composeStaticFactors } = (await built('app/compose-factors.js')) as typeof Factors;
const { loadConfig } = (await built('app/config.js')) as typeof Configuration;
const { createDemoSource } = (await built('demo/usage-source.js')) as typeof UsageSource;
const { createWorld } = (await built('demo/world.js')) as typeof Demo;
const { computeWindow } = (await built('pipeline/run-interval.js')) as typeof RunInterval;
const { openHistory, openStores } = (await built('repositories/factory.js')) as typeof Factory;

const STEP = 300 as Seconds;
const HOUR = 3600;
const DAY = 86_400;
const FROM = Date.UTC(2026, 5, 3) / 1000;
/** About 5 000 pods. */
const SCALE = { blocks: 5, density: 10 };
const CLUSTERS = [1, 5, 10, 20];
const MONTH_DAYS = 30;
const TRIES = 20;

const at = (seconds: number) => seconds as EpochSeconds;
const say = (what: string, figures: object): void => console.log(JSON.stringify({ what, ...figures }));
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** One hour of intervals; whatever is measured repeats them at other times. */
async function observeHour(): Promise<IntervalResult[]> {
  const loaded = loadConfig({ flags: {}, env: {}, readFile: (file) => readFileSync(file, 'utf8') });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const factors = composeStaticFactors(loaded.config);
  const source = createDemoSource(createWorld({ seed: 1, start: at(FROM), scale: SCALE }), {
    labels: loaded.config.labels,
  });
  const seen = await source.observe(
    { from: at(FROM + 9 * HOUR), to: at(FROM + 10 * HOUR) },
    STEP,
    new AbortController().signal,
  );
  if (!seen.ok) throw new Error(seen.message);
  return Promise.all(seen.value.map((window) => computeWindow(window, factors, null)));
}

const moved = (hour: readonly IntervalResult[], n: number): IntervalResult => ({
  ...hour[n % hour.length]!,
  interval: { start: at(FROM + n * STEP), step: STEP },
});

type Options = Factory.PostgresOptions;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenkube-postgres-bench-'));
  const server = await startPostgres({ dir: folder });
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  const options: Options = {
    type: 'postgres',
    connectionString: server.url,
    schema: 'bench',
    sslMode: 'disable',
    poolMaxSize: 10,
    statementTimeout: 60 as Seconds,
  };
  try {
    const { rows } = await admin.query<{ version: string }>('SELECT version()');
    const hour = await observeHour();
    const pods = hour[0]!.rows.filter((row) => row.kind === 'pod').length;
    say('world', { pods, nodes: hour[0]!.nodes.length, server: rows[0]!.version });
    await oneDay(options, hour, pods, admin);
    await oneMonth(options, admin);
    await manyClusters({ ...options, schema: 'many' }, hour);
  } finally {
    await admin.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A day of commits, which are a backfill; the ones that add up an hour or the day apart. */
async function oneDay(
  options: Options,
  hour: readonly IntervalResult[],
  pods: number,
  admin: pg.Client,
): Promise<void> {
  const { ledger } = await openStores({ ...options, cluster: 'bench', step: STEP });
  const took: number[] = [];
  const whole = await seconds(async () => {
    for (let n = 0; n < DAY / STEP; n++) {
      took.push(await seconds(() => ledger.commit(moved(hour, n), at(FROM + (n + 1) * STEP))));
    }
  });
  await ledger.close();
  const isSeal = (n: number) => (n + 1) % hour.length === 0;
  const plain = took.filter((_, n) => n > 0 && !isSeal(n));
  const sealing = took.filter((_, n) => isSeal(n));
  say('commit of an interval', { goal: 1, p50: median(plain), p99: quantile(plain, 0.99), first: took[0] });
  say('commit that makes an hour whole', { p50: median(sealing), longest: largest(sealing) });
  say('backfill of a day', { goal: 120, seconds: whole });
  await admin.query('VACUUM ANALYZE');
  for (const [grain, table] of [
    ['intervals', 'pod_usage'],
    ['hours', 'pod_hour'],
    ['days', 'pod_day'],
  ]) {
    const { rows } = await admin.query<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname ~ ('^' || $2 || '(_[0-9]+)?$')`,
      [options.schema, table],
    );
    say(`bytes a pod-day in ${grain}`, { bytes: Number(rows[0]!.bytes) / pods });
  }
}

const DAY_TABLES = ['interval_mark', 'hour_seal', 'day_seal', 'pod_day', 'node_day', 'namespace_day'];
const TIMES = new Set(['start', 'first_start', 'last_start']);

/** Days before the one there is, as retention would have left them, and questions about the month. */
async function oneMonth(options: Options, admin: pg.Client): Promise<void> {
  await admin.query(`SET search_path = ${options.schema}`);
  for (const table of DAY_TABLES) {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [table],
    );
    const values = rows.map(({ name }) => {
      if (TIMES.has(name)) return `t.${name} - k.n * ${DAY}`;
      return table === 'hour_seal' && (name === 'raw' || name === 'held') ? 'false' : `t.${name}`;
    });
    await admin.query(
      `INSERT INTO ${table} SELECT ${values.join(', ')} FROM ${table} t, generate_series(1, ${MONTH_DAYS - 1}) k (n)`,
    );
  }
  await admin.query('ANALYZE');
  const history = await openHistory({ ...options, step: STEP });
  const month = { from: at(FROM - (MONTH_DAYS - 1) * DAY), to: at(FROM + DAY) };
  const lastDay = { from: at(FROM), to: at(FROM + DAY) };
  const questions: readonly (readonly [string, (h: History) => Promise<unknown>])[] = [
    ['totals of 30 days by namespace', (h) => h.totals({ range: month, by: ['namespace'], filters: {} })],
    [
      'series of 30 days by namespace, step 1d',
      (h) =>
        h.series({
          range: month,
          by: ['namespace'],
          filters: {},
          step: DAY as Seconds,
          amounts: ['energy', 'operational'],
        }),
    ],
    [
      'series of 24 h by namespace, step 1h',
      (h) =>
        h.series({
          range: lastDay,
          by: ['namespace'],
          filters: {},
          step: HOUR as Seconds,
          amounts: ['operational'],
        }),
    ],
    [
      'series of 24 h by namespace, step 5m',
      (h) => h.series({ range: lastDay, by: ['namespace'], filters: {}, step: STEP, amounts: ['energy'] }),
    ],
    ['totals of 24 h by pod', (h) => h.totals({ range: lastDay, by: ['pod'], filters: {} })],
    ['totals of 30 days by workload', (h) => h.totals({ range: month, by: ['workload'], filters: {} })],
  ];
  for (const [what, ask] of questions) {
    await ask(history);
    const took: number[] = [];
    for (let i = 0; i < TRIES; i++) took.push(await seconds(() => ask(history)));
    say(what, { goalMs: 100, p50Ms: 1000 * median(took), p99Ms: 1000 * quantile(took, 0.99) });
  }
  await history.close();
}

/** Rounds in which every cluster commits one interval, all at once, until the last of an hour. */
async function manyClusters(options: Options, hour: readonly IntervalResult[]): Promise<void> {
  const stores: Factory.Stores[] = [];
  for (const count of CLUSTERS) {
    while (stores.length < count) {
      const cluster = `cluster-${stores.length}`;
      stores.push(await openStores({ ...options, poolMaxSize: 2, cluster, step: STEP }));
    }
    const rounds: number[] = [];
    const first = CLUSTERS.indexOf(count) * hour.length;
    for (let n = first; n < first + hour.length; n++) {
      const result = moved(hour, n);
      rounds.push(
        await seconds(() =>
          Promise.all(stores.map(({ ledger }) => ledger.commit(result, at(FROM + (n + 1) * STEP)))),
        ),
      );
    }
    const plain = rounds.slice(1, -1);
    const keepsUp = Math.floor((count * STEP) / largest(rounds));
    say(`${count} clusters at once`, {
      p50: median(plain),
      longest: largest(plain),
      sealing: rounds.at(-1),
      clustersInOneStep: keepsUp,
    });
  }
  for (const { ledger } of stores) await ledger.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
