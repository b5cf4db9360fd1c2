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
import { SERIES_OF_MONTH, TOTALS_OF_MONTH } from './results.js';
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
const CLUSTERS = [1, 2, 5, 10, 20];
/** More clusters are not begun after so much time with fewer. */
const CLUSTERS_WITHIN_SECONDS = 240;
export const MONTH_DAYS = 30;
const TRIES = 20;
/** What many clusters commit again and again. */
const WORKING_HOUR = 9;

export interface MeasuredDatabase {
  /** What answers, with its version. */
  readonly server: string;
  readonly options: Factory.DatabaseOptions;
  /** An empty place of the same server, for many clusters. */
  readonly manyOptions: Factory.DatabaseOptions;
  /** Bytes of the day's pods by grain. */
  sizes(): Promise<Sizes>;
  /** Put days before the one there is, until there are `MONTH_DAYS`, as retention would have left them. */
  repeatDay(): Promise<void>;
  /** Called before each question: what was answered is not to be answered again from memory. */
  forgetAnswers?(): Promise<void>;
}

/** Bytes of rows of pods, with what finds them. */
export interface Sizes {
  readonly intervals: number;
  readonly hours: number;
  readonly days: number;
}

/** Seconds. */
interface Spread {
  readonly p50: number;
  readonly max: number;
}

interface QuestionFigures extends Spread {
  readonly what: string;
  readonly p99: number;
}

/** As many clusters commit an interval at the same moment. */
export interface ClustersFigures {
  readonly clusters: number;
  /** Of one commit among them. */
  readonly commit: Spread;
  /** Of one that makes an hour whole, as all of them do at once. */
  readonly hourCommit: Spread;
  /** Until the last of them has committed, the longest time. */
  readonly longestRound: number;
}

export interface LedgerFigures {
  readonly server: string;
  readonly pods: number;
  readonly nodes: number;
  /** Of the day's commits: the first, those that make neither an hour nor the day whole, those that do. */
  readonly firstCommit: number;
  readonly commit: Spread;
  readonly hourCommit: Spread;
  readonly dayCommit: number;
  /** One commit after the other. */
  readonly backfillSeconds: number;
  /** A pod-day. */
  readonly bytes: Sizes;
  readonly questions: readonly QuestionFigures[];
  readonly clusters: readonly ClustersFigures[];
}

export type Say = (line: string) => void;

const at = (seconds: number) => seconds as EpochSeconds;
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
const spread = (took: readonly number[]): Spread => ({ p50: median(took), max: largest(took) });

export async function measureLedger(database: MeasuredDatabase, say: Say): Promise<LedgerFigures> {
  const observe = observer();
  const { server } = database;
  say(`${server}: a day is committed`);
  const { pods, ...day } = await oneDay(database.options, observe);
  say(`a day took ${Math.round(day.backfillSeconds)} s, a commit ${day.commit.p50.toFixed(2)} s`);
  const { intervals, hours, days } = await database.sizes();
  await database.repeatDay();
  const questions = await oneMonth(database, say);
  const hour = await observe(WORKING_HOUR);
  const clusters = await manyClusters(database.manyOptions, hour, say);
  return {
    server,
    pods: Math.round(pods),
    nodes: hour[0]!.nodes.length,
    ...day,
    bytes: { intervals: intervals / pods, hours: hours / pods, days: days / pods },
    questions,
    clusters,
  };
}

type Observe = (hour: number) => Promise<IntervalResult[]>;

/** Intervals of an hour of the day, from 0. */
function observer(): Observe {
  const loaded = loadConfig({ flags: {}, env: {}, readFile: (file) => readFileSync(file, 'utf8') });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const factors = composeStaticFactors(loaded.config);
  const source = createDemoSource(createWorld({ seed: 1, start: at(FROM), scale: SCALE }), {
    labels: loaded.config.labels,
  });
  return async (hour) => {
    const range = { from: at(FROM + hour * HOUR), to: at(FROM + (hour + 1) * HOUR) };
    const seen = await source.observe(range, STEP, new AbortController().signal);
    if (!seen.ok) throw new Error(seen.message);
    return Promise.all(seen.value.map((window) => computeWindow(window, factors, null)));
  };
}

/** An hour that is repeated at another time. */
const moved = (hour: readonly IntervalResult[], n: number): IntervalResult => ({
  ...hour[n % hour.length]!,
  interval: { start: at(FROM + n * STEP), step: STEP },
});

/** A day of commits, which are a backfill without what observes; the ones that add up an hour or the day apart. */
async function oneDay(options: Factory.DatabaseOptions, observe: Observe) {
  const { ledger } = await openStores({ ...options, cluster: 'bench', step: STEP });
  const took: number[] = [];
  let rows = 0;
  for (let hour = 0; hour < DAY / HOUR; hour++) {
    for (const result of await observe(hour)) {
      const committed = at(result.interval.start + STEP);
      took.push(await seconds(() => ledger.commit(result, committed)));
      rows += result.rows.filter((row) => row.kind === 'pod').length;
    }
  }
  await ledger.close();
  const isSeal = (n: number) => (n + 1) % (HOUR / STEP) === 0;
  return {
    /** Mean. */
    pods: rows / took.length,
    firstCommit: took[0]!,
    commit: spread(took.filter((_, n) => n > 0 && !isSeal(n))),
    hourCommit: spread(took.slice(0, -1).filter((_, n) => isSeal(n))),
    dayCommit: took.at(-1)!,
    backfillSeconds: took.reduce((sum, s) => sum + s, 0),
  };
}

async function oneMonth(database: MeasuredDatabase, say: Say): Promise<QuestionFigures[]> {
  const { options } = database;
  const history = await openHistory({ ...options, step: STEP });
  const month = { from: at(FROM - (MONTH_DAYS - 1) * DAY), to: at(FROM + DAY) };
  const lastDay = { from: at(FROM), to: at(FROM + DAY) };
  const filters = {};
  const series = { by: ['namespace'], filters } as const;
  const asked: readonly (readonly [string, (h: History) => Promise<unknown>])[] = [
    [TOTALS_OF_MONTH, (h) => h.totals({ range: month, by: ['namespace'], filters })],
    [
      SERIES_OF_MONTH,
      (h) => h.series({ ...series, range: month, step: DAY as Seconds, amounts: ['energy', 'operational'] }),
    ],
    [
      'Series of 24 h by namespace, step 1h',
      (h) => h.series({ ...series, range: lastDay, step: HOUR as Seconds, amounts: ['operational'] }),
    ],
    [
      'Series of 24 h by namespace, step 5m',
      (h) => h.series({ ...series, range: lastDay, step: STEP, amounts: ['energy'] }),
    ],
    ['Totals of 24 h by pod', (h) => h.totals({ range: lastDay, by: ['pod'], filters })],
    ['Totals of 30 days by workload', (h) => h.totals({ range: month, by: ['workload'], filters })],
  ];
  const figures: QuestionFigures[] = [];
  for (const [what, ask] of asked) {
    await ask(history);
    const took: number[] = [];
    for (let i = 0; i < TRIES; i++) {
      await database.forgetAnswers?.();
      took.push(await seconds(() => ask(history)));
    }
    figures.push({ what, ...spread(took), p99: quantile(took, 0.99) });
    say(`${what}: ${Math.round(1000 * median(took))} ms`);
  }
  await history.close();
  return figures;
}

/** For each number of clusters an hour of rounds, in which all of them commit one interval at once. */
async function manyClusters(
  options: Factory.DatabaseOptions,
  hour: readonly IntervalResult[],
  say: Say,
): Promise<ClustersFigures[]> {
  const stores: Factory.Stores[] = [];
  const figures: ClustersFigures[] = [];
  const until = performance.now() + 1000 * CLUSTERS_WITHIN_SECONDS;
  for (const [i, clusters] of CLUSTERS.entries()) {
    if (performance.now() > until) break;
    while (stores.length < clusters) {
      stores.push(await openStores({ ...options, cluster: `cluster-${stores.length}`, step: STEP }));
    }
    const rounds: number[][] = [];
    for (const n of hour.keys()) rounds.push(await oneRound(stores, moved(hour, i * hour.length + n)));
    const hourCommit = spread(rounds.at(-1)!);
    // In the first some clusters are new to the database.
    const commit = spread(rounds.slice(1, -1).flat());
    figures.push({ clusters, commit, hourCommit, longestRound: largest(rounds.slice(1).flat()) });
    say(
      `${clusters} clusters: a commit ${commit.p50.toFixed(2)} s, for an hour ${hourCommit.max.toFixed(2)} s`,
    );
  }
  for (const { ledger } of stores) await ledger.close();
  return figures;
}

/** @returns seconds from the moment that all begin until each has committed */
const oneRound = (stores: readonly Factory.Stores[], result: IntervalResult): Promise<number[]> =>
  Promise.all(
    stores.map(({ ledger }) => seconds(() => ledger.commit(result, at(result.interval.start + STEP)))),
  );
