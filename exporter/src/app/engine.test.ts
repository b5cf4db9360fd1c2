import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createTables } from '../data/tables.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import { settings } from '../domain/testing/arbitrary.js';
import { epochSeconds, gramsPerKwh, seconds, type EpochSeconds } from '../domain/units.js';
import { StatusKeeper } from '../pipeline/status.js';
import type { Ledger } from '../ports/ledger.js';
import { available, unavailable } from '../ports/outcome.js';
import type { Restating } from '../ports/restating.js';
import type { UsageSource } from '../ports/usage-source.js';
import { openLedger } from '../repositories/factory.js';
import { createEngine, type Engine, type Published, type Revision } from './engine.js';

const step = seconds(300);
const START = epochSeconds(Date.UTC(2026, 2, 2, 8) / 1000);
const minutes = (n: number) => epochSeconds(START + n * 60);
const world = createWorld({ seed: 1, start: START });

interface Line {
  readonly level: string;
  readonly message: string;
}

/** An engine on the demo world whose clock jumps to wherever it wants to sleep until, at most to `until`. */
class Bench {
  readonly dir = mkdtempSync(path.join(tmpdir(), 'greenkube-engine-'));
  now = minutes(31.5);
  readonly published: Published[] = [];
  readonly lines: Line[] = [];
  readonly wakes: number[] = [];
  readonly clock = { now: () => this.now };
  readonly status = new StatusKeeper(this.clock, () => 0);
  readonly demo = createDemoSource(world, { start: START });
  down = false;
  source: UsageSource | null = null;
  revisions: readonly Revision[] = [];
  analyse: (signal: AbortSignal) => Promise<boolean> = () => Promise.resolve(false);
  readonly usage: UsageSource = {
    ...this.demo,
    name: 'prometheus',
    observe: (...args) => (this.down ? this.#refuse() : this.demo.observe(...args)),
    oldest: (...args) => (this.down ? this.#refuse() : this.demo.oldest(...args)),
  };

  async #refuse() {
    return unavailable('refused', 'connection refused');
  }

  open(): Promise<Ledger & Restating> {
    return openLedger({ type: 'sqlite', path: path.join(this.dir, 'ledger.db'), cluster: 'c', step });
  }

  async run(
    ledger: Ledger,
    until: EpochSeconds,
    onSleep: (at: EpochSeconds, engine: Engine) => void = () => undefined,
  ) {
    const stop = new AbortController();
    this.status.addSource('prometheus', true);
    const log = (level: string) => (_fields: object, message: string) =>
      void this.lines.push({ level, message });
    const engine: Engine = await createEngine({
      usage: this.source ?? this.usage,
      ledger,
      factors: {
        tables: createTables(),
        settings: settings(),
        intensity: createYearlyIntensity(gramsPerKwh(473)),
        embodied: createPerVcpuFootprints(null),
        prices: createPriceTable({
          currency: 'USD',
          rows: [],
          cpuCoreHour: 0.03,
          ramGbHour: 0.004,
          own: false,
        }),
      },
      revisions: this.revisions,
      analyses: { run: (signal) => this.analyse(signal) },
      clock: this.clock,
      status: this.status,
      step,
      settle: seconds(60),
      backfill: seconds(30 * 86400),
      retention: { raw: seconds(7 * 86400), hour: seconds(90 * 86400), day: null },
      stopwatch: () => 0,
      sleepUntil: async (at) => {
        this.wakes.push(at);
        this.now = at;
        onSleep(at, engine);
        if (at >= until) stop.abort();
      },
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      publish: async (published) => void this.published.push(published),
      onStatus: () => undefined,
      onProgress: () => undefined,
    });
    await engine.run(stop.signal);
  }

  dispose(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const benches: Bench[] = [];
const newBench = () => {
  const bench = new Bench();
  benches.push(bench);
  return bench;
};
afterEach(() => benches.splice(0).forEach((b) => b.dispose()));

describe('engine', () => {
  it('backfills, then wakes when each interval has settled', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    await bench.run(ledger, minutes(46));
    expect(bench.wakes).toEqual([minutes(36), minutes(41), minutes(46)]);
    const marks = await ledger.marks({ from: START, to: minutes(60) });
    expect(marks.filter((m) => m.state === 'complete').map((m) => m.start)).toEqual(
      [0, 5, 10, 15, 20, 25, 30, 35].map(minutes),
    );
    await ledger.close();
  });

  it('shows nothing at first, then the newest interval, and counters only once the first backfill is in', async () => {
    const bench = newBench();
    bench.now = minutes(20 * 60);
    const ledger = await bench.open();
    await bench.run(ledger, minutes(20 * 60 + 1));
    const [first, second] = bench.published;
    expect(first).toMatchObject({ latest: null, counters: null });
    expect(second!.latest!.interval.start).toBe(minutes(20 * 60 - 10));
    expect(second!.counters).toBeNull();
    expect(bench.published.at(-1)!.counters!.workloads.length).toBeGreaterThan(20);
    await ledger.close();
  });

  it('shows what it knew before, at once after a restart, also while the source is away', async () => {
    const bench = newBench();
    const before = await bench.open();
    await bench.run(before, minutes(33));
    await before.close();
    bench.published.length = 0;
    bench.down = true;
    const ledger = await bench.open();
    await bench.run(ledger, minutes(40));
    expect(bench.published[0]!.latest!.interval.start).toBe(minutes(25));
    expect(bench.published[0]!.counters).not.toBeNull();
    await ledger.close();
  });

  it('tells of an absent source once, backs off, and catches up when it is back', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    bench.down = true;
    await bench.run(ledger, minutes(61.5), (at) => {
      if (at > minutes(55)) bench.down = false;
    });
    const said = bench.lines.filter((l) => l.level === 'warn' || l.message === 'collecting again');
    expect(said.map((l) => l.message)).toEqual(['source unavailable', 'collecting again']);
    const waits = bench.wakes.slice(0, 7).map((at, i, all) => at - (all[i - 1] ?? minutes(31.5)));
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300]);
    const marks = await ledger.marks({ from: START, to: minutes(50) });
    expect(marks.every((m) => m.state === 'complete')).toBe(true);
    expect(marks).toHaveLength(10);
    await ledger.close();
  });

  it('collects a range that somebody asks for, in between, and tells how far it is', async () => {
    const bench = newBench();
    bench.now = minutes(24 * 60);
    const ledger = await bench.open();
    bench.source = { ...bench.usage, oldest: async () => available(minutes(23 * 60)) };
    const progress: number[][] = [];
    const asked: Promise<void>[] = [];
    await bench.run(ledger, minutes(24 * 60 + 11), (at, engine) => {
      if (asked.length === 0) {
        asked.push(engine.backfill({ from: minutes(60), to: minutes(180) }, (...p) => void progress.push(p)));
      }
      expect(at).toBeGreaterThan(0);
    });
    await Promise.all(asked);
    expect(progress[0]).toEqual([0, 24]);
    expect(progress.at(-1)).toEqual([24, 24]);
    const marks = await ledger.marks({ from: START, to: minutes(240) });
    expect(marks.map((m) => m.start)).toEqual(Array.from({ length: 24 }, (_, i) => minutes(60 + 5 * i)));
    await ledger.close();
  });

  it('tells who asked for a range when the source is away or the exporter stops', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    const failures: string[] = [];
    await bench.run(ledger, minutes(41), (_at, engine) => {
      bench.down = true;
      void engine
        .backfill({ from: minutes(-600), to: minutes(0) }, () => undefined)
        .catch((e: Error) => failures.push(e.message));
    });
    await Promise.resolve();
    expect(failures.length).toBeGreaterThan(1);
    expect(failures[0]).toBe('connection refused');
    expect(failures.at(-1)).toBe('the exporter is stopping');
    await ledger.close();
  });

  it('has stored intervals told anew between cycles, after what is new is shown, and shows what came of it', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    const runs: { published: number; at: number }[] = [];
    bench.revisions = [
      {
        run: async () => {
          runs.push({ published: bench.published.length, at: bench.published.at(-1)!.at });
          const newest = (await ledger.latest())!;
          if (runs.length !== 2) return { intervals: 0 };
          await ledger.restate({ ...newest, revision: 'told' }, [], bench.now);
          return { intervals: 1 };
        },
      },
    ];
    await bench.run(ledger, minutes(46));
    await ledger.close();
    // Once a cycle that leaves nothing due, each after the snapshot of its cycle.
    expect(runs.map(({ at }) => at)).toEqual([31.5, 36, 41].map(minutes));
    const shown = bench.published.map(({ at, latest }) => [at, latest?.revision === 'told']);
    expect(shown.filter(([at]) => at === minutes(36))).toEqual([
      [minutes(36), false],
      [minutes(36), true],
    ]);
    expect(shown.filter(([at]) => at === minutes(41))).toEqual([[minutes(41), false]]);
  });

  it('goes on collecting when telling anew fails, and bounds it in time', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    const signals: AbortSignal[] = [];
    bench.revisions = [
      {
        run: (signal) => {
          signals.push(signal);
          return Promise.reject(new Error('no such column'));
        },
      },
    ];
    await bench.run(ledger, minutes(41));
    expect(signals).toHaveLength(2);
    expect(bench.lines.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', message: 'telling intervals anew failed' },
      { level: 'error', message: 'telling intervals anew failed' },
    ]);
    expect((await ledger.latest())?.interval.start).toBe(minutes(30));
    await ledger.close();
  });

  it('survives a ledger that cannot be written, says so in the status, and goes on when it can', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    let broken = true;
    const failing: Ledger = {
      marks: (range) => ledger.marks(range),
      latest: () => ledger.latest(),
      counters: () => ledger.counters(),
      prune: (before) => ledger.prune(before),
      openDays: (before) => ledger.openDays(before),
      note: (key) => ledger.note(key),
      setNote: (key, value) => ledger.setNote(key, value),
      close: () => ledger.close(),
      commit: (...args) => (broken ? Promise.reject(new Error('disk full')) : ledger.commit(...args)),
    };
    const errors: (string | null)[] = [];
    await bench.run(failing, minutes(41), (at) => {
      errors.push(bench.status.snapshot().databaseError);
      if (at > minutes(33)) broken = false;
    });
    expect(errors[0]).toBe('disk full');
    expect(errors.at(-1)).toBeNull();
    expect(bench.lines.filter((l) => l.level === 'error')).toHaveLength(1);
    expect(await ledger.marks({ from: START, to: minutes(30) })).toHaveLength(6);
    await ledger.close();
  });

  it('analyses what is stored after a cycle that leaves nothing due, and shows it when there is something new', async () => {
    const bench = newBench();
    const ledger = await bench.open();
    const at: number[] = [];
    bench.analyse = async () => at.push(bench.now) === 2;
    await bench.run(ledger, minutes(46), (until) => (bench.down = until === minutes(41)));
    await ledger.close();
    // Not at 41 minutes, when the source does not answer, but as soon as it does.
    expect(at).toEqual([minutes(31.5), minutes(36), minutes(41) + 5]);
    const shown = (when: number) => bench.published.filter((p) => p.at === minutes(when)).length;
    expect([31.5, 36, 41].map(shown)).toEqual([3, 2, 1]);
  });
});
