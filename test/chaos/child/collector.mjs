/**
 * The collecting half of the built exporter on a few machines of the demo world (windows.ts), with a clock that jumps to whenever the engine
 * wants to wake. Tells on standard output, a line each: "open" before it opens the ledger, "wake CLOCK", "error MESSAGE" of a
 * cycle that failed, "refused PROBLEM MESSAGE" and "done CYCLES". Its one argument is a `CollectorOptions` (collector.ts) as JSON.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createEngine } from '../../../exporter/dist/app/engine.js';
import { createPerVcpuFootprints } from '../../../exporter/dist/collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../../../exporter/dist/collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../../../exporter/dist/collectors/opencost/price-table.js';
import { createTables } from '../../../exporter/dist/data/tables.js';
import { StatusKeeper } from '../../../exporter/dist/pipeline/status.js';
import { openLedger } from '../../../exporter/dist/repositories/factory.js';

const options = JSON.parse(process.argv[2]);
const { path, step, start, lateUntil, remembers, jumps, retention, windows, hold } = options;

const tell = (line) => writeSync(1, `${line.replaceAll('\n', ' ')}\n`);

/** True time; what the clock shows is off by the last jump. */
let now = options.clock;
const shown = () => now + (jumps.findLast((jump) => jump.at <= now)?.by ?? 0);
const clock = { now: shown };

/** With answers that are late, cut at both ends of what a server remembers, or of a time to come. */
function createSource() {
  const oldestHeld = () => Math.max(start, remembers === null ? start : now - remembers);
  return {
    name: 'demo',
    observe: async ({ from, to }) => ({
      ok: true,
      value: windowsOf(from, to).map((window) => asAnswered(window, oldestHeld())),
      warnings: [],
    }),
    oldest: async (notBefore) => ({ ok: true, value: Math.max(oldestHeld(), notBefore), warnings: [] }),
    rejected: () => ({}),
  };
}

function windowsOf(from, to) {
  const hour = JSON.parse(readFileSync(join(windows, `${from - (from % 3600)}.json`), 'utf8'));
  return hour.filter(({ interval }) => interval.start >= from && interval.start < to);
}

function asAnswered(window, oldestHeld) {
  const from = window.interval.start;
  const to = from + step;
  if (from >= now || to <= oldestHeld) {
    return { ...window, nodes: [], pods: [], coverage: 0, partialReasons: ['no-data'] };
  }
  const { pods } = window;
  const part = (reason) => ({
    ...window,
    pods: pods.slice(0, pods.length / 2),
    coverage: 0.5,
    partialReasons: [reason],
  });
  if (to > now) return part('samples-missing');
  return (from / step) % 5 === 2 && from < lateUntil && now < to + step ? part('source-warning') : window;
}

function createFactors() {
  return {
    tables: createTables(),
    settings: options.settings,
    intensity: createYearlyIntensity(options.intensity),
    embodied: createPerVcpuFootprints(null),
    prices: createPriceTable({ ...options.prices, rows: [], own: false }),
  };
}

let failed = false;

/**
 * As the real one: naps until the clock shows `at`, whatever happens to it meanwhile. No simulated time passes while the file
 * `hold` is there after a cycle has failed.
 */
async function sleepUntil(at) {
  while (failed && hold !== null && existsSync(hold)) await delay(10);
  const NAP = 15;
  while (shown() < at) now += Math.min(NAP, at - shown());
  globalThis.chaosClock = now;
  tell(`wake ${now}`);
}

async function collect() {
  const ledger = await openLedger({ type: 'sqlite', path, cluster: 'chaos', step });
  globalThis.chaosClock = now;
  const stop = new AbortController();
  const status = new StatusKeeper(clock, () => performance.now() / 1000);
  status.addSource('demo', true);
  let cycles = 0;
  const phase = status.phase.bind(status);
  status.phase = (name, work) => {
    if (name === 'total') cycles++;
    return phase(name, work);
  };
  const ignore = () => undefined;
  const engine = await createEngine({
    usage: createSource(),
    ledger,
    factors: createFactors(),
    clock,
    status,
    step,
    settle: options.settle,
    backfill: options.backfill,
    retention,
    stopwatch: () => 0,
    sleepUntil: async (at) => {
      await sleepUntil(at);
      if (now >= options.until) stop.abort();
    },
    log: {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: ({ err }) => {
        failed = true;
        tell(`error ${err.message}`);
      },
    },
    publish: async () => undefined,
    onStatus: ignore,
    onProgress: ignore,
  });
  process.once('SIGTERM', () => stop.abort());
  await engine.run(stop.signal);
  await ledger.close();
  tell(`done ${cycles}`);
}

tell('open');
try {
  await collect();
} catch (error) {
  if (error.name !== 'DatabaseError') throw error;
  tell(`refused ${error.problem} ${error.message}`);
  process.exitCode = 1;
}
