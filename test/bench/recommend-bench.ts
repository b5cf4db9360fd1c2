/**
 * A scan for recommendations of 5 000 workloads over a week: how long it takes, and how long it holds the event loop. The database is
 * made of one hour of intervals that the built ledger has sealed, and copies of it.
 *
 *   node test/dist/test/bench/recommend-bench.js
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type * as TimeZones from '../../exporter/src/data/time-zones.js';
import type { IntervalResult, Row } from '../../exporter/src/domain/model.js';
import { SETTINGS } from '../../exporter/src/domain/recommendations/testing/facts.js';
import type * as Units from '../../exporter/src/domain/units.js';
import type * as Recommend from '../../exporter/src/pipeline/recommend.js';
import { podRow, resultOf, shareRow, sidecarred, STEP } from '../../exporter/src/ports/testing/results.js';
import type * as Factory from '../../exporter/src/repositories/factory.js';
import type * as Connection from '../../exporter/src/repositories/sqlite/connection.js';
import { built } from './built.js';

const { timeZoneOf } = await built<typeof TimeZones>('data/time-zones.js');
const { bytes, cores, cpuSeconds, epochSeconds, seconds } = await built<typeof Units>('domain/units.js');
const { Recommender } = await built<typeof Recommend>('pipeline/recommend.js');
const { openStores } = await built<typeof Factory>('repositories/factory.js');
const { openWriter } = await built<typeof Connection>('repositories/sqlite/connection.js');

const WORKLOADS = 5000;
const PODS_OF_A_WORKLOAD = 2;
const PODS_ON_A_NODE = 40;
const HOURS = 168;
const HOUR = 3600;
const START = Date.UTC(2026, 5, 1) / 1000;
const HOUR_TABLES = [
  'pod_hour',
  'node_hour',
  'namespace_hour',
  'workload_hour_histogram',
  'hour_seal',
  'node_usage',
];

export interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly blockMs: number;
}

export interface RecommendResult {
  readonly kind: 'recommend';
  readonly workloads: number;
  readonly pods: number;
  readonly nodes: number;
  readonly hours: number;
  /** With the longest block of the event loop. */
  readonly scan: Took;
  /** The same window again. */
  readonly again: Took;
  readonly found: number;
  readonly rssPeakBytes: number;
}

/** Pods of ten kinds of workload: some ask for too much, some do nothing at all. */
function rowsOf(interval: number): Row[] {
  const rows: Row[] = [];
  for (let w = 0; w < WORKLOADS; w++) {
    for (let p = 0; p < PODS_OF_A_WORKLOAD; p++) {
      const index = w * PODS_OF_A_WORKLOAD + p;
      const load = w % 10 === 3 ? 0.000_01 : 0.02 + 0.01 * ((w + interval * (1 + (w % 7))) % 12);
      rows.push(
        podRow({
          namespace: `ns-${w % 200}`,
          pod: `w${w}-${p}`,
          uid: `u${index}`,
          workload: { name: `w${w}`, type: w % 50 === 0 ? 'StatefulSet' : 'Deployment' },
          node: `n${Math.floor(index / PODS_ON_A_NODE)}`,
          cpuRequest: cores(w % 3 === 0 ? 1 : 0.15),
          memoryRequest: bytes(2 ** 28),
          cpuSeconds: cpuSeconds(Math.round(load * STEP * 1e6) / 1e6),
          memoryBytes: bytes(2 ** 27 + 2 ** 20 * ((w * 13 + interval * 7) % 40)),
          restarts: 0,
        }),
      );
    }
  }
  const nodes = new Set(rows.map((row) => row.node));
  return [...rows, ...[...nodes].map((node) => shareRow('idle', { node, cpuSeconds: cpuSeconds(0) }))];
}

/** Half of the workloads. */
const hasProxy = ({ workload }: Row): boolean => Number(workload.name.slice(1)) % 2 === 0;

/** Sealed hours, each a copy of the first. */
async function fill(path: string): Promise<number> {
  const { ledger } = await openStores({ type: 'sqlite', path, cluster: 'c', step: STEP });
  let last: IntervalResult | null = null;
  for (let n = 0; n < HOUR / STEP; n++) {
    const rows = rowsOf(n);
    const containers = sidecarred(rows.filter(hasProxy));
    last = resultOf(START + n * STEP, rows, { containers }, () => ({ cpuCapacity: cores(16) }));
    await ledger.commit(last, epochSeconds(START + HOUR * HOURS));
  }
  // The newest interval, of which the pods of now are.
  await ledger.commit(
    { ...last!, interval: { start: epochSeconds(START + HOURS * HOUR), step: STEP } },
    epochSeconds(START),
  );
  await ledger.close();
  const writer = openWriter(path);
  for (const table of HOUR_TABLES) {
    const columns = (writer.db.pragma(`table_info(${table})`) as { name: string }[]).map((c) => c.name);
    const shifted = columns.map((c) =>
      ['start', 'first_start', 'last_start'].includes(c) ? `${c} + @by` : c,
    );
    const copy = writer.db.prepare(
      `INSERT OR IGNORE INTO ${table} SELECT ${shifted.join(', ')} FROM ${table} WHERE start >= @from AND start < @to`,
    );
    writer.db.transaction(() => {
      for (let h = 1; h < HOURS; h++) copy.run({ by: h * HOUR, from: START, to: START + HOUR });
    })();
  }
  writer.close();
  return last!.nodes.length;
}

/** Largest gap between turns of the event loop, less that of a timer without work. */
class BlockMeter {
  private last = performance.now();
  private worst = 0;
  private running = true;

  constructor() {
    this.turn();
  }

  private turn(): void {
    const now = performance.now();
    this.worst = Math.max(this.worst, now - this.last);
    this.last = now;
    if (this.running) setImmediate(() => this.turn());
  }

  stop(): number {
    this.running = false;
    return this.worst;
  }
}

async function scanned(scan: () => Promise<unknown>): Promise<Took> {
  const meter = new BlockMeter();
  const [began, used] = [performance.now(), process.cpuUsage()];
  await scan();
  const { user, system } = process.cpuUsage(used);
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    blockMs: meter.stop(),
  };
}

export async function runRecommendBench(): Promise<RecommendResult> {
  const dir = mkdtempSync(join(tmpdir(), 'greenkube-recommend-'));
  try {
    const path = join(dir, 'greenkube.db');
    const nodes = await fill(path);
    const stores = await openStores({ type: 'sqlite', path, cluster: 'c', step: STEP });
    const { profiles, recommendations } = stores.outlook!;
    const recommender = new Recommender({
      cluster: 'c',
      settings: SETTINGS,
      profiles,
      store: recommendations,
      ledger: stores.ledger,
      timeZoneOf,
      clock: { now: () => epochSeconds(START + HOURS * HOUR + 600) },
      stopwatch: () => seconds(performance.now() / 1000),
    });
    const signal = new AbortController().signal;
    const first = await scanned(() => recommender.scan(signal));
    const again = await scanned(() => recommender.scan(signal));
    await stores.ledger.close();
    return {
      kind: 'recommend',
      workloads: WORKLOADS,
      pods: WORKLOADS * PODS_OF_A_WORKLOAD,
      nodes,
      hours: HOURS,
      scan: first,
      again,
      found: recommender.shown?.recommendations.length ?? 0,
      rssPeakBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await runRecommendBench(), null, 2));
}
