/** What every `ComparisonHistory` must do. An adapter's test file calls `comparisonContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketsFrom,
  cellsOf,
  type ComparedSample,
  type ComparisonCell,
} from '../domain/energy/comparison.js';
import { HOUR } from '../domain/interval.js';
import type { IntervalResult, MeterFigure, NodeRow } from '../domain/model.js';
import {
  bytes,
  cores,
  cpuSeconds,
  epochSeconds,
  joules,
  millijoules,
  ratio,
  seconds,
} from '../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from './comparison.js';
import { at, podRow, provenance, resultOf, shareRow, STEP } from './testing/results.js';
import { withHistory, withStore, type MakeStore } from './testing/store.js';

const EVER = { from: at(0), to: at(1000) };
const LAW_TIMEOUT_MS = 60_000;
const NOW = epochSeconds(1_800_000_000);

const figure = (over: Partial<MeterFigure> = {}): MeterFigure => ({
  source: 'kepler',
  scope: 'cpu+dram',
  measured: millijoules(1_000_000),
  estimated: millijoules(1_250_000),
  ...over,
});

type Node = Partial<NodeRow> & Pick<NodeRow, 'node' | 'meters'>;

function resultWith(n: number, nodes: readonly Node[]): IntervalResult {
  const rows = nodes.flatMap(({ node }) => [podRow({ node }), shareRow('idle', { node })]);
  return resultOf(at(n), rows, {}, (name) => nodes.find(({ node }) => node === name)!);
}

const arbFigure = fc
  .record({
    source: fc.constantFrom('kepler', 'rapl'),
    scope: fc.constantFrom('cpu', 'cpu+dram', 'gpu'),
    measured: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000_000 })),
    estimated: fc.option(fc.integer({ min: 0, max: 90_000_000 }), { nil: null }),
  })
  .map(({ measured, estimated, ...meter }) => ({
    ...meter,
    measured: millijoules(measured),
    estimated: estimated === null ? null : millijoules(estimated),
  }));

const arbNode = (node: string): fc.Arbitrary<Node> =>
  fc
    .record({
      meters: fc.uniqueArray(arbFigure, { maxLength: 3, selector: (m) => `${m.source}:${m.scope}` }),
      seconds: fc.constantFrom(300, 299.5, 12),
      used: fc.oneof(fc.double({ min: 0, max: 1.2, noNaN: true }), fc.constantFrom(0, 0.29, 0.57, 1)),
      cpuCapacity: fc.constantFrom(4, 8),
      instanceType: fc.constantFrom('m5.xlarge', 'm6i.xlarge'),
      provider: fc.constantFrom('aws', 'gcp'),
    })
    .map(({ used, provider, ...of }) => ({
      node,
      meters: of.meters,
      seconds: seconds(of.seconds),
      cpuCapacity: cores(of.cpuCapacity),
      cpuSeconds: cpuSeconds(Math.round(1e6 * used * of.cpuCapacity * of.seconds) / 1e6),
      memoryCapacity: bytes(of.cpuCapacity * 4e9),
      instanceType: of.instanceType,
      provenance: provenance({ provider }),
    }));

const arbResults = fc
  .array(fc.tuple(arbNode('n1'), arbNode('n2')), { minLength: 1, maxLength: 20 })
  .map((intervals) => intervals.map((nodes, n) => resultWith(n, nodes)));

export function comparisonContract(name: string, makeStore: MakeStore): void {
  const ask = (
    clusters: Readonly<Record<string, readonly IntervalResult[]>>,
    query: Partial<ComparisonQuery> = {},
  ) =>
    withHistory(makeStore, clusters, (history) =>
      history.comparisonCells({ range: EVER, filters: {}, step: null, ...query }),
    );

  describe(`${name}: cells of meters and model`, () => {
    it(
      'are what the single figures add up to, for any range and step',
      () =>
        fc.assert(
          fc.asyncProperty(
            arbResults,
            fc.constantFrom<readonly [number, number]>([0, 1000], [3, 9], [0, 12], [30, 40]),
            fc.constantFrom(null, STEP, HOUR, 3 * HOUR),
            async (results, [from, to], step) => {
              const query = {
                range: { from: at(from), to: at(to) },
                step: step === null ? null : seconds(step),
              };
              same(await ask({ c: results }, query), expectedCells('c', results, query));
            },
          ),
          { numRuns: 25 },
        ),
      LAW_TIMEOUT_MS,
    );

    it('are of the clusters and nodes that are asked for', async () => {
      const nodes = ['n1', 'n2'].map((node) => ({ node, meters: [figure()] }));
      const held = { a: [resultWith(0, nodes)], b: [resultWith(0, nodes)] };
      const names = async (filters: ComparisonQuery['filters']) =>
        (await ask(held, { filters })).map(({ machine: m }) => `${m.cluster}/${m.node}`).toSorted();
      expect(await names({})).toEqual(['a/n1', 'a/n2', 'b/n1', 'b/n2']);
      expect(await names({ cluster: ['b'] })).toEqual(['b/n1', 'b/n2']);
      expect(await names({ node: ['n2'], cluster: ['a', 'b'] })).toEqual(['a/n2', 'b/n2']);
      expect(await names({ node: ['n3'] })).toEqual([]);
      expect(await names({ cluster: [], node: [] })).toHaveLength(4);
    });

    it('follow a figure that is replaced, and there are none of an interval without meters', async () => {
      const first = resultWith(0, [{ node: 'n1', meters: [figure()] }]);
      const better = {
        ...resultWith(0, [{ node: 'n1', meters: [figure({ measured: millijoules(2e6) })] }]),
        revision: 'r2',
      };
      expect(await ask({ c: [first, better] })).toMatchObject([{ samples: 1, measured: 2000 }]);
      expect(
        await ask({ c: [first, { ...resultWith(0, [{ node: 'n1', meters: [] }]), revision: 'r2' }] }),
      ).toEqual([]);
      expect(await ask({ c: [] })).toEqual([]);
    });

    it('are only of intervals that are still held one by one', () =>
      withStore(makeStore, async (store) => {
        const ledger = await store.openLedger('c');
        for (let n = 0; n < 36; n++)
          await ledger.commit(resultWith(n, [{ node: 'n1', meters: [figure()] }]), NOW);
        const history: ComparisonHistory = await store.openHistory();
        const samples = async () =>
          (await history.comparisonCells({ range: EVER, filters: {}, step: null })).reduce(
            (sum, cell) => sum + cell.samples,
            0,
          );
        expect(await samples()).toBe(36);
        const before = { raw: at(12), hour: at(0), day: null };
        while ((await ledger.prune(before)).raw > 0);
        expect(await samples()).toBe(24);
      }));
  });
}

const keyOf = ({ machine: m, source, scope, bucket, percent }: ComparisonCell) =>
  JSON.stringify([
    ...[m.cluster, m.node, m.provider, m.instanceType, m.cpuCapacity, m.memoryCapacity],
    ...[source, scope, bucket, percent],
  ]);

/** Sums of doubles depend on their order in the last digits. */
function same(found: readonly ComparisonCell[], expected: readonly ComparisonCell[]): void {
  const cells = new Map(found.map((cell) => [keyOf(cell), cell]));
  expect([...cells.keys()].toSorted()).toEqual(expected.map(keyOf).toSorted());
  expect(cells.size).toBe(found.length);
  for (const cell of expected) {
    const { machine, ...sums } = cell;
    const { machine: own, ...others } = cells.get(keyOf(cell))!;
    expect(own).toEqual(machine);
    for (const [field, value] of Object.entries(sums)) {
      const other = others[field as keyof typeof others];
      if (typeof value === 'number')
        expect([field, Number(other) / (value || 1)]).toEqual([
          field,
          expect.closeTo(value === 0 ? 0 : 1, 9),
        ]);
      else expect(other).toBe(value);
    }
  }
}

function expectedCells(
  cluster: string,
  results: readonly IntervalResult[],
  { range, step }: Pick<ComparisonQuery, 'range' | 'step'>,
): readonly ComparisonCell[] {
  const samples = results
    .filter(({ interval: { start } }) => start >= range.from && start < range.to)
    .flatMap(({ interval, nodes }) => nodes.flatMap((node) => samplesOf(cluster, interval.start, node)));
  return cellsOf(samples, bucketsFrom(range.from, step ?? 0));
}

function samplesOf(cluster: string, start: ComparedSample['start'], row: NodeRow): ComparedSample[] {
  const { node, instanceType, cpuCapacity, memoryCapacity } = row;
  const machine = {
    cluster,
    node,
    provider: row.provenance.provider,
    instanceType,
    cpuCapacity,
    memoryCapacity,
  };
  return row.meters.flatMap(({ source, scope, measured, estimated }) =>
    estimated === null
      ? []
      : {
          machine,
          source,
          scope,
          start,
          seconds: row.seconds,
          utilisation: ratio(Math.min(1, row.cpuSeconds / (cpuCapacity * row.seconds))),
          estimated: joules(estimated / 1000),
          measured: joules(measured / 1000),
        },
  );
}
