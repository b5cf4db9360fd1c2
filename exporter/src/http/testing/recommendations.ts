/** Recommendations of a made-up cluster, in memory, and the one who writes them. */
import { reconcile, transition } from '../../domain/recommendations/lifecycle.js';
import type { Recommendation, RecommendationEvent, Scan } from '../../domain/recommendations/model.js';
import { scan } from '../../domain/recommendations/scan.js';
import {
  cpuHistogram,
  facts,
  memoryHistogram,
  MIB,
  node,
  taken,
  WEEK,
  workload,
} from '../../domain/recommendations/testing/facts.js';
import { epochSeconds, type EpochSeconds } from '../../domain/units.js';
import type { Recommender } from '../../pipeline/recommend.js';
import type { BookedSavings, RecommendationHistory } from '../../ports/recommendations.js';

export interface MadeUpRecommendations extends RecommendationHistory, Pick<Recommender, 'transition'> {
  readonly all: readonly Recommendation[];
}

/** Three of namespace shop, one dead workload in namespace old. */
export function madeUpRecommendations(at: EpochSeconds, cluster = 'c'): MadeUpRecommendations {
  const input = facts({
    workloads: [
      workload({
        workload: 'web',
        cpu: cpuHistogram([0.1, WEEK]),
        memory: memoryHistogram([64 * MIB, WEEK]),
      }),
      workload({ workload: 'api', cpu: cpuHistogram([0.2, WEEK]), taken: taken({ cost: null }) }),
      workload({ namespace: 'old', workload: 'dead', networkBytes: 0, taken: taken({ dynamic: 1 }) }),
    ],
    nodes: [node()],
  });
  const steps = scan(input);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { proposals, totals, caveats } = step.value;
  const made = reconcile([], proposals, { cluster, at, observed: { appliedSince: () => null } });
  const events: RecommendationEvent[] = [...made.events];
  let all = made.recommendations;
  const last: Scan = {
    cluster,
    at,
    window: input.usage.range,
    hours: WEEK,
    workloads: 3,
    nodes: 1,
    totals,
    caveats,
  };
  const isIn = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);
  return {
    get all() {
      return all;
    },
    recommendations: async (q) =>
      all.filter(
        (r) =>
          isIn(q.clusters, r.cluster) &&
          isIn(q.statuses, r.status) &&
          isIn(q.types, r.type) &&
          isIn(q.namespaces, r.target.namespace) &&
          isIn(q.workloads, r.target.workload) &&
          isIn(q.nodes, r.target.node) &&
          isIn(q.ids, r.id),
      ),
    recommendationEvents: async (q) =>
      events
        .filter((e) => isIn(q.namespaces, e.target.namespace) && (q.from === null || e.at >= q.from))
        .toReversed()
        .slice(0, q.limit),
    bookedSavings: async (): Promise<readonly BookedSavings[]> => [
      {
        ...{ cluster, id: all[0]!.id, hours: 3, millijoules: 5_000n, micrograms: 7_000_000n },
        cost: [{ currency: 'USD', nano: 2_000_000_000n }],
      },
    ],
    scans: async () => [last],
    transition: async (id, kind, reason) => {
      const found = all.find((r) => r.id === id);
      if (!found) return { state: 'not-found' };
      const done = transition(found, kind, epochSeconds(at + 60), { reason, lastWindowEnd: at });
      if (!done) return { state: 'conflict', recommendation: found };
      all = all.map((r) => (r.id === id ? done.recommendation : r));
      events.push(done.event);
      return { state: 'done', recommendation: done.recommendation };
    },
  };
}
