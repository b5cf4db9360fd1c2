/** One day of history at the first start. */
import { statSync } from 'node:fs';
import { ExporterProcess } from './exporter-process.js';
import { othersBetween, sampleLoad } from './machine-load.js';
import type { BackfillResult } from './results.js';
import { quantile, unionLength } from './stats.js';
import { startProxy, startScraper } from './threads.js';
import { worldFigures, type LoadedWorld, type WorldSpec } from './world-data.js';

const DAY = 86_400;
const STEP = 300;
const SETTLE = 60;
export const INTERVALS = DAY / STEP;
export const BACKFILL_WORLD_SECONDS = DAY + 4 * STEP;

/** A little more than the day, since the newest interval is older than now. */
export const BACKFILL_FLAGS = ['--backfill=1d5m'];

export interface BackfillBenchOptions {
  readonly spec: WorldSpec;
  readonly loaded: LoadedWorld;
  readonly databasePath: string;
  readonly nodeFlags?: readonly string[];
}

/** What the exporter's clock shows at the start: the last of the day's intervals has just settled. */
export const backfillClock = (spec: WorldSpec): number => spec.from + 2 * STEP + DAY + SETTLE + 5;

export async function runBackfillBench(options: BackfillBenchOptions): Promise<BackfillResult> {
  const { spec, loaded, databasePath, nodeFlags = [] } = options;
  const proxy = await startProxy(loaded.server.url);
  const exporter = new ExporterProcess({
    prometheusUrl: proxy.url,
    databasePath,
    clock: { from: backfillClock(spec), speed: 1 },
    flags: BACKFILL_FLAGS,
    nodeFlags,
  });
  try {
    const pids = [exporter.pid, loaded.server.pid];
    const before = sampleLoad(pids);
    const scraper = startScraper(await exporter.url());
    const end = await allCommitted(exporter);
    await scraper.stop();
    const others = othersBetween(before, sampleLoad(pids));
    const cpu = exporter.cpu();
    const rssPeak = exporter.memory().peak;
    await exporter.stop();
    return {
      kind: 'backfill',
      world: worldFigures(spec, loaded),
      intervals: INTERVALS,
      seconds: (end - exporter.startedAt) / 1000,
      prometheus: unionLength(proxy.items.filter((e) => e.to <= end)) / 1000,
      cpu,
      rssPeak,
      databaseBytes: statSync(databasePath).size,
      scrapeP99: quantile(
        scraper.items.filter((s) => s.kind === 'gzip').map((s) => s.took / 1000),
        0.99,
      ),
      others,
    };
  } finally {
    await exporter.stop();
    await proxy.stop();
  }
}

/** The instant at which the last of the day's intervals was in, ms since the epoch of this machine's clock. */
async function allCommitted(exporter: ExporterProcess): Promise<number> {
  let committed = 0;
  for (let line = 0; ;) {
    const told = await exporter.waitFor((l) => l.msg === 'intervals committed', 1200, line);
    committed += Number(told['committed']);
    if (committed >= INTERVALS) return told.at;
    line = exporter.lines.indexOf(told) + 1;
  }
}
