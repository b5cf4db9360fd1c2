/** What is promised, how it is read off the results, and what holds back a figure that misses. */
import type { BackfillResult, CycleResult, Entry, RestartResult } from './results.js';
import { largest } from './stats.js';

export interface Goal {
  readonly text: string;
  readonly bench: string;
  readonly limit: number;
  readonly unit: 's' | 'MiB';
  readonly read: (entry: Entry) => number;
  /** Shown while the goal is missed. */
  readonly heldBackBy: string;
}

const MIB = 2 ** 20;

const cycle = (entry: Entry): CycleResult => entry.result as CycleResult;
const restart = (entry: Entry): RestartResult => entry.result as RestartResult;
const backfill = (entry: Entry): BackfillResult => entry.result as BackfillResult;

export const GOALS: readonly Goal[] = [
  {
    text: 'A cycle at 50 000 pods on 1 000 nodes',
    bench: 'cycle-50000',
    limit: 20,
    unit: 's',
    read: (e) => largest(cycle(e).cycles.map((c) => c.total)),
    heldBackBy: '',
  },
  {
    text: 'Of it, our own part',
    bench: 'cycle-50000',
    limit: 5,
    unit: 's',
    read: (e) => largest(cycle(e).cycles.map((c) => c.ours)),
    heldBackBy: '',
  },
  {
    text: 'Resident memory at 50 000 pods, peak',
    bench: 'cycle-50000',
    limit: 512,
    unit: 'MiB',
    read: (e) => cycle(e).rss.peak / MIB,
    heldBackBy: '',
  },
  {
    text: 'Scrape while a cycle runs at 50 000 pods, p99',
    bench: 'cycle-50000',
    limit: 1,
    unit: 's',
    read: (e) => cycle(e).scrape.p99,
    heldBackBy: '',
  },
  {
    text: 'Longest block of the serving event loop at 50 000 pods',
    bench: 'cycle-50000',
    limit: 0.2,
    unit: 's',
    read: (e) => cycle(e).scrape.block,
    heldBackBy: '',
  },
  {
    text: 'Backfill of one day (288 intervals) at 5 000 pods',
    bench: 'backfill-5000',
    limit: 120,
    unit: 's',
    read: (e) => backfill(e).seconds,
    heldBackBy: '',
  },
  {
    text: 'Restart to serving, one day of 5 000 pods',
    bench: 'restart-5000',
    limit: 2,
    unit: 's',
    read: slowestRestart,
    heldBackBy: '',
  },
  {
    text: 'Restart to serving, 50 000 pods',
    bench: 'restart-50000',
    limit: 2,
    unit: 's',
    read: slowestRestart,
    heldBackBy: '',
  },
];

function slowestRestart(entry: Entry): number {
  const { metrics, totals } = restart(entry);
  return largest([...metrics, ...totals]);
}
