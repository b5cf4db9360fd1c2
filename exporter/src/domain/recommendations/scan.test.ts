import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cores } from '../units.js';
import { extraMemoryShare, footprintOf, heldByNode, plus, sumOf } from './claims.js';
import type { ClusterFacts } from './facts.js';
import type { Proposal, YearlyAmounts } from './model.js';
import { scan } from './scan.js';
import {
  cpuHistogram,
  facts,
  GIB,
  memoryHistogram,
  MIB,
  node,
  placedPod,
  taken,
  WEEK,
  workload,
} from './testing/facts.js';
import { workloadKey, type NodeProfile, type WorkloadProfile } from './usage-window.js';

function run(input: ClusterFacts) {
  const steps = scan(input);
  let [step, pauses] = [steps.next(), 0];
  for (; !step.done; step = steps.next()) pauses++;
  return { ...step.value, pauses };
}

const arbTaken = fc
  .record({
    dynamic: fc.nat(1e9),
    held: fc.nat(1e9),
    storage: fc.nat(1e8),
    perEnergy: fc.double({ min: 0, max: 3, noNaN: true }),
    embodied: fc.nat(1e9),
    cost: fc.option(fc.nat(1e12), { nil: null }),
  })
  .map(({ dynamic, held, storage, perEnergy, embodied, cost }) => {
    const energy = dynamic + held + storage;
    return taken({ energy, dynamic, storage, operational: Math.round(energy * perEnergy), embodied, cost });
  });

/** Workloads that many rules find at once. */
const arbWorkload = (index: number): fc.Arbitrary<WorkloadProfile> =>
  fc
    .record({
      taken: arbTaken,
      type: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Pod'),
      namespace: fc.constantFrom('a', 'b', 'kube-system'),
      network: fc.constantFrom(0, 1e9),
      cpu: fc.double({ min: 0.001, max: 0.6, noNaN: true }),
      memory: fc.integer({ min: MIB, max: 600 * MIB }),
      shape: fc.constantFrom<(hour: number) => number>(
        () => 0.3,
        (hour) => (hour % 24 < 6 ? 0.001 : 1),
        (hour) => (hour % 12 === 0 ? 8 : 0.2),
        (hour) => (hour % 24 === 18 ? 1 : 0),
      ),
      first: fc.constantFrom(0, 100, 150),
    })
    .map((w) =>
      workload({
        namespace: w.namespace,
        workload: `w${index}`,
        workloadType: w.type,
        taken: w.taken,
        networkBytes: w.network,
        first: w.first,
        load: w.shape,
        cpu: cpuHistogram([w.cpu, WEEK]),
        memory: memoryHistogram([w.memory, WEEK]),
      }),
    );

const arbNode = (index: number): fc.Arbitrary<NodeProfile> =>
  fc
    .record({
      use: fc.double({ min: 0, max: 0.9, noNaN: true }),
      whole: arbTaken,
      idle: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ use, whole, idle }) =>
      node({
        node: `n${index}`,
        cpuUse: use,
        memoryUse: use,
        taken: whole,
        idle: taken({
          energy: Math.floor((whole.energy - whole.dynamic - whole.storage) * idle),
          dynamic: 0,
          storage: 0,
          operational: Math.floor(
            (whole.energy > 0 ? whole.operational / whole.energy : 0) *
              (whole.energy - whole.dynamic - whole.storage) *
              idle,
          ),
          embodied: Math.floor(whole.embodied * idle),
          cost: whole.cost === null ? null : Math.floor(whole.cost * idle),
        }),
      }),
    );

const arbFacts: fc.Arbitrary<ClusterFacts> = fc
  .record({
    workloads: fc.tuple(...Array.from({ length: 6 }, (_, i) => arbWorkload(i))),
    nodes: fc.tuple(...Array.from({ length: 4 }, (_, i) => arbNode(i))),
    placed: fc.array(
      fc.record({ node: fc.nat(3), workload: fc.nat(5), cpu: fc.double({ min: 0.01, max: 2, noNaN: true }) }),
      {
        maxLength: 12,
      },
    ),
  })
  .map(({ workloads, nodes, placed }) => {
    const pods = placed.map((p, i) => {
      const { namespace, workload: name, workloadType } = workloads[p.workload]!;
      return placedPod({
        ...{ namespace, workload: name, workloadType, pod: `p${i}`, node: `n${p.node}` },
        cpuRequest: cores(p.cpu),
        pinned: workloadType === 'DaemonSet',
      });
    });
    const dirtyEvenings = (hour: number) => (hour % 24 === 18 ? 300 : 100);
    return facts({ workloads, nodes, knowledge: { pods }, intensity: { FR: dirtyEvenings } });
  });

const NEAR = 1 + 1e-9;
const isAtMost = (a: YearlyAmounts, b: YearlyAmounts): boolean =>
  a.joules <= b.joules * NEAR && a.grams <= b.grams * NEAR && (a.cost ?? 0) <= (b.cost ?? 0) * NEAR;

const claimedBy = (proposals: readonly Proposal[], wanted: (p: Proposal) => boolean): YearlyAmounts =>
  sumOf(proposals.filter(wanted).map((p) => p.savings.claimed));

describe('laws of a scan', () => {
  it('of a workload no more is claimed than it takes; of a namespace and the cluster neither', () => {
    fc.assert(
      fc.property(arbFacts, (input) => {
        const { proposals } = run(input);
        const { usage } = input;
        const extra = extraMemoryShare(usage.nodes);
        const wholes = new Map(
          usage.workloads.map((w) => {
            const parts = footprintOf(w, (WEEK - w.first) * 3600, extra);
            return [workloadKey(w), sumOf(Object.values(parts))];
          }),
        );
        for (const w of usage.workloads) {
          const own = claimedBy(proposals, (p) => p.target.workload === w.workload);
          expect(isAtMost(own, wholes.get(workloadKey(w))!)).toBe(true);
        }
        const ofWorkloads = claimedBy(proposals, (p) => p.target.node === '');
        expect(isAtMost(ofWorkloads, sumOf([...wholes.values()]))).toBe(true);
        for (const n of usage.nodes) {
          const own = claimedBy(proposals, (p) => p.target.node === n.node);
          expect(isAtMost(own, heldByNode(n, WEEK * 3600))).toBe(true);
        }
      }),
    );
  });

  it('immediate <= realisable <= claimed, and low <= claimed <= high of each', () => {
    fc.assert(
      fc.property(arbFacts, (input) => {
        const { proposals, totals } = run(input);
        expect(isAtMost(totals.realisable, totals.claimed)).toBe(true);
        expect(isAtMost(totals.immediate, totals.realisable)).toBe(true);
        for (const { savings, confidence } of proposals) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(isAtMost(savings.low, savings.claimed)).toBe(true);
          expect(isAtMost(savings.claimed, savings.high)).toBe(true);
          expect(isAtMost(savings.immediate, savings.claimed)).toBe(true);
        }
      }),
    );
  });

  it('is the same when it is done again, and says one thing of a type and target at most', () => {
    fc.assert(
      fc.property(arbFacts, (input) => {
        const { proposals } = run(input);
        expect(run(input).proposals).toEqual(proposals);
        const names = proposals.map((p) => `${p.type} ${p.target.node} ${workloadKey(p.target)}`);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('stops after each workload', () => {
    const workloads = Array.from({ length: 40 }, (_, i) => workload({ workload: `w${i}` }));
    expect(run(facts({ workloads })).pauses).toBeGreaterThanOrEqual(40);
  });
});

describe('a scan', () => {
  it('finds nothing where nothing is wrong', () => {
    const { proposals, totals } = run(facts({ workloads: [workload()], nodes: [node()] }));
    expect(proposals).toEqual([]);
    expect(totals).toMatchObject({
      active: 0,
      claimed: { grams: 0 },
      realisable: { grams: 0 },
      removableNodes: [],
    });
  });

  it('that calls a workload dead says nothing of its requests', () => {
    const dead = workload({
      networkBytes: 0,
      taken: taken({ dynamic: 1 }),
      cpu: cpuHistogram([0.001, WEEK]),
    });
    expect(run(facts({ workloads: [dead] })).proposals.map((p) => p.type)).toEqual(['ZOMBIE_WORKLOAD']);
  });

  it('a request cut saves what is held, and no dynamic energy', () => {
    const large = workload({ cpu: cpuHistogram([0.2, WEEK]) });
    const [found] = run(facts({ workloads: [large] })).proposals;
    expect(found).toMatchObject({ type: 'RIGHTSIZING_CPU', savings: { immediate: { joules: 0, grams: 0 } } });
    // 6e8 mJ are held in a week; 0.24 of the core stays.
    const year = (365.25 * 86_400) / (WEEK * 3600);
    expect(found!.savings.claimed.joules).toBeCloseTo(6e5 * 0.76 * year, -3);
  });

  it('counts a machine that all of it together makes dispensable, and not one that could have gone anyway', () => {
    const large = (name: string) => workload({ workload: name, cpu: cpuHistogram([0.2, WEEK]) });
    const nodes = [node(), node({ node: 'n2' })];
    const on = (name: string, at: string) =>
      placedPod({ workload: name, pod: name, node: at, cpuRequest: cores(1) });
    const full = [on('a', 'n1'), on('b', 'n1'), on('c', 'n1'), on('d', 'n2'), on('e', 'n2')];
    const workloads = ['a', 'b', 'c', 'd', 'e'].map(large);
    const { totals } = run(facts({ workloads, nodes, knowledge: { pods: full } }));
    expect(totals.removableNodes).toHaveLength(1);
    expect(totals.realisable.grams).toBeGreaterThan(0);
    const roomy = run(facts({ workloads, nodes, knowledge: { pods: full.slice(2) } }));
    expect(roomy.totals.removableNodes).toEqual([]);
    expect(roomy.totals.realisable.grams).toBe(0);
  });

  it('holds a memory-hungry machine too large only after its requests are cut', () => {
    const greedy = workload({
      memoryRequest: 8 * GIB,
      memory: memoryHistogram([GIB, WEEK]),
      cpuRequest: 0.5,
    });
    const pod = placedPod({ memoryRequest: (8 * GIB) as never, cpuRequest: cores(0.5) });
    const nodes = [node({ cpuUse: 0.1, memoryUse: 0.1 })];
    const { proposals } = run(facts({ workloads: [greedy], nodes, knowledge: { pods: [pod] } }));
    expect(proposals.map((p) => p.type)).toEqual(['RIGHTSIZING_MEMORY', 'OVERPROVISIONED_NODE']);
  });
});

it('sums of amounts keep what is not known apart from nothing', () => {
  expect(plus({ joules: 1, grams: 1, cost: null }, { joules: 1, grams: 1, cost: 2 }).cost).toBe(2);
  expect(sumOf([{ joules: 1, grams: 1, cost: null }]).cost).toBeNull();
});
