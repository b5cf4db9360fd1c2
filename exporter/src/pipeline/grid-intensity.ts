/**
 * Carbon intensity of a zone and hour by the chain of the methodology: what a live provider says of that hour, else its newest
 * stored value of the last six hours, else a yearly mean. Only what a provider said is stored. A provider is asked for ranges, at
 * most once per zone and clock hour for what is new and once a day for what is old.
 */
import { ceilTo, DAY, floorTo, HOUR, startsIn, type TimeRange } from '../domain/interval.js';
import type { IntensityValue } from '../domain/factors.js';
import type { Band, Reason } from '../domain/model.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { GridIntensity } from '../ports/factors.js';
import type { IntensityStore, StoredIntensity } from '../ports/factor-store.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import type { StatusKeeper } from './status.js';

export interface GridIntensityDeps {
  /** In the order in which they are believed. */
  readonly providers: readonly IntensityProvider[];
  readonly store: IntensityStore;
  readonly fallback: GridIntensity;
  readonly clock: Clock;
  readonly status?: Pick<StatusKeeper, 'ask' | 'addSource'> | undefined;
  readonly log?: { warn(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
}

export interface LiveGridIntensity extends GridIntensity {
  /** Ask in advance, in few requests, for what the store lacks of a range that is about to be computed. */
  prepare(gridZones: readonly string[], range: TimeRange, signal?: AbortSignal): Promise<void>;
}

/** A stored value stands in for a later hour for this long. */
const STALE_AFTER = 6 * HOUR;
/** One question covers at most this; the longest range that Electricity Maps answers by the hour. */
const MAX_ASK = 10 * DAY;
/** Hours younger than this are asked for together, every clock hour. */
const RECENT = DAY;
/** How soon a provider is asked again after it failed: within two cycles of the longest usual step. */
const RETRY_AFTER = 600;
/** Provisional hours up to this age are asked for again, once a day. */
const REVISABLE = 10 * DAY;
const CACHE_ENTRIES = 5000;

/**
 * Half-widths, thousandths of ln. Electricity Maps gives no error of its own; flow-traced hours of different methods differ by
 * some 10 %, its estimates from the later value by 15 to 20 %. The UK's figure leaves out the making of plants and fuels, which
 * adds a fifth to a third; its forecasts miss by a tenth. What an expression of the user stands on is not known.
 */
const BANDS: Readonly<
  Record<IntensityProvider['name'], { readonly final: Band; readonly provisional: Band }>
> = {
  'electricity-maps': { final: { lo: 100, hi: 100 }, provisional: { lo: 180, hi: 180 } },
  'uk-carbon-intensity': { final: { lo: 100, hi: 300 }, provisional: { lo: 150, hi: 350 } },
  prometheus: { final: { lo: 150, hi: 150 }, provisional: { lo: 200, hi: 200 } },
  // As the first: the made-up grid stands for a live one.
  demo: { final: { lo: 100, hi: 100 }, provisional: { lo: 180, hi: 180 } },
};
/** Added in quadrature where a value stands in for a later hour: grids move by a fifth within some hours. */
const STALE_WIDTH = 220;

export function createGridIntensity(deps: GridIntensityDeps): LiveGridIntensity {
  return new Chain(deps);
}

class Chain implements LiveGridIntensity {
  readonly #deps: GridIntensityDeps;
  readonly #askers: readonly Asker[];
  /** Values by zone and hour; emptied whenever something is stored. */
  readonly #cache = new Map<string, IntensityValue>();

  constructor(deps: GridIntensityDeps) {
    this.#deps = deps;
    this.#askers = deps.providers.map((provider) => new Asker(provider, deps, () => this.#cache.clear()));
    for (const { name } of deps.providers) deps.status?.addSource(name, false);
  }

  async at(gridZone: string, hour: EpochSeconds): Promise<IntensityValue> {
    if (gridZone === '' || this.#askers.length === 0) return this.#deps.fallback.at(gridZone, hour);
    const key = `${gridZone}\u0000${hour}`;
    const known = this.#cache.get(key);
    if (known && !this.#askers.some((asker) => asker.isDue(gridZone, hour))) return known;
    await this.prepare([gridZone], { from: hour, to: epochSeconds(hour + HOUR) });
    const value = await this.#value(gridZone, hour);
    if (this.#cache.size >= CACHE_ENTRIES) this.#cache.clear();
    this.#cache.set(key, value);
    return value;
  }

  async prepare(gridZones: readonly string[], range: TimeRange, signal?: AbortSignal): Promise<void> {
    for (const zone of new Set(gridZones)) {
      if (zone === '') continue;
      let missing: readonly EpochSeconds[] = [...startsIn(hoursOf(range), HOUR)];
      for (const asker of this.#askers) {
        if (missing.length === 0) break;
        missing = await asker.fill(zone, missing, signal);
      }
    }
  }

  async #value(gridZone: string, hour: EpochSeconds): Promise<IntensityValue> {
    const range = { from: epochSeconds(hour - STALE_AFTER), to: epochSeconds(hour + HOUR) };
    const stored = await this.#deps.store.intensity(gridZone, range);
    const best = this.#best(stored, hour);
    return best ? valueOf(best, hour) : this.#deps.fallback.at(gridZone, hour);
  }

  /** The newest hour; of one hour, the provider that is believed first. Who is no longer configured is not believed. */
  #best(stored: readonly StoredIntensity[], hour: EpochSeconds): StoredIntensity | null {
    let best: { readonly point: StoredIntensity; readonly rank: number } | null = null;
    for (const point of stored) {
      const rank = this.#deps.providers.findIndex(({ name }) => name === point.source);
      if (rank === -1 || point.hour > hour) continue;
      const better =
        !best || point.hour > best.point.hour || (point.hour === best.point.hour && rank < best.rank);
      if (better) best = { point, rank };
    }
    return best?.point ?? null;
  }
}

const hoursOf = ({ from, to }: TimeRange): TimeRange => ({ from: floorTo(from, HOUR), to: ceilTo(to, HOUR) });

function valueOf(point: StoredIntensity, hour: EpochSeconds): IntensityValue {
  const bands = BANDS[point.source as IntensityProvider['name']];
  const band = point.provisional ? bands.provisional : bands.final;
  const stale = point.hour < hour;
  const reasons: Reason[] = [];
  if (stale) reasons.push('INTENSITY_STALE');
  if (point.provisional) reasons.push('INTENSITY_PROVISIONAL');
  return {
    value: point.value,
    source: point.source,
    time: point.hour,
    band: stale ? wider(band) : band,
    reasons,
  };
}

const wider = ({ lo, hi }: Band): Band => ({
  lo: Math.round(Math.hypot(lo, STALE_WIDTH)),
  hi: Math.round(Math.hypot(hi, STALE_WIDTH)),
});

interface ZoneState {
  /** When each hour was last asked for, or found final. */
  readonly asked: Map<EpochSeconds, EpochSeconds>;
  /** When the last hours, and when all that may still be revised, were asked for. */
  lastRecent: EpochSeconds;
  lastDeep: EpochSeconds;
  pausedUntil: EpochSeconds;
}

const NEVER = epochSeconds(-Infinity);

/** One provider and the account of what it has been asked. */
class Asker {
  readonly #provider: IntensityProvider;
  readonly #deps: GridIntensityDeps;
  readonly #onStored: () => void;
  readonly #zones = new Map<string, ZoneState>();
  #pausedUntil = NEVER;
  #failing = false;

  constructor(provider: IntensityProvider, deps: GridIntensityDeps, onStored: () => void) {
    this.#provider = provider;
    this.#deps = deps;
    this.#onStored = onStored;
  }

  /** Whether a question about the hour is allowed now; cheap. */
  isDue(zone: string, hour: EpochSeconds): boolean {
    const now = this.#deps.clock.now();
    const state = this.#stateOf(zone);
    if (hour > now || now < this.#pausedUntil || now < state.pausedUntil) return false;
    if (!this.#provider.covers(zone)) return false;
    const asked = state.asked.get(hour) ?? NEVER;
    if (!isRecent(hour, now)) return now - asked >= DAY;
    return floorTo(now, HOUR) > Math.max(state.lastRecent, asked);
  }

  /** Ask for what is due of the ascending hours; answers those that this provider has nothing of. */
  async fill(
    zone: string,
    hours: readonly EpochSeconds[],
    signal: AbortSignal | undefined,
  ): Promise<readonly EpochSeconds[]> {
    for (let due = this.#due(zone, hours); due.length > 0; due = this.#due(zone, hours)) {
      const open = await this.#open(zone, due);
      if (open.length > 0 && !(await this.#ask(zone, open[0]!, signal))) break;
    }
    const held = new Set((await this.#stored(zone, rangeOf(hours))).map(({ hour }) => hour));
    return hours.filter((hour) => !held.has(hour));
  }

  #due(zone: string, hours: readonly EpochSeconds[]): readonly EpochSeconds[] {
    return hours.filter((hour) => this.isDue(zone, hour));
  }

  /** Those of which it has no final word yet; the others are left alone for a while. */
  async #open(zone: string, due: readonly EpochSeconds[]): Promise<readonly EpochSeconds[]> {
    const stored = await this.#stored(zone, rangeOf(due));
    const final = new Set(stored.filter(({ provisional }) => !provisional).map(({ hour }) => hour));
    this.#remember(
      this.#stateOf(zone),
      due.filter((hour) => final.has(hour)),
    );
    return due.filter((hour) => !final.has(hour));
  }

  /** One question, from the hour as far as one reaches: what follows it is wanted next. False when none more makes sense. */
  async #ask(zone: string, from: EpochSeconds, signal: AbortSignal | undefined): Promise<boolean> {
    const { clock, status, store } = this.#deps;
    const now = clock.now();
    const state = this.#stateOf(zone);
    const range = isRecent(from, now)
      ? await this.#recentRange(zone, state, now)
      : { from, to: epochSeconds(Math.min(from + MAX_ASK, currentHour(now) + HOUR)) };
    const call = () => this.#provider.history(zone, range, signal);
    const outcome = status ? await status.ask(this.#provider.name, call) : await call();
    if (!outcome.ok) {
      if (outcome.reason !== 'cancelled') this.#onFailure(state, outcome.reason, outcome.message, now);
      return false;
    }
    this.#failing = false;
    await store.putIntensity(zone, this.#provider.name, outcome.value, now);
    this.#onStored();
    this.#remember(state, [...startsIn(range, HOUR)]);
    if (range.to > currentHour(now)) state.lastRecent = now;
    if (isRecent(from, now) && now - state.lastDeep >= DAY) state.lastDeep = now;
    return true;
  }

  /** The last day; once a day from the oldest hour on that is still provisional. */
  async #recentRange(zone: string, state: ZoneState, now: EpochSeconds): Promise<TimeRange> {
    const to = epochSeconds(currentHour(now) + HOUR);
    const recent = { from: epochSeconds(to - RECENT), to };
    if (now - state.lastDeep < DAY) return recent;
    const older = await this.#stored(zone, { from: epochSeconds(to - REVISABLE), to: recent.from });
    const oldest = older.find(({ provisional }) => provisional);
    return oldest ? { from: oldest.hour, to } : recent;
  }

  async #stored(zone: string, range: TimeRange): Promise<readonly StoredIntensity[]> {
    const stored = await this.#deps.store.intensity(zone, range);
    return stored.filter(({ source }) => source === this.#provider.name);
  }

  #remember(state: ZoneState, hours: readonly EpochSeconds[]): void {
    const now = this.#deps.clock.now();
    for (const hour of hours) {
      state.asked.delete(hour);
      state.asked.set(hour, now);
    }
    for (const hour of state.asked.keys()) {
      if (state.asked.size <= MAX_REMEMBERED) return;
      state.asked.delete(hour);
    }
  }

  #onFailure(state: ZoneState, reason: string, message: string, now: EpochSeconds): void {
    const until = epochSeconds(now + RETRY_AFTER);
    // A wrong answer may be about this zone alone; no answer is about all of them.
    if (reason === 'bad-request' || reason === 'malformed') state.pausedUntil = until;
    else this.#pausedUntil = until;
    if (this.#failing) return;
    this.#failing = true;
    this.#deps.log?.warn({ source: this.#provider.name, reason }, message);
  }

  #stateOf(zone: string): ZoneState {
    const state = this.#zones.get(zone) ?? {
      asked: new Map<EpochSeconds, EpochSeconds>(),
      lastRecent: NEVER,
      lastDeep: NEVER,
      pausedUntil: NEVER,
    };
    this.#zones.set(zone, state);
    return state;
  }
}

/** Hours of one provider and zone whose last question is remembered: more than a backfill of 30 days. */
const MAX_REMEMBERED = 2000;

const currentHour = (now: EpochSeconds) => floorTo(now, HOUR);
const isRecent = (hour: EpochSeconds, now: EpochSeconds) => hour > currentHour(now) - RECENT;

/** From the first of ascending hours to the end of the last. */
const rangeOf = (hours: readonly EpochSeconds[]): TimeRange => ({
  from: hours[0]!,
  to: epochSeconds(hours.at(-1)! + HOUR),
});
