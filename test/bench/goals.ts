/** What is promised, and how it is read off the results. */
import {
  SERIES_OF_MONTH,
  TOTALS_OF_MONTH,
  type BackfillResult,
  type CycleResult,
  type Entry,
  type HistoryResult,
  type KubernetesResult,
  type RecommendResult,
  type RestartResult,
  type ServerResult,
} from './results.js';
import { largest } from './stats.js';

export interface Goal {
  readonly text: string;
  readonly bench: string;
  readonly limit: number;
  readonly unit: 's' | 'ms' | 'MiB' | 'B';
  readonly read: (entry: Entry) => number;
}

const MIB = 2 ** 20;

const cycle = (entry: Entry): CycleResult => entry.result as CycleResult;
const restart = (entry: Entry): RestartResult => entry.result as RestartResult;
const history = (entry: Entry): HistoryResult => entry.result as HistoryResult;
const recommend = (entry: Entry): RecommendResult => entry.result as RecommendResult;
const kubernetes = (entry: Entry): KubernetesResult => entry.result as KubernetesResult;
const backfill = (entry: Entry): BackfillResult => entry.result as BackfillResult;
const server = (entry: Entry): ServerResult => entry.result as ServerResult;

/** @param commitSeconds the longest that a commit may take, one that makes an hour or a day whole among them */
const goalsOfServer = (name: string, bench: string, commitSeconds: number): readonly Goal[] => [
  {
    text: `Commit of an interval of 5 000 pods to ${name}, the slowest of a day`,
    bench,
    limit: commitSeconds,
    unit: 's',
    read: (e) => slowestCommit(server(e)),
  },
  ...[TOTALS_OF_MONTH, SERIES_OF_MONTH].map((what) => ({
    text: `${what}, from ${name}, p50`,
    bench,
    limit: 100,
    unit: 'ms' as const,
    read: (e: Entry) => 1000 * (server(e).questions.find((q) => q.what === what)?.p50 ?? NaN),
  })),
];

export const GOALS: readonly Goal[] = [
  {
    text: 'A cycle at 50 000 pods on 1 000 nodes',
    bench: 'cycle-50000',
    limit: 20,
    unit: 's',
    read: (e) => largest(cycle(e).cycles.map((c) => c.total)),
  },
  {
    text: 'Of it, our own part',
    bench: 'cycle-50000',
    limit: 5,
    unit: 's',
    read: (e) => largest(cycle(e).cycles.map((c) => c.ours)),
  },
  {
    text: 'Resident memory at 50 000 pods, peak',
    bench: 'cycle-50000',
    limit: 512,
    unit: 'MiB',
    read: (e) => cycle(e).rss.peak / MIB,
  },
  {
    text: 'Scrape while a cycle runs at 50 000 pods, p99',
    bench: 'cycle-50000',
    limit: 1,
    unit: 's',
    read: (e) => cycle(e).scrape.p99,
  },
  {
    text: 'Longest block of the serving event loop at 50 000 pods',
    bench: 'cycle-50000',
    limit: 0.2,
    unit: 's',
    read: (e) => cycle(e).scrape.block,
  },
  {
    text: 'Backfill of one day (288 intervals) at 5 000 pods',
    bench: 'backfill-5000',
    limit: 120,
    unit: 's',
    read: (e) => backfill(e).seconds,
  },
  {
    text: 'Restart to serving, one day of 5 000 pods',
    bench: 'restart-5000',
    limit: 2,
    unit: 's',
    read: slowestRestart,
  },
  {
    text: 'Restart to serving, 50 000 pods',
    bench: 'restart-50000',
    limit: 2,
    unit: 's',
    read: slowestRestart,
  },
  {
    text: 'Totals of 30 days by namespace at 5 000 pods, p50 over HTTP',
    bench: 'history-5000',
    limit: 50,
    unit: 'ms',
    read: (e) => p50Of(e, 'Totals of 30 days by namespace'),
  },
  {
    text: 'Series of 30 days by namespace and day, p50',
    bench: 'history-5000',
    limit: 50,
    unit: 'ms',
    read: (e) => p50Of(e, 'Series of 30 days by namespace, step 1d'),
  },
  {
    text: 'Top 10 pods of 24 h at 5 000 pods, p50',
    bench: 'history-5000',
    limit: 100,
    unit: 'ms',
    read: (e) => p50Of(e, 'Top 10 pods of 24 h'),
  },
  {
    text: 'Disk a pod-day in single intervals',
    bench: 'history-5000',
    limit: 10_240,
    unit: 'B',
    read: (e) => history(e).rawBytes,
  },
  {
    text: 'Disk a pod-day in day buckets',
    bench: 'history-5000',
    limit: 300,
    unit: 'B',
    read: (e) => history(e).dayBytes,
  },
  {
    text: 'A database of one year, from the start of the process to an answer',
    bench: 'history-5000',
    limit: 2,
    unit: 's',
    read: (e) => largest([...history(e).year.metrics, ...history(e).year.totals]),
  },
  {
    text: 'Longest block of the collecting event loop while 50 000 pods are listed',
    bench: 'kubernetes-50000',
    limit: 200,
    unit: 'ms',
    read: (e) => kubernetes(e).listBlockMs,
  },
  {
    text: 'Memory kept of 50 000 pods',
    bench: 'kubernetes-50000',
    limit: 60,
    unit: 'MiB',
    read: (e) => kubernetes(e).keptBytes / MIB,
  },
  {
    text: 'A scan for recommendations of 5 000 workloads over 7 days',
    bench: 'recommend-5000',
    limit: 10,
    unit: 's',
    read: (e) => recommend(e).scan.seconds,
  },
  {
    text: 'Longest block of the event loop by it',
    bench: 'recommend-5000',
    limit: 200,
    unit: 'ms',
    read: (e) => recommend(e).scan.blockMs,
  },
  ...goalsOfServer('PostgreSQL', 'postgres-5000', 1),
  {
    text: 'Backfill of one day at 5 000 pods into PostgreSQL, its own part',
    bench: 'postgres-5000',
    limit: 120,
    unit: 's',
    read: (e) => server(e).backfillSeconds,
  },
  ...goalsOfServer('Elasticsearch', 'elasticsearch-5000', 3),
];

const slowestCommit = ({ firstCommit, commit, hourCommit, dayCommit }: ServerResult): number =>
  largest([firstCommit, commit.max, hourCommit.max, dayCommit]);

const p50Of = (entry: Entry, what: string): number =>
  1000 * (history(entry).alone.find((q) => q.what === what)?.p50 ?? NaN);

function slowestRestart(entry: Entry): number {
  const { metrics, totals } = restart(entry);
  return largest([...metrics, ...totals]);
}
