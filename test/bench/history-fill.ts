/** A ledger at the size of the bench, written by the built exporter's own code from the demo world; and a longer one made of it. */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as Factors from '../../exporter/src/app/compose-factors.js';
import type * as Configuration from '../../exporter/src/app/config.js';
import type * as UsageSource from '../../exporter/src/demo/usage-source.js';
import type * as Demo from '../../exporter/src/demo/world.js';
import type * as Interval from '../../exporter/src/domain/interval.js';
import type * as Units from '../../exporter/src/domain/units.js';
import type * as Compact from '../../exporter/src/pipeline/compact.js';
import type * as RunInterval from '../../exporter/src/pipeline/run-interval.js';
import type * as Factory from '../../exporter/src/repositories/factory.js';
import type * as Connection from '../../exporter/src/repositories/sqlite/connection.js';
import type { Scale } from '../../exporter/src/demo/scale.js';
import { built } from './built.js';

const { composeStaticFactors } = await built<typeof Factors>('app/compose-factors.js');
const { loadConfig } = await built<typeof Configuration>('app/config.js');
const { createDemoSource } = await built<typeof UsageSource>('demo/usage-source.js');
const { createWorld } = await built<typeof Demo>('demo/world.js');
const { HOUR } = await built<typeof Interval>('domain/interval.js');
const { epochSeconds } = await built<typeof Units>('domain/units.js');
const { compact } = await built<typeof Compact>('pipeline/compact.js');
const { computeWindow } = await built<typeof RunInterval>('pipeline/run-interval.js');
const { openStores } = await built<typeof Factory>('repositories/factory.js');
const { openReader, openWriter } = await built<typeof Connection>('repositories/sqlite/connection.js');

export const DAY_SECONDS = 86_400;
/** Of the exporter's defaults: single intervals are kept for a week. */
export const RAW_DAYS = 7;
const HOUR_DAYS = 90;

const DAY_TABLES = ['interval', 'hour_seal', 'day_seal', 'pod_day', 'node_day', 'namespace_day'];
const HOUR_TABLES = ['pod_hour', 'node_hour', 'namespace_hour', 'workload_hour_histogram'];
const TIMES = new Set(['start', 'first_start', 'last_start']);

export interface FillOptions {
  readonly path: string;
  readonly scale: Scale;
  /** Whole days, the end at midnight UTC. */
  readonly from: number;
  readonly to: number;
  readonly say: (line: string) => void;
}

/** Nothing is done where an earlier run has left the same ledger. */
export async function fillLedger({ path, scale, from, to, say }: FillOptions): Promise<void> {
  const stamp = `${path}.filled.json`;
  const wanted = JSON.stringify({ scale, from, to });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  for (const suffix of ['', '-wal', '-shm', '.lock', '.filled.json']) rmSync(path + suffix, { force: true });
  const loaded = loadConfig({ flags: {}, env: {}, readFile: (file) => readFileSync(file, 'utf8') });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const { config } = loaded;
  const { step, rawRetention, hourRetention, dayRetention } = config.time;
  const retention = { raw: rawRetention, hour: hourRetention, day: dayRetention };
  const factors = composeStaticFactors(config);
  const source = createDemoSource(createWorld({ seed: 1, start: epochSeconds(from), scale }), {
    labels: config.labels,
  });
  const { ledger } = await openStores({ type: 'sqlite', path, cluster: 'bench', step });
  const never = new AbortController().signal;
  try {
    for (let hour = from; hour < to; hour += HOUR) {
      const range = { from: epochSeconds(hour), to: epochSeconds(hour + HOUR) };
      const seen = await source.observe(range, step, never);
      if (!seen.ok) throw new Error(seen.message);
      for (const window of seen.value) {
        await ledger.commit(await computeWindow(window, factors, null), epochSeconds(hour + HOUR));
      }
      await compact(ledger, { now: epochSeconds(hour + HOUR), retention, signal: never });
      if ((hour + HOUR - from) % DAY_SECONDS === 0) say(`filled ${(hour + HOUR - from) / DAY_SECONDS} days`);
    }
  } finally {
    await ledger.close();
  }
  writeFileSync(stamp, wanted);
}

/**
 * A ledger of `days`, made of a shorter one: what that holds is put before itself again and again, pruned as retention would have
 * left it. Filling it interval by interval would take hours.
 */
export function repeat(short: string, long: string, filledDays: number, days: number): void {
  copyFileSync(short, long);
  const writer = openWriter(long);
  try {
    writer.db.pragma('synchronous = OFF');
    const newest = `(SELECT max(start) FROM day_seal) - ${(filledDays - 1) * DAY_SECONDS}`;
    for (let before = filledDays; before < days; before += filledDays) {
      const hoursKept = before + filledDays <= HOUR_DAYS;
      for (const table of hoursKept ? [...DAY_TABLES, ...HOUR_TABLES] : DAY_TABLES) {
        const columns = writer.db.pragma(`table_info(${table})`) as { name: string }[];
        const values = columns.map(({ name }) => {
          if (TIMES.has(name)) return `${name} - ${before * DAY_SECONDS}`;
          if (table !== 'hour_seal') return name;
          return name === 'raw' || (name === 'held' && !hoursKept) ? '0' : name;
        });
        writer.db.exec(
          `INSERT INTO ${table} SELECT ${values.join(', ')} FROM ${table} WHERE start >= ${newest}`,
        );
      }
    }
  } finally {
    writer.close();
  }
}

/** What a table and its indexes take, bytes. */
export function bytesOf(path: string, tables: readonly string[]): number {
  const db = openReader(path);
  try {
    const text = 'SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name IN (SELECT value FROM json_each(?))';
    return Number(db.prepare(text).pluck().get(JSON.stringify(tables)));
  } finally {
    db.close();
  }
}
