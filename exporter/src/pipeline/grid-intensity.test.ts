import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { epochSeconds, gramsPerKwh, type EpochSeconds } from '../domain/units.js';
import type { GridIntensity } from '../ports/factors.js';
import type { IntensityPoint, IntensityProvider } from '../ports/intensity-provider.js';
import { available, unavailable, type Outcome, type UnavailableReason } from '../ports/outcome.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import { createGridIntensity, type LiveGridIntensity } from './grid-intensity.js';
import { StatusKeeper } from './status.js';

const NOON = epochSeconds(1_767_268_800);
let now: EpochSeconds;
const clock = { now: () => now };

type World = (zone: string, hour: EpochSeconds) => Omit<IntensityPoint, 'hour'> | null;
const final = (value: number) => ({ value: gramsPerKwh(value), provisional: false });
const estimate = (value: number) => ({ value: gramsPerKwh(value), provisional: true });

class FakeProvider implements IntensityProvider {
  readonly asked: { readonly zone: string; readonly range: TimeRange; readonly at: EpochSeconds }[] = [];
  failure: UnavailableReason | null = null;
  covered = (_zone: string) => true;

  constructor(
    readonly name: IntensityProvider['name'],
    public world: World,
    /** How far back it goes. */
    public depth: number = 40 * DAY,
  ) {}

  covers(zone: string): boolean {
    return this.covered(zone);
  }

  async history(zone: string, range: TimeRange): Promise<Outcome<readonly IntensityPoint[]>> {
    this.asked.push({ zone, range, at: now });
    if (this.failure) return unavailable(this.failure, `${this.name}: ${this.failure}`);
    const points: IntensityPoint[] = [];
    const first = Math.max(range.from, floorTo(now, HOUR) - this.depth);
    for (let at = first; at < range.to && at <= now; at += HOUR) {
      const point = this.world(zone, epochSeconds(at));
      if (point) points.push({ hour: epochSeconds(at), ...point });
    }
    return available(points);
  }
}

const fallback: GridIntensity = {
  at: async (_zone, hour) => ({
    value: gramsPerKwh(473),
    source: 'default',
    time: hour,
    band: { lo: 1200, hi: 700 },
    reasons: ['INTENSITY_DEFAULT'],
  }),
};

let store: MemoryFactorStore;
let maps: FakeProvider;
let uk: FakeProvider;
let grid: LiveGridIntensity;
const said: string[] = [];
const create = (...providers: IntensityProvider[]) =>
  createGridIntensity({
    providers,
    store,
    fallback,
    clock,
    log: { warn: (_, message) => void said.push(message) },
  });

beforeEach(() => {
  now = epochSeconds(NOON + 360);
  said.length = 0;
  store = new MemoryFactorStore();
  maps = new FakeProvider('electricity-maps', (_, hour) => (hour >= NOON - HOUR ? estimate(60) : final(50)));
  uk = new FakeProvider('uk-carbon-intensity', () => final(200));
  uk.covered = (zone) => zone === 'GB';
  grid = create(maps, uk);
});

describe('the chain of the methodology', () => {
  it('takes an hour of the first provider as it is: source, time, final or provisional', async () => {
    expect(await grid.at('FR', epochSeconds(NOON - 5 * HOUR))).toMatchObject({
      value: 50,
      source: 'electricity-maps',
      time: NOON - 5 * HOUR,
      reasons: [],
    });
    const open = await grid.at('FR', NOON);
    expect(open).toMatchObject({ value: 60, time: NOON, reasons: ['INTENSITY_PROVISIONAL'] });
    expect(open.band.hi).toBeGreaterThan((await grid.at('FR', epochSeconds(NOON - 5 * HOUR))).band.hi);
  });

  it('takes 0 as a value', async () => {
    maps.world = () => final(0);
    expect(await grid.at('FR', NOON)).toMatchObject({ value: 0, source: 'electricity-maps', reasons: [] });
  });

  it('goes on to the next provider that covers the zone when one fails, is not for it, or has nothing', async () => {
    maps.failure = 'timeout';
    expect(await grid.at('GB', NOON)).toMatchObject({ value: 200, source: 'uk-carbon-intensity' });
    expect(await grid.at('FR', NOON)).toMatchObject({ source: 'default' });
    maps.failure = null;
    maps.covered = () => false;
    now = epochSeconds(now + DAY);
    expect(await grid.at('GB', epochSeconds(NOON + DAY))).toMatchObject({ source: 'uk-carbon-intensity' });
  });

  it('prefers the first provider again once it answers', async () => {
    maps.failure = 'refused';
    expect(await grid.at('GB', NOON)).toMatchObject({ source: 'uk-carbon-intensity' });
    maps.failure = null;
    now = epochSeconds(now + 600);
    expect(await grid.at('GB', NOON)).toMatchObject({ source: 'electricity-maps', value: 60 });
  });

  it('lets a stored value stand in for six hours, flagged and with a wider band, and not longer', async () => {
    maps.world = (_, hour) => (hour === NOON - 6 * HOUR ? final(33) : null);
    expect(await grid.at('FR', NOON)).toMatchObject({
      value: 33,
      time: NOON - 6 * HOUR,
      reasons: ['INTENSITY_STALE'],
    });
    expect((await grid.at('FR', NOON)).band).toEqual({ lo: 242, hi: 242 });
    now = epochSeconds(NOON + HOUR + 360);
    expect(await grid.at('FR', epochSeconds(NOON + HOUR))).toMatchObject({ source: 'default' });
  });

  it('never stores a fallback, and believes nobody who is no longer configured', async () => {
    maps.failure = 'refused';
    await grid.at('FR', NOON);
    expect(await store.intensity('FR', { from: epochSeconds(0), to: epochSeconds(2 ** 40) })).toEqual([]);
    await store.putIntensity('FR', 'prometheus', [{ hour: NOON, ...final(1) }], now);
    expect(await create(maps).at('FR', NOON)).toMatchObject({ source: 'default' });
  });

  it('asks nobody about a node without a zone, and nothing of the future', async () => {
    expect(await grid.at('', NOON)).toMatchObject({ source: 'default' });
    await grid.at('FR', epochSeconds(NOON + 5 * HOUR));
    expect(maps.asked).toEqual([]);
  });
});

describe('the quota', () => {
  it('is one question per zone and clock hour, however many intervals and nodes ask', async () => {
    for (let at = 0; at < 5 * HOUR; at += 300) {
      now = epochSeconds(NOON + at + 360);
      for (let node = 0; node < 3; node++) {
        for (const zone of ['FR', 'DE']) {
          await grid.at(zone, floorTo(now, HOUR));
          await grid.at(zone, floorTo(now - 300, HOUR));
        }
      }
    }
    const perHour = new Map<string, number>();
    for (const { zone, at } of maps.asked) {
      const key = `${zone} ${floorTo(at, HOUR)}`;
      perHour.set(key, (perHour.get(key) ?? 0) + 1);
    }
    expect(perHour.size).toBe(12);
    expect([...perHour.values()].every((n) => n === 1)).toBe(true);
  });

  it('is a few questions for a backfill of 30 days, newest first, whether or not they answer all', async () => {
    for (const depth of [40 * DAY, DAY]) {
      maps.asked.length = 0;
      maps.depth = depth;
      store = new MemoryFactorStore();
      const fresh = create(maps);
      await fresh.at('FR', NOON);
      for (let hour = NOON - 30 * DAY; hour < NOON; hour += HOUR) {
        const value = await fresh.at('FR', epochSeconds(hour));
        expect(value.source).toBe(hour < NOON - depth ? 'default' : 'electricity-maps');
      }
      expect(maps.asked.length).toBeLessThanOrEqual(5);
    }
  });

  it('is the same asked in advance', async () => {
    await grid.prepare(['FR', 'FR', ''], { from: epochSeconds(NOON - 30 * DAY), to: NOON });
    const asked = maps.asked.length;
    expect(asked).toBeLessThanOrEqual(4);
    for (let hour = NOON - 30 * DAY; hour < NOON; hour += HOUR) await grid.at('FR', epochSeconds(hour));
    expect(maps.asked).toHaveLength(asked);
  });

  it('starts from what is stored: after a restart nothing final is asked for again', async () => {
    await grid.prepare(['FR'], { from: epochSeconds(NOON - 9 * DAY), to: NOON });
    maps.asked.length = 0;
    const again = create(maps);
    for (let hour = NOON - 9 * DAY; hour < NOON - HOUR; hour += HOUR)
      await again.at('FR', epochSeconds(hour));
    expect(maps.asked).toEqual([]);
  });

  it('once a day reaches back to the oldest hour that is still provisional', async () => {
    maps.world = (_, hour) => (hour >= NOON - HOUR ? estimate(60) : final(50));
    await grid.at('FR', NOON);
    maps.world = (_, hour) => final(hour < NOON + DAY ? 70 : 80);
    now = epochSeconds(NOON + 2 * DAY + 360);
    await grid.at('FR', epochSeconds(NOON + 2 * DAY));
    expect(maps.asked.at(-1)!.range.from).toBe(NOON - HOUR);
    expect(await grid.at('FR', NOON)).toMatchObject({ value: 70, reasons: [] });
    now = epochSeconds(now + HOUR);
    await grid.at('FR', epochSeconds(NOON + 2 * DAY + HOUR));
    expect(maps.asked.at(-1)!.range.from).toBe(NOON + 2 * DAY + HOUR - 23 * HOUR);
  });
});

describe('failures', () => {
  it.each(['refused', 'timeout', 'server-error', 'throttled', 'unauthorized'] as const)(
    '%s pauses the provider for all zones and is said once, then it is asked again',
    async (reason) => {
      maps.failure = reason;
      for (const zone of ['FR', 'DE', 'SE']) await grid.at(zone, NOON);
      expect(maps.asked).toHaveLength(1);
      now = epochSeconds(now + 600);
      await grid.at('DE', NOON);
      expect(maps.asked).toHaveLength(2);
      expect(said).toEqual([`electricity-maps: ${reason}`]);
      maps.failure = null;
      now = epochSeconds(now + 600);
      expect(await grid.at('FR', NOON)).toMatchObject({ value: 60 });
    },
  );

  it('a wrong answer pauses its zone alone', async () => {
    maps.failure = 'malformed';
    await grid.at('FR', NOON);
    maps.failure = null;
    expect(await grid.at('DE', NOON)).toMatchObject({ source: 'electricity-maps' });
    expect(await grid.at('FR', NOON)).toMatchObject({ source: 'default' });
  });

  it('show in the status of an optional source', async () => {
    const status = new StatusKeeper(clock, () => 0);
    const watched = createGridIntensity({ providers: [maps], store, fallback, clock, status });
    expect(status.snapshot().sources).toMatchObject([
      { name: 'electricity-maps', required: false, up: null },
    ]);
    maps.failure = 'timeout';
    await watched.at('FR', NOON);
    expect(status.snapshot().sources).toMatchObject([{ up: false, errors: { timeout: 1 } }]);
  });

  it('leave no trace: with any failures in between, the end is the same as without', async () => {
    const script = fc.array(
      fc.option(fc.constantFrom<UnavailableReason>('timeout', 'malformed', 'throttled')),
      {
        maxLength: 24,
      },
    );
    await fc.assert(
      fc.asyncProperty(script, async (failures) => {
        const run = async (faulty: boolean) => {
          store = new MemoryFactorStore();
          const provider = new FakeProvider('electricity-maps', (_, hour) =>
            hour >= floorTo(now, HOUR) - HOUR ? estimate((hour / HOUR) % 90) : final((hour / HOUR) % 97),
          );
          const chain = create(provider);
          for (const [i, failure] of [...failures, null, null, null].entries()) {
            now = epochSeconds(NOON + i * 300 + 360);
            provider.failure = faulty ? failure : null;
            await chain.at('FR', floorTo(now, HOUR));
          }
          const value = await chain.at('FR', floorTo(now, HOUR));
          return {
            value,
            stored: (await store.intensity('FR', { from: NOON, to: epochSeconds(now) })).length,
          };
        };
        expect(await run(true)).toEqual(await run(false));
      }),
      { numRuns: 50 },
    );
  });
});
