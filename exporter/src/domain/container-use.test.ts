import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContainerUses } from './container-use.js';
import { Histogram } from './histogram.js';
import type { ContainerSample, PodSample } from './model.js';
import { podSample } from './testing/arbitrary.js';
import { bytes, cores, cpuSeconds, seconds } from './units.js';

const arbContainer: fc.Arbitrary<ContainerSample> = fc.record({
  container: fc.constantFrom('app', 'proxy', 'agent'),
  cpuSeconds: fc.nat({ max: 1e9 }).map((n) => cpuSeconds(n / 1e6)),
  memoryBytes: fc.nat({ max: 2 ** 40 }).map(bytes),
  cpuRequest: fc.option(fc.constantFrom(0.1, 2).map(cores), { nil: null }),
  memoryRequest: fc.option(fc.nat({ max: 2 ** 30 }).map(bytes), { nil: null }),
});

const arbPod: fc.Arbitrary<PodSample> = fc
  .record({
    namespace: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('web', 'db'),
    seconds: fc.constantFrom(300, 12.5, 0.0001),
    containers: fc.option(
      fc.uniqueArray(arbContainer, { minLength: 2, maxLength: 3, selector: (c) => c.container }),
      { nil: undefined },
    ),
  })
  .map(({ namespace, name, seconds: lasted, containers }) => {
    const pod = { namespace, workload: { name, type: 'Deployment' }, seconds: seconds(lasted) };
    return podSample({ ...pod, ...(containers && { containers }) });
  });

const usesOf = (pods: readonly PodSample[]) => {
  const uses = new ContainerUses();
  for (const pod of pods) uses.addPod(pod);
  return uses.all();
};

describe('use by container', () => {
  it('is the same whatever the order of the pods', () =>
    fc.assert(
      fc.property(fc.array(arbPod), fc.infiniteStream(fc.nat()), (pods, ranks) => {
        const shuffled = pods
          .map((pod) => ({ pod, rank: ranks.next().value }))
          .sort((a, b) => a.rank - b.rank);
        expect(usesOf(shuffled.map(({ pod }) => pod))).toEqual(usesOf(pods));
      }),
    ));

  it('of many times is that of all their pods, with the requests of the last', () =>
    fc.assert(
      fc.property(fc.array(fc.array(arbPod), { minLength: 1 }), (times) => {
        const merged = new ContainerUses();
        for (const use of times.flatMap(usesOf)) merged.addLater(use);
        const figures = (uses: ReturnType<typeof usesOf>) =>
          uses.map(({ cpuRequest: _cpu, memoryRequest: _memory, ...rest }) => rest);
        expect(figures(merged.all())).toEqual(figures(usesOf(times.flat())));
        for (const use of usesOf(times.at(-1)!))
          expect(merged.all()).toContainEqual(
            expect.objectContaining({
              ...{ namespace: use.namespace, workload: use.workload, container: use.container },
              ...{ cpuRequest: use.cpuRequest, memoryRequest: use.memoryRequest },
            }),
          );
      }),
    ));

  it('weighs each pod by its time, in millionths of a core and bytes', () => {
    const both = (cpu: number, lasted: number) =>
      podSample({
        seconds: seconds(lasted),
        containers: ['app', 'proxy'].map((container, i) => ({
          ...{ container, cpuSeconds: cpuSeconds(cpu * (1 - i)), memoryBytes: bytes(100 + i) },
          ...{ cpuRequest: cores(0.5 + i), memoryRequest: null },
        })),
      });
    const [app, proxy] = usesOf([both(300, 300), both(0, 100), podSample()]);
    const cpu = Histogram.decode(app!.cpu);
    expect(cpu.weight).toBe(400_000);
    expect(cpu.mean).toBeCloseTo(0.75e6, 6);
    expect(app).toMatchObject({ container: 'app', cpuRequest: 0.5, memoryRequest: null });
    expect(Histogram.decode(proxy!.memory).mean).toBe(101);
  });
});
