import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeInterval } from '../compute-interval.js';
import type { GpuEnergy } from '../factors.js';
import { arbWindow, factors, nodeSample, podSample, settings, usageWindow } from '../testing/arbitrary.js';
import { cpuSeconds, millijoules, seconds } from '../units.js';
import { splitGpu } from './gpu.js';

const gpuOf = (pods: readonly [namespace: string, pod: string, mj: number][], idle = 0): GpuEnergy => ({
  whole: millijoules(pods.reduce((sum, [, , mj]) => sum + mj, idle)),
  pods: pods.map(([namespace, pod, mj]) => ({ namespace, pod, energy: millijoules(mj) })),
  idle: millijoules(idle),
});

const arbGpu: fc.Arbitrary<GpuEnergy> = fc
  .record({
    held: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('shop', 'data', 'gone'),
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 0, max: 5e8 }),
      ),
      { maxLength: 4, selector: ([namespace, pod]) => `${namespace}/${pod}` },
    ),
    idle: fc.nat({ max: 5e8 }),
  })
  .map(({ held, idle }) => gpuOf(held, idle));

const arbMeasured = fc.option(
  fc.record({
    energy: fc.integer({ min: 0, max: 1e9 }).map(millijoules),
    source: fc.constant('ipmi:machine-wall'),
    band: fc.constant({ lo: 50, hi: 50 }),
    wholeMachine: fc.boolean(),
  }),
  { nil: null },
);

describe('energy of GPUs', () => {
  it('keeps the law of the node, with and without a meter that sees them too', () => {
    fc.assert(
      fc.property(arbWindow, arbGpu, arbMeasured, (window, gpu, measured) => {
        const of = new Map(window.nodes.map((n) => [n.node, factors({ gpu, measured })]));
        const { nodes, rows } = computeInterval(window, of, settings());
        for (const node of nodes) {
          const own = rows.filter((row) => row.node === node.node);
          expect(own.reduce((sum, row) => sum + row.energy, 0)).toBe(node.energy);
          expect(own.every((row) => row.energy >= 0)).toBe(true);
          const storage = own.reduce((sum, row) => sum + row.storage, 0);
          const machine = node.energy - storage;
          if (measured) expect(machine).toBe(measured.energy + (measured.wholeMachine ? 0 : gpu.whole));
          else expect(node.energy).toBe(node.estimatedEnergy);
        }
      }),
    );
  });

  it('goes to the pods that hold the boards, idle or not, and the rest to the idle share', () => {
    const pods = [podSample({ pod: 'train', cpuSeconds: cpuSeconds(1) }), podSample({ pod: 'web' })];
    const window = usageWindow([nodeSample()], pods);
    const gpu = gpuOf([['shop', 'train', 90_000]], 30_000);
    const energyWith = (over: GpuEnergy | null) =>
      computeInterval(window, new Map([['n1', factors({ gpu: over })]]), settings()).rows.map(
        (r) => r.energy,
      );
    const [without, withGpu] = [energyWith(null), energyWith(gpu)];
    expect(withGpu.map((energy, i) => energy - without[i]!)).toEqual([90_000, 0, 30_000]);
  });

  it('of a holder that is not seen is idle; pods of one name share by time', () => {
    const twice = [
      podSample({ uid: 'a', seconds: seconds(100) }),
      podSample({ uid: 'b', seconds: seconds(200) }),
    ];
    expect(splitGpu(gpuOf([['shop', 'web-1', 900]]), twice)).toEqual({
      pods: [300, 600],
      system: 0,
      idle: 0,
    });
    expect(splitGpu(gpuOf([['shop', 'gone', 900]], 50), twice)).toEqual({
      pods: [0, 0],
      system: 0,
      idle: 950,
    });
    expect(splitGpu(null, twice)).toEqual({ pods: [0, 0], system: 0, idle: 0 });
    expect(splitGpu(gpuOf([['shop', 'web-1', 900]]), twice, 90)).toEqual({
      pods: [30, 60],
      system: 0,
      idle: 0,
    });
  });
});
