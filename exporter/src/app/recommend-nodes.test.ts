/** A machine that was too large is replaced by a smaller one: found by what is there, and measured by the pool it was of. */
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { timeZoneOf } from '../data/time-zones.js';
import { HOUR } from '../domain/interval.js';
import type { NodeRow, Row } from '../domain/model.js';
import type { Recommendation } from '../domain/recommendations/model.js';
import { SETTINGS } from '../domain/recommendations/testing/facts.js';
import { bytes, cores, cpuSeconds, epochSeconds, micrograms, millijoules, seconds } from '../domain/units.js';
import { measureApplied } from '../pipeline/recommend-measure.js';
import { Recommender } from '../pipeline/recommend.js';
import type { KeptRecommendation } from '../ports/recommendations.js';
import type { AnalysisStores } from '../ports/testing/analysis-place.js';
import { podRow, resultOf, shareRow, T0 } from '../ports/testing/results.js';
import { makeSqlitePlace } from '../repositories/sqlite/testing/analysis-place.js';

const STEP = seconds(HOUR);
const NEVER = new AbortController().signal;
const GIB = 2 ** 30;
const at = (hours: number) => epochSeconds(T0 + hours * HOUR);
/** Hours before and after the change. */
const BEFORE = 14 * 24;
const END = BEFORE + 8 * 24;
/** ug per mJ: a PUE of 1.15 and the 44.18 g/kWh of the made-up nodes. */
const UG = (1.15 * 44.18) / 3600;

interface Machine {
  readonly name: string;
  readonly vcpus: 4 | 16;
  readonly pods: number;
  readonly usedCores: number;
}
const TYPES = { 4: 'm5.xlarge', 16: 'm5.4xlarge' } as const;
const large = (name: string): Machine => ({ name, vcpus: 16, pods: 3, usedCores: 0.5 });
const small = (name: string, pods = 3): Machine => ({ name, vcpus: 4, pods, usedCores: 0.5 });
const BUSY: Machine = { name: 'busy', vcpus: 16, pods: 12, usedCores: 11 };

/** mJ in an hour whatever its load: a watt a core and some noise that repeats nowhere. */
const heldBy = ({ vcpus }: Machine, hour: number): number =>
  Math.round(vcpus * 3.6e6 * (1 + 0.05 * Math.sin(hour * 12.9898)));
/** ug held in an hour. */
const emittedBy = (m: Machine, hour: number): number => heldBy(m, hour) * UG + m.vcpus * 50_000;

function rowsOf(m: Machine, hour: number): Row[] {
  const amounts = (energy: number, embodied: number) => ({
    energy: millijoules(Math.round(energy)),
    operational: micrograms(Math.round(energy * UG)),
    embodied: micrograms(Math.round(embodied)),
    storage: millijoules(0),
  });
  const dynamic = Math.round((m.usedCores / Math.max(1, m.pods)) * 7.2e6);
  const pods = Array.from({ length: m.pods }, (_, i) =>
    podRow({
      ...{ node: m.name, pod: `${m.name}-${i}`, uid: `${m.name}-${i}`, seconds: STEP, restarts: 0 },
      ...{
        workload: { name: `w-${i}`, type: 'Deployment' },
        cpuRequest: cores(0.6),
        memoryRequest: bytes(GIB),
      },
      cpuSeconds: cpuSeconds((m.usedCores / m.pods) * HOUR),
      memoryBytes: bytes(GIB / 2),
      ...amounts(dynamic, 0),
      dynamic: millijoules(dynamic),
    }),
  );
  const idle = shareRow('idle', {
    ...{ node: m.name, seconds: STEP },
    ...amounts(heldBy(m, hour), m.vcpus * 50_000),
    dynamic: millijoules(0),
  });
  return [...pods, idle];
}

const nodeOver =
  (machines: readonly Machine[]) =>
  (name: string): Partial<NodeRow> => {
    const m = machines.find((each) => each.name === name)!;
    return {
      seconds: STEP,
      instanceType: TYPES[m.vcpus],
      cpuCapacity: cores(m.vcpus),
      memoryCapacity: bytes(4 * m.vcpus * GIB),
      cpuSeconds: cpuSeconds(m.usedCores * HOUR),
    };
  };

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let stores: AnalysisStores;
beforeEach(async () => {
  place = await makeSqlitePlace(STEP);
  stores = await place.open();
});
afterEach(() => place.remove());

/** @param machinesAt those of an hour */
async function fill(
  from: number,
  to: number,
  machinesAt: (hour: number) => readonly Machine[],
): Promise<void> {
  for (let n = from; n < to; n++) {
    const machines = machinesAt(n);
    const rows = machines.flatMap((m) => rowsOf(m, n));
    const result = resultOf(at(n), rows, {}, nodeOver(machines));
    await stores.ledger.commit({ ...result, interval: { start: at(n), step: STEP } }, at(n + 1));
  }
}

const sumOf = (from: number, to: number, of: (hour: number) => number): number =>
  Array.from({ length: to - from }, (_, i) => of(from + i)).reduce((a, b) => a + b, 0);

describe('through scans', () => {
  const recommender = (now: number) =>
    new Recommender({
      cluster: 'c',
      settings: SETTINGS,
      profiles: stores.profiles,
      store: stores.recommendations,
      ledger: stores.ledger,
      timeZoneOf,
      clock: { now: () => at(now) },
      stopwatch: () => seconds(performance.now() / 1000),
    });

  it('is found to have been done, and books the difference of the two machines within 5 %', async () => {
    // The small machine comes two hours before the large one goes.
    const machinesAt = (n: number) => [
      BUSY,
      ...(n < BEFORE ? [large('n1')] : []),
      ...(n >= BEFORE - 2 ? [small('n9', n < BEFORE ? 0 : 3)] : []),
    ];
    await fill(0, BEFORE, machinesAt);
    await recommender(BEFORE).scan(NEVER);
    let from = BEFORE;
    for (let now = BEFORE + 6; now <= END; now += 6) {
      await fill(from, now, machinesAt);
      await recommender(now).scan(NEVER);
      from = now;
    }
    const last = recommender(END);
    await last.refresh();
    const found = last.shown!.recommendations.find(
      (r) => r.type === 'OVERPROVISIONED_NODE' && r.target.node === 'n1',
    )!;
    // An hour is booked when a day has passed.
    const hours = END - 24 - BEFORE + 1;
    expect(found).toMatchObject({
      status: 'applied',
      appliedBy: 'scan',
      since: at(BEFORE),
      realised: { hours, verdict: 'verified' },
    });
    const truth = sumOf(BEFORE, BEFORE + hours, (n) => emittedBy(large('n1'), n) - emittedBy(small('n9'), n));
    expect(Math.abs((found.realised!.grams * 1e6) / truth - 1)).toBeLessThan(0.05);
    expect(found.realised!.gramsLow).toBeGreaterThan(0);
    expect(found.realised!.gramsHigh * 1e6).toBeGreaterThan(truth);
    const [booked] = await (await place.openHistory()).bookedSavings(null);
    expect(booked).toMatchObject({ id: found.id, hours });
  }, 120_000);
});

describe('the measure', () => {
  const applied = (
    type: Recommendation['type'],
    node: string,
    since: number,
    grams = 1,
  ): KeptRecommendation => ({
    recommendation: {
      ...{ id: `${type}/${node}`, type, status: 'applied', since: at(since), realised: null },
      target: { namespace: '', workload: '', workloadType: '', container: '', node },
      savings: { claimed: { joules: 0, grams, cost: null } },
    } as Recommendation,
    baseline: null,
  });

  async function measured(kept: readonly KeptRecommendation[], end = END) {
    const { profiles } = stores;
    const found = await measureApplied(kept, { profiles, to: at(end), pause: () => Promise.resolve() });
    return new Map(found.kept.map((k) => [k.recommendation.id, k.recommendation.realised]));
  }

  it('sees that nothing is saved where the large machine comes back', async () => {
    await fill(0, END, (n) => [
      BUSY,
      ...(n < BEFORE ? [large('n1')] : [small('n9')]),
      ...(n >= BEFORE + 6 ? [large('n10')] : []),
    ]);
    const realised = (await measured([applied('OVERPROVISIONED_NODE', 'n1', BEFORE)])).get(
      'OVERPROVISIONED_NODE/n1',
    )!;
    expect(realised.grams).toBeLessThan(0);
    expect(realised.verdict).toBe('regressed');
  });

  it('does not take the machines of other pools for what came', async () => {
    const other = { ...small('o1'), vcpus: 4 } as const;
    await fill(0, END, (n) => [
      BUSY,
      other,
      small('o2'),
      n < BEFORE ? large('n1') : small(`n9-${Math.floor(n / 48)}`),
    ]);
    const realised = (await measured([applied('OVERPROVISIONED_NODE', 'n1', BEFORE)])).get(
      'OVERPROVISIONED_NODE/n1',
    )!;
    const hours = END - BEFORE - 23;
    const truth = sumOf(BEFORE, BEFORE + hours, (n) => emittedBy(large('n1'), n) - emittedBy(small('n9'), n));
    expect(realised).toMatchObject({ hours, verdict: 'verified' });
    expect(Math.abs((realised.grams * 1e6) / truth - 1)).toBeLessThan(0.05);
  });

  it('is not given before the day of the change has passed', async () => {
    await fill(0, BEFORE + 24, (n) => [BUSY, n < BEFORE ? large('n1') : small('n9')]);
    const one = [applied('OVERPROVISIONED_NODE', 'n1', BEFORE)];
    expect((await measured(one, BEFORE + 23)).get('OVERPROVISIONED_NODE/n1')).toBeNull();
    expect((await measured(one, BEFORE + 24)).get('OVERPROVISIONED_NODE/n1')).toMatchObject({ hours: 1 });
  });

  it('counts once what several of one pool, and a machine that is drained, save together', async () => {
    const LATER = BEFORE + 48;
    await fill(0, END, (n) => [
      BUSY,
      ...(n < BEFORE ? [large('n1'), large('n2')] : [small('n8'), small('n9')]),
      ...(n < LATER ? [large('n3')] : []),
    ]);
    const found = await measured([
      applied('OVERPROVISIONED_NODE', 'n1', BEFORE, 2),
      applied('OVERPROVISIONED_NODE', 'n2', BEFORE, 1),
      applied('UNDERUTILIZED_NODE', 'n3', LATER),
    ]);
    const grams = (id: string) => found.get(id)!.grams;
    const hours = END - BEFORE - 23;
    const swap =
      sumOf(BEFORE, BEFORE + hours, (n) => emittedBy(large('n1'), n) - emittedBy(small('n9'), n)) / 1e6;
    const drained = sumOf(LATER, END, (n) => emittedBy(large('n3'), n)) / 1e6;
    const [one, two] = [grams('OVERPROVISIONED_NODE/n1'), grams('OVERPROVISIONED_NODE/n2')];
    expect(Math.abs((one + two) / (2 * swap) - 1)).toBeLessThan(0.05);
    expect(one / two).toBeCloseTo(2, 6);
    expect(Math.abs(grams('UNDERUTILIZED_NODE/n3') / drained - 1)).toBeLessThan(0.05);
  });
});
