import { describe, expect, it } from '@jest/globals';
import { bytes, cores } from '../../units.js';
import { facts, GIB, node, placedPod, taken, WEEK, workload, type FactsOverrides } from '../testing/facts.js';
import { idleNamespace } from './idle-namespace.js';
import { overprovisionedNode } from './overprovisioned-node.js';
import { underutilizedNode as stepwise } from './underutilized-node.js';

function underutilizedNode(input: ReturnType<typeof facts>) {
  const steps = stepwise(input);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

describe('idle namespace', () => {
  /** Two workloads that draw this together, J. */
  const drawing = (joules: number, cost: number | null, namespace = 'old'): FactsOverrides => ({
    workloads: ['a', 'b'].map((name) =>
      workload({
        namespace,
        workload: name,
        taken: taken({ energy: joules * 500, cost: cost && cost * 5e8 }),
      }),
    ),
  });

  it.each<[string, FactsOverrides, boolean]>([
    ['999 J and a cost', drawing(999, 0.001), true],
    ['1000 J', drawing(1000, 0.001), false],
    ['no cost', drawing(999, 0), false],
    ['no price', drawing(999, null), false],
    ['of the system', drawing(999, 0.001, 'kube-system'), false],
    [
      'of the system, when that is asked for',
      { ...drawing(999, 0.001, 'kube-system'), settings: { systemNamespaces: true } },
      true,
    ],
  ])('%s', (_, over, found) => expect(idleNamespace(facts(over)).length).toBe(found ? 1 : 0));

  it('lists its objects, and stops each in its way', () => {
    const [found] = idleNamespace(facts(drawing(10, 0.001)));
    expect(found!.evidence['objects']).toBe('Deployment/a, Deployment/b');
    expect(found!.patch.yaml.match(/replicas: 0/g)).toHaveLength(2);
    expect(found!.claims).toEqual({ workloads: ['old/Deployment/a', 'old/Deployment/b'] });
  });

  it('that has gone is not idle', () => {
    const gone = workload({ namespace: 'old', last: WEEK - 2, taken: taken({ energy: 1 }) });
    expect(idleNamespace(facts({ workloads: [gone] }))).toEqual([]);
  });
});

const busy = (name: string, over = {}) => node({ node: name, ...over });
const quiet = (over = {}) => node({ node: 'quiet', cpuUse: 0.149, ...over });
const pods = (count: number, over = {}) =>
  Array.from({ length: count }, (_, i) => placedPod({ pod: `p${i}`, node: 'quiet', ...over }));

describe('underutilized node', () => {
  it.each<[string, FactsOverrides, boolean]>([
    ['two pods and 14.9 % of its CPU', { nodes: [quiet(), busy('n2')], knowledge: { pods: pods(2) } }, true],
    ['three pods', { nodes: [quiet(), busy('n2')], knowledge: { pods: pods(3) } }, false],
    [
      'three pods, one of a DaemonSet',
      {
        nodes: [quiet(), busy('n2')],
        knowledge: { pods: [...pods(2), placedPod({ pod: 'd', node: 'quiet', pinned: true })] },
      },
      true,
    ],
    [
      '15 % of its CPU',
      { nodes: [quiet({ cpuUse: 0.15 }), busy('n2')], knowledge: { pods: pods(2) } },
      false,
    ],
    ['nowhere to go', { nodes: [quiet()], knowledge: { pods: pods(1) } }, false],
    [
      'no room elsewhere',
      {
        nodes: [quiet(), busy('n2')],
        knowledge: { pods: [...pods(1), placedPod({ node: 'n2', cpuRequest: cores(3.5) })] },
      },
      false,
    ],
    [
      'another region only',
      { nodes: [quiet(), busy('n2', { region: 'eu-west-1' })], knowledge: { pods: pods(1) } },
      false,
    ],
    [
      'another architecture only',
      { nodes: [quiet(), busy('n2', { architecture: 'arm64' })], knowledge: { pods: pods(1) } },
      false,
    ],
    [
      'a volume of its zone',
      { nodes: [quiet(), busy('n2', { zone: 'eu-west-3b' })], knowledge: { pods: pods(1, { zonal: true }) } },
      false,
    ],
    ['gone', { nodes: [quiet({ last: WEEK - 2 }), busy('n2')], knowledge: { pods: [] } }, false],
    [
      'there for less than a day',
      { nodes: [quiet({ first: WEEK - 23 }), busy('n2')], knowledge: { pods: [] } },
      false,
    ],
  ])('%s', (_, over, found) => {
    expect(underutilizedNode(facts(over)).map((d) => d.target.node)).toEqual(found ? ['quiet'] : []);
  });

  it('takes taints, selectors and closed machines into account where they are known', () => {
    const known = (over: object) => {
      const of = (name: string, more = {}) => ({
        node: name,
        cpuAllocatable: cores(3.8),
        memoryAllocatable: bytes(14 * GIB),
        labels: {},
        taints: [],
        unschedulable: false,
        ...more,
      });
      return new Map([
        ['quiet', of('quiet')],
        ['n2', of('n2', over)],
      ]);
    };
    const judge = (over: object, pod = {}) =>
      underutilizedNode(
        facts({ nodes: [quiet(), busy('n2')], knowledge: { pods: pods(1, pod), nodes: known(over) } }),
      ).length;
    expect(judge({})).toBe(1);
    expect(judge({ unschedulable: true })).toBe(0);
    expect(judge({ taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] })).toBe(0);
    expect(judge({ taints: [{ key: 'gpu', value: '', effect: 'PreferNoSchedule' }] })).toBe(1);
    expect(judge({}, { nodeSelector: { disk: 'ssd' } })).toBe(0);
    expect(judge({ labels: { disk: 'ssd' } }, { nodeSelector: { disk: 'ssd' } })).toBe(1);
  });

  it('of two that could go onto each other keeps one', () => {
    const two = [quiet({ node: 'a' }), quiet({ node: 'b' })];
    const each = ['a', 'b'].map((name) => placedPod({ pod: name, node: name, cpuRequest: cores(1.8) }));
    expect(underutilizedNode(facts({ nodes: two, knowledge: { pods: each } }))).toHaveLength(1);
  });
});

describe('overprovisioned node', () => {
  const idle = (over = {}) => node({ cpuUse: 0.19, memoryUse: 0.19, ...over });

  it.each<[string, FactsOverrides, number | null]>([
    ['19 % of CPU and memory', { nodes: [idle()] }, 1 / 8],
    ['20 % of CPU', { nodes: [idle({ cpuUse: 0.2 })] }, null],
    ['20 % of memory', { nodes: [idle({ memoryUse: 0.2 })] }, null],
    [
      'requests of 1.5 cores',
      { nodes: [idle()], knowledge: { pods: [placedPod({ cpuRequest: cores(1.5) })] } },
      1 / 2,
    ],
    [
      'requests of 2 cores',
      { nodes: [idle()], knowledge: { pods: [placedPod({ cpuRequest: cores(2) })] } },
      null,
    ],
  ])('%s', (_, over, size) => {
    const found = overprovisionedNode(facts(over));
    expect(found.map((d) => Number(d.proposed['cpu_cores']) / 4)).toEqual(size === null ? [] : [size]);
  });
});
