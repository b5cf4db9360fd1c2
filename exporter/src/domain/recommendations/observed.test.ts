import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../interval.js';
import { epochSeconds } from '../units.js';
import type { Recommendation } from './model.js';
import { observeApplied } from './observed.js';
import { facts, node, START, WEEK, workload, type FactsOverrides } from './testing/facts.js';

const hour = (index: number) => epochSeconds(START + index * HOUR);

const recommendation = (over: Partial<Recommendation>): Recommendation =>
  ({
    type: 'RIGHTSIZING_CPU',
    target: { namespace: 'shop', workload: 'web', workloadType: 'Deployment', container: '', node: '' },
    current: { cpu_request_cores: 1 },
    proposed: { cpu_request_cores: 0.2 },
    evidence: {},
    lastSeen: hour(0),
    ...over,
  }) as Recommendation;

function since(r: Partial<Recommendation>, over: FactsOverrides): number | null {
  const { usage, knowledge } = facts(over);
  return observeApplied(usage, knowledge.autoscalers, 0.25).appliedSince(recommendation(r));
}

/** A request of 1 core up to an hour, and then another. */
function requesting(cores: number, from: number) {
  const w = workload({ cpuRequest: cores });
  w.cpuRequests.fill(1, 0, from);
  return { workloads: [w] };
}

describe('a request', () => {
  it.each([
    [0.2, true],
    [0.25, true],
    [0.15, true],
    [0.251, false],
    [0.149, false],
    [1, false],
  ])('of %d cores is the proposed one, within a quarter: %s', (cores, applied) => {
    expect(since({}, requesting(cores, 100))).toBe(applied ? hour(100) : null);
  });

  it.each([
    [1, null],
    [0.98, null],
    [0.95, hour(100)],
    [0.92, hour(100)],
    [0.9, null],
  ])('of which one container’s part is to go is measured by that part: %d cores', (cores, applied) => {
    const part = { proposed: { cpu_request_cores: 0.936 } };
    expect(since(part, requesting(cores, 100))).toBe(applied);
  });

  it('of a workload that is gone says nothing', () => expect(since({}, {})).toBeNull());
});

describe('what is gone', () => {
  const zombie = { type: 'ZOMBIE_WORKLOAD' } as const;
  it('was stopped in the hour after its last', () => {
    expect(since(zombie, { workloads: [workload({ last: 99 })] })).toBe(hour(100));
    expect(since(zombie, { workloads: [workload()] })).toBeNull();
    expect(since(zombie, {})).toBe(hour(0));
  });

  const drained = {
    type: 'UNDERUTILIZED_NODE',
    target: { ...recommendation({}).target, node: 'n1' },
  } as const;
  const gone = node({ last: 99 });
  it('was a machine, when there is one less of its kind', () => {
    expect(since(drained, { nodes: [gone, node({ node: 'n2' })] })).toBe(hour(100));
    expect(since(drained, { nodes: [node(), node({ node: 'n2' })] })).toBeNull();
    expect(
      since(drained, { nodes: [gone, node({ node: 'n2' }), node({ node: 'n3', first: 98 })] }),
    ).toBeNull();
    expect(since(drained, { nodes: [gone, node({ node: 'n3', first: 98, instanceType: 'c5.large' })] })).toBe(
      hour(100),
    );
  });

  const smaller = {
    ...drained,
    type: 'OVERPROVISIONED_NODE',
    current: { cpu_cores: 4 },
    proposed: { cpu_cores: 2 },
  } as const;
  it('was a machine that was too large, also where types are not known and sizes are', () => {
    const of = (cpuCapacity: number) => node({ node: 'n3', first: 98, instanceType: '', cpuCapacity });
    const unknown = { ...gone, instanceType: '' };
    expect(since(smaller, { nodes: [unknown, of(2)] })).toBe(hour(100));
    expect(since(smaller, { nodes: [unknown, of(4)] })).toBeNull();
  });

  it.each([
    [2, true],
    [2.5, true],
    [3, false],
    [4, false],
  ])('is a machine resized in place to %d of 4 cores where 2 were proposed: %s', (cpuCapacity, applied) => {
    expect(since(smaller, { nodes: [node({ cpuCapacity })] })).toBe(applied ? hour(WEEK) : null);
    expect(since(drained, { nodes: [node({ cpuCapacity })] })).toBeNull();
  });
});

describe('a schedule', () => {
  const offPeak = {
    type: 'OFF_PEAK_SCALING',
    evidence: { quiet_from_hour: 0, quiet_hours: 5 },
    proposed: { time_zone: 'Europe/Paris' },
  } as const;
  const local = (index: number) => (index + 2) % 24;

  it('is kept when hardly a pod is there in the quiet hours of the last day', () => {
    const podsAt = (pods: number) => (i: number) => (i >= WEEK - 24 && local(i) < 5 ? pods : 4);
    const judge = (pods: number) => since(offPeak, { workloads: [workload({ podsAt: podsAt(pods) })] });
    expect(judge(0)).toBe(hour(WEEK - 24));
    expect(judge(1)).toBe(hour(WEEK - 24));
    expect(judge(2)).toBeNull();
  });

  const moved = {
    type: 'CARBON_AWARE_SCHEDULING',
    proposed: { start_hour: 13, time_zone: 'Europe/Paris' },
  } as const;
  it.each([
    [13, true],
    [12, true],
    [15, false],
    [18, false],
  ])('of a run that begins at %d is the proposed one: %s', (start, applied) => {
    const load = (i: number) => (local(i) === start || local(i) === start + 1 ? 1 : 0);
    const target = { ...recommendation({}).target, workloadType: 'CronJob' };
    const own = since({ ...moved, target }, { workloads: [workload({ workloadType: 'CronJob', load })] });
    expect(own !== null).toBe(applied);
  });

  it.each([
    [[8, 14], true],
    [[9, 13], true],
    [[8, 18], false],
    [[8, 14, 20], false],
    [[14], false],
  ] as const)('of several runs that begin at %j is the proposed one of 8 and 14: %s', (starts, applied) => {
    const load = (i: number) => ((starts as readonly number[]).includes(local(i)) ? 1 : 0);
    const target = { ...recommendation({}).target, workloadType: 'CronJob' };
    const proposed = { start_hours: '8,14', time_zone: 'Europe/Paris' };
    const own = since(
      { type: 'CARBON_AWARE_SCHEDULING', proposed, target },
      { workloads: [workload({ workloadType: 'CronJob', load })] },
    );
    expect(own !== null).toBe(applied);
  });
});
