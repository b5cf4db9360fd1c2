import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timeZoneOf } from '../data/time-zones.js';
import { createDemoIntensity } from '../demo/intensity.js';
import { createDemoInventory } from '../demo/inventory-source.js';
import { allOf, changedSource, withCpuRequest, without } from '../demo/testing/changed-source.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import { DAY, HOUR } from '../domain/interval.js';
import type { IntervalResult, UsageWindow } from '../domain/model.js';
import { localHour } from '../domain/recommendations/local-time.js';
import type { Recommendation } from '../domain/recommendations/model.js';
import { SETTINGS } from '../domain/recommendations/testing/facts.js';
import { epochSeconds, gramsPerKwh, seconds, type EpochSeconds } from '../domain/units.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createGridIntensity } from '../pipeline/grid-intensity.js';
import { Recommender } from '../pipeline/recommend.js';
import { computeWindow } from '../pipeline/run-interval.js';
import { factorSources } from '../pipeline/testing/factor-sources.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import type { AnalysisStores } from '../ports/testing/analysis-place.js';
import type { UsageSource } from '../ports/usage-source.js';
import { makeSqlitePlace } from '../repositories/sqlite/testing/analysis-place.js';

/** Long enough to be quick, short enough for an hour of two values. */
const STEP = seconds(1800);
const BEGIN = epochSeconds(Date.UTC(2026, 5, 1) / 1000);
const MINUTES = 60_000;
const NEVER = new AbortController().signal;
const at = (days: number) => epochSeconds(BEGIN + days * DAY);
const world = createWorld({ seed: 1, start: BEGIN });

class Bench {
  now = BEGIN;
  readonly clock = { now: () => this.now };
  readonly factors = factorSources({
    intensity: createGridIntensity({
      providers: [createDemoIntensity(1, { now: () => at(60) })],
      store: new MemoryFactorStore(),
      fallback: createYearlyIntensity(gramsPerKwh(473)),
      clock: this.clock,
    }),
  });

  readonly recommender: Recommender;

  constructor(
    readonly stores: AnalysisStores,
    readonly step = STEP,
  ) {
    this.recommender = new Recommender({
      cluster: 'c',
      settings: SETTINGS,
      profiles: stores.profiles,
      store: stores.recommendations,
      ledger: stores.ledger,
      inventory: createDemoInventory(world, this.clock),
      timeZoneOf,
      clock: this.clock,
      stopwatch: () => seconds(performance.now() / 1000),
    });
  }

  /** Collect up to an instant; what each window came to is shown to `seen`. */
  async collect(
    source: UsageSource,
    to: EpochSeconds,
    seen: (result: IntervalResult) => void = () => undefined,
  ) {
    for (; this.now < to; this.now = epochSeconds(this.now + HOUR)) {
      for (const window of await this.windows(source, this.now)) {
        const result = await computeWindow(window, this.factors);
        await this.stores.ledger.commit(result, this.now);
        seen(result);
      }
    }
  }

  async windows(source: UsageSource, from: EpochSeconds): Promise<readonly UsageWindow[]> {
    const answer = await source.observe({ from, to: epochSeconds(from + HOUR) }, this.step);
    if (!answer.ok) throw new Error(answer.message);
    return answer.value;
  }
}

describe('the demo world', () => {
  let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
  let bench: Bench;
  beforeAll(async () => {
    place = await makeSqlitePlace(STEP);
    bench = new Bench(await place.open());
    await bench.collect(createDemoSource(world), at(7));
  }, 5 * MINUTES);
  afterAll(() => place.remove());

  const named = (all: readonly Recommendation[]) =>
    all
      .filter((r) => r.status === 'active')
      .map(
        ({ type, target: t }) =>
          `${type} ${t.node === '' ? [t.namespace, t.workload].join('/') : placeOf(t.node)}`,
      )
      .sort();
  const placeOf = (node: string) =>
    world.nodesDuring({ from: at(6), to: at(7) }).find((n) => n.name === node)!.slot.pool.place;

  it(
    'has exactly the recommendations that were planted',
    async () => {
      expect(await bench.recommender.scan(NEVER)).toMatchObject({ state: 'done' });
      expect(named(bench.recommender.shown!.recommendations)).toEqual([
        'AUTOSCALING_CANDIDATE search/suggest',
        'CARBON_AWARE_SCHEDULING batch/invoice-export',
        'IDLE_NAMESPACE legacy/',
        'OFF_PEAK_SCALING backoffice/crm',
        'OVERPROVISIONED_NODE iowa-lake',
        'RIGHTSIZING_CPU checkout/payment-api',
        'RIGHTSIZING_CPU shop/cart',
        'RIGHTSIZING_MEMORY data/clickhouse',
        'UNDERUTILIZED_NODE paris-cache',
        'UNDERUTILIZED_NODE paris-spare',
        'ZOMBIE_WORKLOAD staging/legacy-api',
      ]);
    },
    MINUTES,
  );

  it(
    'scanned twice is scanned once',
    async () => {
      const before = bench.recommender.shown;
      const again = await bench.recommender.scan(NEVER);
      expect(again).toMatchObject({ state: 'done', changed: 0 });
      expect(bench.recommender.shown).toEqual(before);
      expect(await bench.recommender.scanWhenDue(NEVER)).toBeNull();
    },
    MINUTES,
  );

  it('claims no more than it takes, and can have no more than it claims', async () => {
    const { totals } = (await bench.stores.recommendations.lastScan())!;
    expect(totals.realisable.grams).toBeGreaterThan(totals.immediate.grams);
    expect(totals.realisable.grams).toBeLessThanOrEqual(totals.claimed.grams);
    expect(totals.realisable.cost!).toBeLessThanOrEqual(totals.claimed.cost!);
    expect(totals.removableNodes.length).toBeGreaterThanOrEqual(2);
  });

  it(
    'keeps what is ignored so, through scans and a restart',
    async () => {
      const one = bench.recommender.shown!.recommendations.find((r) => r.type === 'OFF_PEAK_SCALING')!;
      expect(await bench.recommender.transition(one.id, 'ignore', 'we work at night')).toMatchObject({
        state: 'done',
      });
      expect(await bench.recommender.transition(one.id, 'apply', '')).toMatchObject({ state: 'conflict' });
      await bench.recommender.scan(NEVER);
      const again = new Bench(await place.open());
      again.now = bench.now;
      await again.recommender.scan(NEVER);
      const kept = again.recommender.shown!.recommendations.find((r) => r.id === one.id)!;
      expect(kept).toMatchObject({ status: 'ignored', ignoredReason: 'we work at night' });
      expect(await again.recommender.transition('0000000000000000', 'ignore', '')).toEqual({
        state: 'not-found',
      });
    },
    MINUTES,
  );
});

describe('a month in which three recommendations are applied', () => {
  const APPLIED = 14;
  const END = 30;
  const TARGETS = ['payment-api', 'legacy-api', 'crm'];
  const MONTH_STEP = seconds(3600);

  it(
    'books what was saved within 5 %, each verified',
    async () => {
      const place = await makeSqlitePlace(MONTH_STEP);
      const bench = new Bench(await place.open(), MONTH_STEP);
      // Only what shares a namespace with them: the rest takes time and changes nothing.
      const namespaces = ['checkout', 'staging', 'backoffice'];
      const plain = createDemoSource({
        ...world,
        podsDuring: (range) => world.podsDuring(range).filter((pod) => namespaces.includes(pod.namespace)),
      });
      /** ug saved since the change: of the same workload with and without it. */
      const truth = new Map(TARGETS.map((name) => [name, 0]));
      const add = (result: IntervalResult, sign: number) => {
        for (const row of result.rows) {
          if (!truth.has(row.workload.name) || result.interval.start < at(APPLIED)) continue;
          truth.set(
            row.workload.name,
            truth.get(row.workload.name)! + sign * (row.operational + row.embodied),
          );
        }
      };
      try {
        for (let day = 7; day <= APPLIED; day++) {
          await bench.collect(plain, at(day));
          await bench.recommender.scan(NEVER);
        }
        const found = new Map(bench.recommender.shown!.recommendations.map((r) => [r.target.workload, r]));
        const request = Number(found.get('payment-api')!.proposed['cpu_request_cores']);
        const quiet = found.get('crm')!.evidence;
        const isQuiet = (start: EpochSeconds) =>
          start >= at(APPLIED) &&
          (localHour(start, 'Europe/Amsterdam').hour - Number(quiet['quiet_from_hour']) + 24) % 24 <
            Number(quiet['quiet_hours']);
        const changed = changedSource(
          plain,
          allOf(
            withCpuRequest('checkout', 'payment-api', at(APPLIED), request),
            without('staging', 'legacy-api', (start) => start >= at(APPLIED)),
            without('backoffice', 'crm', isQuiet),
          ),
        );
        for (let day = APPLIED + 1; day <= END; day++) {
          await bench.collect(changed, at(day), (result) => add(result, -1));
          await bench.recommender.scan(NEVER);
        }
        for (let hour = at(APPLIED); hour < at(END); hour = epochSeconds(hour + HOUR)) {
          for (const window of await bench.windows(plain, hour))
            add(await computeWindow(window, bench.factors), 1);
        }
        const history = await place.openHistory();
        const booked = new Map((await history.bookedSavings(null)).map((b) => [b.id, Number(b.micrograms)]));
        let [all, should] = [0, 0];
        for (const name of TARGETS) {
          const { id, realised } = bench.recommender.shown!.recommendations.find(
            (r) => r.target.workload === name && r.status === 'applied',
          )!;
          expect(realised).toMatchObject({ verdict: 'verified', hours: (END - APPLIED) * 24 });
          expect(Math.abs(booked.get(id)! / truth.get(name)! - 1)).toBeLessThan(0.05);
          all += booked.get(id)!;
          should += truth.get(name)!;
        }
        expect(Math.abs(all / should - 1)).toBeLessThan(0.05);
        const counted = bench.recommender.shown!.savings.reduce((sum, s) => sum + Number(s.micrograms), 0);
        expect(counted).toBe(all);
      } finally {
        await place.remove();
      }
    },
    10 * MINUTES,
  );
});
