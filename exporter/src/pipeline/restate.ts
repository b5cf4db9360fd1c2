/**
 * Late knowledge applied to the past: when a live source revises an hour, or answers at last for what a fallback stood in, the
 * stored intervals that rest on it are told anew from their energy, and what changed is kept.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ceilTo, DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import type { EmbodiedValue, IntensityValue } from '../domain/factors.js';
import type { IntervalResult, Reason } from '../domain/model.js';
import type { ModelSettings } from '../domain/settings.js';
import { epochSeconds, micrograms, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { EmbodiedFootprints, GridIntensity } from '../ports/factors.js';
import type { FactorStore, IntensityChange } from '../ports/factor-store.js';
import type { Ledger } from '../ports/ledger.js';
import type { Restatement, RestatementReason, Restating, UsedFactors } from '../ports/restating.js';
import { INTENSITY_REASONS, restateInterval, type Revised } from './restate-interval.js';

export interface RestaterDeps {
  readonly intensity: GridIntensity;
  readonly embodied: EmbodiedFootprints;
  readonly store: FactorStore;
  readonly ledger: Restating & Pick<Ledger, 'note' | 'setNote'>;
  readonly settings: Pick<ModelSettings, 'idleAttribution' | 'hardwareLifespanYears'>;
  readonly clock: Clock;
  /** Intervals that are older are not looked at: the ledger has no rows of them. */
  readonly reach: Seconds;
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
}

export interface Restated {
  readonly intervals: number;
  /** Absolute changes summed, micrograms: what `restated_grams_total` grows by. */
  readonly micrograms: number;
  /** Whether more is to be done: run again. */
  readonly more: boolean;
}

export interface Restater {
  /** Apply what has changed since the last run. Safe to break off and to repeat. */
  run(signal?: AbortSignal): Promise<Restated>;
}

/** Note in the ledger: everything that changed before it has been applied. */
export const RESTATED_THROUGH = 'restated-through';

/** How long a stored value stands in for later hours. */
const STANDS_IN = 6 * HOUR;
const MAX_CHANGES = 20_000;
const MAX_INTERVALS = 288;
/** Rows of nodes are asked for by so much time at once. */
const PIECE = 6 * HOUR;

export function createRestater(deps: RestaterDeps): Restater {
  return { run: (signal) => new Run(deps).run(signal) };
}

/** What is to be told anew of one interval, by node. */
type Plan = Map<EpochSeconds, Map<string, { revised: Revised; used: UsedFactors }>>;

class Run {
  readonly #deps: RestaterDeps;
  readonly #plan: Plan = new Map();

  constructor(deps: RestaterDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal | undefined): Promise<Restated> {
    const { ledger, store, clock } = this.#deps;
    const since = epochSeconds(Number((await ledger.note(RESTATED_THROUGH)) ?? 0));
    const now = clock.now();
    const changes = await store.intensityChanges(since, MAX_CHANGES);
    const types = await store.embodiedChanges(since, MAX_CHANGES);
    if (changes.length === 0 && types.length === 0) return { intervals: 0, micrograms: 0, more: false };
    const planned = (await this.#planIntensity(changes, signal)) && (await this.#planEmbodied(types, signal));
    const done = await this.#apply(signal);
    if (done.more || !planned) return { ...done, more: true };
    const last = lastOf(changes, types, now);
    await ledger.setNote(RESTATED_THROUGH, String(last));
    return { ...done, more: changes.length === MAX_CHANGES || types.length === MAX_CHANGES };
  }

  /** True when all of it is in the plan, which is bounded. */
  async #planIntensity(
    changes: readonly IntensityChange[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const hoursOf = new Map<string, EpochSeconds[]>();
    for (const { gridZone, hour } of changes) hoursOf.set(gridZone, [...(hoursOf.get(gridZone) ?? []), hour]);
    for (const [gridZone, hours] of hoursOf) {
      for (const range of affected(hours).toReversed()) {
        for (const piece of this.#piecesOf(range)) {
          if (this.#isFull(signal)) return false;
          for (const used of await this.#deps.ledger.used(piece, { gridZone })) {
            const wanted = await this.#deps.intensity.at(gridZone, floorTo(used.start, HOUR));
            if (differs(used, wanted)) this.#add(used, { intensity: wanted });
          }
        }
      }
    }
    return true;
  }

  /** Only what a fallback stood in for: a newer assessment of a machine does not change what was told by an older one. */
  async #planEmbodied(
    types: readonly { readonly provider: string; readonly instanceType: string }[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (types.length === 0) return true;
    const { ledger, embodied, clock } = this.#deps;
    const changed = new Set(types.map((t) => JSON.stringify([t.provider, t.instanceType])));
    for (const piece of this.#piecesOf({ from: epochSeconds(0), to: ceilTo(clock.now(), DAY) })) {
      if (this.#isFull(signal)) return false;
      for (const used of await ledger.used(piece, { reasons: ['EMBODIED_DEFAULT'] })) {
        if (!changed.has(JSON.stringify([used.provider, used.instanceType]))) continue;
        const wanted = await embodied.of(used.provider, used.instanceType, 0);
        if (!wanted.reasons.includes('EMBODIED_DEFAULT')) this.#add(used, { embodied: wanted });
      }
    }
    return true;
  }

  /** The range within reach, newest first. */
  *#piecesOf({ from, to }: TimeRange): Generator<TimeRange> {
    const { clock, reach } = this.#deps;
    const first = Math.max(from, floorTo(clock.now() - reach, DAY));
    for (let end = to as number; end > first; end -= PIECE) {
      yield { from: epochSeconds(Math.max(first, end - PIECE)), to: epochSeconds(end) };
    }
  }

  #isFull(signal: AbortSignal | undefined): boolean {
    return this.#plan.size >= MAX_INTERVALS || (signal?.aborted ?? false);
  }

  #add(used: UsedFactors, revised: Revised): void {
    const nodes = this.#plan.get(used.start) ?? new Map<string, { revised: Revised; used: UsedFactors }>();
    this.#plan.set(used.start, nodes);
    nodes.set(used.node, { revised: { ...nodes.get(used.node)?.revised, ...revised }, used });
  }

  /** Newest first: that is what people look at. */
  async #apply(signal: AbortSignal | undefined): Promise<Restated> {
    const starts = [...this.#plan.keys()].toSorted((a, b) => b - a);
    let intervals = 0;
    let total = 0;
    for (const start of starts) {
      // A time limit must be heard, also where the database never waits.
      await nextTurn();
      if (signal?.aborted || intervals >= MAX_INTERVALS) return { intervals, micrograms: total, more: true };
      const changed = await this.#restate(start);
      if (changed === null) continue;
      intervals += 1;
      total += changed;
    }
    if (intervals > 0) {
      this.#deps.log?.info({ intervals, grams: total / 1e6 }, 'intervals restated by revised factors');
    }
    return { intervals, micrograms: total, more: false };
  }

  /** Micrograms by which the interval changed; null when the ledger no longer has it whole. */
  async #restate(start: EpochSeconds): Promise<number | null> {
    const { ledger, settings, clock } = this.#deps;
    const before = await ledger.interval(start);
    if (!before) return null;
    const nodes = this.#plan.get(start)!;
    const revised = new Map([...nodes].map(([node, plan]) => [node, plan.revised]));
    const after = restateInterval(before, revised, settings);
    const at = clock.now();
    const restatements = [...nodes].flatMap(([node, plan]) => recordsOf(before, after, node, plan, at));
    await ledger.restate(after, restatements, at);
    return restatements.reduce((sum, r) => sum + Math.abs(r.newEmissions - r.oldEmissions), 0);
  }
}

/** Ranges of intervals that may rest on the hours: each hour, and those that it may stand in for. */
export function affected(hours: readonly EpochSeconds[]): readonly TimeRange[] {
  const ranges: { from: EpochSeconds; to: EpochSeconds }[] = [];
  for (const hour of hours.toSorted((a, b) => a - b)) {
    const to = epochSeconds(hour + HOUR + STANDS_IN);
    const last = ranges.at(-1);
    if (last && hour <= last.to) last.to = epochSeconds(Math.max(last.to, to));
    else ranges.push({ from: hour, to });
  }
  return ranges;
}

function differs(used: UsedFactors, wanted: IntensityValue): boolean {
  return (
    used.intensity !== wanted.value ||
    used.intensitySource !== wanted.source ||
    used.intensityTime !== wanted.time ||
    intensityReasons(used.reasons) !== intensityReasons(wanted.reasons)
  );
}

const intensityReasons = (reasons: readonly Reason[]) =>
  INTENSITY_REASONS.filter((r) => reasons.includes(r)).join();

/** The second after the last change once it is over, so that no change is applied twice and none is missed. */
function lastOf(
  changes: readonly { readonly at: EpochSeconds }[],
  types: readonly { readonly at: EpochSeconds }[],
  now: EpochSeconds,
): EpochSeconds {
  // A list that was cut leaves out the later ones of the other list too.
  const ends = [changes, types]
    .filter((list) => list.length === MAX_CHANGES)
    .map((list) => list.at(-1)!.at as number);
  const newest = Math.max(...[...changes, ...types].map(({ at }) => at));
  const last = Math.min(newest, ...ends);
  return epochSeconds(last < now ? last + (ends.length > 0 ? 0 : 1) : last);
}

function recordsOf(
  before: IntervalResult,
  after: IntervalResult,
  node: string,
  { revised, used }: { readonly revised: Revised; readonly used: UsedFactors },
  at: EpochSeconds,
): Restatement[] {
  const old = before.nodes.find((n) => n.node === node);
  const told = after.nodes.find((n) => n.node === node);
  if (!old || !told) return [];
  const base = { start: used.start, node, at };
  const records: Restatement[] = [];
  if (revised.intensity) {
    records.push({
      ...base,
      reason: reasonOf(used, revised.intensity),
      oldEmissions: micrograms(old.operational),
      newEmissions: micrograms(told.operational),
      oldFactor: used.intensity,
      newFactor: revised.intensity.value,
      oldSource: used.intensitySource,
      newSource: revised.intensity.source,
    });
  }
  if (revised.embodied) records.push({ ...base, ...embodiedChange(old, told, revised.embodied) });
  return records;
}

function embodiedChange(
  old: IntervalResult['nodes'][number],
  told: IntervalResult['nodes'][number],
  embodied: EmbodiedValue,
): Omit<Restatement, 'start' | 'node' | 'at'> {
  return {
    reason: 'embodied-found',
    oldEmissions: old.embodied,
    newEmissions: told.embodied,
    oldFactor: old.embodiedTotal,
    newFactor: told.embodiedTotal,
    oldSource: '',
    newSource: embodied.source,
  };
}

function reasonOf(used: UsedFactors, wanted: IntensityValue): RestatementReason {
  if (used.intensitySource !== wanted.source || used.intensityTime !== wanted.time) return 'intensity-found';
  return used.intensity === wanted.value ? 'intensity-final' : 'intensity-revised';
}
