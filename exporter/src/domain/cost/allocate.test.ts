import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbWindow, nodeSample, podSample } from '../testing/arbitrary.js';
import { bytes, cores, nanoCurrency, seconds } from '../units.js';
import {
  costOfInterval,
  idleWeight,
  podKey,
  spreadHour,
  type HourBill,
  type IntervalRun,
} from './allocate.js';

const STEP = seconds(300);
const pod = (name: string, time = 300, over: Partial<IntervalRun['pods'][number]> = {}) => ({
  node: 'n1',
  namespace: 'shop',
  pod: name,
  uid: '',
  seconds: seconds(time),
  ...over,
});
const node = (name: string, idle = 1) => ({ node: name, idleWeight: idle, seconds: STEP });
const bill = (over: Partial<HourBill> = {}): HourBill => ({
  pods: [],
  idle: [],
  seconds: seconds(3600),
  ...over,
});
const billed = (name: string, amount: number, time = 3600) => ({
  namespace: 'shop',
  pod: name,
  amount: nanoCurrency(amount),
  seconds: seconds(time),
});
const idle = (name: string, amount: number) => ({ node: name, amount: nanoCurrency(amount) });

const arbPod = fc
  .record({
    node: fc.constantFrom('n1', 'n2'),
    namespace: fc.constantFrom('shop', 'data'),
    pod: fc.constantFrom('a', 'b', 'c'),
    uid: fc.constantFrom('', 'u1', 'u2'),
    seconds: fc.integer({ min: 1, max: 300 }),
  })
  .map((p) => ({ ...p, seconds: seconds(p.seconds) }));
const arbRun: fc.Arbitrary<IntervalRun> = fc.record({
  pods: fc.uniqueArray(arbPod, { maxLength: 10, selector: podKey }),
  nodes: fc
    .tuple(fc.subarray(['n1', 'n2', 'n3']), fc.infiniteStream(fc.double({ min: 0, max: 1e6, noNaN: true })))
    .map(([names, weights]) => names.map((name) => node(name, weights.next().value))),
});
const amount = fc.integer({ min: 0, max: 1e12 }).map(nanoCurrency);
const arbBill: fc.Arbitrary<HourBill> = fc.record({
  pods: fc.uniqueArray(
    fc.record({
      namespace: fc.constantFrom('shop', 'data', 'gone'),
      pod: fc.constantFrom('a', 'b', 'c', '__unmounted__'),
      amount,
      seconds: fc.integer({ min: 0, max: 3600 }).map(seconds),
    }),
    { selector: (p) => `${p.namespace}/${p.pod}` },
  ),
  idle: fc.uniqueArray(fc.record({ node: fc.constantFrom('', 'n1', 'n9'), amount }), {
    selector: (i) => i.node,
  }),
  seconds: fc.integer({ min: 1, max: 3600 }).map(seconds),
});
const runs = fc.array(arbRun, { minLength: 1, maxLength: 12 });

const totalOf = ({ pods, idle: rest }: HourBill) =>
  [...pods, ...rest].reduce((sum, { amount: part }) => sum + part, 0);
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

describe('the bill of an hour', () => {
  it('is spread over its intervals to the last nano-unit, in whole parts of 0 or more', () => {
    fc.assert(
      fc.property(arbBill, runs, (hour, intervals) => {
        const spread = spreadHour(hour, intervals);
        const parts = spread.intervals.flatMap(({ pods, idle: rest }) => [
          ...pods.values(),
          ...rest.values(),
        ]);
        expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true);
        expect(sum(parts) + spread.unplaced).toBe(totalOf(hour));
        if (intervals.some(({ nodes }) => nodes.length > 0)) expect(spread.unplaced).toBe(0);
      }),
    );
  });

  it('gives each pod that ran its own amount, and only rows that are there anything', () => {
    fc.assert(
      fc.property(arbBill, runs, (hour, intervals) => {
        const spread = spreadHour(hour, intervals);
        for (const { namespace, pod: name, amount: whole } of hour.pods) {
          const mine = intervals.flatMap((run, i) =>
            run.pods
              .filter((p) => p.namespace === namespace && p.pod === name)
              .map((p) => spread.intervals[i]!.pods.get(podKey(p)) ?? 0),
          );
          if (mine.length > 0) expect(sum(mine)).toBe(whole);
        }
        for (const [i, { pods, idle: rest }] of spread.intervals.entries()) {
          const keys = new Set(intervals[i]!.pods.map(podKey));
          const names = new Set(intervals[i]!.nodes.map((n) => n.node));
          expect([...pods.keys()].every((key) => keys.has(key))).toBe(true);
          expect([...rest.keys()].every((key) => names.has(key))).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the order of pods and nodes', () => {
    fc.assert(
      fc.property(arbBill, runs, (hour, intervals) => {
        const reversed = intervals.map(({ pods, nodes }) => ({
          pods: pods.toReversed(),
          nodes: nodes.toReversed(),
        }));
        expect(spreadHour(hour, reversed)).toEqual(spreadHour(hour, intervals));
      }),
    );
  });

  it('follows run time: half an interval costs half of a whole one', () => {
    const spread = spreadHour(bill({ pods: [billed('a', 900)] }), [
      { pods: [pod('a', 300)], nodes: [] },
      { pods: [pod('a', 150)], nodes: [] },
    ]);
    expect(spread.intervals.map(({ pods }) => pods.get(podKey(pod('a'))))).toEqual([600, 300]);
  });

  it('puts idle cost on the node it is of, else where most was idle; what is of nobody joins it', () => {
    const spread = spreadHour(
      bill({ pods: [billed('gone', 30)], idle: [idle('n1', 100), idle('', 50), idle('n9', 10)] }),
      [{ pods: [], nodes: [node('n1', 1), node('n2', 2)] }],
    );
    expect(Object.fromEntries(spread.intervals[0]!.idle)).toEqual({ n1: 100 + 30, n2: 60 });
  });

  it('shares evenly where nothing was idle', () => {
    const spread = spreadHour(bill({ idle: [idle('', 10)] }), [
      { pods: [], nodes: [node('n1', 0), node('n2', 0)] },
    ]);
    expect([...spread.intervals[0]!.idle.values()]).toEqual([5, 5]);
  });

  it('keeps what no row can take', () => {
    expect(
      spreadHour(bill({ pods: [billed('a', 7)], idle: [idle('', 5)] }), [{ pods: [], nodes: [] }]),
    ).toMatchObject({
      unplaced: 12,
    });
  });
});

describe('one interval of an hour', () => {
  it('costs its part by time: of a pod that ran all the time, a twelfth', () => {
    const costs = costOfInterval(
      bill({ pods: [billed('a', 12_000), billed('b', 600, 600)], idle: [idle('', 2400)] }),
      { pods: [pod('a'), pod('b', 150), pod('c')], nodes: [node('n1', 1), node('n2', 3)] },
      STEP,
    );
    expect(Object.fromEntries(costs.idle)).toEqual({ n1: 50, n2: 150 });
    expect(costs.pods.get(podKey(pod('a')))).toBe(1000);
    expect(costs.pods.get(podKey(pod('b')))).toBe(150);
    expect(costs.pods.get(podKey(pod('c')))).toBeUndefined();
  });

  it('comes to what the whole hour gives it, but for rounding, where everything ran evenly', () => {
    const hour = bill({ pods: [billed('a', 999_999_999)], idle: [idle('', 77_777_777)] });
    const run = { pods: [pod('a')], nodes: [node('n1'), node('n2')] };
    const whole = spreadHour(hour, new Array<IntervalRun>(12).fill(run)).intervals;
    const one = costOfInterval(hour, run, STEP);
    for (const { pods, idle: rest } of whole) {
      expect(Math.abs(pods.get(podKey(pod('a')))! - one.pods.get(podKey(pod('a')))!)).toBeLessThanOrEqual(1);
      for (const name of ['n1', 'n2'])
        expect(Math.abs(rest.get(name)! - one.idle.get(name)!)).toBeLessThanOrEqual(1);
    }
  });

  it('is never more than the bill', () => {
    fc.assert(
      fc.property(arbBill, arbRun, (hour, run) => {
        const costs = costOfInterval(hour, run, STEP);
        for (const value of [...costs.pods.values(), ...costs.idle.values()]) {
          expect(Number.isInteger(value) && value >= 0 && value <= totalOf(hour)).toBe(true);
        }
      }),
    );
  });
});

describe('how much was idle', () => {
  it('is core-seconds, memory counted as cores of the same price', () => {
    const machine = nodeSample({ cpuCapacity: cores(4), memoryCapacity: bytes(16 * 2 ** 30) });
    expect(idleWeight(machine, [], 'reserved')).toBeCloseTo((4 + (16 * 0.004237) / 0.031611) * 300, 6);
    const full = podSample({ cpuRequest: cores(4), memoryRequest: bytes(16 * 2 ** 30) });
    expect(idleWeight(machine, [full], 'reserved')).toBe(0);
  });

  it('is never negative', () => {
    fc.assert(
      fc.property(arbWindow, ({ nodes, pods }) => {
        for (const n of nodes) {
          const mine = pods.filter((p) => p.node === n.node);
          expect(idleWeight(n, mine, 'reserved')).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
