/** Questions about a month of 5 000 pods over HTTP: alone, and by fifty readers while cycles run; and what the month takes on disk. */
import { copyFileSync, rmSync, statSync } from 'node:fs';
import { ExporterProcess } from './exporter-process.js';
import { CYCLES, LEAD, SPEED } from './cycle-bench.js';
import { bytesOf, DAY_SECONDS, fillLedger, RAW_DAYS, repeat } from './history-fill.js';
import { runRestartBench } from './restart-bench.js';
import type { HistoryResult, QueryFigures } from './results.js';
import { largest, median, quantile } from './stats.js';
import { worldFigures, type LoadedWorld, type WorldSpec } from './world-data.js';

const DAYS = 30;
const FILLED_DAYS = 10;
const YEAR_DAYS = 360;
const READERS = 50;
const ALONE = 40;

/** `range` is replaced: the last of the filled days, so that no live interval is part of it. */
const QUERIES: readonly {
  readonly what: string;
  readonly path: (range: string) => string;
  readonly days: number;
}[] = [
  { what: 'Totals of 30 days by namespace', days: 30, path: (r) => `totals?by=namespace&${r}` },
  {
    what: 'Series of 30 days by namespace, step 1d',
    days: 30,
    path: (r) => `series?by=namespace&step=1d&metric=energy_joules,co2e_grams&${r}`,
  },
  {
    what: 'Series of 30 days by namespace, step 1h',
    days: 30,
    path: (r) => `series?by=namespace&step=1h&metric=co2e_grams&${r}`,
  },
  { what: 'Top 10 pods of 24 h', days: 1, path: (r) => `totals?by=pod&sort=-co2e_grams&limit=10&${r}` },
  {
    what: 'Workloads of one namespace, 7 days',
    days: 7,
    path: (r) => `totals?by=workload&namespace=shop&${r}`,
  },
  { what: 'Totals of 30 days by team', days: 30, path: (r) => `totals?by=label:team&${r}` },
];

export interface HistoryBenchOptions {
  readonly spec: WorldSpec;
  readonly loaded: LoadedWorld;
  /** Where the month is kept. */
  readonly dir: string;
  readonly say: (line: string) => void;
}

export async function runHistoryBench({
  spec,
  loaded,
  dir,
  say,
}: HistoryBenchOptions): Promise<HistoryResult> {
  const filled = `${dir}/filled.db`;
  const month = `${dir}/month.db`;
  const to = spec.from - (spec.from % DAY_SECONDS);
  await fillLedger({ path: filled, scale: spec.scale, from: to - FILLED_DAYS * DAY_SECONDS, to, say });
  removeDatabase(month);
  repeat(filled, month, FILLED_DAYS, DAYS);
  const working = `${dir}/working.db`;
  const restart = { prometheusUrl: loaded.server.url, pods: loaded.pods, flags: ['--backfill=10m'] };
  const clock = { from: spec.from + LEAD + 365, speed: SPEED };
  copyDatabase(month, working);
  const served = await serveMonth({ working, clock, to, url: loaded.server.url, say });
  removeDatabase(working);
  repeat(filled, working, FILLED_DAYS, YEAR_DAYS);
  const yearBytes = statSync(working).size;
  say('opening a year');
  const year = await runRestartBench({
    ...restart,
    databasePath: working,
    clock: { ...clock, speed: 1 },
    // The newest interval is hours old: it is served, its gauges are not.
    family: 'greenkube_build_info',
    intervals: YEAR_DAYS * 288,
  });
  const podDays = (days: number): number => loaded.pods * days;
  const result: HistoryResult = {
    kind: 'history',
    world: worldFigures(spec, loaded),
    days: DAYS,
    databaseBytes: statSync(month).size,
    rawBytes: bytesOf(month, ['pod_usage', 'node_usage', 'namespace_usage', 'interval']) / podDays(RAW_DAYS),
    hourBytes: bytesOf(month, ['pod_hour', 'node_hour', 'namespace_hour', 'hour_seal']) / podDays(DAYS),
    dayBytes: bytesOf(month, ['pod_day', 'node_day', 'namespace_day', 'day_seal']) / podDays(DAYS),
    ...served,
    year: { bytes: yearBytes, metrics: year.metrics, totals: year.totals },
  };
  removeDatabase(working);
  return result;
}

interface Serving {
  readonly working: string;
  readonly clock: { readonly from: number; readonly speed: number };
  readonly to: number;
  readonly url: string;
  readonly say: (line: string) => void;
}

async function serveMonth({
  working,
  clock,
  to,
  url,
  say,
}: Serving): Promise<Pick<HistoryResult, 'alone' | 'crowd' | 'crowdFailures'>> {
  const exporter = new ExporterProcess({
    prometheusUrl: url,
    databasePath: working,
    clock,
    flags: ['--backfill=10m'],
  });
  try {
    const base = await exporter.url();
    const paths = QUERIES.map(({ what, path, days }) => ({
      what,
      url: `${base}api/v1/${path(`from=${to - days * DAY_SECONDS}&to=${to}`)}`,
    }));
    let line = exporter.lines.indexOf(await exporter.waitFor((l) => l.msg === 'snapshot published', 100));
    say('one reader, no cycle');
    const alone: QueryFigures[] = [];
    for (const { what, url: path } of paths) {
      const took = [];
      let bytes = 0;
      for (let i = 0; i < ALONE; i++) {
        const answer = await ask(path);
        took.push(answer.seconds);
        bytes = answer.bytes;
      }
      alone.push(figures(what, took.slice(1), bytes));
    }
    say(`${READERS} readers while ${CYCLES} cycles run`);
    let going = true;
    let crowdFailures = 0;
    const taken = paths.map((): number[] => []);
    const read = async (reader: number): Promise<void> => {
      for (let i = reader; going; i++) {
        const n = i % paths.length;
        await ask(paths[n]!.url).then(
          (answer) => taken[n]!.push(answer.seconds),
          () => crowdFailures++,
        );
      }
    };
    const readers = Array.from({ length: READERS }, (_, reader) => read(reader));
    for (let i = 0; i < CYCLES; i++) {
      const committed = await exporter.waitFor((l) => l.msg === 'intervals committed', 400, line + 1);
      line = exporter.lines.indexOf(committed);
    }
    going = false;
    await Promise.all(readers);
    const crowd = paths.map(({ what }, n) => figures(what, taken[n]!, 0));
    return { alone, crowd, crowdFailures };
  } finally {
    await exporter.stop();
  }
}

/** @throws Error when it is refused or fails */
async function ask(url: string): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const began = performance.now();
  const answer = await fetch(url);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${body}`);
  return { seconds: (performance.now() - began) / 1000, bytes: body.length };
}

const figures = (what: string, took: readonly number[], bytes: number): QueryFigures => ({
  what,
  count: took.length,
  p50: median(took),
  p99: quantile(took, 0.99),
  max: largest(took),
  bytes,
});

function copyDatabase(from: string, to: string): void {
  removeDatabase(to);
  copyFileSync(from, to);
}

const removeDatabase = (path: string): void =>
  ['', '-wal', '-shm', '.lock'].forEach((suffix) => rmSync(path + suffix, { force: true }));
