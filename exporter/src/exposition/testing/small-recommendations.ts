/** What a scan might have found in the small snapshot, and what an applied recommendation has saved. */
import type { Recommendation, RecommendationType, Target } from '../../domain/recommendations/model.js';
import type { Recommended } from '../../pipeline/recommend.js';
import { AT } from './fixtures.js';

const amounts = (grams: number, cost: number | null) => ({ joules: 1000 * grams, grams, cost });

function recommendation(
  id: string,
  type: RecommendationType,
  target: Partial<Target>,
  grams: number,
  over: Partial<Recommendation> = {},
): Recommendation {
  const cost = over.priority === 'low' ? null : grams / 100;
  const claimed = amounts(grams, cost);
  return {
    id,
    cluster: 'c',
    type,
    target: { namespace: '', workload: '', workloadType: '', container: '', node: '', ...target },
    status: 'active',
    priority: 'high',
    confidence: 0.9,
    window: { from: AT, to: AT },
    samples: 1,
    current: {},
    proposed: {},
    evidence: {},
    caveats: [],
    savings: {
      claimed,
      immediate: amounts(0, 0),
      low: claimed,
      high: claimed,
      currency: cost === null ? '' : 'EUR',
    },
    patch: { command: '', yaml: '' },
    firstSeen: AT,
    lastSeen: AT,
    since: AT,
    appliedBy: null,
    ignoredReason: '',
    realised: null,
    ...over,
  };
}

const cart = { namespace: 'shop', workload: 'cart', workloadType: 'Deployment' };
const pay = { namespace: 'shop', workload: 'pay', workloadType: 'Deployment' };

export const SMALL_RECOMMENDED: Recommended = {
  recommendations: [
    recommendation('00000000000000aa', 'RIGHTSIZING_CPU', cart, 1200.5),
    recommendation('00000000000000ab', 'RIGHTSIZING_CPU', pay, 300),
    recommendation('00000000000000ac', 'OFF_PEAK_SCALING', pay, 25, { priority: 'low' }),
    recommendation('00000000000000ad', 'UNDERUTILIZED_NODE', { node: 'n2' }, 5000),
    recommendation('00000000000000ae', 'RIGHTSIZING_MEMORY', pay, 70, { status: 'ignored' }),
    recommendation('00000000000000af', 'RIGHTSIZING_MEMORY', cart, 80, { status: 'applied' }),
  ],
  savings: [
    {
      namespace: 'shop',
      type: 'RIGHTSIZING_MEMORY',
      micrograms: 9_007_199_254_740_993n,
      cost: [{ currency: 'EUR', nano: 1_500_000_000n }],
    },
  ],
};
