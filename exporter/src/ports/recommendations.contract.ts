/** What every `RecommendationStore` and `RecommendationHistory` does. An adapter's test file calls `recommendationsContract`. */
import { describe, expect, it } from '@jest/globals';
import { identityOf } from '../domain/recommendations/identity.js';
import type {
  Recommendation,
  RecommendationEvent,
  RecommendationType,
  Realised,
  Scan,
  Target,
} from '../domain/recommendations/model.js';
import { BaselineBuilder } from '../domain/recommendations/realised.js';
import { epochSeconds } from '../domain/units.js';
import type { RecommendationChange, RecommendationQuery } from './recommendations.js';
import { withPlace, type MakeAnalysisPlace } from './testing/analysis-place.js';

const T = 1_780_000_000;
const at = (hours: number) => epochSeconds(T + hours * 3600);
const amounts = (grams: number) => ({ joules: 10 * grams, grams, cost: grams / 100 });

const target = (over: Partial<Target> = {}): Target => ({
  namespace: 'shop',
  workload: 'web',
  workloadType: 'Deployment',
  container: '',
  node: '',
  ...over,
});

interface Made {
  readonly cluster?: string;
  readonly type?: RecommendationType;
  readonly target?: Partial<Target>;
}

function recommendation(
  { cluster = 'c', type = 'RIGHTSIZING_CPU', target: of }: Made = {},
  over: Partial<Recommendation> = {},
): Recommendation {
  const whole = target(of);
  return {
    id: identityOf(cluster, type, whole),
    cluster,
    type,
    target: whole,
    status: 'active',
    priority: 'high',
    confidence: 0.9,
    window: { from: at(-168), to: at(0) },
    samples: 2016,
    current: { cpu_request_cores: 1 },
    proposed: { cpu_request_cores: 0.2 },
    evidence: { mean: 0.1, note: 'a \'quoted\' "text" with \u2028' },
    caveats: ['CONTAINERS_UNKNOWN'],
    savings: {
      claimed: amounts(100),
      immediate: amounts(0),
      low: amounts(90),
      high: amounts(110),
      currency: 'USD',
    },
    patch: { command: 'kubectl patch', yaml: 'a: 1\n' },
    firstSeen: at(0),
    lastSeen: at(0),
    since: at(0),
    appliedBy: null,
    ignoredReason: '',
    realised: null,
    ...over,
  };
}

const realised = (over: Partial<Realised> = {}): Realised => ({
  from: at(0),
  to: at(2),
  hours: 2,
  joules: 5,
  grams: 2,
  cost: null,
  currency: '',
  gramsLow: 1,
  gramsHigh: 3,
  verdict: 'verified',
  ...over,
});

const NOTHING: RecommendationChange = { kept: [], events: [], bookings: [], scan: null };
const kept = (...all: readonly Recommendation[]): RecommendationChange => ({
  ...NOTHING,
  kept: all.map((r) => ({ recommendation: r, baseline: null })),
});
const ANY: RecommendationQuery = {
  clusters: [],
  statuses: [],
  types: [],
  namespaces: [],
  workloads: [],
  nodes: [],
  ids: [],
};

const scanOf = (over: Partial<Scan> = {}): Scan => ({
  cluster: 'c',
  at: at(1),
  window: { from: at(-168), to: at(0) },
  hours: 168,
  workloads: 3,
  nodes: 2,
  totals: {
    active: 1,
    claimed: amounts(9),
    immediate: amounts(1),
    realisable: amounts(5),
    currency: 'USD',
    removableNodes: ['n1'],
  },
  caveats: [],
  ...over,
});

const event = (r: Recommendation, over: Partial<RecommendationEvent> = {}): RecommendationEvent => ({
  ...{ cluster: r.cluster, id: r.id, type: r.type, target: r.target },
  at: at(0),
  from: null,
  to: 'active',
  by: 'scan',
  reason: '',
  ...over,
});

const booking = (r: Recommendation, hour: number, micrograms: number, over = {}) => ({
  id: r.id,
  start: at(hour),
  millijoules: micrograms * 2,
  micrograms,
  nanoCurrency: null as number | null,
  currency: '',
  ...over,
});

export function recommendationsContract(make: MakeAnalysisPlace): void {
  describe('recommendations, kept', () => {
    it('are none in a new database, and nothing was scanned', () =>
      withPlace(make, async (place) => {
        const { recommendations } = await place.open();
        expect(await recommendations.keptRecommendations()).toEqual([]);
        expect(await recommendations.lastScan()).toBeNull();
        expect(await recommendations.savingsCounters()).toEqual([]);
        const history = await place.openHistory();
        expect(await history.recommendations(ANY)).toEqual([]);
        expect(await history.scans()).toEqual([]);
        expect(await history.bookedSavings(null)).toEqual([]);
      }));

    it('come back as they were, in the order of their ids, also after a restart', () =>
      withPlace(make, async (place) => {
        const all = [
          recommendation(),
          recommendation({ type: 'RIGHTSIZING_MEMORY' }),
          recommendation({ target: { workload: 'x' } }),
        ];
        const builder = new BaselineBuilder();
        const hour = { energy: 3, operational: 2, embodied: 1, cost: 4, currency: 'USD', intensity: 50 };
        for (let i = 0; i < 24; i++) builder.add(at(i), hour);
        const baseline = builder.build(at(24), 'FR');
        const { recommendations } = await place.open();
        await recommendations.changeRecommendations(kept(...all.slice(1)));
        await recommendations.changeRecommendations({
          ...NOTHING,
          kept: [{ recommendation: all[0]!, baseline }],
          scan: scanOf(),
        });
        const again = (await place.open()).recommendations;
        const found = await again.keptRecommendations();
        expect(found.map((k) => k.recommendation)).toEqual(all.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
        expect(found.find((k) => k.recommendation.id === all[0]!.id)!.baseline).toEqual(baseline);
        expect(await again.lastScan()).toEqual(scanOf());
        expect(await (await place.openHistory()).scans()).toEqual([scanOf()]);
      }));

    it('are replaced by id, and not shared by clusters', () =>
      withPlace(make, async (place) => {
        const first = await place.open('c');
        await first.recommendations.changeRecommendations(kept(recommendation()));
        const changed = recommendation({}, { status: 'ignored', ignoredReason: 'no' });
        await first.recommendations.changeRecommendations(kept(changed));
        expect((await first.recommendations.keptRecommendations()).map((k) => k.recommendation)).toEqual([
          changed,
        ]);
        const second = await place.open('d');
        expect(await second.recommendations.keptRecommendations()).toEqual([]);
        const other = recommendation({ cluster: 'd' });
        await second.recommendations.changeRecommendations(kept(other));
        const history = await place.openHistory();
        expect(await history.recommendations(ANY)).toEqual([changed, other]);
      }));
  });

  describe('recommendations, looked for', () => {
    const all = [
      recommendation(),
      recommendation({ type: 'RIGHTSIZING_MEMORY' }, { status: 'applied' }),
      recommendation({ type: 'ZOMBIE_WORKLOAD', target: { namespace: 'old', workload: 'dead' } }),
      recommendation({
        type: 'UNDERUTILIZED_NODE',
        target: { namespace: '', workload: '', workloadType: '', node: 'n1' },
      }),
    ];
    it.each<[string, Partial<RecommendationQuery>, readonly number[]]>([
      ['anything', {}, [0, 1, 2, 3]],
      ['a status', { statuses: ['applied'] }, [1]],
      ['two types', { types: ['ZOMBIE_WORKLOAD', 'UNDERUTILIZED_NODE'] }, [2, 3]],
      ['a namespace', { namespaces: ['shop'] }, [0, 1]],
      ['a workload of a namespace', { namespaces: ['shop'], workloads: ['dead'] }, []],
      ['a node', { nodes: ['n1'] }, [3]],
      ['an id', { ids: [all[1]!.id] }, [1]],
      ['another cluster', { clusters: ['x'] }, []],
    ])('by %s', (_, query, expected) =>
      withPlace(make, async (place) => {
        const { recommendations } = await place.open();
        await recommendations.changeRecommendations(kept(...all));
        const history = await place.openHistory();
        const found = await history.recommendations({ ...ANY, ...query });
        const ids = (of: readonly Recommendation[]) => of.map((r) => r.id).sort();
        expect(ids(found)).toEqual(ids(expected.map((i) => all[i]!)));
      }),
    );
  });

  it('changes of status come newest first, of a range, a namespace or an id', () =>
    withPlace(make, async (place) => {
      const [a, b] = [recommendation(), recommendation({ target: { namespace: 'old' } })];
      const events = [
        event(a),
        event(b),
        event(a, { at: at(2), from: 'active', to: 'stale' }),
        event(a, { at: at(2), from: 'stale', to: 'active' }),
      ];
      const { recommendations } = await place.open();
      await recommendations.changeRecommendations({ ...NOTHING, events });
      const history = await place.openHistory();
      const all = { clusters: [], namespaces: [], ids: [], from: null, to: null, limit: 100 };
      expect(await history.recommendationEvents(all)).toEqual(events.toReversed());
      expect(await history.recommendationEvents({ ...all, limit: 1 })).toEqual([events[3]]);
      expect(await history.recommendationEvents({ ...all, namespaces: ['old'] })).toEqual([events[1]]);
      expect(await history.recommendationEvents({ ...all, ids: [b.id] })).toEqual([events[1]]);
      expect(await history.recommendationEvents({ ...all, from: at(1) })).toHaveLength(2);
      expect(await history.recommendationEvents({ ...all, to: at(2) })).toHaveLength(2);
      expect(await history.recommendationEvents({ ...all, clusters: ['x'] })).toEqual([]);
    }));

  describe('savings', () => {
    it('are booked once an hour, whatever is told twice', () =>
      withPlace(make, async (place) => {
        const r = recommendation({}, { status: 'applied', realised: realised() });
        const { recommendations } = await place.open();
        const bookings = [booking(r, 0, 1_000), booking(r, 1, -200, { nanoCurrency: 7, currency: 'USD' })];
        await recommendations.changeRecommendations({ ...kept(r), bookings });
        await recommendations.changeRecommendations({ ...NOTHING, bookings: [booking(r, 0, 3_000)] });
        const history = await place.openHistory();
        const sums = { cluster: 'c', id: r.id, cost: [{ currency: 'USD', nano: 7n }] };
        expect(await history.bookedSavings(null)).toEqual([
          { ...sums, hours: 2, micrograms: 2_800n, millijoules: 5_600n },
        ]);
        expect(await history.bookedSavings({ from: at(1), to: at(2) })).toEqual([
          { ...sums, hours: 1, micrograms: -200n, millijoules: -400n },
        ]);
        expect(await history.bookedSavings({ from: at(2), to: at(3) })).toEqual([]);
      }));

    it('of verified recommendations alone are counted, and what has been shown never falls', () =>
      withPlace(make, async (place) => {
        const { recommendations } = await place.open();
        const r = recommendation(
          {},
          { status: 'applied', realised: realised({ verdict: 'not distinguishable' }) },
        );
        const priced = { nanoCurrency: 70, currency: 'EUR' };
        await recommendations.changeRecommendations({ ...kept(r), bookings: [booking(r, 0, 1_000, priced)] });
        expect(await recommendations.savingsCounters()).toEqual([]);
        const verified = { ...r, realised: realised() };
        await recommendations.changeRecommendations(kept(verified));
        const counter = {
          namespace: 'shop',
          type: 'RIGHTSIZING_CPU',
          cost: [{ currency: 'EUR', nano: 70n }],
        };
        expect(await recommendations.savingsCounters()).toEqual([{ ...counter, micrograms: 1_000n }]);
        await recommendations.changeRecommendations({ ...NOTHING, bookings: [booking(r, 1, -400)] });
        expect(await recommendations.savingsCounters()).toEqual([{ ...counter, micrograms: 1_000n }]);
        await recommendations.changeRecommendations({ ...NOTHING, bookings: [booking(r, 2, 900)] });
        expect(await recommendations.savingsCounters()).toEqual([{ ...counter, micrograms: 1_500n }]);
        await recommendations.changeRecommendations(kept({ ...r, status: 'active', realised: null }));
        expect(await recommendations.savingsCounters()).toEqual([{ ...counter, micrograms: 1_500n }]);
        expect(await (await place.open()).recommendations.savingsCounters()).toEqual([
          { ...counter, micrograms: 1_500n },
        ]);
      }));

    it('of a namespace come by type', () =>
      withPlace(make, async (place) => {
        const { recommendations } = await place.open();
        const types = ['RIGHTSIZING_MEMORY', 'ZOMBIE_WORKLOAD', 'RIGHTSIZING_CPU'] as const;
        const all = types.map((type) =>
          recommendation({ type }, { status: 'applied', realised: realised() }),
        );
        const bookings = all.map((r) => booking(r, 0, 5));
        await recommendations.changeRecommendations({ ...kept(...all), bookings });
        expect((await recommendations.savingsCounters()).map((c) => c.type)).toEqual([
          'ZOMBIE_WORKLOAD',
          'RIGHTSIZING_CPU',
          'RIGHTSIZING_MEMORY',
        ]);
      }));
  });
}
