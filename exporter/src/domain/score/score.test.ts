import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import {
  DIMENSIONS,
  WEIGHTS,
  type Dimension,
  type Flagged,
  type ScoreInput,
  type ScoredUse,
} from './dimensions.js';
import { scoreOf } from './score.js';

const WINDOW = { from: epochSeconds(0), to: epochSeconds(7 * 86_400) };

const share = fc.record({
  used: fc.double({ min: 0, max: 1e6, noNaN: true }),
  requested: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
const name = fc.constantFrom('a', 'b', 'c');
const use = fc.record({
  namespace: name,
  workload: name,
  workloadType: fc.constantFrom('Deployment', 'CronJob', 'DaemonSet'),
  podSeconds: fc.integer({ min: 0, max: 1e7 }),
  cpu: fc.option(share),
  memory: fc.option(share),
  energy: fc.integer({ min: 0, max: 1e9 }),
  restarts: fc.nat(50),
});
const input: fc.Arbitrary<ScoreInput> = fc.record({
  uses: fc.array(use, { maxLength: 12 }),
  zones: fc.array(fc.record({ zone: name, energy: fc.nat(1e9), operational: fc.nat(1e9) }), { maxLength: 4 }),
  nodes: fc.array(
    fc.record({ node: name, utilisation: fc.double({ min: 0, max: 1, noNaN: true }), weight: fc.nat(1e6) }),
    { maxLength: 5 },
  ),
  flagged: fc.option(
    fc.array(
      fc.record({
        type: fc.constantFrom(
          'ZOMBIE_WORKLOAD',
          'IDLE_NAMESPACE',
          'AUTOSCALING_CANDIDATE',
          'OFF_PEAK_SCALING',
          'CARBON_AWARE_SCHEDULING',
        ),
        namespace: name,
        workload: name,
      }),
      { maxLength: 6 },
    ),
  ),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const scored = (of: ScoreInput) => scoreOf('', WINDOW, 1, of);

describe('any score', () => {
  it('lies within 0..100, as does each of its dimensions', () => {
    fc.assert(
      fc.property(input, (of) => {
        const { score, dimensions } = scored(of);
        for (const value of [score ?? 0, ...dimensions.map((d) => d.score)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it('weighs what it uses by 1 in all, in the proportions of the methodology, and names every dimension once', () => {
    fc.assert(
      fc.property(input, (of) => {
        const { score, dimensions, leftOut } = scored(of);
        const all = [...dimensions, ...leftOut].map((d) => d.dimension);
        expect(all.toSorted()).toEqual(DIMENSIONS.toSorted());
        if (score === null) return expect(dimensions).toEqual([]);
        expect(sum(dimensions.map((d) => d.weight))).toBeCloseTo(1, 12);
        const ratio = dimensions[0]!.weight / WEIGHTS[dimensions[0]!.dimension];
        for (const d of dimensions) expect(d.weight).toBeCloseTo(WEIGHTS[d.dimension] * ratio, 12);
      }),
    );
  });

  it('is 100 less the points lost, all of which are lost to something', () => {
    fc.assert(
      fc.property(input, (of) => {
        const { score, dimensions } = scored(of);
        if (score === null) return;
        expect(sum(dimensions.map((d) => d.pointsLost)) + score).toBeCloseTo(100, 8);
        for (const d of dimensions) {
          expect(sum(d.lostTo.map((l) => l.points))).toBeCloseTo(d.pointsLost, 8);
          expect(d.lostTo.every((l) => l.points > 0)).toBe(true);
          expect(d.lostTo.length).toBeLessThanOrEqual(6);
        }
      }),
    );
  });

  it('never falls when a request shrinks towards the use', () => {
    const single = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(single, ([used, more]) => {
        const at = (requested: number) => dimensionOf({ uses: [web({ cpu: { used, requested } })] });
        expect(at(used)).toBeGreaterThanOrEqual(at(used + more) as number);
      }),
    );
  });
});

const NOTHING: ScoreInput = { uses: [], zones: [], nodes: [], flagged: null };

const web = (over: Partial<ScoredUse> = {}): ScoredUse => ({
  namespace: 'shop',
  workload: 'web',
  workloadType: 'Deployment',
  podSeconds: 7 * 86_400,
  cpu: { used: 50, requested: 100 },
  memory: null,
  energy: 1000,
  restarts: 0,
  ...over,
});

function dimensionOf(over: Partial<ScoreInput>, dimension: Dimension = 'resource_efficiency') {
  return scored({ ...NOTHING, ...over }).dimensions.find((d) => d.dimension === dimension)?.score;
}

describe('each dimension', () => {
  it('resource efficiency is the mean of the shares used, by energy', () => {
    const both = web({ memory: { used: 100, requested: 100 }, energy: 1000 });
    const idle = web({ workload: 'idle', cpu: { used: 0, requested: 1 }, energy: 1000 });
    expect(dimensionOf({ uses: [both] })).toBe(75);
    expect(dimensionOf({ uses: [both, idle] })).toBe(37.5);
    expect(dimensionOf({ uses: [web({ cpu: { used: 300, requested: 100 } })] })).toBe(100);
  });

  it.each<[string, Partial<Flagged> | null, number]>([
    ['runs at clean hours', null, 100],
    ['runs when the grid is dirty', {}, 75],
    ['does a tenth of its work then', { share: 0.1 }, 97.5],
  ])('carbon-aware scheduling where a quarter of the batch work %s', (_, over, points) => {
    const job = (workload: string, energy: number) => web({ workload, workloadType: 'CronJob', energy });
    const flag = { type: 'CARBON_AWARE_SCHEDULING', namespace: 'shop', workload: 'nightly' };
    const flagged = over === null ? [] : [{ ...flag, ...over }];
    const uses = [web({ energy: 1e6 }), job('nightly', 1000), job('noon', 3000)];
    expect(dimensionOf({ uses, flagged }, 'carbon_aware_scheduling')).toBeCloseTo(points, 9);
  });

  it.each([
    [0, 100],
    [400, 50],
    [800, 0],
    [1200, 0],
  ])('carbon efficiency at %d g/kWh is %d', (grams, points) => {
    const zones = [{ zone: 'FR', energy: 3.6e9, operational: grams * 1e6 }];
    expect(dimensionOf({ zones }, 'carbon_efficiency')).toBeCloseTo(points, 9);
  });

  it.each([
    [0.7, 100],
    [0.35, 50],
    [0, 0],
    [0.9, 100],
  ])('a node at %d of its CPU scores %d', (utilisation, points) => {
    const nodes = [{ node: 'n', utilisation, weight: 1 }];
    expect(dimensionOf({ nodes }, 'node_efficiency')).toBeCloseTo(points, 9);
  });

  it('takes ten points for each restart a pod and day', () => {
    expect(dimensionOf({ uses: [web({ restarts: 7 })] }, 'stability')).toBeCloseTo(90, 9);
    expect(dimensionOf({ uses: [web({ restarts: 700 })] }, 'stability')).toBe(0);
  });

  it('counts dead workloads by their pods and idle namespaces by their number', () => {
    const uses = [web(), web({ namespace: 'old', workload: 'api' })];
    const zombie = { type: 'ZOMBIE_WORKLOAD', namespace: 'old', workload: 'api' };
    const idle = { type: 'IDLE_NAMESPACE', namespace: 'old', workload: '' };
    const waste = (flagged: ScoreInput['flagged']) => dimensionOf({ uses, flagged }, 'waste_elimination');
    expect(waste([])).toBe(100);
    expect(waste([zombie])).toBeCloseTo(65, 9);
    expect(waste([zombie, idle])).toBeCloseTo(50, 9);
    expect(waste(null)).toBeUndefined();
  });

  it('says why a dimension has no data', () => {
    const { score, leftOut } = scored(NOTHING);
    expect(score).toBeNull();
    expect(Object.fromEntries(leftOut.map((l) => [l.dimension, l.reason]))).toEqual({
      resource_efficiency: 'no-requests',
      carbon_efficiency: 'no-energy',
      waste_elimination: 'not-scanned',
      node_efficiency: 'no-nodes',
      scaling_practices: 'not-scanned',
      carbon_aware_scheduling: 'not-scanned',
      stability: 'no-pods',
    });
  });

  it('names what points were lost to, largest first', () => {
    const uses = Array.from({ length: 8 }, (_, i) =>
      web({ workload: `w${i}`, cpu: { used: i, requested: 10 } }),
    );
    const [found] = scored({ ...NOTHING, uses }).dimensions;
    expect(found!.lostTo.slice(0, 2).map((l) => l.name)).toEqual(['shop/w0', 'shop/w1']);
    expect(found!.lostTo.at(-1)).toMatchObject({ kind: 'other', name: '' });
  });
});
