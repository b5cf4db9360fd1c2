import { describe, expect, it } from '@jest/globals';
import { bucketsFrom, cellsOf, type ComparedSample } from '../../domain/energy/comparison.js';
import { bytes, cores, epochSeconds, joules, ratio, seconds } from '../../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from '../../ports/comparison.js';
import type { HandlerDeps } from '../deps.js';
import { parseQuery } from '../query.js';
import { energyComparison, type EnergyComparisonAnswer } from './energy-comparison.js';

const NOW = Date.UTC(2026, 0, 2, 0, 3) / 1000;
const FROM = Date.UTC(2026, 0, 1) / 1000;
const STEP = 300;

const samples: readonly ComparedSample[] = ['n1', 'n2'].flatMap((node, n) =>
  Array.from({ length: 144 }, (_, i) => {
    const u = 0.1 + (0.6 * (i % 60)) / 59;
    const measured = 4 * (1 + 0.1 * n) * (0.8 + 2.3 * u);
    return {
      machine: {
        cluster: 'c',
        node,
        provider: 'aws',
        instanceType: 'm5.xlarge',
        cpuCapacity: cores(4),
        memoryCapacity: bytes(0),
      },
      source: 'kepler',
      scope: 'cpu',
      start: epochSeconds(FROM + 43_200 + i * STEP),
      seconds: seconds(STEP),
      utilisation: ratio(u),
      estimated: joules(1.25 * measured * STEP),
      measured: joules(measured * STEP),
    };
  }),
);

const memory: ComparisonHistory = {
  comparisonCells: ({ range, filters: { node = [] }, step }: ComparisonQuery) => {
    const within = samples.filter(
      (s) =>
        s.start >= range.from && s.start < range.to && (node.length === 0 || node.includes(s.machine.node)),
    );
    return Promise.resolve(cellsOf(within, bucketsFrom(range.from, step ?? 0)));
  },
};

async function ask(search: string, comparison: ComparisonHistory | undefined = memory) {
  const deps = { comparison, step: seconds(STEP) } as unknown as HandlerDeps;
  const call = {
    query: parseQuery(energyComparison.query, search),
    params: {},
    now: epochSeconds(NOW),
    accept: undefined,
    acceptEncoding: undefined,
  };
  const answer = await energyComparison.handle(deps, call as never);
  if (!('json' in answer)) throw new Error('not JSON');
  return energyComparison.answer.parse(answer.json) as EnergyComparisonAnswer;
}

describe('GET /energy/comparison', () => {
  it('has a row a node and meter, with the range that its figures hold for', async () => {
    const { rows, ...rest } = await ask('last=24h');
    expect(rest).toMatchObject({
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      by: 'node',
      step: null,
    });
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      key: { cluster: 'c', node: 'n1', instance_type: 'm5.xlarge' },
      source: 'kepler',
      scope: 'cpu',
      bias_ratio: expect.closeTo(0.25, 9),
      mape: expect.closeTo(0.25, 9),
      hours: 12,
      nodes: 1,
      coverage: 0.5,
      utilisation: [expect.closeTo(0.1, 9), expect.closeTo(0.7, 9)],
      fit: { w_idle: expect.closeTo(0.8, 1), w_full: expect.closeTo(3.1, 1), n: 144 },
    });
    expect(rows[0]!.estimated_joules / rows[0]!.measured_joules).toBeCloseTo(1.25, 9);
    expect(rows[0]!.deciles.map(({ decile }) => decile)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(rows[0]).not.toHaveProperty('from');
  });

  it('puts nodes of a type together', async () => {
    const { rows } = await ask('by=instance_type');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      key: { cluster: 'c', instance_type: 'm5.xlarge' },
      nodes: 2,
      hours: 24,
      coverage: 0.5,
    });
    expect(rows[0]!.fit!.w_full).toBeCloseTo(1.05 * 3.1, 1);
  });

  it('cuts the range by the step', async () => {
    const { rows, step } = await ask('by=node&node=n1&last=24h&step=6h');
    expect(step).toBe('6h');
    expect(rows.map(({ from, hours, coverage }) => [from, hours, coverage])).toEqual([
      ['2026-01-01T12:00:00Z', 6, 1],
      ['2026-01-01T18:00:00Z', 6, 1],
    ]);
  });

  it('has no rows where nothing was metered, and refuses what it cannot answer', async () => {
    expect((await ask('from=2025-12-01T00:00:00Z&to=2025-12-02T00:00:00Z')).rows).toEqual([]);
    await expect(ask('by=pod')).rejects.toThrow('by');
    await expect(ask('last=30d&step=5m')).rejects.toThrow('budget');
    await expect(ask('step=7s')).rejects.toThrow('step');
    await expect(ask('', null as unknown as undefined)).rejects.toThrow('not available');
  });
});
