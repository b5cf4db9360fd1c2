/** `pnpm bench [--data=FOLDER] [names]`: measures, keeps the results in results.json and writes docs/benchmarks.md. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem, type as osType } from 'node:os';
import { join } from 'node:path';
import { elasticsearchOrSkip } from '../servers/elasticsearch.js';
import {
  BACKFILL_FLAGS,
  BACKFILL_WORLD_SECONDS,
  backfillClock,
  INTERVALS,
  runBackfillBench,
} from './backfill-bench.js';
import { CYCLE_WORLD_SECONDS, CYCLES, LEAD, runCycleBench } from './cycle-bench.js';
import { ROOT } from './exporter-process.js';
import { runHistoryBench } from './history-bench.js';
import { runElasticsearchBench } from './elasticsearch-bench.js';
import { runKubernetesBench } from './kubernetes-bench.js';
import { runPostgresBench } from './postgres-bench.js';
import { runRecommendBench } from './recommend-bench.js';
import { renderReport } from './report.js';
import { runRestartBench } from './restart-bench.js';
import type { Entry, Machine, Result } from './results.js';
import { startLoaded, type LoadedWorld, type WorldSpec } from './world-data.js';

const RESULTS = join(ROOT, 'test/bench/results.json');
const REPORT = join(ROOT, 'docs/benchmarks.md');
/** A working morning of the demo world. */
const START = Date.UTC(2026, 5, 3, 8) / 1000;

const live = (blocks: number, density: number): WorldSpec => ({
  scale: { blocks, density },
  from: START,
  to: START + CYCLE_WORLD_SECONDS,
  scrapeInterval: 30,
});

/** Names of the benches by the world that they share, in the order in which they run on it. */
const SUITES: readonly { readonly benches: readonly string[]; readonly spec: WorldSpec }[] = [
  { benches: ['cycle-500'], spec: live(1, 5) },
  { benches: ['cycle-5000', 'history-5000'], spec: live(5, 10) },
  { benches: ['cycle-50000', 'restart-50000'], spec: live(44, 11) },
  {
    benches: ['backfill-5000', 'restart-5000'],
    spec: {
      scale: { blocks: 5, density: 10 },
      from: START,
      to: START + BACKFILL_WORLD_SECONDS,
      scrapeInterval: 120,
    },
  },
];
/** These need no world. null: what they need is not there. */
const ALONE: Readonly<Record<string, () => Result | null | Promise<Result | null>>> = {
  'recommend-5000': runRecommendBench,
  'kubernetes-50000': runKubernetesBench,
  'postgres-5000': () => runPostgresBench(say),
  'elasticsearch-5000': () => (elasticsearchOrSkip() ? runElasticsearchBench(say) : null),
};
const NAMES = [...SUITES.flatMap((suite) => suite.benches), ...Object.keys(ALONE)];

interface Arguments {
  /** Where loaded worlds and databases are kept; null: nowhere. */
  readonly data: string | null;
  readonly names: readonly string[];
  readonly nodeFlags: readonly string[];
}

function parseArguments(argv: readonly string[]): Arguments {
  const value = (flag: string): string | null =>
    argv.find((a) => a.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? null;
  const names = argv.filter((a) => !a.startsWith('--'));
  const wrong = names.find((name) => !NAMES.includes(name));
  if (wrong !== undefined) throw new Error(`no bench is named ${wrong}; there are ${NAMES.join(', ')}`);
  const nodeFlags = value('--node-flags')?.split(' ') ?? [];
  return { data: value('--data'), names: names.length > 0 ? names : NAMES, nodeFlags };
}

const say = (line: string): void => console.log(line);

async function runSuite(
  { benches, spec }: (typeof SUITES)[number],
  folder: string,
  args: Arguments,
): Promise<void> {
  const wanted = benches.filter((name) => args.names.includes(name));
  if (wanted.length === 0) return;
  const dir = join(folder, benches[0]!);
  say(`${benches[0]}: preparing the world`);
  const loaded = await startLoaded(spec, join(dir, 'prometheus'), say);
  say(
    `${loaded.nodes} nodes, ${loaded.pods} pods, ${loaded.series} series, loaded in ${Math.round(loaded.loadSeconds)} s`,
  );
  try {
    for (const name of wanted) {
      say(`${name}: measuring`);
      keep(name, await measure(name, spec, loaded, dir, args));
    }
  } finally {
    await loaded.server.stop();
  }
}

async function measure(
  name: string,
  spec: WorldSpec,
  loaded: LoadedWorld,
  dir: string,
  { nodeFlags }: Arguments,
): Promise<Result> {
  const databasePath = join(dir, 'exporter.db');
  const options = { spec, loaded, databasePath, nodeFlags, say };
  const restart = { prometheusUrl: loaded.server.url, databasePath, pods: loaded.pods };
  const kind = name.split('-')[0] ?? '';
  switch (kind) {
    case 'cycle':
      freshFolder(databasePath);
      return runCycleBench(options);
    case 'history':
      return runHistoryBench({ spec, loaded, dir, say });
    case 'backfill':
      freshFolder(databasePath);
      return runBackfillBench(options);
    default: {
      if (!existsSync(databasePath))
        throw new Error(`${name} goes on with the database of the bench before it`);
      const live = benchesLive(name);
      const from = live ? spec.from + LEAD + (CYCLES + 1) * 300 + 90 : backfillClock(spec);
      const flags = live ? ['--backfill=10m'] : BACKFILL_FLAGS;
      const intervals = live ? CYCLES + 1 : INTERVALS;
      return runRestartBench({ ...restart, clock: { from, speed: 1 }, flags, intervals });
    }
  }
}

const benchesLive = (name: string): boolean => name === 'restart-50000';

function freshFolder(databasePath: string): void {
  for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(databasePath + suffix, { force: true });
}

function keep(name: string, result: Result): void {
  const entries = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Entry[]) : [];
  const entry = { name, date: new Date().toISOString().slice(0, 10), machine: thisMachine(), result };
  const all = [...entries.filter((e) => e.name !== name), entry];
  const ordered = all.toSorted((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name));
  writeFileSync(RESULTS, `${JSON.stringify(ordered, null, 2)}\n`);
  writeFileSync(REPORT, renderReport(ordered));
  say(`${name}: ${JSON.stringify(result)}`);
}

function thisMachine(): Machine {
  const version = execFileSync('prometheus', ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version.slice(1),
    prometheus: /version (\S+)/.exec(version)?.[1] ?? 'unknown',
    os: `${osType()} ${release()}`,
  };
}

const args = parseArguments(process.argv.slice(2));
const folder = args.data ?? mkdtempSync(join(tmpdir(), 'greenkube-bench-'));
mkdirSync(folder, { recursive: true });
try {
  for (const suite of SUITES) await runSuite(suite, folder, args);
  for (const name of args.names) {
    const result = await ALONE[name]?.();
    if (result) keep(name, result);
  }
  say(`written: ${REPORT}`);
} finally {
  if (args.data === null) rmSync(folder, { recursive: true, force: true });
}
