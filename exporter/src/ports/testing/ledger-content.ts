/** Everything that can be asked of a ledger and its history, without what tells how often things were tried. */
import { epochSeconds } from '../../domain/units.js';
import { AMOUNTS, type History } from '../history.js';
import type { Ledger } from '../ledger.js';
import { T0 } from './results.js';
import { flattenCounters } from './oracle.js';
import { DAY, HOUR } from '../../domain/interval.js';

export const ALL = { from: T0, to: epochSeconds(T0 + 3 * DAY) };

/** What a reader sees of it, by every grain. */
export async function readable(history: History, cluster: string) {
  const filters = { cluster: [cluster] };
  const series = { range: ALL, by: ['namespace'] as const, filters, amounts: AMOUNTS };
  return {
    whole: await history.totals({ range: ALL, by: ['pod', 'node', 'zone'], filters }),
    byHour: await history.series({ ...series, step: HOUR }),
    byDay: await history.series({ ...series, step: DAY }),
  };
}

export async function contentOf(ledger: Ledger, history: History, cluster: string) {
  const counters = await ledger.counters();
  return {
    marks: (await ledger.marks(ALL)).map(({ attempts: _, ...mark }) => mark),
    latest: await ledger.latest(),
    counters: flattenCounters(counters),
    intervals: counters.intervals,
    ...(await readable(history, cluster)),
  };
}
