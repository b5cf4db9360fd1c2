import { identityOf } from '../../domain/recommendations/identity.js';
import type {
  Booking,
  Recommendation,
  RecommendationEvent,
  Scan,
} from '../../domain/recommendations/model.js';
import type { EpochSeconds } from '../../domain/units.js';

const amounts = { joules: 10, grams: 1.5, cost: null };
const savings = { claimed: amounts, immediate: amounts, low: amounts, high: amounts, currency: '' };
const target = { namespace: 'shop', workload: 'web', workloadType: 'Deployment', container: '', node: '' };

/** One applied recommendation that has proved right, and all that is kept around it. */
export function recommendationOf(at: EpochSeconds, cluster: string) {
  const type = 'RIGHTSIZING_CPU' as const;
  const id = identityOf(cluster, type, target);
  const recommendation: Recommendation = {
    ...{ id, cluster, type, target, status: 'applied', priority: 'high', confidence: 0.9 },
    window: { from: at, to: at },
    samples: 7,
    ...{ current: { cpu_request_cores: 1 }, proposed: { cpu_request_cores: 0.2 } },
    ...{ evidence: { note: 'a "quoted" text' }, caveats: ['SHORT_HISTORY'], savings },
    patch: { command: 'kubectl patch', yaml: 'a: 1\n' },
    ...{ firstSeen: at, lastSeen: at, since: at, appliedBy: 'operator', ignoredReason: '' },
    realised: {
      ...{ from: at, to: at, hours: 2, joules: 5, grams: 2, cost: null, currency: '' },
      ...{ gramsLow: 1, gramsHigh: 3, verdict: 'verified' },
    },
  };
  const event: RecommendationEvent = {
    ...{ cluster, id, at, type, target, from: null, to: 'active', by: 'scan', reason: '' },
  };
  const booking: Booking = {
    ...{ id, start: at, millijoules: 12_345, micrograms: 678, nanoCurrency: 90, currency: 'USD' },
  };
  const scan: Scan = {
    ...{ cluster, at, window: { from: at, to: at }, hours: 1, workloads: 2, nodes: 3, caveats: [] },
    totals: {
      ...{ active: 1, claimed: amounts, immediate: amounts, realisable: amounts, currency: '' },
      removableNodes: [],
    },
  };
  return { recommendation, event, booking, scan };
}
