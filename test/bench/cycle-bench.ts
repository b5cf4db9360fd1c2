/** Live cycles of one interval each, on a Prometheus that already holds what the exporter will ask for, with scrapes meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { ExporterProcess } from './exporter-process.js';
import { othersBetween, sampleLoad, type LoadSample } from './machine-load.js';
import type { Exchange } from './measuring-proxy.js';
import type { CycleFigures, CycleResult } from './results.js';
import type { ScrapeSample } from './scraper.js';
import { largest, median, quantile, unionLength } from './stats.js';
import { startProxy, startScraper } from './threads.js';
import { worldFigures, type LoadedWorld, type WorldSpec } from './world-data.js';

/** An interval of 300 s comes due every 60 s: time enough for the slowest cycle to end before the next begins. */
export const SPEED = 5;
const STEP = 300;
const SETTLE = 60;
export const CYCLES = 4;
/** Samples before the first interval, so that everything has been there for a while. */
export const LEAD = 2 * STEP;
const SAMPLE_MS = 200;

export interface CycleBenchOptions {
  readonly spec: WorldSpec;
  readonly loaded: LoadedWorld;
  readonly databasePath: string;
  readonly nodeFlags?: readonly string[];
  readonly say: (line: string) => void;
}

/** Seconds of samples that the bench needs. */
export const CYCLE_WORLD_SECONDS = LEAD + (CYCLES + 3) * STEP;

export async function runCycleBench(options: CycleBenchOptions): Promise<CycleResult> {
  const { spec, loaded, databasePath, nodeFlags = [], say } = options;
  const proxy = await startProxy(loaded.server.url);
  const exporter = new ExporterProcess({
    prometheusUrl: proxy.url,
    databasePath,
    // Two intervals are due at the start, of which `backfill` lets one.
    clock: { from: spec.from + LEAD + STEP + SETTLE + 5, speed: SPEED },
    flags: ['--backfill=10m'],
    nodeFlags,
  });
  try {
    const watch = watchProcess(exporter, loaded.server.pid);
    const first = await watch.cycle(proxy.items, 0);
    say(`first cycle ${first.figures.total.toFixed(1)} s`);
    const url = await exporter.url();
    const before = await phaseSums(url);
    const scraper = startScraper(url);
    const windows: Window[] = [];
    let line = first.nextLine;
    for (let i = 0; i < CYCLES; i++) {
      const cycle = await watch.cycle(proxy.items, line);
      line = cycle.nextLine;
      windows.push(cycle);
      say(`cycle ${cycle.figures.total.toFixed(1)} s, ours ${cycle.figures.ours.toFixed(1)} s`);
    }
    const steadyFrom = windows.at(-1)!.to + 15_000;
    await delay(20_000);
    await scraper.stop();
    const after = await phaseSums(url);
    const rss = { peak: exporter.memory().peak, steady: watch.residentSince(steadyFrom) };
    watch.stop();
    return {
      kind: 'cycle',
      world: worldFigures(spec, loaded),
      first: first.figures,
      cycles: windows.map((window) => window.figures),
      phases: Object.fromEntries(
        Object.entries(after).map(([phase, sum]) => [phase, (sum - (before[phase] ?? 0)) / CYCLES]),
      ),
      slowest: slowestOf(proxy.items, windows.at(-1)!),
      rss,
      scrape: scrapeFigures(scraper.items, windows),
    };
  } finally {
    await exporter.stop();
    await proxy.stop();
  }
}

interface Window {
  /** ms since the epoch of this machine's clock. */
  readonly from: number;
  readonly to: number;
  readonly figures: CycleFigures;
}

interface Watch {
  /** The first cycle told of in the lines from `line` on. */
  cycle(exchanges: readonly Exchange[], line: number): Promise<Window & { readonly nextLine: number }>;
  /** Median of the resident memory since an instant, bytes. */
  residentSince(at: number): number;
  stop(): void;
}

function watchProcess(exporter: ExporterProcess, prometheusPid: number): Watch {
  const samples: { at: number; cpu: number; resident: number; load: LoadSample }[] = [];
  const timer = setInterval(() => {
    if (!exporter.running) return;
    const at = performance.timeOrigin + performance.now();
    const load = sampleLoad([exporter.pid, prometheusPid]);
    samples.push({ at, cpu: exporter.cpu(), resident: exporter.memory().resident, load });
  }, SAMPLE_MS);
  const sampleAt = (at: number) => samples.findLast((s) => s.at <= at) ?? samples[0]!;
  return {
    async cycle(exchanges, line) {
      const committed = await exporter.waitFor((l) => l.msg === 'intervals committed', 400, line);
      const index = exporter.lines.indexOf(committed);
      const published = await exporter.waitFor((l) => l.msg === 'snapshot published', 100, index);
      await delay(2 * SAMPLE_MS);
      const from = committed.at - Number(committed['seconds']) * 1000;
      const to = published.at;
      const asked = exchanges.filter((e) => e.from >= from - 50 && e.to <= to);
      const prometheus = unionLength(asked) / 1000;
      const total = (to - from) / 1000;
      const bytes = asked.reduce((sum, e) => sum + e.bytes, 0);
      const [before, after] = [sampleAt(from), sampleAt(to + SAMPLE_MS)];
      const cpu = after.cpu - before.cpu;
      const others = othersBetween(before.load, after.load);
      const figures = { total, prometheus, ours: total - prometheus, cpu, bytes, others };
      return { from, to, figures, nextLine: exporter.lines.indexOf(published) + 1 };
    },
    residentSince: (at) => median(samples.filter((s) => s.at >= at).map((s) => s.resident)),
    stop: () => clearInterval(timer),
  };
}

/** Seconds spent in each phase since the start, as the exporter's own metrics tell. */
async function phaseSums(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}metrics`)).text();
  const sums = text.matchAll(/^greenkube_cycle_duration_seconds_sum\{.*phase="(\w+)"\} (\S+)$/gm);
  return Object.fromEntries([...sums].map(([, phase, sum]) => [phase!, Number(sum)]));
}

function slowestOf(exchanges: readonly Exchange[], { from, to }: Window): CycleResult['slowest'] {
  return exchanges
    .filter((e) => e.from >= from && e.to <= to)
    .map((e) => ({ query: e.query, seconds: (e.to - e.from) / 1000, bytes: e.bytes }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 8);
}

function scrapeFigures(samples: readonly ScrapeSample[], windows: readonly Window[]): CycleResult['scrape'] {
  const during = samples.filter((s) => windows.some((w) => s.at + s.took >= w.from && s.at <= w.to));
  const tookOf = (kind: ScrapeSample['kind'], from = during): number[] =>
    from.filter((s) => s.kind === kind).map((s) => s.took / 1000);
  const bytesOf = (kind: ScrapeSample['kind']): number =>
    samples.findLast((s) => s.kind === kind)?.bytes ?? NaN;
  const scrapes = tookOf('gzip');
  return {
    count: scrapes.length,
    p50: median(scrapes),
    p99: quantile(scrapes, 0.99),
    max: largest(scrapes),
    gzipBytes: bytesOf('gzip'),
    plainBytes: bytesOf('plain'),
    plainP50: median(tookOf('plain', [...samples])),
    livezP99: quantile(tookOf('livez'), 0.99),
    livezMax: largest(tookOf('livez')),
    block: largest(samples.map((s) => s.lagMax ?? NaN).filter((lag) => !Number.isNaN(lag))),
  };
}
