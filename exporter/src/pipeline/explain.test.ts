import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalResult, UsageWindow } from '../domain/model.js';
import {
  arbWindow,
  INTERVAL,
  nodeSample,
  podSample,
  settings,
  usageWindow,
} from '../domain/testing/arbitrary.js';
import { podKey } from '../domain/cost/allocate.js';
import { bytes, cores, cpuSeconds, epochSeconds, joules, nanoCurrency, ratio } from '../domain/units.js';
import type { History } from '../ports/history.js';
import type { MeasuredWindow } from '../ports/measured-source.js';
import { EXPLAINABLE, explain, parseFigure, type Explanation } from './explain.js';
import { seriesText } from './explain/figure.js';
import { QueryProblem } from './query-range.js';
import type { FactorSources } from './resolve-factors.js';
import { withCosts } from './restate-interval.js';
import { computeWindow } from './run-interval.js';
import { evaluate } from './testing/evaluate.js';
import { factorSources } from './testing/factor-sources.js';
import { StoredIntervals } from './testing/stored-intervals.js';

const gib = 2 ** 30;
const shop = usageWindow(
  [nodeSample({ cpuSeconds: cpuSeconds(400) })],
  [
    podSample({
      cpuSeconds: cpuSeconds(150),
      memoryBytes: bytes(2 * gib),
      cpuRequest: cores(1),
      memoryRequest: bytes(gib),
      volumes: [{ bytes: bytes(50e9), media: 'ssd' }],
    }),
    podSample({ pod: 'web-2', uid: 'u2', cpuSeconds: cpuSeconds(50), memoryBytes: bytes(gib) }),
    podSample({ namespace: 'data', pod: 'db', uid: 'u3', cpuSeconds: cpuSeconds(100) }),
  ],
);

async function ask(
  window: UsageWindow,
  series: string,
  { now, time = null }: { now?: FactorSources; time?: number | null } = {},
): Promise<Explanation | null> {
  const result = await computeWindow(window, factorSources());
  return explainIn(result, series, now, time);
}

function explainIn(
  result: IntervalResult,
  series: string,
  now = factorSources(),
  time: number | null = null,
) {
  const history = new StoredIntervals('c', [result]) as unknown as History;
  const at = time === null ? null : epochSeconds(time);
  return explain(history, now, { figure: parseFigure(series), time: at, cluster: 'c', step: INTERVAL.step });
}

/** Integers of the ledger: a thousandth of a joule, a millionth of a gram, 1e-9 of a currency; each part rounds once or twice. */
const ROUNDING: Readonly<Record<string, number>> = { J: 6e-3, g: 2e-6, USD: 3e-9, '1': 1e-9 };

function expectStepsToHold({ series, steps }: Explanation): void {
  for (const { symbol, numbers, unit, value } of steps) {
    const off = Math.abs(evaluate(numbers) - value);
    expect([series, symbol, off <= ROUNDING[unit]! + Math.abs(value) * 1e-9]).toEqual([series, symbol, true]);
  }
}

describe('meters', () => {
  const fit = {
    ...factorSources().tables.familyProfile('aws', 'm5.xlarge')!,
    name: 'fit:aws/m5@2026-06-04',
    source:
      'fitted to kepler (cpu+dram) on 3 nodes over 72 node hours; error 2.7 % on a node left out, 23.3 % without',
    memoryGbPerVcpu: 0,
    fit: { exponent: 0.85, memoryWattsPerGb: { low: 0.3, central: 0.35, high: 0.4 } },
  };
  const calibrated = { of: () => fit };
  const readings = (scope: 'cpu+dram' | 'machine-wall', gpuWatts = 0): MeasuredWindow => {
    const of = { node: 'n1', coverage: ratio(1) };
    const gpu = { ...of, source: 'dcgm', scope: 'gpu', energy: joules(300 * gpuWatts) } as const;
    return {
      start: INTERVAL.start,
      nodes: [{ ...of, source: 'kepler', scope, energy: joules(300 * 17) }, ...(gpuWatts > 0 ? [gpu] : [])],
      gpus: [],
    };
  };
  const sources = (over: Partial<FactorSources> = {}) =>
    factorSources({ meterScopes: ['cpu+dram', 'machine-wall'], ...over });

  it('that taught a fit: the figure comes out again, with what the fit is made of and how far it is off', async () => {
    const result = await computeWindow(shop, sources({ calibrated }));
    const series = 'greenkube_pod_power_watts{node="n1",namespace="shop",pod="web-1"}';
    const found = (await explainIn(result, series, sources({ calibrated })))!;
    expect(found.methods).toEqual(['calibrated']);
    expect(found.differences).toEqual([]);
    expect(found.recomputed).toBe(found.value);
    const idle = found.factors.find(({ symbol }) => symbol === 'w_idle')!;
    expect(idle.source).toBe(`${fit.name}: ${fit.source}`);
    expect(found.factors.find(({ symbol }) => symbol === 'w_mem')!.value).toBe(0.35);
    expectStepsToHold(found);
    // A fit of another day is said to be another.
    const other = { of: () => ({ ...fit, name: 'fit:aws/m5@2026-06-05' }) };
    expect((await explainIn(result, series, sources({ calibrated: other })))!.differences).toContain(
      'power profile was fit:aws/m5@2026-06-04; it is fit:aws/m5@2026-06-05 now',
    );
  });

  it.each([
    ['processors and memory', readings('cpu+dram')],
    ['processors and memory beside GPUs', readings('cpu+dram', 5)],
    ['the whole machine, its GPUs too', readings('machine-wall', 5)],
  ] as const)('of %s: the figure of the node comes out again, step by step', async (_, read) => {
    const result = await computeWindow(shop, sources(), read);
    // Which row has the energy of GPUs is not kept.
    const parts = read.nodes.length === 1 ? ['', ',part="idle"'] : [''];
    for (const row of parts) {
      const found = (await explainIn(result, `greenkube_node_power_watts{node="n1"${row}}`, sources()))!;
      expect(found.methods).toEqual(['measured']);
      expect(found.recomputed).toBe(found.value);
      expectStepsToHold(found);
    }
  });
});

describe('a figure is computed again to the same integer', () => {
  const policies = [
    settings(),
    settings({ idleAttribution: 'proportional', curve: 'linear', systemRow: false }),
  ];
  it('for every row and node of any window, in each amount', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbWindow,
        fc.constantFrom(...policies),
        fc.nat(1000),
        async (window, policy, pick) => {
          const sources = factorSources({ settings: policy });
          const result = await computeWindow(window, sources);
          const names = [
            'energy_joules',
            'co2e_grams',
            'co2e_operational_grams',
            'co2e_embodied_grams',
            'cost',
          ];
          const row = result.rows[pick % result.rows.length]!;
          const same = result.rows.filter(
            (r) => r.pod === row.pod && r.namespace === row.namespace && r.node === row.node,
          );
          for (const name of names) {
            const node = await explainIn(result, `${name}{node="${row.node}"}`, sources);
            expect(node).toMatchObject({ of: 'node', differences: [] });
            expect(node!.recomputed).toBe(node!.value);
            expectStepsToHold(node!);
            if (row.kind === 'pod' && same.length > 1) continue;
            const own =
              row.kind === 'pod' ? [row.namespace, row.pod] : [`__${row.kind}__`, `__${row.kind}__`];
            const labels = [
              ['namespace', own[0]!],
              ['pod', own[1]!],
              ['node', row.node],
            ] as const;
            const share = await explainIn(result, seriesText(name, labels), sources);
            expect(share).toMatchObject({ of: 'row', differences: [] });
            expect(share!.recomputed).toBe(share!.value);
            expectStepsToHold(share!);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('and every formula, read with its numbers, comes to the value beside it', async () => {
    for (const series of [
      'co2e_grams{node="n1"}',
      'cost{node="n1"}',
      'greenkube_pod_power_watts{namespace="shop",pod="web-1"}',
      'co2e_grams{namespace="shop",pod="web-1"}',
      'cost{namespace="shop",pod="web-1"}',
      'co2e_grams{namespace="__idle__",node="n1"}',
      'co2e_grams{namespace="__system__",node="n1"}',
    ]) {
      const found = (await ask(shop, series))!;
      expect(found.steps.length).toBeGreaterThan(2);
      expectStepsToHold(found);
    }
  });
});

describe('cost that a bill said', () => {
  it('is told as its part of the bill, and nothing is computed of prices', async () => {
    const result = await computeWindow(shop, factorSources());
    const pods = new Map(
      result.rows.filter(({ kind }) => kind === 'pod').map((row) => [podKey(row), nanoCurrency(7e6)]),
    );
    const bill = { pods, idle: new Map([['n1', nanoCurrency(2e6)]]) };
    const billed = withCosts(result, bill, { currency: 'EUR', provisional: true });
    for (const [series, value] of [
      ['cost{namespace="shop",pod="web-1"}', 0.007],
      ['cost{node="n1"}', 0.023],
    ] as const) {
      const found = (await explainIn(billed, series))!;
      expect(found).toMatchObject({ value, recomputed: null, differences: [] });
      expect(found.factors.map(({ symbol }) => symbol)).not.toContain('p_cpu');
      expect(found.steps.at(-1)).toMatchObject({ unit: 'EUR', value });
      expectStepsToHold({ ...found, steps: found.steps.filter(({ unit }) => unit !== 'EUR') });
    }
  });
});

describe('what is told of a pod', () => {
  const pod = () => ask(shop, 'greenkube_pod_co2e_grams_per_hour{namespace="shop",pod="web-1"}');

  it('each factor has value, unit and source; tables also version and year', async () => {
    const { factors } = (await pod())!;
    const by = Object.fromEntries(factors.map((f) => [f.symbol, f]));
    expect(by['w_idle']).toMatchObject({
      unit: 'W/vCPU',
      source: expect.stringContaining('family:Skylake'),
      version: 'calculation 1',
      year: expect.any(Number),
      low: expect.any(Number),
      high: expect.any(Number),
    });
    expect(by['PUE']).toMatchObject({ value: 1.15, source: expect.stringContaining('AWS'), year: 2024 });
    expect(by['I']).toMatchObject({ source: 'yearly-mean', unit: 'g CO2e/kWh', time: expect.any(Number) });
    expect(by['I']!.age).toBe(INTERVAL.start - by['I']!.time!);
    expect(by['K']!.low).toBeLessThan(by['K']!.value);
    for (const f of factors) expect(f.source).not.toBe('');
  });

  it('the value is that of /metrics, with its band, method and reasons', async () => {
    const result = await computeWindow(shop, factorSources());
    const row = result.rows.find((r) => r.pod === 'web-1')!;
    const found = (await pod())!;
    expect(found.value).toBeCloseTo((((row.operational + row.embodied) / 300) * 3600) / 1e6, 12);
    expect(found).toMatchObject({ unit: 'g CO2e/h', methods: ['estimated'], estimated: true, of: 'row' });
    expect(found.reasons).toEqual(result.nodes[0]!.provenance.reasons);
    expect(found.band!.low).toBeLessThan(found.value!);
    expect(found.band!.high).toBeGreaterThan(found.value!);
  });

  it('an instant anywhere in the interval names it; the newest is the default', async () => {
    const inside = await ask(shop, 'energy_joules{node="n1"}', { time: INTERVAL.start + 299.5 });
    expect(inside).toEqual(await ask(shop, 'energy_joules{node="n1"}'));
    expect(await ask(shop, 'energy_joules{node="n1"}', { time: INTERVAL.start + 300 })).toBeNull();
    expect(await ask(shop, 'energy_joules{cluster="other",node="n1"}')).toBeNull();
  });
});

describe('sums', () => {
  it('a namespace is the sum of its pods, the largest first, each of which can be asked about', async () => {
    const found = (await ask(shop, 'energy_joules{namespace="shop"}'))!;
    expect(found).toMatchObject({ of: 'sum', recomputed: null, factors: [], rest: null });
    expect(found.parts.map((p) => p.value)).toEqual(
      found.parts.map((p) => p.value).toSorted((a, b) => b - a),
    );
    expect(found.parts.reduce((sum, p) => sum + p.value, 0)).toBeCloseTo(found.value!, 9);
    for (const part of found.parts) {
      expect((await ask(shop, part.series))!.value).toBe(part.value);
    }
  });

  it('a node lists pods, system and idle; past ten the rest is one number', async () => {
    const many = usageWindow(
      [nodeSample()],
      Array.from({ length: 30 }, (_, i) =>
        podSample({ pod: `p${i}`, uid: `u${i}`, cpuSeconds: cpuSeconds(i) }),
      ),
    );
    const found = (await ask(many, 'energy_joules{node="n1"}'))!;
    expect(found.parts).toHaveLength(10);
    expect(found.rest!.count).toBe(21);
    const all = found.parts.reduce((sum, p) => sum + p.value, 0) + found.rest!.value;
    expect(all).toBeCloseTo(found.value!, 6);
  });

  it('a part of a node is that part', async () => {
    const whole = (await ask(shop, 'greenkube_node_power_watts{node="n1"}'))!;
    const parts = await Promise.all(
      ['pods', 'system', 'idle'].map((p) => ask(shop, `greenkube_node_power_watts{node="n1",part="${p}"}`)),
    );
    expect(parts.map((p) => p!.of)).toEqual(['sum', 'row', 'row']);
    expect(parts.reduce((sum, p) => sum + p!.value!, 0)).toBeCloseTo(whole.value!, 9);
  });
});

describe('what has changed since', () => {
  it.each([
    ['the curve', { settings: settings({ curve: 'linear' }) }, /settings and tables in use now/],
    ['the profile', { settings: settings({ coefficients: 'provider' }) }, /power profile was family:Skylake/],
  ])('%s: the stored figure stands, and the difference is said', async (_, over, message) => {
    const found = (await ask(shop, 'energy_joules{node="n1"}', { now: factorSources(over) }))!;
    expect(found.recomputed).not.toBe(found.value);
    expect(found.differences.join()).toMatch(message);
  });

  it('another version of the calculation is named', async () => {
    const result = { ...(await computeWindow(shop, factorSources())), calculationVersion: 0 };
    expect((await explainIn(result, 'energy_joules{node="n1"}'))!.differences[0]).toContain('version 0');
  });
});

describe('series', () => {
  it.each([
    ['', 'expected a metric name'],
    ['up', 'not a figure that can be explained'],
    ['energy_joules', 'needs node, or namespace'],
    ['energy_joules{}', 'needs node, or namespace'],
    ['energy_joules{node=""}', 'needs node, or namespace'],
    ['energy_joules{node="a"', 'expected'],
    ['energy_joules{node="a"} extra', 'expected the end'],
    ['energy_joules{node=a}', 'expected a value in quotes'],
    ['energy_joules{node="a" namespace="b"}', 'expected'],
    ['energy_joules{node=~"a.*"}', '=~ does not name one series'],
    ['energy_joules{node!="a"}', '!= does not name one series'],
    ['energy_joules{node="a",node="b"}', 'given twice'],
    ['energy_joules{node="a\\d"}', 'is not an escape'],
    ['energy_joules{__proto__="a"}', 'has no label'],
    ['energy_joules{pod="a"}', 'needs node, or namespace'],
    ['greenkube_node_power_watts{node="a",part="cpu"}', 'not known'],
    ['greenkube_pod_power_watts{namespace="a"}', 'needs namespace and pod'],
    ['greenkube_pod_co2e_grams_per_hour{namespace="a",pod="b",scope="x"}', 'not known'],
    ['sum(energy_joules)', 'expected the end'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseFigure(text)).toThrow(QueryProblem);
    expect(() => parseFigure(text)).toThrow(message);
  });

  it('any label value survives writing and reading', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (value) => {
        expect(parseFigure(seriesText('energy_joules', [['node', value]])).labels.get('node')).toBe(value);
      }),
    );
  });

  it('spaces and a comma at the end are as Prometheus takes them', () => {
    const figure = parseFigure(` energy_joules { node = "a" , namespace='b', } `);
    expect([...figure.labels]).toEqual([
      ['node', 'a'],
      ['namespace', 'b'],
    ]);
  });

  it('what an interval does not have is refused by name', async () => {
    await expect(ask(shop, 'energy_joules{node="n9"}')).rejects.toThrow('has no energy_joules{node="n9"}');
    await expect(ask(shop, 'energy_joules{namespace="__idle__"}')).rejects.toThrow(
      'share is that of one node',
    );
    await expect(ask(shop, 'cost{node="n1",currency="EUR"}')).rejects.toThrow('has no cost');
  });

  it('every figure of the catalogue answers', async () => {
    const all: Readonly<Record<string, string>> = {
      namespace: 'shop',
      pod: 'web-1',
      workload: 'web',
      node: 'n1',
    };
    for (const name of EXPLAINABLE) {
      const needs = /pod/.test(name)
        ? ['namespace', 'pod']
        : /workload/.test(name)
          ? ['namespace', 'workload']
          : /namespace/.test(name)
            ? ['namespace']
            : ['node'];
      const found = await ask(
        shop,
        seriesText(
          name,
          needs.map((n) => [n, all[n]!] as const),
        ),
      );
      expect([name, found!.value! > 0]).toEqual([name, true]);
    }
  });
});
