/** Laws of the written figures: parts add to wholes, nothing is written twice, and folding changes no sum. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row } from '../domain/model.js';
import * as u from '../domain/units.js';
import type { WorkloadCounter } from '../ports/ledger.js';
import type { MetricsOptions, SnapshotInput } from './metric-row.js';
import { renderSnapshot, type RenderState } from './render.js';
import { textOf } from './testing/decompress.js';
import * as f from './testing/fixtures.js';
import { parseExposition, type ParsedFamily, type ParsedSample } from './testing/parse.js';

type Families = Map<string, ParsedFamily>;

function render(
  input: SnapshotInput,
  options: MetricsOptions,
): { text: Families; openMetrics: Families; series: number } {
  const { text, openMetrics, series } = renderSnapshot(input, options);
  return {
    text: parseExposition(textOf(text), 'text'),
    openMetrics: parseExposition(`${textOf(openMetrics)}# EOF\n`, 'openmetrics'),
    series,
  };
}

const samplesOf = (families: Families, name: string): readonly ParsedSample[] =>
  families.get(`greenkube_${name}`)?.samples ?? [];

function sumBy(samples: readonly ParsedSample[], ...labels: string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const sample of samples) {
    const key = JSON.stringify(labels.map((l) => sample.labels[l]));
    sums[key] = (sums[key] ?? 0) + Number(sample.value);
  }
  return sums;
}

/** Decimals of at most nine places as integers. */
function exactly(value: string): bigint {
  const [whole = '', fraction = ''] = value.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}

function exactSumBy(samples: readonly ParsedSample[], ...labels: string[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const sample of samples) {
    const key = JSON.stringify(labels.map((l) => sample.labels[l]));
    sums[key] = (sums[key] ?? 0n) + exactly(sample.value);
  }
  return sums;
}

/** Equal but for the last bits, which depend on the order in which doubles are added. */
function expectClose(actual: Record<string, number>, wanted: Record<string, number>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(wanted).sort());
  for (const [key, value] of Object.entries(wanted))
    expect(Math.abs(actual[key]! - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value));
}

/** Anything but what a Kubernetes name may be: quotes, newlines, backslashes, any script, halves of surrogate pairs. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '\n', '\r', ',', '{', '}', '=', 'n'),
    fc.string({ unit: 'binary' }),
  ),
});
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'other') },
  { weight: 1, arbitrary: hostile },
);

const amounts = fc.record({
  energy: fc.nat(1e9),
  operational: fc.nat(1e9),
  embodied: fc.nat(1e9),
  cost: fc.option(fc.nat(1e9)),
});
const podRow = fc
  .tuple(
    fc.constantFrom('n1', 'n2', 'n3'),
    name,
    name,
    name,
    amounts,
    fc.option(fc.integer({ min: 1, max: 8 })),
  )
  .map(([node, namespace, pod, workload, a, request]): Row => ({
    ...f.pod(node, namespace, pod, workload, a),
    cpuRequest: request === null ? null : u.cores(request),
    cpuSeconds: u.cpuSeconds(a.energy % 1000),
  }));
const otherRows = ['n1', 'n2', 'n3'].map((n) => f.row('idle', n, { energy: u.millijoules(1234) }));

const counter = fc.record({
  namespace: name,
  workload: name,
  energy: fc.bigInt(0n, 1n << 70n),
  dead: fc.boolean(),
});

const snapshots = fc
  .record({
    cluster: name,
    pods: fc.array(podRow, { maxLength: 40 }),
    seconds: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 300 }))),
    workloads: fc.array(counter, { maxLength: 40 }),
  })
  .map(({ cluster, pods, seconds, workloads }) => {
    const rows = [...pods, ...otherRows];
    const nodes = seconds.map((s, i) => f.nodeOf(`n${i + 1}`, rows, { seconds: u.seconds(s) }));
    const counters = workloads.map(({ namespace, workload, energy, dead }, i) =>
      f.workload(i, namespace, workload, energy, { lastSeen: u.epochSeconds(dead ? 0 : f.START) }),
    );
    return f.snapshot({ cluster, latest: f.result(nodes, rows), counters: f.countersOf(counters) });
  });

const caps = fc.oneof(fc.constant(100_000), fc.integer({ min: 1, max: 400 }));

describe('any snapshot, under any cap', () => {
  it('reads back in both formats, which say the same', () => {
    fc.assert(
      fc.property(snapshots, caps, (input, maxSeries) => {
        const { text, openMetrics } = render(input, { detail: 'pod', maxSeries });
        const all = (families: Families): unknown[] =>
          [...families.values()].map(({ samples, help }) => [help, samples]);
        expect(all(openMetrics)).toEqual(all(text));
      }),
    );
  });

  it('has pods that add up to their namespaces and to the pods part of all nodes', () => {
    fc.assert(
      fc.property(snapshots, caps, (input, maxSeries) => {
        const { text } = render(input, { detail: 'pod', maxSeries });
        const pods = samplesOf(text, 'pod_power_watts');
        expectClose(sumBy(pods, 'namespace'), sumBy(samplesOf(text, 'namespace_power_watts'), 'namespace'));
        const parts = samplesOf(text, 'node_power_watts').filter(({ labels }) => labels['part'] === 'pods');
        if (pods.length > 0) expectClose(sumBy(pods), sumBy(parts));
        for (const per of ['co2e_grams_per_hour', 'cost_per_hour']) {
          const wanted = sumBy(samplesOf(text, `namespace_${per}`), 'namespace', 'scope', 'currency');
          expectClose(sumBy(samplesOf(text, `pod_${per}`), 'namespace', 'scope', 'currency'), wanted);
        }
      }),
    );
  });

  it('has nodes whose parts add up to their energy over their seconds', () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const { text } = render(input, { detail: 'pod', maxSeries: 100_000 });
        const wanted = input.latest!.nodes.map((n) => [
          JSON.stringify([n.node]),
          n.energy / 1000 / n.seconds,
        ]);
        expectClose(sumBy(samplesOf(text, 'node_power_watts'), 'node'), Object.fromEntries(wanted));
        const pods = sumBy(samplesOf(text, 'pod_power_watts'), 'node');
        const parts = samplesOf(text, 'node_power_watts').filter(({ labels }) => labels['part'] === 'pods');
        for (const [node, watts] of Object.entries(sumBy(parts, 'node')))
          expect(Math.abs((pods[node] ?? 0) - watts)).toBeLessThanOrEqual(1e-9 * watts);
      }),
    );
  });

  it('has workloads that add up exactly to their namespaces while all live', () => {
    fc.assert(
      fc.property(snapshots, caps, (input, maxSeries) => {
        const workloads = input.counters!.workloads.map((w) => ({ ...w, lastSeen: f.START }));
        const { text } = render(
          { ...input, counters: f.countersOf(workloads) },
          { detail: 'pod', maxSeries },
        );
        for (const family of ['energy_joules_total', 'co2e_grams_total']) {
          const wanted = exactSumBy(samplesOf(text, `namespace_${family}`), 'namespace', 'scope');
          expect(exactSumBy(samplesOf(text, `workload_${family}`), 'namespace', 'scope')).toEqual(wanted);
        }
      }),
    );
  });

  it('carries every name unchanged, but for halves of surrogate pairs', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (cluster, namespace, pod) => {
        const rows = [f.pod('n1', namespace, pod, 'w', { energy: 1 })];
        const input = f.snapshot({ cluster, latest: f.result([f.nodeOf('n1', rows)], rows) });
        const [sample] = samplesOf(render(input, { detail: 'pod', maxSeries: 1000 }).text, 'pod_power_watts');
        const clean = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
        expect(sample!.labels).toMatchObject({
          cluster: clean(cluster),
          namespace: clean(namespace),
          pod: clean(pod),
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a hundred thousand pods under a cap of forty-five thousand series', () => {
  const input = f.cluster(100_000, 50);
  const options = { detail: 'pod', maxSeries: 45_000 } as const;
  const { text, series } = render(input, options);
  const pods = samplesOf(text, 'pod_power_watts');

  it('are no more series than the cap', () => {
    expect(series).toBeLessThanOrEqual(options.maxSeries);
    expect(series).toBeGreaterThan(0.99 * options.maxSeries);
  });

  it('keep the largest emitters', () => {
    const rate = new Map<string, number>();
    for (const { pod, node, operational, embodied } of input.latest!.rows)
      rate.set(JSON.stringify([node, pod]), operational + embodied);
    const kept = new Set(pods.map(({ labels }) => JSON.stringify([labels['node'], labels['pod']])));
    const [keptRates, foldedRates] = [true, false].map((is) =>
      [...rate].filter(([key, value]) => value > 0 && kept.has(key) === is).map(([, value]) => value),
    );
    const least = keptRates!.reduce((a, b) => Math.min(a, b));
    const most = foldedRates!.reduce((a, b) => Math.max(a, b));
    expect(keptRates!.length).toBeGreaterThan(500);
    expect(least).toBeGreaterThanOrEqual(most);
  });

  it('say how many series are missing', () => {
    const dropped = Object.fromEntries(
      samplesOf(text, 'series_dropped_total').map(({ labels, value }) => [labels['family'], Number(value)]),
    );
    const others = pods.filter(({ labels }) => labels['pod'] === 'other').length;
    expect(others).toBe(50);
    expect(dropped['greenkube_pod_power_watts']).toBe(100_000 - (pods.length - others));
    expect(dropped['greenkube_pod_co2e_grams_per_hour']).toBe(2 * (100_000 - (pods.length - others)));
  });

  it('lose no watt', () => {
    const whole =
      input.latest!.rows.filter((r) => r.kind === 'pod').reduce((sum, r) => sum + r.energy, 0) / 300_000;
    expect(Math.abs(sumBy(pods)['[]']! / whole - 1)).toBeLessThan(1e-9);
  });
});

describe('from snapshot to snapshot', () => {
  const steps = fc.array(fc.record({ join: fc.nat(30), dead: fc.nat(3), grow: fc.bigInt(0n, 1000n) }), {
    minLength: 2,
    maxLength: 12,
  });

  /** A quarter of the workloads dies with each `dead`, all grow, `join` new ones come. */
  function next(
    all: readonly WorkloadCounter[],
    { join, dead, grow }: { join: number; dead: number; grow: bigint },
  ) {
    const old = all.map((w, i) => ({
      ...w,
      lastSeen: i % 4 < dead ? u.epochSeconds(0) : f.START,
      energy: w.energy.map((e) => ({ ...e, millijoules: e.millijoules + grow })),
    }));
    const newcomers = Array.from({ length: join }, (_, i) =>
      f.workload(old.length + i, 'ns', `w${old.length + i}`, 7n),
    );
    return [...old, ...newcomers];
  }

  it('a workload stays where it was put when it came, so that no counter falls or takes over what another had', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        let all: WorkloadCounter[] = [];
        let state: RenderState | undefined;
        const own = new Set<string>();
        for (const change of changes) {
          const before = all.length;
          all = next(all, change);
          const rendered = renderSnapshot(
            f.snapshot({ counters: f.countersOf(all) }),
            { detail: 'pod', maxSeries: 200 },
            state,
          );
          state = structuredClone(rendered.state);
          const text = parseExposition(textOf(rendered.text), 'text');
          const written = new Map(
            samplesOf(text, 'workload_energy_joules_total').map(({ labels, value }) => [
              labels['workload']!,
              exactly(value),
            ]),
          );
          for (const { workload } of all.slice(before)) if (written.has(workload)) own.add(workload);
          const wanted = new Map<string, bigint>();
          const live = all.filter(({ lastSeen }) => lastSeen > 0);
          for (const w of live) if (own.has(w.workload)) wanted.set(w.workload, energyOf([w]));
          const folded = all.filter(({ workload }) => !own.has(workload));
          if (folded.length > 0 && live.length > 0) wanted.set('other', energyOf(folded));
          expect([...written].sort()).toEqual([...wanted].sort());
        }
      }),
    );
  });
});

/** nJ, as `exactly` reads joules. */
const energyOf = (workloads: readonly WorkloadCounter[]): bigint =>
  workloads.reduce((sum, { energy }) => sum + energy[0]!.millijoules, 0n) * 1_000_000n;
