/** Computed intervals as `History` gives them back: the two questions that explaining asks. */
import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import type { ClusterEntry, History, IntervalQuery, StoredInterval } from '../../ports/history.js';

export class StoredIntervals implements Pick<History, 'interval' | 'clusters'> {
  constructor(
    readonly cluster: string,
    readonly results: readonly IntervalResult[],
  ) {}

  async interval(query: IntervalQuery): Promise<StoredInterval | null> {
    const found = this.results.find((r) => r.interval.start === query.start);
    if (!found || query.cluster !== this.cluster) return null;
    const rows = found.rows.filter(
      (r) =>
        (query.node ?? r.node) === r.node &&
        (query.namespace ?? r.namespace) === r.namespace &&
        (query.workload ?? r.workload.name) === r.workload.name &&
        (query.pod ?? r.pod) === r.pod,
    );
    const named = new Set(rows.map((r) => r.node));
    return {
      cluster: this.cluster,
      mark: {
        ...found.interval,
        state: found.state,
        coverage: found.coverage,
        partialReasons: found.partialReasons,
        revision: found.revision,
        attempts: 1,
        committedAt: epochSeconds(found.interval.start + 400),
      },
      currency: found.currency,
      calculationVersion: found.calculationVersion,
      nodes: found.nodes.filter((n) => named.has(n.node)),
      rows,
    };
  }

  async clusters(): Promise<readonly ClusterEntry[]> {
    const starts = this.results.map((r) => r.interval.start);
    const [firstSeen, lastSeen] = [Math.min(...starts), Math.max(...starts)].map(epochSeconds);
    const { step } = this.results[0]!.interval;
    return [{ cluster: this.cluster, step, firstSeen: firstSeen!, lastSeen: lastSeen! }];
  }
}
