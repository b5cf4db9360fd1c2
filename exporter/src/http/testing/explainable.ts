/** The made-up past of the harness together with one interval as the ledger stores it, for explaining. */
import { nodeSample, podSample, usageWindow } from '../../domain/testing/arbitrary.js';
import { bytes, cores, cpuSeconds, epochSeconds } from '../../domain/units.js';
import { computeWindow } from '../../pipeline/run-interval.js';
import { factorSources } from '../../pipeline/testing/factor-sources.js';
import { StoredIntervals } from '../../pipeline/testing/stored-intervals.js';
import { madeUpPast, NEWEST_END, STEP } from './harness.js';
import type { MemoryHistory } from './memory-history.js';

/** Node n1 with pod shop/web-1 and others, in the newest interval. */
export async function explainablePast(names: { node?: string; pod?: string } = {}): Promise<MemoryHistory> {
  const { node = 'n1', pod = 'web-1' } = names;
  const pods = Array.from({ length: 12 }, (_, i) =>
    podSample({
      node,
      pod: i === 0 ? pod : `other-${i}`,
      uid: `u${i}`,
      cpuSeconds: cpuSeconds(10 + i),
      cpuRequest: cores(0.1),
      memoryBytes: bytes(1e9),
    }),
  );
  const window = usageWindow([nodeSample({ node, cpuSeconds: cpuSeconds(300) })], pods);
  const interval = { start: epochSeconds(NEWEST_END - STEP), step: window.interval.step };
  const stored = new StoredIntervals('c', [await computeWindow({ ...window, interval }, factorSources())]);
  const history = madeUpPast();
  history.interval = (query) => stored.interval(query);
  return history;
}
