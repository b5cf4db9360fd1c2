/** Reading back what was estimated and measured for the same node and interval, summed as the comparison needs it. */
import type { ComparisonCell } from '../domain/energy/comparison.js';
import type { TimeRange } from '../domain/interval.js';
import type { Seconds } from '../domain/units.js';
import type { Filters } from './history.js';

export interface ComparisonQuery {
  readonly range: TimeRange;
  /** Of them, `cluster` and `node` restrict. */
  readonly filters: Pick<Filters, 'cluster' | 'node'>;
  /** Length of the buckets of time, epoch-aligned; null: the whole range is one, named by its start. */
  readonly step: Seconds | null;
}

/** Served by read-only connections; never waits for the writer. */
export interface ComparisonHistory {
  /**
   * Cells of every meter figure (`NodeRow.meters`) above 0 with an estimate beside it, of the intervals whose rows are still held,
   * in any order: sums over the rows of one machine (its
   * cluster, name, provider, type and sizes), meter, bucket and percent of utilisation. At most 101 for each machine, meter and
   * bucket, however long the range. What each field sums is said with `ComparisonCell`; utilisation is
   * min(1, cpuSeconds / (cpuCapacity * seconds)), energies are the model's and the meter's for the same scope, without volumes.
   */
  comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]>;
}
