import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeInterval } from './compute-interval.js';
import type { NodeRow, Row, UsageWindow } from './model.js';
import {
  arbWindow,
  factors,
  factorsFor,
  nodeSample,
  podSample,
  settings,
  usageWindow,
} from './testing/arbitrary.js';
import { bytes, cores, cpuSeconds, millijoules, ratio, seconds, wattsPerVcpu } from './units.js';

const policies = ['reserved', 'proportional'] as const;
const AMOUNTS = ['energy', 'operational', 'embodied', 'cost'] as const;

const compute = (window: UsageWindow, policy: (typeof policies)[number] = 'reserved') =>
  computeInterval(window, factorsFor(window.nodes), settings({ idleAttribution: policy }));

const sumOf = (rows: readonly Row[], node: string, amount: (typeof AMOUNTS)[number]) =>
  rows.filter((r) => r.node === node).reduce((sum, r) => sum + (r[amount] ?? 0), 0);

describe.each(policies)('laws of attribution, %s', (policy) => {
  it('conserves energy, each emission scope and cost per node, exactly', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        const { nodes, rows } = compute(window, policy);
        for (const node of nodes) {
          for (const amount of AMOUNTS) expect(sumOf(rows, node.node, amount)).toBe(node[amount]);
        }
      }),
    );
  });

  it('gives nobody a negative or fractional amount', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        for (const row of compute(window, policy).rows) {
          for (const amount of [...AMOUNTS, 'dynamic', 'storage'] as const) {
            expect(Number.isInteger(row[amount]) && row[amount]! >= 0).toBe(true);
          }
          expect(row.dynamic + row.storage).toBeLessThanOrEqual(row.energy);
        }
      }),
    );
  });

  it('does not depend on the order of nodes and pods', () => {
    fc.assert(
      fc.property(arbWindow, fc.infiniteStream(fc.nat()), (window, keys) => {
        const shuffle = <T>(list: readonly T[]) =>
          list
            .map((x) => [keys.next().value, x] as const)
            .toSorted((a, b) => a[0] - b[0])
            .map(([, x]) => x);
        const shuffled = { ...window, nodes: shuffle(window.nodes), pods: shuffle(window.pods) };
        expect(compute(shuffled, policy)).toEqual(compute(window, policy));
      }),
    );
  });

  it('is a function: the same input twice is the same result', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        expect(compute(structuredClone(window), policy)).toEqual(compute(window, policy));
      }),
    );
  });

  it('stays between idle and full power of the machine, whatever the load', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        for (const [i, node] of compute(window, policy).nodes.entries()) {
          const { cpuCapacity, seconds: time, memoryCapacity } = window.nodes[i]!;
          const memory = Math.max(0, memoryCapacity / 1e9 - 1.71 * cpuCapacity) * 0.392 * time;
          const storage = window.pods
            .filter((p) => p.node === node.node)
            .flatMap((p) =>
              p.volumes.map((v) => (v.bytes / 1e12) * (v.media === 'ssd' ? 1.2 : 0.65) * p.seconds),
            )
            .reduce((a, b) => a + b, 0);
          const base = memory + storage;
          const joules = node.energy / 1000;
          expect(joules).toBeGreaterThanOrEqual(cpuCapacity * 0.535 * time + base - 0.1);
          expect(joules).toBeLessThanOrEqual(cpuCapacity * 4.149 * time + base + 0.1);
        }
      }),
    );
  });

  it('keeps the sum of a pod split over two nodes within the sum of both nodes', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        const { nodes, rows, orphans } = compute(window, policy);
        const pods = rows.filter((r) => r.kind === 'pod');
        expect(pods).toHaveLength(window.pods.length);
        expect(orphans).toEqual([]);
        const all = (list: readonly { energy: number }[]) => list.reduce((a, r) => a + r.energy, 0);
        expect(all(pods)).toBeLessThanOrEqual(all(nodes));
      }),
    );
  });
});

const only = (window: UsageWindow, over = {}) => {
  const computed = computeInterval(window, factorsFor(window.nodes, over), settings());
  const by = (kind: Row['kind'], pod = '') => computed.rows.find((r) => r.kind === kind && r.pod === pod);
  return { ...computed, node: computed.nodes[0] as NodeRow, by };
};

describe('worked examples, m5.xlarge (4 vCPU Skylake, 16 GB) for 300 s', () => {
  // 4 * 0.535 * 300 = 642 J idle; 4 * (4.149 - 0.535) * 300 = 4336.8 J span; (16 - 6.84) GB * 0.392 * 300 = 1077.216 J memory
  const IDLE = 642_000;
  const SPAN = 4_336_800;
  const MEMORY = 1_077_216;

  it('charges a node without pods to its idle row alone', () => {
    const { node, rows } = only(usageWindow([nodeSample()], []));
    expect(rows.map((r) => [r.kind, r.energy])).toEqual([['idle', IDLE + MEMORY]]);
    expect(node.energy).toBe(IDLE + MEMORY);
    expect(node.provenance.reasons).toContain('NODE_CPU_UNKNOWN');
  });

  it('draws full power at full load', () => {
    const pods = [podSample({ cpuSeconds: cpuSeconds(1200) })];
    const { node, by } = only(usageWindow([nodeSample({ cpuSeconds: cpuSeconds(1200) })], pods));
    expect(node.energy).toBe(IDLE + SPAN + MEMORY);
    expect(by('pod', 'web-1')!.dynamic).toBe(SPAN);
    expect(by('idle')!.energy).toBe(MEMORY);
    expect(by('system')!.energy).toBe(0);
  });

  it('follows the concave curve at half load: 70 % of the span', () => {
    const pods = [podSample({ cpuSeconds: cpuSeconds(600) })];
    expect(only(usageWindow([nodeSample()], pods)).by('pod', 'web-1')!.dynamic).toBe(0.7 * SPAN);
  });

  it('gives what ran outside pods to the system row', () => {
    const pods = [podSample({ cpuSeconds: cpuSeconds(300) })];
    const { by } = only(usageWindow([nodeSample({ cpuSeconds: cpuSeconds(600) })], pods));
    expect(by('system')!.dynamic).toBe((0.7 * SPAN) / 2);
    expect(by('pod', 'web-1')!.dynamic).toBe((0.7 * SPAN) / 2);
    expect(by('system')!.cpuSeconds).toBe(300);
  });

  it('reserves idle power by the larger of request and use, and scales over-commit to the whole', () => {
    const pods = [
      podSample({ pod: 'a', uid: 'a', cpuRequest: cores(3) }),
      podSample({ pod: 'b', uid: 'b', cpuRequest: cores(5) }),
    ];
    const { by } = only(usageWindow([nodeSample({ memoryCapacity: bytes(0) })], pods));
    expect(by('pod', 'a')!.energy).toBe((IDLE * 3) / 8);
    expect(by('pod', 'b')!.energy).toBe((IDLE * 5) / 8);
    expect(by('idle')!.energy).toBe(0);
  });

  it('counts a reservation only for the time the pod was there', () => {
    const pods = [podSample({ seconds: seconds(150), cpuRequest: cores(4) })];
    const { by } = only(usageWindow([nodeSample({ memoryCapacity: bytes(0) })], pods));
    expect(by('pod', 'web-1')!.energy).toBe(IDLE / 2);
    expect(by('idle')!.energy).toBe(IDLE / 2);
  });

  it('keeps two lives of a pod of one name apart by uid', () => {
    const life = { cpuRequest: cores(1), seconds: seconds(150) };
    const pods = [podSample({ ...life, uid: 'old' }), podSample({ ...life, uid: 'new' })];
    const { rows } = only(usageWindow([nodeSample()], pods));
    expect(rows.filter((r) => r.kind === 'pod').map((r) => r.uid)).toEqual(['new', 'old']);
  });

  it('charges a pod that moved on both nodes, each for its part', () => {
    const nodes = [nodeSample(), nodeSample({ node: 'n2' })];
    const part = { seconds: seconds(150), cpuSeconds: cpuSeconds(60) };
    const { rows } = only(usageWindow(nodes, [podSample(part), podSample({ ...part, node: 'n2' })]));
    const [first, second] = rows.filter((r) => r.kind === 'pod');
    expect([first!.node, second!.node]).toEqual(['n1', 'n2']);
    expect(first!.energy).toBe(second!.energy);
    expect(first!.energy).toBeGreaterThan(0);
  });

  it('charges volumes to the pod that mounts them: 1 TB of SSD for 300 s is 360 J', () => {
    const volumes = [{ bytes: bytes(1e12), media: 'ssd' as const }];
    const { by, node } = only(usageWindow([nodeSample()], [podSample({ volumes })]));
    expect(by('pod', 'web-1')!.storage).toBe(360_000);
    expect(node.energy).toBe(IDLE + MEMORY + 360_000);
  });

  it('turns energy into emissions: mJ x 1.15 x 44.18 / 3600 micrograms', () => {
    const { node } = only(usageWindow([nodeSample()], []));
    expect(node.operational).toBe(Math.round(((IDLE + MEMORY) * 1.15 * 44.18) / 3600));
    // 600 kg over 4 years of 8760 h, 300 s of it: 1 426 940.6 micrograms
    expect(node.embodied).toBe(Math.round((600e9 * 300) / (4 * 8760 * 3600)));
  });

  it('costs what the capacity costs, held or not: cores and GiB by the hour', () => {
    const { node } = only(usageWindow([nodeSample()], []));
    const expected =
      Math.round((4 * 0.031611 * 1e9) / 12) + Math.round(((16e9 / 2 ** 30) * 0.004237 * 1e9) / 12);
    expect(node.cost).toBe(expected);
    expect(only(usageWindow([nodeSample()], []), { price: null }).node.cost).toBeNull();
  });

  it('lets a meter replace the model and keeps both figures', () => {
    const measured = { energy: millijoules(5_000_001), source: 'kepler', band: { lo: 20, hi: 20 } };
    const pods = [podSample({ cpuSeconds: cpuSeconds(600) })];
    const { node, rows } = only(usageWindow([nodeSample()], pods), { measured });
    expect(node.energy).toBe(5_000_001);
    expect(node.measuredEnergy).toBe(5_000_001);
    expect(node.estimatedEnergy).toBe(IDLE + MEMORY + 0.7 * SPAN);
    expect(sumOf(rows, 'n1', 'energy')).toBe(5_000_001);
    expect(node.provenance.method).toBe('measured');
    expect(node.provenance.reasons).not.toContain('POWER_MODEL');
  });

  it('names pods on machines nobody described instead of dropping them', () => {
    const { orphans, rows } = only(usageWindow([nodeSample()], [podSample({ node: 'gone' })]));
    expect(orphans.map((p) => p.node)).toEqual(['gone']);
    expect(rows.map((r) => r.kind)).toEqual(['idle']);
  });

  it('says that a partly observed interval is an estimate', () => {
    const window = { ...usageWindow([nodeSample()], []), coverage: ratio(0.5) };
    expect(only(window).node.provenance.reasons).toContain('COVERAGE_PARTIAL');
  });

  it('refuses a node without factors by name', () => {
    const window = usageWindow([nodeSample({ node: 'lost' })], []);
    expect(() => computeInterval(window, new Map(), settings())).toThrow('no factors for node lost');
  });
});

describe('the model of GreenKube 0.2: provider mean, linear, all idle to pods', () => {
  const quantiles = (watts: number) => ({
    low: wattsPerVcpu(watts),
    central: wattsPerVcpu(watts),
    high: wattsPerVcpu(watts),
  });
  const profile = {
    name: 'provider:aws',
    idle: quantiles(0.74),
    full: quantiles(3.5),
    memoryGbPerVcpu: null,
    source: 'Cloud Carbon Footprint',
    year: 2021,
    reasons: [],
  };
  const preset = settings({
    curve: 'linear',
    idleAttribution: 'proportional',
    coefficients: 'provider',
    systemRow: false,
  });
  const run = (nodeCpu: number | null, ...use: number[]) => {
    const pods = use.map((c, i) => podSample({ pod: `p${i}`, uid: `${i}`, cpuSeconds: cpuSeconds(c * 300) }));
    const node = nodeSample({
      cpuCapacity: cores(2),
      cpuSeconds: nodeCpu === null ? null : cpuSeconds(nodeCpu),
    });
    const { rows } = computeInterval(
      usageWindow([node], pods),
      new Map([['n1', factors({ profile })]]),
      preset,
    );
    return rows.filter((r) => r.kind === 'pod').map((r) => r.energy / 1000);
  };

  it('m5.large, pods at 0.5 and 0.3 cores: (1.48 + 0.4 * 5.52) W * 300 s shared 5 : 3', () => {
    expect(run(null, 0.5, 0.3)).toEqual([691.5, 414.9]);
  });
  it('is capped at full power', () => expect(run(null, 3, 1)).toEqual([1575, 525]));
  it('shares idle power evenly when nothing runs', () => expect(run(null, 0, 0)).toEqual([222, 222]));
  it('knows no CPU time outside pods', () => expect(run(600, 0.5, 0.3)).toEqual([691.5, 414.9]));
});
