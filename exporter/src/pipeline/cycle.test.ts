import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createTables } from '../data/tables.js';
import { createDemoMeasuredSource } from '../demo/measured-source.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import type { UsageWindow } from '../domain/model.js';
import { settings } from '../domain/testing/arbitrary.js';
import { epochSeconds, gramsPerKwh, ratio, seconds, type EpochSeconds } from '../domain/units.js';
import type { Ledger } from '../ports/ledger.js';
import type { MeasuredEnergySource } from '../ports/measured-source.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';
import type { UsageSource } from '../ports/usage-source.js';
import { openHistory, openLedger } from '../repositories/factory.js';
import { Cycle, FIRST_BACKFILL_DONE, type CycleOutcome } from './cycle.js';
import { StatusKeeper } from './status.js';

const step = seconds(300);
const START = epochSeconds(Date.UTC(2026, 2, 2, 8) / 1000); // a Monday morning
const minutes = (n: number) => epochSeconds(START + n * 60);

const factors = {
  tables: createTables(),
  settings: settings(),
  intensity: createYearlyIntensity(gramsPerKwh(473)),
  embodied: createPerVcpuFootprints(null),
  prices: createPriceTable({ currency: 'USD', rows: [], cpuCoreHour: 0.03, ramGbHour: 0.004, own: false }),
  meterScopes: ['cpu+dram'] as const,
};
const world = createWorld({ seed: 1, start: START });

type Fault = (window: UsageWindow) => UsageWindow;

/** The world as a source that can be switched off, or spoilt window by window. */
class SwitchableSource implements UsageSource {
  readonly name = 'prometheus';
  readonly #inner = createDemoSource(world, { start: START });
  up = true;
  fault: Fault = (w) => w;
  asked: number[] = [];

  async observe(
    ...[range, s, signal]: Parameters<UsageSource['observe']>
  ): Promise<Outcome<readonly UsageWindow[]>> {
    if (!this.up) return unavailable('refused', 'connection refused');
    this.asked.push(range.from);
    const answer = await this.#inner.observe(range, s, signal);
    return answer.ok ? available(answer.value.map(this.fault)) : answer;
  }

  oldest(notBefore: EpochSeconds): ReturnType<UsageSource['oldest']> {
    return this.up
      ? this.#inner.oldest(notBefore)
      : Promise.resolve(unavailable('refused', 'connection refused'));
  }

  rejected = () => ({});
}

class Rig {
  readonly dir = mkdtempSync(path.join(tmpdir(), 'greenkube-cycle-'));
  readonly source = new SwitchableSource();
  now = minutes(0);
  readonly clock = { now: () => this.now };
  readonly status = new StatusKeeper(this.clock, () => 0);
  readonly newest: number[] = [];
  meters: MeasuredEnergySource | null = null;
  metersUp = true;
  #ledger: Ledger | null = null;
  #cycle: Cycle | null = null;

  constructor() {
    this.status.addSource('prometheus', true);
    this.status.addSource('demo-meters', false);
  }

  readonly path = path.join(this.dir, 'ledger.db');

  async ledger(): Promise<Ledger> {
    return (this.#ledger ??= await openLedger({ type: 'sqlite', path: this.path, cluster: 'c', step }));
  }

  async cycle(at: EpochSeconds, signal = new AbortController().signal): Promise<CycleOutcome> {
    this.now = at;
    const ledger = await this.ledger();
    this.#cycle ??= new Cycle(
      {
        usage: this.source,
        ...(this.meters && { meters: this.meters }),
        ledger,
        factors,
        clock: this.clock,
        status: this.status,
        step,
        settle: seconds(60),
        backfill: seconds(30 * 86400),
        onNewest: async (result) => void this.newest.push(result.interval.start),
        onProgress: () => undefined,
      },
      (await ledger.latest())?.interval.start ?? null,
    );
    return this.#cycle.run(signal);
  }

  /** Cycles at the same moment until nothing is left. */
  async catchUp(at: EpochSeconds): Promise<void> {
    while ((await this.cycle(at)).state === 'more');
  }

  /** Stop the process: everything in memory is gone. */
  async restart(): Promise<void> {
    await this.#ledger?.close();
    this.#ledger = null;
    this.#cycle = null;
  }

  /** Everything that readers can see of the ledger. */
  async contents(): Promise<Record<string, unknown>> {
    await this.ledger();
    const history = await openHistory({ type: 'sqlite', path: this.path, step });
    const range = { from: START, to: minutes(1e5) };
    const by = ['pod', 'node', 'namespace', 'workload', 'zone', 'provider'] as const;
    const totals = await Promise.all(by.map((key) => history.totals({ range, by: [key], filters: {} })));
    const marks = (await (await this.ledger()).marks(range)).map(({ start, state, coverage }) => [
      start,
      state,
      coverage,
    ]);
    const counters = await (await this.ledger()).counters();
    await history.close();
    return {
      totals,
      marks,
      counters: {
        ...counters,
        workloads: counters.workloads.map(({ ordinal: _, ...w }) => w).toSorted(byName),
      },
    };
  }

  async dispose(): Promise<void> {
    await this.#ledger?.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const byName = (a: { namespace: string; workload: string }, b: { namespace: string; workload: string }) =>
  `${a.namespace}/${a.workload}`.localeCompare(`${b.namespace}/${b.workload}`);

const rigs: Rig[] = [];
const newRig = () => {
  const rig = new Rig();
  rigs.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.dispose();
});

/** Three hours, collected live: one cycle shortly after each interval has settled. */
async function live(rig: Rig, until = 180, from = 0): Promise<void> {
  for (let m = from; m <= until; m += 5) await rig.cycle(minutes(m + 1.5));
}

describe('one path for live, backfill, restart and catch-up', () => {
  it('backfill equals live bit for bit', async () => {
    const [a, b] = [newRig(), newRig()];
    await live(a);
    await b.catchUp(minutes(181.5));
    expect(await b.contents()).toEqual(await a.contents());
  });

  it('a second run over the same time changes nothing', async () => {
    const rig = newRig();
    await rig.catchUp(minutes(60));
    const before = await rig.contents();
    const asked = rig.source.asked.length;
    await rig.restart();
    await rig.catchUp(minutes(60));
    expect(await rig.contents()).toEqual(before);
    expect(rig.source.asked).toHaveLength(asked);
  });

  it('restarts at any time lead to the same ledger', async () => {
    const undisturbed = newRig();
    await live(undisturbed, 60);
    const expected = await undisturbed.contents();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }), async (moments) => {
        const rig = newRig();
        for (const m of moments.toSorted((x, y) => x - y)) {
          await rig.cycle(minutes(m + 1.5));
          await rig.restart();
        }
        await rig.catchUp(minutes(61.5));
        expect(await rig.contents()).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('a source that is away for an hour leaves no gap and nothing double', async () => {
    const [a, b] = [newRig(), newRig()];
    await live(a);
    await live(b, 60);
    b.source.up = false;
    for (let m = 65; m < 125; m += 5) {
      expect(await b.cycle(minutes(m + 1.5))).toMatchObject({ state: 'unavailable', committed: 0 });
    }
    expect(b.status.snapshot().sources[0]).toMatchObject({ up: false, errors: { refused: 12 } });
    b.source.up = true;
    await live(b, 180, 125);
    expect(await b.contents()).toEqual(await a.contents());
  });

  it('stops between intervals when told to and goes on where it was', async () => {
    const [a, b] = [newRig(), newRig()];
    await a.catchUp(minutes(180));
    const stop = new AbortController();
    b.source.fault = (w) => {
      if (b.source.asked.length === 2) stop.abort();
      return w;
    };
    expect((await b.cycle(minutes(180), stop.signal)).state).toBe('stopped');
    await b.restart();
    await b.catchUp(minutes(180));
    expect(await b.contents()).toEqual(await a.contents());
  });
});

describe('partial answers', () => {
  const spoil: Fault = (w) => ({
    ...w,
    pods: w.pods.slice(0, 3),
    coverage: ratio(0.4),
    partialReasons: ['samples-missing'],
  });

  it('are kept, said, tried again and replaced by better ones', async () => {
    const [a, b] = [newRig(), newRig()];
    await live(a, 60);
    await live(b, 30);
    b.source.fault = spoil;
    await b.cycle(minutes(36.5));
    const [mark] = await (await b.ledger()).marks({ from: minutes(30), to: minutes(35) });
    expect(mark).toMatchObject({ state: 'partial', coverage: 0.4, partialReasons: ['samples-missing'] });
    b.source.fault = (w) => w;
    await live(b, 60, 40);
    // Counters may not fall: what the spoilt answer gave to the system share is held until truth passes it.
    expect({ ...(await b.contents()), counters: null }).toEqual({ ...(await a.contents()), counters: null });
  });

  it('never replace a complete interval', async () => {
    const rig = newRig();
    await live(rig, 30);
    const before = await rig.contents();
    rig.source.fault = spoil;
    await rig.catchUp(minutes(31.5));
    expect(await rig.contents()).toEqual(before);
  });

  it('an interval that the source holds nothing of is impossible, not empty', async () => {
    const rig = newRig();
    await live(rig, 30);
    rig.source.fault = (w) => ({
      ...w,
      nodes: [],
      pods: [],
      coverage: ratio(0),
      partialReasons: ['no-data'],
    });
    await rig.cycle(minutes(36.5));
    const [mark] = await (await rig.ledger()).marks({ from: minutes(30), to: minutes(35) });
    expect(mark).toMatchObject({ state: 'impossible', partialReasons: ['no-data'] });
    expect((await (await rig.ledger()).latest())?.interval.start).toBe(minutes(25));
  });

  it('a pod on a machine that nobody describes makes the interval partial', async () => {
    const rig = newRig();
    rig.source.fault = (w) => ({ ...w, nodes: w.nodes.slice(1) });
    await rig.cycle(minutes(6.5));
    const [mark] = await (await rig.ledger()).marks({ from: minutes(0), to: minutes(5) });
    expect(mark).toMatchObject({ state: 'partial', partialReasons: ['inventory-missing'] });
  });
});

describe('order and progress', () => {
  it('takes the newest interval first, then the oldest gaps, and looks at the newest again between bounded cycles', async () => {
    const rig = newRig();
    const first = await rig.cycle(minutes(20 * 60));
    expect(first.state).toBe('more');
    expect(rig.source.asked[0]).toBe(minutes(20 * 60 - 10));
    expect(rig.source.asked.slice(1)).toEqual(rig.source.asked.slice(1).toSorted((a, b) => a - b));
    const asked = rig.source.asked.length;
    await rig.cycle(minutes(20 * 60 + 5));
    expect(rig.source.asked[asked]).toBe(minutes(20 * 60 - 5));
    expect(rig.newest).toEqual([minutes(20 * 60 - 10), minutes(20 * 60 - 5)]);
  });

  it('notes when the first backfill is in, once', async () => {
    const rig = newRig();
    await rig.cycle(minutes(20 * 60));
    expect(await (await rig.ledger()).note(FIRST_BACKFILL_DONE)).toBeNull();
    expect(rig.status.snapshot().backfill).not.toBeNull();
    await rig.catchUp(minutes(20 * 60));
    const noted = await (await rig.ledger()).note(FIRST_BACKFILL_DONE);
    expect(noted).toBe(String(minutes(20 * 60)));
    expect(rig.status.snapshot()).toMatchObject({ backfill: null, pending: 0 });
    await rig.cycle(minutes(20 * 60 + 5));
    expect(await (await rig.ledger()).note(FIRST_BACKFILL_DONE)).toBe(noted);
  });
});

describe('meters', () => {
  const metered = createDemoMeasuredSource(world);
  const meters = (rig: Rig): MeasuredEnergySource => ({
    ...metered,
    name: 'demo-meters',
    observe: async (...args) =>
      rig.metersUp ? metered.observe(...args) : unavailable('timeout', 'no answer in 30 s'),
  });
  const measuredNodes = async (rig: Rig) =>
    (await (await rig.ledger()).latest())!.nodes.filter((n) => n.provenance.method === 'measured');

  it('replace the model where they cover the machine, and both figures are kept', async () => {
    const rig = newRig();
    rig.meters = meters(rig);
    await rig.cycle(minutes(6.5));
    const nodes = await measuredNodes(rig);
    expect(nodes.length).toBeGreaterThan(1);
    for (const node of nodes) {
      expect(node.measuredSource).toBe('kepler:cpu+dram');
      expect(node.measuredEnergy).toBeGreaterThan(0);
      expect(node.energy).toBeGreaterThanOrEqual(node.measuredEnergy!);
      expect(node.estimatedEnergy).not.toBe(node.measuredEnergy);
    }
  });

  it('that do not answer leave the model and are asked again; the ledger ends as if they had', async () => {
    const [a, b] = [newRig(), newRig()];
    for (const rig of [a, b]) rig.meters = meters(rig);
    await live(a, 30);
    await live(b, 20);
    b.metersUp = false;
    await b.cycle(minutes(26.5));
    const [mark] = await (await b.ledger()).marks({ from: minutes(20), to: minutes(25) });
    expect(mark).toMatchObject({ state: 'partial', partialReasons: ['meters-missing'] });
    expect(await measuredNodes(b)).toEqual([]);
    b.metersUp = true;
    await live(b, 30, 30);
    expect({ ...(await b.contents()), counters: null }).toEqual({ ...(await a.contents()), counters: null });
  });
});
