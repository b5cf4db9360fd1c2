/** What the benches find; kept as JSON so that a run of one bench leaves the figures of the others in the document. */

import type { ElasticsearchResult } from './elasticsearch-bench.js';
import type { KubernetesResult } from './kubernetes-bench.js';
import type { PostgresResult } from './postgres-bench.js';
import type { RecommendResult } from './recommend-bench.js';

export type { KubernetesResult } from './kubernetes-bench.js';
export type { RecommendResult } from './recommend-bench.js';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly prometheus: string;
  readonly os: string;
}

export interface CycleFigures {
  /** Wall time from the first query to the new snapshot being handed to the serving thread, seconds. */
  readonly total: number;
  /** Of it, time in which Prometheus was working on at least one query. */
  readonly prometheus: number;
  /** The rest. */
  readonly ours: number;
  /** CPU seconds of the whole exporter process, scrapes included. */
  readonly cpu: number;
  /** Bytes of Prometheus' answers on the wire. */
  readonly bytes: number;
  /** Part of the machine that programs which the bench did not start had meanwhile, 0..1. */
  readonly others: number;
}

export interface WorldFigures {
  readonly nodes: number;
  readonly pods: number;
  readonly series: number;
  readonly scrapeInterval: number;
}

export interface CycleResult {
  readonly kind: 'cycle';
  readonly world: WorldFigures;
  readonly first: CycleFigures;
  readonly cycles: readonly CycleFigures[];
  /** Mean seconds a cycle of each phase that the exporter itself tells of. */
  readonly phases: Readonly<Record<string, number>>;
  /** The slowest queries of the last cycle. */
  readonly slowest: readonly { readonly query: string; readonly seconds: number; readonly bytes: number }[];
  readonly rss: { readonly peak: number; readonly steady: number };
  readonly scrape: {
    readonly count: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
    readonly gzipBytes: number;
    readonly plainBytes: number;
    readonly plainP50: number;
    readonly livezP99: number;
    readonly livezMax: number;
    /** Largest stall of the serving thread's event loop, seconds. */
    readonly block: number;
  };
}

export interface RestartResult {
  readonly kind: 'restart';
  readonly pods: number;
  readonly intervals: number;
  readonly databaseBytes: number;
  /** Seconds from the start of the process, one a try. */
  readonly metrics: readonly number[];
  readonly totals: readonly number[];
  readonly stop: readonly number[];
}

export interface BackfillResult {
  readonly kind: 'backfill';
  readonly world: WorldFigures;
  readonly intervals: number;
  readonly seconds: number;
  readonly prometheus: number;
  readonly cpu: number;
  readonly rssPeak: number;
  readonly databaseBytes: number;
  readonly scrapeP99: number;
  readonly others: number;
}

export interface QueryFigures {
  readonly what: string;
  readonly count: number;
  /** Seconds to the last byte. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of the body as text. */
  readonly bytes: number;
}

export interface HistoryResult {
  readonly kind: 'history';
  readonly world: WorldFigures;
  readonly days: number;
  readonly databaseBytes: number;
  /** Bytes a pod-day in single intervals, in hours and in days. */
  readonly rawBytes: number;
  readonly hourBytes: number;
  readonly dayBytes: number;
  /** One reader, nothing else going on. */
  readonly alone: readonly QueryFigures[];
  /** Fifty readers, each with one question after the other, while cycles run. */
  readonly crowd: readonly QueryFigures[];
  /** Answers other than 200. */
  readonly crowdFailures: number;
  /** A database of a year: from the start of the process to an answer, seconds. */
  readonly year: {
    readonly bytes: number;
    readonly metrics: readonly number[];
    readonly totals: readonly number[];
  };
}

/** What database servers have goals for. */
export const TOTALS_OF_MONTH = 'Totals of 30 days by namespace';
export const SERIES_OF_MONTH = 'Series of 30 days by namespace, step 1d';

export type ServerResult = PostgresResult | ElasticsearchResult;
export type Result =
  | CycleResult
  | RestartResult
  | BackfillResult
  | HistoryResult
  | KubernetesResult
  | RecommendResult
  | ServerResult;

export interface Entry {
  readonly name: string;
  readonly date: string;
  readonly machine: Machine;
  readonly result: Result;
}
