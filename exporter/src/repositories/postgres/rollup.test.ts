import { describe, expect, it } from '@jest/globals';
import { Histogram } from '../../domain/histogram.js';
import { bytes, cpuSeconds, epochSeconds, seconds } from '../../domain/units.js';
import type { PruneBefore } from '../../ports/ledger.js';
import { pruneContract } from '../../ports/prune.contract.js';
import { rollupContract } from '../../ports/rollup.contract.js';
import { podRow, provenance, resultOf, shareRow, STEP, T0 } from '../../ports/testing/results.js';
import { makePostgresStore, type PostgresStore } from './testing/store.js';

rollupContract('postgres', () => makePostgresStore());
pruneContract('postgres', () => makePostgresStore());

const at = (n: number) => epochSeconds(T0 + n * STEP);
const inSchema = ({ options }: PostgresStore, table: string) => `${options.schema}.${table}`;

describe('histograms of an hour', () => {
  it('hold the use of every pod of a workload for as long as it lasted, and that of replaced intervals once', async () => {
    const store = await makePostgresStore();
    const ledger = await store.openLedger();
    const pod = (name: string, cores: number, lasted: number) =>
      podRow({
        pod: name,
        seconds: seconds(lasted),
        cpuSeconds: cpuSeconds(cores * lasted),
        memoryBytes: bytes(cores * 1e9),
      });
    for (let n = 0; n < 12; n++) {
      await ledger.commit(resultOf(at(n), [pod('a', 1, 300), pod('b', 2, 100), shareRow('idle')]), at(n + 1));
    }
    await ledger.commit(resultOf(at(0), [pod('a', 4, 300)], { revision: 'r2' }), at(13));
    const { rows } = await store.admin.query<{ cpu: Buffer; memory: Buffer }>(
      `SELECT cpu, memory FROM ${inSchema(store, 'workload_hour_histogram')}`,
    );
    await store.remove();
    expect(rows).toHaveLength(1);
    const [cpu, memory] = [Histogram.decode(rows[0]!.cpu), Histogram.decode(rows[0]!.memory)];
    const milliseconds = 11 * (300 + 100) * 1000 + 300_000;
    expect([cpu.weight, memory.weight]).toEqual([milliseconds, milliseconds]);
    expect([cpu.max, memory.max]).toEqual([4e6, 4e9]);
    expect(cpu.quantile(0.5)! / 1e6).toBeCloseTo(1, 1);
  });
});

describe('what nothing refers to any more', () => {
  it('goes with the rows that had it: names, and tables of days that no cluster reads', async () => {
    const store = await makePostgresStore({ fresh: true });
    const step = seconds(3600);
    const ledger = await store.openLedger('c', step);
    const hour = (n: number) => epochSeconds(T0 + n * step);
    for (let n = 0; n < 49; n++) {
      const row = podRow({ pod: n < 24 ? 'old' : 'new', labels: { of: n < 24 ? 'old' : 'new' } });
      const result = resultOf(hour(n), [row], {}, () => ({
        provenance: provenance({ intensityTime: hour(n) }),
      }));
      await ledger.commit({ ...result, interval: { start: hour(n), step } }, hour(n + 1));
    }
    const counts = async () => {
      const found: number[] = [];
      for (const table of ['entity', 'label_set', 'provenance']) {
        const { rows } = await store.admin.query<{ count: string }>(
          `SELECT count(*) FROM ${inSchema(store, table)}`,
        );
        found.push(Number(rows[0]!.count));
      }
      return found;
    };
    const partitions = async (table: string) => {
      const { rows } = await store.admin.query('SELECT 1 FROM pg_inherits WHERE inhparent = $1::regclass', [
        inSchema(store, table),
      ]);
      return rows.length;
    };
    const prune = async (before: PruneBefore) => {
      while (Object.values(await ledger.prune(before)).some((n) => n > 0));
    };
    expect(await counts()).toEqual([2, 2, 49]);
    expect([await partitions('pod_usage'), await partitions('pod_hour')]).toEqual([3, 3]);
    // The last row of each node in a day stays, and with it what it was computed from.
    await prune({ raw: hour(48), hour: hour(48), day: null });
    expect(await counts()).toEqual([2, 2, 3]);
    expect([await partitions('pod_usage'), await partitions('pod_hour')]).toEqual([1, 1]);
    await prune({ raw: hour(48), hour: hour(48), day: hour(24) });
    expect(await counts()).toEqual([1, 1, 3]);
    await store.remove();
  });

  it('stays while another cluster still reads from it', async () => {
    const store = await makePostgresStore();
    const step = seconds(3600);
    const hour = (n: number) => epochSeconds(T0 + n * step);
    const ledgers = [await store.openLedger('a', step), await store.openLedger('b', step)];
    for (const ledger of ledgers) {
      for (let n = 0; n < 25; n++) {
        await ledger.commit(
          { ...resultOf(hour(n), [podRow()]), interval: { start: hour(n), step } },
          hour(n + 1),
        );
      }
    }
    const all = { raw: hour(24), hour: hour(24), day: null };
    while (Object.values(await ledgers[0]!.prune(all)).some((n) => n > 0));
    const history = await store.openHistory(step);
    const range = { from: hour(3), to: hour(5) };
    const { groups } = await history.totals({ range, by: ['pod'], filters: {} });
    expect(groups.map((g) => g.key.cluster)).toEqual(['b']);
    await store.remove();
  });
});
