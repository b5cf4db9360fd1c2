import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TimeRange } from '../domain/interval.js';
import { epochSeconds } from '../domain/units.js';
import { RESERVED_CPU } from './fleet.js';
import { createWorld, type World, type WorldNode, type WorldPod } from './world.js';

const DAY = 86_400;
const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const FORTNIGHT = range(MONDAY, MONDAY + 14 * DAY);
const world = createWorld({ seed: 1 });

function range(from: number, to: number): TimeRange {
  return { from: epochSeconds(from), to: epochSeconds(to) };
}

/** Any instant of the fortnight, and ranges from it. */
const instant = fc.integer({ min: MONDAY, max: MONDAY + 14 * DAY });
const within = fc.tuple(instant, fc.integer({ min: 1, max: 7200 })).map(([from, s]) => range(from, from + s));

/** A pod by the name of its workload that lives at `t`. */
const podOf = (of: World, workload: string, t: number): WorldPod =>
  of.podsDuring(range(t, t + 1)).find((p) => `${p.namespace}/${p.workload.plan.name}` === workload)!;

const describePod = (pod: WorldPod): unknown => ({ ...pod, workload: pod.workload.key, node: pod.node.name });
const snapshot = (of: World, r: TimeRange): unknown => ({
  nodes: of.nodesDuring(r).map((n) => [n, of.nodeCpuSeconds(n, r), of.measuredJoules(n, r)]),
  pods: of.podsDuring(r).map((p) => [describePod(p), of.usage(p, r), of.restarts(p, r)]),
});

const AMOUNTS = ['cpuSeconds', 'receivedBytes', 'transmittedBytes', 'readBytes', 'writtenBytes'] as const;

describe('amounts', () => {
  const pieces = fc.tuple(instant, fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 4000 }));

  it('of pods add up over adjacent ranges', () => {
    fc.assert(
      fc.property(pieces, ([a, first, second]) => {
        const whole = range(a, a + first + second);
        const left = range(a, a + first);
        const right = range(a + first, a + first + second);
        const worst = Math.max(
          ...world.podsDuring(whole).flatMap((pod) => {
            const [w, l, r] = [world.usage(pod, whole), world.usage(pod, left), world.usage(pod, right)];
            const bytes = l.memoryBytes * l.seconds + r.memoryBytes * r.seconds;
            return [
              Math.abs(l.seconds + r.seconds - w.seconds),
              ...AMOUNTS.map((key) => Math.abs(l[key] + r[key] - w[key]) / (1 + w[key])),
              Math.abs(bytes / w.seconds - w.memoryBytes) / w.memoryBytes,
            ];
          }),
        );
        expect(worst).toBeLessThan(1e-9);
      }),
      { numRuns: 15 },
    );
  });

  it('of machines add up over adjacent ranges, metered energy too', () => {
    fc.assert(
      fc.property(pieces, ([a, first, second]) => {
        const whole = range(a, a + first + second);
        const parts = [range(a, a + first), range(a + first, a + first + second)];
        const sum = (f: (r: TimeRange) => number): number => parts.reduce((s, r) => s + f(r), 0);
        for (const node of world.nodesDuring(whole).filter((n) => n.measured)) {
          expect(sum((r) => world.nodeCpuSeconds(node, r))).toBeCloseTo(world.nodeCpuSeconds(node, whole), 6);
          expect(sum((r) => world.measuredJoules(node, r)!)).toBeCloseTo(
            world.measuredJoules(node, whole)!,
            3,
          );
        }
      }),
      { numRuns: 10 },
    );
  });

  it('do not depend on the width of the query: minute by minute is the hour', () => {
    const pod = podOf(world, 'search/suggest', MONDAY + 3600);
    let minutes = 0;
    for (let m = 0; m < 60; m++) {
      minutes += world.usage(pod, range(MONDAY + 3600 + m * 60, MONDAY + 3660 + m * 60)).cpuSeconds;
    }
    expect(minutes).toBeCloseTo(world.usage(pod, range(MONDAY + 3600, MONDAY + 7200)).cpuSeconds, 9);
  });

  it('are zero outside the life of a pod', () => {
    const pod = podOf(world, 'shop/web', MONDAY);
    expect(world.usage(pod, range(pod.diesAt, pod.diesAt + 300))).toMatchObject({
      seconds: 0,
      cpuSeconds: 0,
      memoryBytes: 0,
    });
    expect(world.usage(pod, range(pod.bornAt - 300, pod.bornAt))).toMatchObject({
      seconds: 0,
      receivedBytes: 0,
    });
  });
});

describe('a pure function of time', () => {
  it('gives another instance, asked in another order and from another start, the same answers', () => {
    fc.assert(
      fc.property(fc.array(within, { minLength: 2, maxLength: 5 }), (ranges) => {
        const other = createWorld({ seed: 1, start: epochSeconds(MONDAY) });
        const backwards = [...ranges]
          .reverse()
          .map((r) => snapshot(other, r))
          .reverse();
        expect(backwards).toEqual(ranges.map((r) => snapshot(world, r)));
      }),
      { numRuns: 4 },
    );
  });

  it('differs by seed in names and loads, not in who runs where', () => {
    const other = createWorld({ seed: 2 });
    const r = range(MONDAY, MONDAY + 300);
    const names = new Set(world.podsDuring(r).map((p) => p.uid));
    expect(other.podsDuring(r).filter((p) => names.has(p.uid))).toEqual([]);
    // A day's homes, but for the pod that wanders between two and the one that scales with bursts, which the seed times.
    const places = (w: World): readonly string[] => {
      const pods = w.podsDuring(range(MONDAY, MONDAY + DAY));
      const kept = pods.filter((p) => !['kafka', 'flash-sale'].includes(p.workload.plan.name));
      return [...new Set(kept.map((p) => `${p.workload.plan.name} ${p.node.slot.index}`))].sort();
    };
    expect(places(other)).toEqual(places(world));
  });

  it.each([
    ['seed', { seed: 1.5 }],
    ['scale.blocks', { seed: 1, scale: { blocks: 0, density: 1 } }],
  ])('refuses a bad %s by name', (name, options) => {
    expect(() => createWorld(options)).toThrow(new RegExp(`^${name} must be a whole number`));
  });
});

describe('physics', () => {
  const podsByNode = (r: TimeRange): Map<string, WorldPod[]> => {
    const out = new Map<string, WorldPod[]>();
    for (const pod of world.podsDuring(r)) out.set(pod.node.uid, [...(out.get(pod.node.uid) ?? []), pod]);
    return out;
  };

  it('never uses more than a machine has, minute by minute', () => {
    fc.assert(
      fc.property(instant, (t) => {
        const minute = range(Math.floor(t / 60) * 60, Math.floor(t / 60) * 60 + 60);
        const pods = podsByNode(minute);
        for (const node of world.nodesDuring(minute)) {
          const lived = Math.min(minute.to, node.diesAt) - Math.max(minute.from, node.bornAt);
          expect(world.nodeCpuSeconds(node, minute)).toBeLessThanOrEqual(node.cpuCapacity * lived);
          expect(world.systemCpuSeconds(node, minute)).toBeLessThanOrEqual(RESERVED_CPU * lived);
          const memory = (pods.get(node.uid) ?? []).reduce(
            (sum, p) => sum + world.usage(p, minute).memoryBytes,
            0,
          );
          expect(memory).toBeLessThan(node.memoryCapacity);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('never promises more than a machine can allocate', () => {
    fc.assert(
      fc.property(instant, (t) => {
        const now = range(t, t + 0.5);
        const pods = podsByNode(now);
        for (const node of world.nodesDuring(now)) {
          const plans = (pods.get(node.uid) ?? []).map((p) => p.workload.plan);
          expect(plans.reduce((s, p) => s + (p.cpuRequest ?? 0), 0)).toBeLessThanOrEqual(node.cpuAllocatable);
          const memory = plans.reduce((s, p) => s + (p.memoryRequest ?? 0), 0) * 2 ** 20;
          expect(memory).toBeLessThanOrEqual(node.memoryAllocatable);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('meters what a machine of its size can draw, near the model but not on it', () => {
    const hour = range(MONDAY + 9 * 3600, MONDAY + 10 * 3600);
    const metered = world.nodesDuring(hour).filter((n) => n.measured);
    expect(metered).toHaveLength(3);
    for (const node of metered) {
      const watts = world.measuredJoules(node, hour)! / 3600;
      const u = world.nodeCpuSeconds(node, hour) / (node.cpuCapacity * 3600);
      const model = node.cpuCapacity * (0.6 + (2.78 - 0.6) * u);
      expect(watts / model).toBeGreaterThan(1.02);
      expect(watts / model).toBeLessThan(3);
    }
    const unmetered = world.nodesDuring(hour).find((n) => !n.measured)!;
    expect(world.measuredJoules(unmetered, hour)).toBeNull();
  });
});

describe('lifetimes', () => {
  const pods = world.podsDuring(FORTNIGHT);

  it('gives each pod one uid, one machine and a time on it that the machine is there for', () => {
    expect(new Set(pods.map((p) => p.uid)).size).toBe(pods.length);
    for (const pod of pods) {
      expect(pod.diesAt).toBeGreaterThan(pod.bornAt);
      expect(pod.bornAt).toBeGreaterThanOrEqual(pod.node.bornAt);
      expect(pod.diesAt).toBeLessThanOrEqual(pod.node.diesAt);
    }
  });

  it('never has two pods of one name at a time, though a StatefulSet brings the name back', () => {
    const byName = new Map<string, WorldPod[]>();
    for (const pod of pods) {
      const name = `${pod.namespace}/${pod.name}`;
      byName.set(
        name,
        [...(byName.get(name) ?? []), pod].sort((a, b) => a.bornAt - b.bornAt),
      );
    }
    for (const same of byName.values()) {
      for (let i = 1; i < same.length; i++) expect(same[i]!.bornAt).toBeGreaterThan(same[i - 1]!.diesAt);
    }
    const kafka = byName.get('data/kafka-0')!;
    expect(kafka.length).toBeGreaterThanOrEqual(3);
    expect(new Set(kafka.map((p) => p.uid)).size).toBe(kafka.length);
    expect(new Set(kafka.map((p) => p.node.name)).size).toBe(2);
    expect(new Set(kafka.map((p) => p.claim))).toEqual(new Set(['data-kafka-0']));
  });

  it('agrees on a pod whichever range finds it', () => {
    fc.assert(
      fc.property(within, (r) => {
        const wide = range(r.from - DAY, r.to + DAY);
        const alive = world.podsDuring(wide).filter((p) => p.bornAt < r.to && p.diesAt > r.from);
        const key = (list: readonly WorldPod[]): readonly string[] =>
          list.map((p) => JSON.stringify(describePod(p))).sort();
        expect(key(world.podsDuring(r))).toEqual(key(alive));
      }),
      { numRuns: 8 },
    );
  });

  it('replaces one machine in every 14 days, its pods moving to the new one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (weeks) => {
        const from = MONDAY + weeks * 7 * DAY;
        const left = world
          .nodesDuring(range(from, from + 14 * DAY))
          .filter((n) => n.servesTo >= from && n.servesTo < from + 14 * DAY);
        expect(left).toHaveLength(1);
        const [old] = left as [WorldNode];
        const fresh = world
          .nodesDuring(range(old.servesTo, old.servesTo + 60))
          .find((n) => n.slot === old.slot && n.uid !== old.uid)!;
        expect(fresh.bornAt).toBeLessThan(old.servesTo);
        expect(old.diesAt).toBeGreaterThan(old.servesTo);
        const work = (n: WorldNode, t: number): readonly string[] =>
          world
            .podsDuring(range(t, t + 1))
            .filter((p) => p.node.uid === n.uid && p.workload.plan.controller.kind === 'StatefulSet')
            .map((p) => p.name)
            .sort();
        expect(work(old, old.servesTo + 45)).toEqual([]);
        expect(work(fresh, old.servesTo + 45)).toEqual(work(old, old.servesTo - 1));
      }),
      { numRuns: 12 },
    );
  });

  it('runs one daemon of each kind on every machine, also on one that only just joined', () => {
    fc.assert(
      fc.property(instant, (t) => {
        const now = range(t, t + 1);
        const daemons = world.podsDuring(now).filter((p) => p.workload.plan.name === 'node-exporter');
        const settled = world.nodesDuring(now).filter((n) => n.bornAt < t - 60 && n.diesAt > t + 60);
        const nodes = daemons.map((p) => p.node.name);
        expect(new Set(nodes).size).toBe(nodes.length);
        // One may be between two releases, for less than a minute.
        expect(settled.filter((n) => !nodes.includes(n.name)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the replicas that a Deployment asks for, but for the seconds of a restart', () => {
    fc.assert(
      fc.property(instant, (t) => {
        const alive = (s: number): readonly WorldPod[] =>
          world.podsDuring(range(s, s + 1)).filter((p) => p.workload.plan.name === 'catalog');
        // Sampled a minute apart, one of the two finds all four.
        expect(Math.max(alive(t).length, alive(t + 60).length, alive(t + 300).length)).toBe(4);
        expect(new Set(alive(t).map((p) => p.owner!.name)).size).toBeLessThanOrEqual(2);
      }),
      { numRuns: 25 },
    );
  });

  it('scales shop/web between its bounds with the day', () => {
    const counts = Array.from({ length: 24 * 7 }, (_, h) => {
      const t = MONDAY + h * 3600 + 120;
      return world
        .podsDuring(range(t, t + 1))
        .filter((p) => `${p.namespace}/${p.workload.plan.name}` === 'shop/web').length;
    });
    expect(Math.max(...counts)).toBe(9);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
    expect(Math.min(...counts)).toBeLessThanOrEqual(3);
    // 03:00 and 20:00 in Paris.
    expect(counts[1]!).toBeLessThan(counts[18]!);
  });

  it('names pods and owners as their controllers do', () => {
    const one = (workload: string): WorldPod =>
      pods.find((p) => `${p.namespace}/${p.workload.plan.name}` === workload)!;
    expect(one('shop/cart').name).toMatch(/^cart-[a-z0-9]{9}-[a-z0-9]{5}$/);
    expect(one('shop/cart').name.startsWith(one('shop/cart').owner!.name)).toBe(true);
    expect(one('batch/thumbnails').name).toMatch(/^thumbnails-\d{8}-[a-z0-9]{5}$/);
    expect(one('kube-system/cilium').name).toMatch(/^cilium-[a-z0-9]{5}$/);
    expect(one('sandbox/debug-shell')).toMatchObject({ name: 'debug-shell', owner: null });
  });

  it('restarts containers of the flaky only, each restart within the life of its pod', () => {
    const flaky = pods.filter((p) => p.workload.plan.restartsPerHour > 0);
    const all = flaky.flatMap((p) => world.restarts(p, FORTNIGHT).map((at) => [p, at] as const));
    expect(all.length).toBeGreaterThan(10);
    for (const [pod, at] of all) {
      expect(at).toBeGreaterThan(pod.bornAt);
      expect(at).toBeLessThan(pod.diesAt);
    }
    expect(world.restarts(podOf(world, 'shop/cart', MONDAY), FORTNIGHT)).toEqual([]);
  });
});
