import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { timeZoneOf } from '../data/time-zones.js';
import { HOUR } from '../domain/interval.js';
import { SETTINGS } from '../domain/recommendations/testing/facts.js';
import { bytes, cores, cpuSeconds, epochSeconds, seconds } from '../domain/units.js';
import { Recommender, type RecommenderDeps } from '../pipeline/recommend.js';
import { unavailable } from '../ports/outcome.js';
import type { AnalysisStores } from '../ports/testing/analysis-place.js';
import { podRow, resultOf, shareRow, T0 } from '../ports/testing/results.js';
import { makeSqlitePlace } from '../repositories/sqlite/testing/analysis-place.js';
import { TransitionCalls, scanJob, transitionOf, type TransitionRequest } from './recommender-calls.js';

const STEP = seconds(HOUR);
const NEVER = new AbortController().signal;
const hour = (n: number) => epochSeconds(T0 + n * HOUR);

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let stores: AnalysisStores;
beforeEach(async () => {
  place = await makeSqlitePlace(STEP);
  stores = await place.open();
});
afterEach(() => place.remove());

/** Whole hours in which `count` workloads use a tenth of what they ask for. */
async function fill(hours: number, count: number, request = 1): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) =>
    podRow({
      ...{ pod: `p${i}`, uid: `u${i}`, workload: { name: `w${i}`, type: 'Deployment' } },
      ...{ seconds: STEP, cpuRequest: cores(request), cpuSeconds: cpuSeconds(0.1 * HOUR), restarts: 0 },
      memoryRequest: bytes(2 ** 28),
    }),
  );
  const first = (await stores.profiles.hours({ from: hour(0), to: hour(999) })).length;
  for (let n = first; n < first + hours; n++) {
    const result = resultOf(hour(n), [...rows, shareRow('idle', { seconds: STEP })], {}, () => ({
      seconds: STEP,
    }));
    await stores.ledger.commit({ ...result, interval: { start: hour(n), step: STEP } }, hour(n + 1));
  }
}

const recommender = (now: number, over: Partial<RecommenderDeps> = {}) =>
  new Recommender({
    cluster: 'c',
    settings: SETTINGS,
    profiles: stores.profiles,
    store: stores.recommendations,
    ledger: stores.ledger,
    timeZoneOf,
    clock: { now: () => hour(now) },
    stopwatch: () => seconds(performance.now() / 1000),
    ...over,
  });

describe('a scan', () => {
  it('needs a day of whole hours', async () => {
    await fill(23, 1);
    expect(await recommender(23).scan(NEVER)).toEqual({ state: 'too-early', hours: 23 });
    await expect(scanJob(recommender(23), NEVER, () => undefined)).rejects.toThrow(
      '23 whole hours are known',
    );
    await fill(1, 1);
    expect(await recommender(24).scan(NEVER)).toMatchObject({ state: 'done', scan: { hours: 24 } });
  });

  it('lets others at the thread between workloads, and stops when told to without having written', async () => {
    await fill(24, 60);
    // Every look at the clock finds that it is time to let go.
    let ticks = 0;
    const busy = recommender(24, { stopwatch: () => seconds(ticks++) });
    let turns = 0;
    let counting = true;
    const count = () => {
      turns++;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    await busy.scan(NEVER);
    counting = false;
    expect(turns).toBeGreaterThanOrEqual(60);
    const stop = new AbortController();
    const stopped = recommender(25, { stopwatch: () => (stop.abort(), seconds(ticks++)) });
    await fill(1, 60);
    expect(await stopped.scan(stop.signal)).toEqual({ state: 'stopped' });
    expect((await stores.recommendations.lastScan())!.window.to).toBe(hour(24));
  });

  it('says how far it is, and what it does not know', async () => {
    await fill(24, 1);
    const seen: number[] = [];
    const done = await recommender(24).scan(NEVER, (n, total) => seen.push(n / total));
    expect(seen.at(-1)).toBe(1);
    expect(seen).toHaveLength(24);
    if (done.state !== 'done') throw new Error(done.state);
    expect(done.scan.caveats).toEqual([
      'CONTAINERS_UNKNOWN',
      'AUTOSCALERS_UNKNOWN',
      'OUT_OF_MEMORY_UNKNOWN',
      'CONSTRAINTS_UNKNOWN',
    ]);
    const silent = { current: () => Promise.resolve(unavailable('refused', 'no connection')) };
    expect(await recommender(24, { inventory: silent }).scan(NEVER)).toMatchObject({
      scan: { caveats: done.scan.caveats },
    });
  });

  it('is due when an hour has become whole, and not before', async () => {
    await fill(24, 1);
    const one = recommender(24);
    expect(await one.scanWhenDue(NEVER)).toMatchObject({ state: 'done' });
    expect(await one.scanWhenDue(NEVER)).toBeNull();
    await fill(1, 1);
    expect(await recommender(25).scanWhenDue(NEVER)).toMatchObject({
      state: 'done',
      scan: { window: { to: hour(25) } },
    });
  });

  it('that a person interrupts keeps what the person said', async () => {
    await fill(24, 3);
    const one = recommender(24);
    await one.scan(NEVER);
    const { id } = one.shown!.recommendations[0]!;
    await fill(1, 3);
    const later = recommender(25);
    const scanning = later.scan(NEVER, () => undefined);
    const said = later.transition(id, 'ignore', 'no');
    await Promise.all([scanning, said]);
    expect(later.shown!.recommendations.find((r) => r.id === id)).toMatchObject({
      status: 'ignored',
      lastSeen: hour(25),
    });
  });

  it('finds by the requests that a recommendation was followed, and measures it hour by hour', async () => {
    await fill(48, 1);
    const before = recommender(48);
    await before.scan(NEVER);
    const active = before.shown!.recommendations.find((r) => r.type === 'RIGHTSIZING_CPU')!;
    await fill(60, 1, Number(active.proposed['cpu_request_cores']));
    const after = recommender(108);
    await after.scan(NEVER);
    const applied = after.shown!.recommendations.find((r) => r.id === active.id)!;
    expect(applied).toMatchObject({
      status: 'applied',
      appliedBy: 'scan',
      since: hour(48),
      realised: { hours: 60 },
    });
    // The made-up rows take the same whatever they ask for: nothing was saved, and nothing is counted.
    expect(applied.realised!.verdict).toBe('not distinguishable');
    expect(after.shown!.savings).toEqual([]);
    const again = recommender(108);
    await again.scan(NEVER);
    const [booked] = await (await place.openHistory()).bookedSavings(null);
    expect(booked).toMatchObject({ id: active.id, hours: 60 });
  });
});

describe('what the serving thread asks', () => {
  it('crosses as plain data and comes back to whoever asked', async () => {
    await fill(24, 2);
    const one = recommender(24);
    await one.scan(NEVER);
    const [a, b] = one.shown!.recommendations;
    const calls: TransitionCalls = new TransitionCalls((request: TransitionRequest) => {
      void transitionOf(one, structuredClone(request)).then((reply) =>
        calls.settle(reply.id, structuredClone(reply.answer)),
      );
    });
    const answers = await Promise.all([
      calls.transition(a!.id, 'apply', ''),
      calls.transition(b!.id, 'ignore', 'no'),
      calls.transition('0000000000000000', 'apply', ''),
    ]);
    expect(answers.map((x) => ('recommendation' in x ? x.recommendation.status : x.state))).toEqual([
      'applied',
      'ignored',
      'not-found',
    ]);
  });

  it('is refused with a reason where nothing is recommended', async () => {
    const calls: TransitionCalls = new TransitionCalls((request) => {
      void transitionOf(null, request).then((reply) => calls.settle(reply.id, reply.answer));
    });
    await expect(calls.transition('0', 'apply', '')).rejects.toThrow('nothing is recommended here');
  });
});
