/**
 * What an applied recommendation really saves: each whole hour since against the same hour of the week before. Emissions of both are
 * told with the carbon intensity of the hour that is looked at, so that a cleaner grid is nobody's saving; the work that is done
 * may differ, so rightsizing is measured by what is held and rescheduling by what follows use.
 */
import { DAY, HOUR } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import type { Booking, Realised, Recommendation, RecommendationType, Verdict } from './model.js';
import { studentT } from './student-t.js';
import { nodesIn, type NodePool } from './node-pool.js';
import type { UsageHour } from './usage-hour.js';
import { workloadKey, type Taken } from './usage-window.js';

export const HOURS_OF_WEEK = 168;
/** 1 January 1970 was a Thursday; weeks here begin with that day and hour. */
export const hourOfWeek = (start: EpochSeconds): number => Math.floor(start / HOUR) % HOURS_OF_WEEK;

/** What is looked at of what a target takes. */
type Scope = 'all' | 'held' | 'dynamic';

const SCOPES: Readonly<Record<RecommendationType, Scope>> = {
  ZOMBIE_WORKLOAD: 'all',
  IDLE_NAMESPACE: 'all',
  RIGHTSIZING_CPU: 'held',
  RIGHTSIZING_MEMORY: 'held',
  AUTOSCALING_CANDIDATE: 'all',
  OFF_PEAK_SCALING: 'all',
  CARBON_AWARE_SCHEDULING: 'dynamic',
  UNDERUTILIZED_NODE: 'held',
  OVERPROVISIONED_NODE: 'held',
};

/** What goes is not gone: others of a pool come for it, and the pool is what is looked at. */
export const isOfPool = (type: RecommendationType): boolean => type === 'OVERPROVISIONED_NODE';

/** mJ, ug, nano-units; `operational` is that of `energy` with the intensity of the hour. */
export interface HourTaken {
  readonly energy: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
  readonly currency: string;
  /** Of the grid in that hour, g/kWh; null: not known. */
  readonly intensity: number | null;
}

export interface Looked {
  readonly gridZone: string;
  /** Of a recommendation of a pool (`isOfPool`). */
  readonly pool?: NodePool | undefined;
}

/** What a target took in an hour, as far as it is looked at; 0 when it was not there. */
export function takenIn(
  r: Recommendation,
  hour: UsageHour,
  intensityOf: (gridZone: string) => number | null,
  { gridZone, pool }: Looked,
): HourTaken {
  const scope = SCOPES[r.type];
  const parts = (pool ? nodesIn(pool, hour) : partsIn(r, hour)).map((part) => scoped(part, scope));
  const sum = (of: (t: HourTaken) => number) => parts.reduce((total, part) => total + of(part), 0);
  const priced = parts.filter((p) => p.cost !== null);
  return {
    energy: sum((p) => p.energy),
    operational: sum((p) => p.operational),
    embodied: sum((p) => p.embodied),
    cost: parts.length > 0 && priced.length === 0 ? null : sum((p) => p.cost ?? 0),
    currency: priced[0]?.currency ?? '',
    intensity: intensityOf(gridZone),
  };
}

function partsIn({ type, target }: Recommendation, hour: UsageHour): readonly Readonly<Taken>[] {
  if (target.node !== '') return hour.nodes.filter((n) => n.node === target.node);
  if (type === 'IDLE_NAMESPACE') return hour.workloads.filter((w) => w.namespace === target.namespace);
  const key = workloadKey(target);
  return hour.workloads.filter((w) => workloadKey(w) === key);
}

function scoped(t: Readonly<Taken>, scope: Scope): HourTaken {
  const energy =
    scope === 'all'
      ? t.energy
      : scope === 'dynamic'
        ? t.dynamic
        : Math.max(0, t.energy - t.dynamic - t.storage);
  const operational = t.energy > 0 ? (t.operational * energy) / t.energy : 0;
  const held = scope !== 'dynamic';
  return {
    energy,
    operational,
    embodied: held ? t.embodied : 0,
    cost: held ? t.cost : t.cost === null ? null : 0,
    currency: t.currency,
    intensity: null,
  };
}

/** Expected in an hour, had nothing changed. */
interface Expected {
  readonly energy: number;
  readonly embodied: number;
  readonly cost: number | null;
}

/** What a target took before, by hour of the week, and how much a day differed from the mean of days. Plain data. */
export interface Baseline {
  readonly since: EpochSeconds;
  readonly gridZone: string;
  /** Of a recommendation of a pool; absent: its target alone. */
  readonly pool?: NodePool;
  readonly hours: number;
  /** By hour of the week; an hour that was not seen has the mean of the same hour of other days. */
  readonly expected: readonly Expected[];
  readonly currency: string;
  /** ug per mJ and g/kWh: PUE and units. */
  readonly perIntensity: number;
  /** ug per mJ where the intensity of an hour is not known. */
  readonly perEnergy: number;
  /** Of days, in ug: standard deviation and number. */
  readonly dayDeviation: number;
  readonly days: number;
  readonly progress: Progress;
}

/** Sums of what has been booked. */
export interface Progress {
  /** Hours before this have been looked at. */
  readonly to: EpochSeconds;
  readonly hours: number;
  readonly millijoules: number;
  readonly micrograms: number;
  readonly nanoCurrency: number | null;
  /** Day under way: days since the epoch, hours and ug so far. */
  readonly day: { readonly number: number; readonly hours: number; readonly micrograms: number };
  /** Whole days: count, mean and sum of squared distances from it (Welford), ug. */
  readonly whole: { readonly count: number; readonly mean: number; readonly squares: number };
}

/** Gathers the hours before. */
export class BaselineBuilder {
  readonly #sums = Array.from({ length: HOURS_OF_WEEK }, () => ({
    hours: 0,
    energy: 0,
    embodied: 0,
    cost: 0,
  }));
  readonly #days = new Map<number, { hours: number; energy: number; embodied: number }>();
  #hours = 0;
  #priced = false;
  #currency = '';
  #operational = 0;
  #energy = 0;
  #weighted = 0;

  add(start: EpochSeconds, taken: HourTaken): void {
    const sum = this.#sums[hourOfWeek(start)]!;
    sum.hours++;
    sum.energy += taken.energy;
    sum.embodied += taken.embodied;
    sum.cost += taken.cost ?? 0;
    this.#priced ||= taken.cost !== null && taken.currency !== '';
    if (taken.currency !== '') this.#currency = taken.currency;
    this.#hours++;
    this.#energy += taken.energy;
    this.#operational += taken.operational;
    this.#weighted += taken.energy * (taken.intensity ?? 0);
    const day = this.#days.get(Math.floor(start / DAY)) ?? { hours: 0, energy: 0, embodied: 0 };
    this.#days.set(Math.floor(start / DAY), day);
    day.hours++;
    day.energy += taken.energy;
    day.embodied += taken.embodied;
  }

  /** Null: less than a day was seen, or nothing was taken. */
  build(since: EpochSeconds, gridZone: string): Baseline | null {
    if (this.#hours < DAY / HOUR || (this.#energy === 0 && this.#sums.every((s) => s.embodied === 0)))
      return null;
    const perEnergy = this.#energy > 0 ? this.#operational / this.#energy : 0;
    const days = [...this.#days.values()]
      .filter((d) => d.hours === DAY / HOUR)
      .map((d) => d.energy * perEnergy + d.embodied);
    return {
      since,
      gridZone,
      hours: this.#hours,
      expected: this.#sums.map((_, how) => this.#expectedAt(how)),
      currency: this.#currency,
      perIntensity: this.#weighted > 0 ? this.#operational / this.#weighted : 0,
      perEnergy,
      dayDeviation: deviationOf(days),
      days: days.length,
      progress: {
        to: since,
        hours: 0,
        millijoules: 0,
        micrograms: 0,
        nanoCurrency: this.#priced ? 0 : null,
        day: { number: Math.floor(since / DAY), hours: 0, micrograms: 0 },
        whole: { count: 0, mean: 0, squares: 0 },
      },
    };
  }

  #expectedAt(how: number): Expected {
    const of = (
      sums: readonly { hours: number; energy: number; embodied: number; cost: number }[],
    ): Expected | null => {
      const hours = sums.reduce((n, s) => n + s.hours, 0);
      if (hours === 0) return null;
      const mean = (amount: 'energy' | 'embodied' | 'cost') =>
        sums.reduce((n, s) => n + s[amount], 0) / hours;
      return { energy: mean('energy'), embodied: mean('embodied'), cost: this.#priced ? mean('cost') : null };
    };
    const sameHour = this.#sums.filter((_, other) => other % 24 === how % 24);
    return of([this.#sums[how]!]) ?? of(sameHour) ?? of(this.#sums)!;
  }
}

/** A single day, or none, says nothing of how days differ: then as much as a half of it. */
function deviationOf(days: readonly number[]): number {
  const mean = days.reduce((a, b) => a + b, 0) / Math.max(1, days.length);
  if (days.length < 2) return mean / 2;
  return Math.sqrt(days.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (days.length - 1));
}

/** Saved in one hour: what was expected less what was taken (or what a later recommendation expected). */
export interface HourSaved {
  readonly millijoules: number;
  readonly micrograms: number;
  readonly nanoCurrency: number | null;
}

/** @param rest what is left in place of what was expected, with emissions of this hour */
export function savedIn(
  baseline: Baseline,
  start: EpochSeconds,
  intensity: number | null,
  rest: Rest,
): HourSaved {
  const expected = expectedIn(baseline, start, intensity);
  return {
    millijoules: expected.energy - rest.energy,
    micrograms: expected.emissions - rest.emissions,
    nanoCurrency: expected.cost === null ? null : expected.cost - (rest.cost ?? 0),
  };
}

export interface Rest {
  readonly energy: number;
  /** ug, operational and embodied. */
  readonly emissions: number;
  readonly cost: number | null;
}

export const restOf = (taken: HourTaken): Rest => ({
  energy: taken.energy,
  emissions: taken.operational + taken.embodied,
  cost: taken.cost,
});

export function expectedIn(baseline: Baseline, start: EpochSeconds, intensity: number | null): Rest {
  const { energy, embodied, cost } = baseline.expected[hourOfWeek(start)]!;
  const perEnergy =
    intensity !== null && baseline.perIntensity > 0 ? baseline.perIntensity * intensity : baseline.perEnergy;
  return { energy, emissions: energy * perEnergy + embodied, cost };
}

/** The baseline with one more hour booked. Hours come in ascending order. */
export function booked(baseline: Baseline, start: EpochSeconds, saved: HourSaved): Baseline {
  const p = baseline.progress;
  const number = Math.floor(start / DAY);
  const sameDay = p.day.number === number;
  const day = {
    number,
    hours: (sameDay ? p.day.hours : 0) + 1,
    micrograms: (sameDay ? p.day.micrograms : 0) + saved.micrograms,
  };
  return {
    ...baseline,
    progress: {
      to: epochSeconds(start + HOUR),
      hours: p.hours + 1,
      millijoules: p.millijoules + saved.millijoules,
      micrograms: p.micrograms + saved.micrograms,
      nanoCurrency:
        p.nanoCurrency === null || saved.nanoCurrency === null
          ? p.nanoCurrency
          : p.nanoCurrency + saved.nanoCurrency,
      day,
      whole: day.hours === DAY / HOUR ? withDay(p.whole, day.micrograms) : p.whole,
    },
  };
}

function withDay({ count, mean, squares }: Progress['whole'], value: number): Progress['whole'] {
  const n = count + 1;
  const next = mean + (value - mean) / n;
  return { count: n, mean: next, squares: squares + (value - mean) * (value - next) };
}

export const bookingOf = (id: string, start: EpochSeconds, saved: HourSaved, currency: string): Booking => ({
  id,
  start,
  millijoules: Math.round(saved.millijoules),
  micrograms: Math.round(saved.micrograms),
  nanoCurrency: saved.nanoCurrency === null ? null : Math.round(saved.nanoCurrency),
  currency: saved.nanoCurrency === null ? '' : currency,
});

/** Null before the first whole hour. */
export function realisedOf(baseline: Baseline): Realised | null {
  const { progress: p } = baseline;
  if (p.hours === 0) return null;
  const margin = marginOf(baseline);
  const [low, high] = [(p.micrograms - margin) / 1e6, (p.micrograms + margin) / 1e6];
  return {
    from: baseline.since,
    to: p.to,
    hours: p.hours,
    joules: p.millijoules / 1000,
    grams: p.micrograms / 1e6,
    cost: p.nanoCurrency === null ? null : p.nanoCurrency / 1e9,
    currency: p.nanoCurrency === null ? '' : baseline.currency,
    gramsLow: low,
    gramsHigh: high,
    verdict: verdictOf(low, high, p.whole.count),
  };
}

/**
 * Half-width of the 95 % interval of the sum, ug: days are the units that differ independently, before and since. With less than two
 * whole days since it is all that was expected.
 */
function marginOf({ progress: p, dayDeviation, days, expected }: Baseline): number {
  const length = p.hours / 24;
  const { count, squares } = p.whole;
  if (count < 2) return Math.abs(p.micrograms) + expected.reduce((sum, e) => sum + e.embodied, 0);
  const since = squares / (count - 1) / count;
  const before = dayDeviation ** 2 / Math.max(1, days);
  return studentT(Math.min(count, Math.max(days, 2)) - 1) * length * Math.sqrt(since + before);
}

function verdictOf(low: number, high: number, days: number): Verdict {
  if (days >= 2 && low > 0) return 'verified';
  return days >= 2 && high < 0 ? 'regressed' : 'not distinguishable';
}
