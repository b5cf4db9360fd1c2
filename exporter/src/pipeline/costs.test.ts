import { beforeEach, describe, expect, it } from '@jest/globals';
import { createTables } from '../data/tables.js';
import { HOUR } from '../domain/interval.js';
import type { IntervalResult, UsageWindow } from '../domain/model.js';
import { nodeSample, podSample, settings } from '../domain/testing/arbitrary.js';
import {
  cores,
  epochSeconds,
  gramsPerKwh,
  kilograms,
  ratio,
  seconds,
  type EpochSeconds,
} from '../domain/units.js';
import type { CostSource, CostWindow } from '../ports/cost-source.js';
import { available, unavailable, type UnavailableReason } from '../ports/outcome.js';
import { createCostRevision, type CostRevision } from './costs-revision.js';
import { createCosts, type Costs } from './costs.js';
import type { FactorSources } from './resolve-factors.js';
import { withCosts } from './restate-interval.js';
import { computeWindow } from './run-interval.js';
import { MemoryLedger } from './testing/memory-ledger.js';

const NOON = epochSeconds(1_767_268_800);
const STEP = seconds(300);
let now: EpochSeconds;
const clock = { now: () => now };

/** Pods run all the time but for "late", which starts in the middle of each hour's seventh interval. */
const windowAt = (start: number): UsageWindow => {
  const within = (start - NOON) % HOUR;
  const late = within < 1800 ? 0 : within === 1800 ? 150 : 300;
  const pod = (name: string, node: string, time = 300) =>
    podSample({ pod: name, uid: name, node, cpuRequest: cores(1), seconds: seconds(time) });
  const pods = [pod('web', 'n1'), pod('db', 'n2'), ...(late > 0 ? [pod('late', 'n2', late)] : [])];
  return {
    interval: { start: epochSeconds(start), step: STEP },
    nodes: [nodeSample({ node: 'n1' }), nodeSample({ node: 'n2' })],
    pods,
    coverage: ratio(1),
    partialReasons: [],
  };
};

const factors: FactorSources = {
  tables: createTables({ profiles: {} }),
  settings: settings(),
  intensity: {
    at: async (_, hour) => ({
      value: gramsPerKwh(50),
      source: 'default',
      time: hour,
      band: { lo: 1, hi: 1 },
      reasons: [],
    }),
  },
  embodied: { of: async () => ({ total: kilograms(48), source: '', band: { lo: 1, hi: 1 }, reasons: [] }) },
  prices: { currency: 'USD', of: () => ({ cpuCoreHour: 1, ramGbHour: 0, reasons: ['PRICE_TABLE'] }) },
};

/** What the hour came to by an instant, evenly over time; 1e-9 does not divide by twelve. */
const billAt = (hour: EpochSeconds, covered: number): CostWindow => {
  const part = covered / HOUR;
  const lateFor = Math.max(0, covered - 1950);
  return {
    hour,
    pods: [
      { namespace: 'shop', pod: 'web', seconds: seconds(covered), compute: 0.100000007 * part, other: 0 },
      { namespace: 'shop', pod: 'db', seconds: seconds(covered), compute: 0.2 * part, other: 0.01 * part },
      ...(lateFor > 0
        ? [
            {
              namespace: 'shop',
              pod: 'late',
              seconds: seconds(lateFor),
              compute: 0.05 * (lateFor / 1650),
              other: 0,
            },
          ]
        : []),
      { namespace: 'gone', pod: 'short', seconds: seconds(0), compute: 0.003 * part, other: 0 },
    ],
    idle: [{ node: '', cost: 0.4 * part }],
    seconds: seconds(covered),
    provisional: now < hour + HOUR + 600,
  };
};
const HOUR_TOTAL = 100_000_007 + 210_000_000 + 50_000_000 + 3_000_000 + 400_000_000;

let failure: UnavailableReason | null;
let nothing: boolean;
let asked: EpochSeconds[];
const source: CostSource = {
  name: 'opencost',
  currency: 'EUR',
  costs: async ({ from }) => {
    asked.push(from);
    if (failure) return unavailable(failure, `opencost: ${failure}`);
    return available(nothing ? [] : [billAt(from, Math.min(HOUR, now - from))]);
  },
};

let costs: Costs;
let ledger: MemoryLedger;
let revision: CostRevision;
const said: string[] = [];

beforeEach(() => {
  now = epochSeconds(NOON + 360);
  [failure, nothing, asked] = [null, false, []];
  said.length = 0;
  ledger = new MemoryLedger();
  costs = createCosts({
    source,
    policy: 'reserved',
    clock,
    log: { warn: (_, message) => void said.push(message) },
  });
  revision = createCostRevision({ costs, ledger, policy: 'reserved', step: STEP, clock });
});

async function tell(start: number, among: readonly UsageWindow[] = []): Promise<void> {
  const window = windowAt(start);
  const result = await computeWindow(window, factors);
  const found = await costs.of(window, among);
  ledger.put(found ? withCosts(result, found, found) : result);
}

/** Cycles from noon on, one an interval, each followed by the revision of what can be settled. */
async function live(cycles: number, fault: (cycle: number) => void = () => {}): Promise<void> {
  for (let i = 0; i < cycles; i++) {
    now = epochSeconds(NOON + (i + 1) * 300 + 60);
    fault(i);
    await tell(NOON + i * 300);
    await revision.run();
  }
}

const hourOf = (hour: number): IntervalResult[] =>
  [...ledger.results.values()].filter(({ interval: { start } }) => start >= hour && start < hour + HOUR);
const costOf = (results: readonly IntervalResult[], pod: string) =>
  results.flatMap(({ rows }) => rows.filter((row) => row.pod === pod)).map(({ cost }) => cost!);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('cost of intervals by the bill of their hour', () => {
  it('is told at once, provisional, in the currency of the source', async () => {
    await live(1);
    const [first] = ledger.results.values();
    expect(first).toMatchObject({ currency: 'EUR' });
    expect(first!.nodes.every(({ provenance }) => provenance.reasons.includes('COST_PROVISIONAL'))).toBe(
      true,
    );
    expect(costOf([first!], 'web')).toEqual([8_333_334]);
  });

  it('adds up to the bill to the last nano-unit once the hour has settled, by run time', async () => {
    await live(15);
    const hour = hourOf(NOON);
    expect(sum(hour.flatMap(({ nodes }) => nodes.map(({ cost }) => cost!)))).toBe(HOUR_TOTAL);
    expect(sum(costOf(hour, 'web'))).toBe(100_000_007);
    expect(new Set(costOf(hour, 'web'))).toEqual(new Set([8_333_333, 8_333_334]));
    expect(costOf(hour, 'late').map((c) => Math.round(c / 1e6))).toEqual([5, 9, 9, 9, 9, 9]);
    for (const { nodes } of hour) {
      expect(nodes.every(({ provenance }) => !provenance.reasons.includes('COST_PROVISIONAL'))).toBe(true);
    }
  });

  it('is settled at once where the whole of a closed hour is told together, as in a backfill', async () => {
    now = epochSeconds(NOON + 3 * HOUR);
    const windows = Array.from({ length: 12 }, (_, i) => windowAt(NOON + i * 300));
    for (const { interval } of windows) await tell(interval.start, windows);
    expect(asked).toEqual([NOON]);
    const told = new Map(ledger.results);
    expect(await revision.run()).toEqual({ hours: 0, intervals: 0 });
    expect(ledger.results).toEqual(told);
    expect(sum(hourOf(NOON).flatMap(({ nodes }) => nodes.map(({ cost }) => cost!)))).toBe(HOUR_TOTAL);
  });

  it('asks once a cycle, and never again about an hour that is settled', async () => {
    await live(14);
    // Twelve cycles of the hour itself, and two until it has settled.
    expect(asked.filter((hour) => hour === NOON)).toHaveLength(14);
    const before = asked.length;
    await revision.run();
    await revision.run();
    expect(asked).toHaveLength(before);
  });
});

describe('without a bill', () => {
  it('prices stand, in their own currency, and nothing costs 0 that is not known', async () => {
    nothing = true;
    await live(1);
    const [first] = ledger.results.values();
    expect(first).toMatchObject({ currency: 'USD' });
    expect(first!.nodes.every(({ cost }) => cost! > 0)).toBe(true);
    expect(first!.nodes[0]!.provenance.reasons).toContain('PRICE_TABLE');
  });

  it('a source that is down is said once and asked once a cycle', async () => {
    failure = 'refused';
    await live(3);
    expect(said).toEqual(['opencost: refused']);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['in some cycles', (i: number) => i >= 3 && i < 6],
    ['at the start', (i: number) => i < 2],
    ['while the hour settles', (i: number) => i >= 11 && i < 15],
  ])('after an outage %s the ledger is as without it, three cycles on', async (_, isDown) => {
    await live(18);
    const undisturbed = new Map([...ledger.results].filter(([start]) => start < NOON + HOUR));
    expect(undisturbed.size).toBe(12);
    ledger = new MemoryLedger();
    costs = createCosts({ source, policy: 'reserved', clock });
    revision = createCostRevision({ costs, ledger, policy: 'reserved', step: STEP, clock });
    await live(18, (i) => (failure = isDown(i) ? 'timeout' : null));
    expect(new Map([...ledger.results].filter(([start]) => start < NOON + HOUR))).toEqual(undisturbed);
  });

  it('an hour of which an interval is missing waits, and is given up after a day', async () => {
    await live(5);
    ledger.results.delete(epochSeconds(NOON + 600));
    now = epochSeconds(NOON + 2 * HOUR);
    expect(await revision.run()).toEqual({ hours: 0, intervals: 0 });
    expect(costOf(hourOf(NOON), 'web')).toHaveLength(4);
  });
});
