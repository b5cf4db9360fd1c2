import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeInterval } from '../domain/compute-interval.js';
import type { CostShares } from '../domain/cost/allocate.js';
import { podKey } from '../domain/cost/allocate.js';
import type { EmbodiedValue, IntensityValue, NodeFactors } from '../domain/factors.js';
import { CALCULATION_VERSION, type IntervalResult, type UsageWindow } from '../domain/model.js';
import { arbWindow, factors, settings } from '../domain/testing/arbitrary.js';
import { epochSeconds, gramsPerKwh, kilograms, millijoules, nanoCurrency } from '../domain/units.js';
import { restateInterval, withCosts, type Revised } from './restate-interval.js';
import { revisionOf } from './restate-revision.js';
import { quantised } from './run-interval.js';

const model = (idleAttribution: 'reserved' | 'proportional') => settings({ idleAttribution });

function computed(
  observed: UsageWindow,
  over: Partial<NodeFactors>,
  policy: 'reserved' | 'proportional' = 'reserved',
): IntervalResult {
  const window = quantised(observed);
  const of = new Map(window.nodes.map((n) => [n.node, factors(over)]));
  const { nodes, rows } = computeInterval(window, of, model(policy));
  return {
    interval: window.interval,
    state: 'complete',
    coverage: window.coverage,
    partialReasons: [],
    currency: 'USD',
    calculationVersion: CALCULATION_VERSION,
    revision: revisionOf(nodes),
    nodes,
    rows,
    containers: [],
  };
}

const arbIntensity: fc.Arbitrary<IntensityValue> = fc.record({
  value: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3000, noNaN: true })).map(gramsPerKwh),
  source: fc.constantFrom('electricity-maps', 'prometheus', 'yearly-mean'),
  time: fc.constant(epochSeconds(1_799_996_400)),
  band: fc.constant({ lo: 100, hi: 100 }),
  reasons: fc.subarray(['INTENSITY_STALE', 'INTENSITY_PROVISIONAL'] as const),
});
const arbEmbodied: fc.Arbitrary<EmbodiedValue> = fc.record({
  total: fc.double({ min: 0, max: 20_000, noNaN: true }).map(kilograms),
  source: fc.constant('boavizta'),
  band: fc.constant({ lo: 545, hi: 512 }),
  reasons: fc.subarray(['EMBODIED_CLOSEST_MATCH'] as const),
});
const policies = fc.constantFrom('reserved' as const, 'proportional' as const);
const measured = fc.option(
  fc.integer({ min: 0, max: 1e9 }).map((mj) => ({
    energy: millijoules(mj),
    source: 'kepler',
    band: { lo: 30, hi: 30 },
    wholeMachine: false,
  })),
  { nil: null },
);

const everywhere = (result: IntervalResult, revised: Revised) =>
  new Map(result.nodes.map(({ node }) => [node, revised]));

describe('an interval told anew', () => {
  it('is what it would have been, had the intensity been known at first', () => {
    fc.assert(
      fc.property(arbWindow, arbIntensity, policies, measured, (window, intensity, policy, meter) => {
        const before = computed(window, { measured: meter }, policy);
        const after = restateInterval(before, everywhere(before, { intensity }), model(policy));
        expect(after).toEqual(computed(window, { intensity, measured: meter }, policy));
      }),
    );
  });

  it('is what it would have been, had the footprint been known at first', () => {
    fc.assert(
      fc.property(arbWindow, arbEmbodied, arbIntensity, policies, (window, embodied, intensity, policy) => {
        const before = computed(window, {}, policy);
        const revised = everywhere(before, { embodied, intensity });
        expect(restateInterval(before, revised, model(policy))).toEqual(
          computed(window, { embodied, intensity }, policy),
        );
      }),
    );
  });

  it('keeps energy, and nodes that are not revised', () => {
    fc.assert(
      fc.property(arbWindow, arbIntensity, (window, intensity) => {
        const before = computed(window, {});
        const after = restateInterval(before, new Map([['n1', { intensity }]]), settings());
        expect(after.rows.map(({ energy }) => energy)).toEqual(before.rows.map(({ energy }) => energy));
        const others = (result: IntervalResult) => [
          result.nodes.filter(({ node }) => node !== 'n1'),
          result.rows.filter(({ node }) => node !== 'n1'),
        ];
        expect(others(after)).toEqual(others(before));
      }),
    );
  });

  it('changes its revision exactly when something changed', () => {
    fc.assert(
      fc.property(arbWindow, arbIntensity, arbIntensity, (window, a, b) => {
        const first = computed(window, { intensity: a });
        const second = restateInterval(first, everywhere(first, { intensity: b }), settings());
        const same =
          JSON.stringify([a.value, a.source, a.reasons]) === JSON.stringify([b.value, b.source, b.reasons]);
        expect(second.revision === first.revision).toBe(same);
      }),
    );
  });
});

describe('costs of a bill', () => {
  const sharesOf = (result: IntervalResult, cost: number): CostShares => ({
    pods: new Map(
      result.rows
        .filter(({ kind }) => kind === 'pod')
        .slice(1)
        .map((row) => [podKey(row), nanoCurrency(cost)]),
    ),
    idle: new Map(result.nodes.map(({ node }) => [node, nanoCurrency(2 * cost)])),
  });

  it('replace prices in every row, add up per node, and say how far they are settled', () => {
    fc.assert(
      fc.property(arbWindow, fc.integer({ min: 0, max: 1e9 }), fc.boolean(), (window, cost, provisional) => {
        const before = computed(window, {});
        const after = withCosts(before, sharesOf(before, cost), { currency: 'EUR', provisional });
        expect(after.currency).toBe('EUR');
        const unbilled = before.rows.find(({ kind }) => kind === 'pod');
        for (const [i, row] of after.rows.entries()) {
          const expected = row.kind === 'idle' ? 2 * cost : row.kind === 'pod' ? cost : 0;
          expect(row.cost).toBe(before.rows[i] === unbilled ? 0 : expected);
        }
        for (const node of after.nodes) {
          const rows = after.rows.filter((row) => row.node === node.node);
          expect(node.cost).toBe(rows.reduce((sum, row) => sum + row.cost!, 0));
          expect(node.provenance.reasons).not.toContain('PRICE_DEFAULT');
          expect(node.provenance.reasons.includes('COST_PROVISIONAL')).toBe(provisional);
          expect(node.provenance.estimated).toBe(
            before.nodes.find((n) => n.node === node.node)!.provenance.estimated,
          );
        }
      }),
    );
  });

  it('come to the same whatever stood there before', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        const bill = { currency: 'USD', provisional: false };
        const before = computed(window, {});
        const shares = sharesOf(before, 5);
        const twice = withCosts(
          withCosts(before, sharesOf(before, 9), { ...bill, provisional: true }),
          shares,
          bill,
        );
        expect(twice).toEqual(withCosts(computed(window, { price: null }), shares, bill));
      }),
    );
  });
});
