/** What every `History` must tell of what there was, of single intervals, and while a writer is at work. An adapter's test file calls `inventoryContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalResult, Row } from '../domain/model.js';
import { epochSeconds, millijoules } from '../domain/units.js';
import type { History, IntervalQuery } from './history.js';
import {
  arbResult,
  at,
  impossibleResult,
  nodeRowOf,
  podRow,
  resultOf,
  shareRow,
  STEP,
} from './testing/results.js';
import { withHistory as withStoredHistory, withStore, type MakeStore } from './testing/store.js';

const NOW = epochSeconds(1_800_000_000);
const LAW_TIMEOUT_MS = 60_000;
const law = (title: string, holds: () => Promise<void>) => it(title, holds, LAW_TIMEOUT_MS);
const DAY = { from: at(0), to: at(288) };

export function inventoryContract(name: string, makeStore: MakeStore): void {
  const withHistory = <T>(
    clusters: Readonly<Record<string, readonly IntervalResult[]>>,
    use: (history: History) => Promise<T>,
  ) => withStoredHistory(makeStore, clusters, use);

  describe(`${name}: inventory`, () => {
    it('gives the nodes of a range with their newest row in it, by name', () => {
      const grown = { instanceType: 'm5.2xlarge' };
      const node = (n: string) => podRow({ node: n });
      const clusters = {
        b: [resultOf(at(1), [node('n1')])],
        a: [
          resultOf(at(0), [node('n2'), node('n1')]),
          resultOf(at(1), [node('n1')]),
          resultOf(at(2), [node('n1')], {}, () => grown),
          resultOf(at(5), [node('n3')]),
        ],
      };
      return withHistory(clusters, async (history) => {
        expect(await history.nodes({ from: at(0), to: at(3) })).toEqual([
          { cluster: 'a', firstSeen: at(0), lastSeen: at(2), row: nodeRowOf([node('n1')], grown) },
          { cluster: 'b', firstSeen: at(1), lastSeen: at(1), row: nodeRowOf([node('n1')]) },
          { cluster: 'a', firstSeen: at(0), lastSeen: at(0), row: nodeRowOf([node('n2')]) },
        ]);
      });
    });

    it('gives the namespaces of a range, without those of node shares', () =>
      withHistory(
        {
          a: [
            resultOf(at(0), [podRow(), shareRow('idle')]),
            resultOf(at(1), [podRow({ namespace: 'data' }), shareRow('system')]),
            resultOf(at(2), [podRow()]),
          ],
        },
        async (history) => {
          expect(await history.namespaces({ from: at(0), to: at(2) })).toEqual([
            { cluster: 'a', namespace: 'data', firstSeen: at(1), lastSeen: at(1) },
            { cluster: 'a', namespace: 'shop', firstSeen: at(0), lastSeen: at(0) },
          ]);
        },
      ));

    it('gives the workloads of a range, by namespace, name and type', () => {
      const of = (namespace: string, name: string, type = 'Deployment') =>
        podRow({ namespace, pod: `${name}-${type}`, workload: { name, type } });
      const clusters = {
        b: [resultOf(at(1), [of('shop', 'web')])],
        a: [
          resultOf(at(0), [of('shop', 'web'), of('shop', 'web', 'Job'), of('data', 'z'), shareRow('idle')]),
          resultOf(at(2), [of('shop', 'web')]),
          resultOf(at(3), [of('late', 'x')]),
        ],
      };
      return withHistory(clusters, async (history) => {
        const entries = await history.workloads({ from: at(0), to: at(3) });
        expect(
          entries.map((e) => [e.cluster, e.namespace, e.workload, e.workloadType, e.firstSeen, e.lastSeen]),
        ).toEqual([
          ['a', 'data', 'z', 'Deployment', at(0), at(0)],
          ['a', 'shop', 'web', 'Deployment', at(0), at(2)],
          ['b', 'shop', 'web', 'Deployment', at(1), at(1)],
          ['a', 'shop', 'web', 'Job', at(0), at(0)],
        ]);
      });
    });

    it('gives the clusters with the first and last that is known of each', () =>
      withHistory(
        {
          b: [],
          a: [
            impossibleResult(at(0)),
            ...[1, 2].map((n) => resultOf(at(n), [podRow()])),
            impossibleResult(at(3)),
          ],
        },
        async (history) => {
          expect(await history.clusters()).toEqual([
            { cluster: 'a', step: STEP, firstSeen: at(1), lastSeen: at(2) },
            { cluster: 'b', step: STEP, firstSeen: null, lastSeen: null },
          ]);
        },
      ));

    law('gives node rows as they were committed', () =>
      fc.assert(
        fc.asyncProperty(arbResult(at(0)), (result) =>
          withHistory({ a: [result] }, async (history) => {
            expect((await history.nodes(DAY)).map((n) => n.row)).toEqual(result.nodes);
          }),
        ),
        { numRuns: 15 },
      ),
    );
  });

  describe(`${name}: single intervals`, () => {
    const rows = [
      podRow(),
      podRow({ namespace: 'data', pod: 'db', workload: { name: 'db', type: 'StatefulSet' } }),
      podRow({ node: 'n2', pod: 'web-2' }),
      shareRow('idle'),
      shareRow('idle', { node: 'n2' }),
    ];
    const result = resultOf(at(1), rows, { currency: 'EUR', revision: 'r7', calculationVersion: 3 });
    const podsOf = (all: readonly Row[]) => all.map((r) => (r.kind === 'pod' ? r.pod : r.kind));

    it('are as they were stored, restricted to what was asked for', () =>
      withHistory({ a: [result], b: [resultOf(at(1), [podRow()])] }, async (history) => {
        const ask = async (query: Partial<IntervalQuery>) => {
          const found = (await history.interval({ cluster: 'a', start: at(1), ...query }))!;
          return [podsOf(found.rows), found.nodes.map((n) => n.node)];
        };
        expect(await ask({ node: 'n1' })).toEqual([['db', 'web-1', 'idle'], ['n1']]);
        expect(await ask({ namespace: 'shop' })).toEqual([
          ['web-1', 'web-2'],
          ['n1', 'n2'],
        ]);
        expect(await ask({ workload: 'web', node: 'n2' })).toEqual([['web-2'], ['n2']]);
        expect(await ask({ pod: 'db' })).toEqual([['db'], ['n1']]);
        expect(await ask({ pod: 'none' })).toEqual([[], []]);
        expect(await history.interval({ cluster: 'a', start: at(1), node: 'n1' })).toEqual({
          cluster: 'a',
          mark: expect.objectContaining({ start: at(1), state: 'complete', revision: 'r7', attempts: 1 }),
          currency: 'EUR',
          calculationVersion: 3,
          nodes: result.nodes.filter((n) => n.node === 'n1'),
          rows: result.rows.filter((r) => r.node === 'n1'),
        });
      }));

    it('are null where nothing is known of them, and only a part of a cluster at a time', () =>
      withHistory({ a: [result] }, async (history) => {
        expect(await history.interval({ cluster: 'a', start: at(2), node: 'n1' })).toBeNull();
        expect(await history.interval({ cluster: 'x', start: at(1), node: 'n1' })).toBeNull();
        await expect(history.interval({ cluster: 'a', start: at(1) })).rejects.toThrow('name a node');
      }));
  });

  describe(`${name}: beside a writer`, () => {
    it('sees whole intervals only, and those committed since it was opened', () =>
      withStore(makeStore, async (store) => {
        const ledger = await store.openLedger('a');
        const history = await store.openHistory();
        const rows = Array.from({ length: 50 }, (_, i) =>
          podRow({ pod: `p${i}`, energy: millijoules(1000) }),
        );
        const seen: bigint[] = [];
        const read = async () => {
          for (let i = 0; i < 20; i++) {
            const { total } = await history.totals({ range: DAY, by: ['pod'], filters: {} });
            seen.push(total.energy);
          }
        };
        const write = async () => {
          for (let n = 0; n < 20; n++) await ledger.commit(resultOf(at(n), rows), NOW);
        };
        await Promise.all([read(), write(), read()]);
        await read();
        for (const energy of seen) expect(energy % 50_000n).toBe(0n);
        expect(seen.at(-1)).toBe(20n * 50_000n);
      }));
  });
}
