import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Histogram } from '../../domain/histogram.js';
import { bytes, cpuSeconds, epochSeconds, seconds } from '../../domain/units.js';
import type { PruneBefore } from '../../ports/ledger.js';
import { pruneContract } from '../../ports/prune.contract.js';
import { rollupContract } from '../../ports/rollup.contract.js';
import { podRow, provenance, resultOf, shareRow, STEP, T0 } from '../../ports/testing/results.js';
import { makeSqliteStore } from './testing/store.js';

rollupContract('sqlite', makeSqliteStore);
pruneContract('sqlite', makeSqliteStore);

const at = (n: number) => epochSeconds(T0 + n * STEP);

describe('histograms of an hour', () => {
  it('hold the use of every pod of a workload for as long as it lasted, and that of replaced intervals once', async () => {
    const store = await makeSqliteStore();
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
    const reader = new Database(store.path, { readonly: true });
    const stored = reader
      .prepare<[], { cpu: Buffer; memory: Buffer }>('SELECT cpu, memory FROM workload_hour_histogram')
      .all();
    reader.close();
    await store.remove();
    expect(stored).toHaveLength(1);
    const [cpu, memory] = [Histogram.decode(stored[0]!.cpu), Histogram.decode(stored[0]!.memory)];
    const milliseconds = 11 * (300 + 100) * 1000 + 300_000;
    expect([cpu.weight, memory.weight]).toEqual([milliseconds, milliseconds]);
    expect(cpu.mean).toBeCloseTo((1e6 * (11 * (300 + 200) + 1200) * 1000) / milliseconds, 6);
    expect([cpu.max, memory.max]).toEqual([4e6, 4e9]);
    expect(cpu.quantile(0.5)! / 1e6).toBeCloseTo(1, 1);
  });
});

describe('names that nothing refers to any more', () => {
  it('go with the rows that had them', async () => {
    const store = await makeSqliteStore();
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
    const reader = new Database(store.path, { readonly: true });
    const counts = () =>
      ['entity', 'label_set', 'provenance'].map((t) =>
        reader.prepare(`SELECT count(*) FROM ${t}`).pluck().get(),
      );
    const prune = async (before: PruneBefore) => {
      while (Object.values(await ledger.prune(before)).some((n) => n > 0));
    };
    expect(counts()).toEqual([2, 2, 49]);
    // The last row of each node in a day stays, and with it what it was computed from.
    await prune({ raw: hour(48), hour: hour(48), day: null });
    expect(counts()).toEqual([2, 2, 3]);
    await prune({ raw: hour(48), hour: hour(48), day: hour(24) });
    expect(counts()).toEqual([1, 1, 3]);
    reader.close();
    await store.remove();
  });
});
