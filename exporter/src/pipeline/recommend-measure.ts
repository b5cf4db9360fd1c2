/** Measuring what applied recommendations save: hour by hour, each hour once. */
import { DAY, HOUR } from '../domain/interval.js';
import type { Booking } from '../domain/recommendations/model.js';
import {
  PoolWatch,
  poolKey,
  quietUntil,
  watchOf,
  type NodePool,
} from '../domain/recommendations/node-pool.js';
import {
  BaselineBuilder,
  booked,
  bookingOf,
  expectedIn,
  isOfPool,
  realisedOf,
  restOf,
  savedIn,
  takenIn,
  type HourSaved,
  type Rest,
} from '../domain/recommendations/realised.js';
import type { UsageHour } from '../domain/recommendations/usage-hour.js';
import { workloadKey } from '../domain/recommendations/usage-window.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { KeptRecommendation } from '../ports/recommendations.js';
import type { UsageProfiles } from '../ports/usage-profile.js';

/** As far back as a baseline looks, and as late as an hour is booked. */
const REACH = 28 * DAY;

export interface Measured {
  /** With what has been measured of them. */
  readonly kept: readonly KeptRecommendation[];
  readonly bookings: readonly Booking[];
}

interface Measuring {
  readonly profiles: UsageProfiles;
  /** End of the last whole hour. */
  readonly to: EpochSeconds;
  readonly pause: () => Promise<void>;
}

/** @param kept of one cluster; those that are not applied are left as they are */
export async function measureApplied(
  kept: readonly KeptRecommendation[],
  measuring: Measuring,
): Promise<Measured> {
  const applied = kept.filter((k) => k.recommendation.status === 'applied');
  if (applied.length === 0) return { kept: [], bookings: [] };
  const intensity = await intensitiesOf(measuring, applied);
  const ready = await withBaselines(applied, intensity, measuring);
  return bookHours(ready, intensity, measuring);
}

type IntensityAt = (start: EpochSeconds) => (gridZone: string) => number | null;

async function intensitiesOf(
  { profiles, to }: Measuring,
  applied: readonly KeptRecommendation[],
): Promise<IntensityAt> {
  const oldest = Math.min(
    ...applied.map(({ recommendation: r, baseline }) => baseline?.progress.to ?? r.since - REACH),
  );
  const from = epochSeconds(Math.max(oldest, to - 2 * REACH));
  const known = new Map<string, number>();
  for (const { gridZone, hour, value } of await profiles.intensities({ from, to }))
    known.set(`${hour}/${gridZone}`, value);
  return (start) => (gridZone) => known.get(`${start}/${gridZone}`) ?? null;
}

/** Reads the weeks before of those that were applied since the last time. */
async function withBaselines(
  applied: readonly KeptRecommendation[],
  intensity: IntensityAt,
  measuring: Measuring,
): Promise<readonly KeptRecommendation[]> {
  const isNew = (k: KeptRecommendation) => k.baseline === null || k.baseline.since !== k.recommendation.since;
  const pools = await poolsOf(applied.filter(isNew), applied, measuring);
  const fresh = applied.filter(
    (k) => isNew(k) && (!isOfPool(k.recommendation.type) || pools.has(k.recommendation.id)),
  );
  if (fresh.length === 0) return applied;
  const from = epochSeconds(Math.min(...fresh.map((k) => k.recommendation.since)) - REACH);
  const to = epochSeconds(Math.max(...fresh.map((k) => k.recommendation.since)));
  const builders = new Map(
    fresh.map((k) => [k.recommendation.id, { builder: new BaselineBuilder(), zone: '' }]),
  );
  for await (const hour of hoursOf(measuring, from, to)) {
    for (const { recommendation: r } of fresh) {
      const pool = pools.get(r.id);
      const end = pool ? quietUntil(r.since) : r.since;
      if (hour.start + HOUR > end || hour.start < r.since - REACH) continue;
      const entry = builders.get(r.id)!;
      entry.zone = zoneOf(r.target, hour) ?? entry.zone;
      if (entry.zone === '') continue;
      entry.builder.add(hour.start, takenIn(r, hour, intensity(hour.start), { gridZone: entry.zone, pool }));
    }
  }
  return applied.flatMap((k): KeptRecommendation[] => {
    const entry = builders.get(k.recommendation.id);
    if (!entry) return [k];
    const baseline = entry.builder.build(ceilHour(k.recommendation.since), entry.zone);
    const pool = pools.get(k.recommendation.id);
    return [
      {
        recommendation: k.recommendation,
        baseline: baseline && { ...baseline, since: k.recommendation.since, ...(pool && { pool }) },
      },
    ];
  });
}

/** Of those of which the day of the change has passed: before, not all that comes for what went is there. */
async function poolsOf(
  fresh: readonly KeptRecommendation[],
  applied: readonly KeptRecommendation[],
  measuring: Measuring,
): Promise<ReadonlyMap<string, NodePool>> {
  const pools = new Map<string, NodePool>();
  for (const { recommendation: r } of fresh) {
    const { from, to } = watchOf(r.since);
    if (!isOfPool(r.type) || to > measuring.to) continue;
    const watch = new PoolWatch(r.target.node, r.since);
    for await (const hour of hoursOf(measuring, from, to)) watch.add(hour);
    const others = applied.filter(({ recommendation: o }) => isDrained(o) && o.since <= r.since);
    const pool = watch.pool(others.map((o) => o.recommendation.target.node));
    if (pool) pools.set(r.id, pool);
  }
  return pools;
}

/** Whether it took a machine out that nothing has come for. */
const isDrained = ({ type, target }: KeptRecommendation['recommendation']): boolean =>
  target.node !== '' && !isOfPool(type);

const ceilHour = (at: EpochSeconds): EpochSeconds => epochSeconds(Math.ceil(at / HOUR) * HOUR);

/** Undefined: it was not there in that hour. */
function zoneOf(target: KeptRecommendation['recommendation']['target'], hour: UsageHour): string | undefined {
  if (target.node !== '') return hour.nodes.find((n) => n.node === target.node)?.gridZone;
  const key = workloadKey(target);
  const isOf = (w: UsageHour['workloads'][number]) =>
    target.workload === '' ? w.namespace === target.namespace : workloadKey(w) === key;
  return hour.workloads.find(isOf)?.gridZone;
}

async function bookHours(
  ready: readonly KeptRecommendation[],
  intensity: IntensityAt,
  measuring: Measuring,
): Promise<Measured> {
  const state = new Map(ready.map((k) => [k.recommendation.id, k]));
  const bookings: Booking[] = [];
  const due = ready.flatMap(({ baseline }) => (baseline ? [baseline.progress.to] : []));
  if (due.length > 0) {
    const from = epochSeconds(Math.max(Math.min(...due), measuring.to - REACH));
    for await (const hour of hoursOf(measuring, from, measuring.to)) {
      for (const group of groupsOf([...state.values()], hour.start, measuring.to))
        bookings.push(...bookGroup(group, hour, intensity, state));
    }
  }
  const kept = [...state.values()].map(({ recommendation, baseline }): KeptRecommendation => {
    const realised = baseline ? realisedOf(baseline) : null;
    return { recommendation: { ...recommendation, realised }, baseline };
  });
  return { kept, bookings };
}

/**
 * What is applied to one target and due in an hour, by the time of application. Of a pool an hour is due a day late: by then every
 * recommendation that was applied to it before that hour has its baseline, and none is given what another one saved.
 */
function groupsOf(
  all: readonly KeptRecommendation[],
  start: EpochSeconds,
  now: EpochSeconds,
): readonly (readonly KeptRecommendation[])[] {
  const groups = new Map<string, KeptRecommendation[]>();
  for (const k of all) {
    if (k.baseline === null || k.baseline.progress.to > start) continue;
    if (k.baseline.pool && watchOf(start).to > now) continue;
    const { target } = k.recommendation;
    const key = k.baseline.pool ? poolKey(k.baseline.pool) : `${target.node}/${workloadKey(target)}`;
    const group = groups.get(key);
    if (group) group.push(k);
    else groups.set(key, [k]);
  }
  return [...groups.values()].map((g) =>
    g.toSorted((a, b) => a.recommendation.since - b.recommendation.since),
  );
}

/**
 * Each saves what it expected less what the next one on the same target expected, the last one less what was taken: so together
 * they save what is saved, once. Of several that were applied at one time each has the part that it claimed.
 */
function bookGroup(
  group: readonly KeptRecommendation[],
  hour: UsageHour,
  intensity: IntensityAt,
  state: Map<string, KeptRecommendation>,
): Booking[] {
  const bookings: Booking[] = [];
  const zoneIntensity = (k: KeptRecommendation) => intensity(hour.start)(k.baseline!.gridZone);
  group.forEach((k, i) => {
    const together = group.filter((other) => other.recommendation.since === k.recommendation.since);
    const next = group.slice(i + 1).find((other) => other.recommendation.since > k.recommendation.since);
    const rest: Rest = next
      ? expectedIn(next.baseline!, hour.start, zoneIntensity(next))
      : leftOf(k, hour, intensity, state);
    const all = savedIn(k.baseline!, hour.start, zoneIntensity(k), rest);
    const saved = times(all, partOf(k, together));
    const baseline = booked(k.baseline!, hour.start, saved);
    state.set(k.recommendation.id, { recommendation: k.recommendation, baseline });
    bookings.push(bookingOf(k.recommendation.id, hour.start, saved, baseline.currency));
  });
  return bookings;
}

/** What is taken now; of a pool also what other recommendations have taken out of it since, which is theirs. */
function leftOf(
  { recommendation, baseline }: KeptRecommendation,
  hour: UsageHour,
  intensity: IntensityAt,
  state: ReadonlyMap<string, KeptRecommendation>,
): Rest {
  const intensityOf = intensity(hour.start);
  const taken = restOf(takenIn(recommendation, hour, intensityOf, baseline!));
  const { pool } = baseline!;
  if (!pool) return taken;
  return [...state.values()].reduce((rest, { recommendation: o, baseline: before }) => {
    const { node } = o.target;
    if (before === null || !isDrained(o) || !pool.nodes.includes(node)) return rest;
    const there = restOf(takenIn(o, hour, intensityOf, before));
    const saved = savedIn(before, hour.start, intensityOf(before.gridZone), there);
    return {
      energy: rest.energy + saved.millijoules,
      emissions: rest.emissions + saved.micrograms,
      cost: rest.cost === null ? null : rest.cost + (saved.nanoCurrency ?? 0),
    };
  }, taken);
}

function partOf(k: KeptRecommendation, together: readonly KeptRecommendation[]): number {
  const claimed = (of: KeptRecommendation) => of.recommendation.savings.claimed.grams;
  const sum = together.reduce((total, each) => total + claimed(each), 0);
  return sum > 0 ? claimed(k) / sum : 1 / together.length;
}

const times = (saved: HourSaved, by: number): HourSaved => ({
  millijoules: saved.millijoules * by,
  micrograms: saved.micrograms * by,
  nanoCurrency: saved.nanoCurrency === null ? null : saved.nanoCurrency * by,
});

async function* hoursOf(
  { profiles, pause }: Measuring,
  from: EpochSeconds,
  to: EpochSeconds,
): AsyncGenerator<UsageHour> {
  for (const start of await profiles.hours({ from, to })) {
    const hour = await profiles.hour(start);
    await pause();
    if (hour) yield hour;
  }
}
