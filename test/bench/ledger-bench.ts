/** What a ledger on a database server is measured by, written by the built exporter's own code from the demo world. */
import { readFileSync } from 'node:fs';
import type * as Factors from '../../exporter/src/app/compose-factors.js';
import type * as Configuration from '../../exporter/src/app/config.js';
import type * as UsageSource from '../../exporter/src/demo/usage-source.js';
import type * as Demo from '../../exporter/src/demo/world.js';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import type { EpochSeconds, Seconds } from '../../exporter/src/domain/units.js';
import type * as RunInterval from '../../exporter/src/pipeline/run-interval.js';
import type { History } from '../../exporter/src/ports/history.js';
import type * as Factory from '../../exporter/src/repositories/factory.js';
import { built } from './built.js';
import { largest, median, quantile } from './stats.js';

const { composeStaticFactors } = await built<typeof Factors>('app/compose-factors.js');
const { loadConfig } = await built<typeof Configuration>('app/config.js');
const { createDemoSource } = await built<typeof UsageSource>('demo/usage-source.js');
const { createWorld } = await built<typeof Demo>('demo/world.js');
const { computeWindow } = await built<typeof RunInterval>('pipeline/run-interval.js');
const { openHistory, openStores } = await built<typeof Factory>('repositories/factory.js');

const STEP = 300 as Seconds;
const HOUR = 3600;
export const DAY = 86_400;
/** The day that is written. */
export const FROM = Date.UTC(2026, 5, 3) / 1000;
/** About 5 000 pods. */
const SCALE = { blocks: 5, density: 10 };
const CLUSTERS = [1, 5, 10, 20];
export const MONTH_DAYS = 30;
const TRIES = 20;

export interface MeasuredDatabase {
  /** What answers, with its version. */
  readonly server: string;
  readonly options: Factory.DatabaseOptions;
  /** An empty place of the same server, for many clusters. */
  readonly manyOptions: Factory.DatabaseOptions;
  /** For the commit of an interval, s. */
  readonly commitGoal: number;
  /** Bytes of the day's pods by grain. */
  sizes(): Promise<ReadonlyMap<string, number>>;
  /** Put days before the one there is, until there are `MONTH_DAYS`, as retention would have left them. */
  repeatDay(): Promise<void>;
}

const at = (seconds: number) => seconds as EpochSeconds;
const say = (what: string, figures: object): void => console.log(JSON.stringify({ what, ...figures }));
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** Prints the figures as JSON, one line each. */
export async function measureLedger(database: MeasuredDatabase): Promise<void> {
  const hour = await observeHour();
  const pods = hour[0]!.rows.filter((row) => row.kind === 'pod').length;
  say('world', { pods, nodes: hour[0]!.nodes.length, server: database.server });
  await oneDay(database, hour);
  for (const [grain, bytes] of await database.sizes())
    say(`bytes a pod-day in ${grain}`, { bytes: bytes / pods });
  await database.repeatDay();
  await oneMonth(database.options);
  await manyClusters(database.manyOptions, hour);
}

/** One hour of intervals; whatever is measured repeats them at other times. */
async function observeHour(): Promise<IntervalResult[]> {
  const loaded = loadConfig({ flags: {}, env: {}, readFile: (file) => readFileSync(file, 'utf8') });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const factors = composeStaticFactors(loaded.config);
  const source = createDemoSource(createWorld({ seed: 1, start: at(FROM), scale: SCALE }), {
    labels: loaded.config.labels,
  });
  const range = { from: at(FROM + 9 * HOUR), to: at(FROM + 10 * HOUR) };
  const seen = await source.observe(range, STEP, new AbortController().signal);
  if (!seen.ok) throw new Error(seen.message);
  return Promise.all(seen.value.map((window) => computeWindow(window, factors, null)));
}

const moved = (hour: readonly IntervalResult[], n: number): IntervalResult => ({
  ...hour[n % hour.length]!,
  interval: { start: at(FROM + n * STEP), step: STEP },
});

/** A day of commits, which are a backfill; the ones that add up an hour or the day apart. */
async function oneDay(
  { options, commitGoal }: MeasuredDatabase,
  hour: readonly IntervalResult[],
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
  say('commit of an interval', {
    goal: commitGoal,
    p50: median(plain),
    p99: quantile(plain, 0.99),
    first: took[0],
  });
  say('commit that makes an hour whole', { p50: median(sealing), longest: largest(sealing) });
  say('backfill of a day', { goal: 120, seconds: whole });
}

async function oneMonth(options: Factory.DatabaseOptions): Promise<void> {
  const history = await openHistory({ ...options, step: STEP });
  const month = { from: at(FROM - (MONTH_DAYS - 1) * DAY), to: at(FROM + DAY) };
  const lastDay = { from: at(FROM), to: at(FROM + DAY) };
  const filters = {};
  const series = { by: ['namespace'], filters } as const;
  const questions: readonly (readonly [string, (h: History) => Promise<unknown>])[] = [
    ['totals of 30 days by namespace', (h) => h.totals({ range: month, by: ['namespace'], filters })],
    [
      'series of 30 days by namespace, step 1d',
      (h) => h.series({ ...series, range: month, step: DAY as Seconds, amounts: ['energy', 'operational'] }),
    ],
    [
      'series of 24 h by namespace, step 1h',
      (h) => h.series({ ...series, range: lastDay, step: HOUR as Seconds, amounts: ['operational'] }),
    ],
    [
      'series of 24 h by namespace, step 5m',
      (h) => h.series({ ...series, range: lastDay, step: STEP, amounts: ['energy'] }),
    ],
    ['totals of 24 h by pod', (h) => h.totals({ range: lastDay, by: ['pod'], filters })],
    ['totals of 30 days by workload', (h) => h.totals({ range: month, by: ['workload'], filters })],
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
async function manyClusters(
  options: Factory.DatabaseOptions,
  hour: readonly IntervalResult[],
): Promise<void> {
  const stores: Factory.Stores[] = [];
  for (const count of CLUSTERS) {
    while (stores.length < count) {
      const cluster = `cluster-${stores.length}`;
      stores.push(await openStores({ ...options, cluster, step: STEP }));
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
    say(`${count} clusters at once`, {
      p50: median(plain),
      longest: largest(plain),
      sealing: rounds.at(-1),
      clustersInOneStep: Math.floor((count * STEP) / largest(rounds)),
    });
  }
  for (const { ledger } of stores) await ledger.close();
}
