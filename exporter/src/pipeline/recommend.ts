/**
 * The recommender: scans when told to, keeps what it found, and takes what people say about it. It is held by the one writer; a scan
 * reads hour by hour and stops often, and what it found is written in one transaction.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DAY, HOUR } from '../domain/interval.js';
import type { ScanFacts } from '../domain/recommendations/facts.js';
import { reconcile, transition, type Transition } from '../domain/recommendations/lifecycle.js';
import type { Recommendation, Scan } from '../domain/recommendations/model.js';
import { observeApplied } from '../domain/recommendations/observed.js';
import { scan as findAll } from '../domain/recommendations/scan.js';
import { MIN_DATA, type RecommendationSettings } from '../domain/recommendations/settings.js';
import { UsageWindowBuilder, type UsageWindow } from '../domain/recommendations/usage-window.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterHintSource } from '../ports/cluster-hints.js';
import type { InventorySource } from '../ports/inventory-source.js';
import type { Ledger } from '../ports/ledger.js';
import type { KeptRecommendation, RecommendationStore, SavingsCounter } from '../ports/recommendations.js';
import type { UsageProfiles } from '../ports/usage-profile.js';
import { knowledgeOf } from './recommend-knowledge.js';
import { measureApplied } from './recommend-measure.js';
import type { Stopwatch } from './status.js';

export interface RecommenderDeps {
  readonly cluster: string;
  readonly settings: RecommendationSettings;
  readonly profiles: UsageProfiles;
  readonly store: RecommendationStore;
  readonly ledger: Pick<Ledger, 'latest'>;
  /** Absent: Kubernetes is not asked. */
  readonly inventory?: Pick<InventorySource, 'current'>;
  /** Absent: nobody else knows of autoscalers and kills. */
  readonly hints?: ClusterHintSource;
  readonly timeZoneOf: (gridZone: string) => string | null;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
}

/** "too-early": less than a day of whole hours is known. "stopped": the signal asked for it; nothing was written. */
export type ScanOutcome =
  | { readonly state: 'done'; readonly scan: Scan; readonly changed: number }
  | { readonly state: 'too-early'; readonly hours: number }
  | { readonly state: 'stopped' };

/** What was found or changed by a person, for who shows it. */
export interface Recommended {
  readonly recommendations: readonly Recommendation[];
  readonly savings: readonly SavingsCounter[];
}

/** `found`: as it is now. "conflict": its status does not allow it. */
export type TransitionOutcome =
  | { readonly state: 'done'; readonly recommendation: Recommendation }
  | { readonly state: 'not-found' }
  | { readonly state: 'conflict'; readonly recommendation: Recommendation };

/** Longest time without letting anybody else at the thread, s. */
const TURN = 0.025;

export class Recommender {
  readonly #deps: RecommenderDeps;
  /** Writers wait for one another: what a person says in the middle of a scan is not lost. */
  #last: Promise<unknown> = Promise.resolve();
  #shown: Recommended | null = null;

  constructor(deps: RecommenderDeps) {
    this.#deps = deps;
  }

  /**
   * Look at everything once. The same window again changes nothing.
   * @param report hours read, of how many
   */
  async scan(
    signal: AbortSignal,
    report: (done: number, total: number) => void = () => undefined,
  ): Promise<ScanOutcome> {
    const range = this.#window();
    const hours = await this.#deps.profiles.hours(range);
    if (hours.length * HOUR < MIN_DATA) return { state: 'too-early', hours: hours.length };
    const pause = this.#pausing();
    const to = epochSeconds(hours.at(-1)! + HOUR);
    const window = { from: epochSeconds(to - this.#deps.settings.lookback), to };
    const usage = await this.#read(
      window,
      hours.filter((h) => h >= window.from),
      { signal, report, pause },
    );
    if (usage === null) return { state: 'stopped' };
    const facts = await this.#facts(usage, signal);
    const found = findAll(facts);
    let step = found.next();
    for (; !step.done; step = found.next()) await pause();
    if (signal.aborted) return { state: 'stopped' };
    const { cluster, settings, clock } = this.#deps;
    const { proposals, totals, caveats } = step.value;
    const scan: Scan = {
      cluster,
      at: clock.now(),
      window,
      hours: usage.hours.length,
      workloads: usage.workloads.length,
      nodes: usage.nodes.length,
      totals,
      caveats,
    };
    const observed = observeApplied(usage, facts.knowledge.autoscalers, settings.applyTolerance);
    const changed = await this.#alone((kept) => {
      const result = reconcile(
        kept.map((k) => k.recommendation),
        proposals,
        { cluster, at: to, observed },
      );
      return { ...differing(kept, result.recommendations), events: result.events, bookings: [], scan };
    });
    await this.#measure(to, pause);
    return { state: 'done', scan, changed };
  }

  /** What a person says. */
  async transition(id: string, kind: Transition, reason: string): Promise<TransitionOutcome> {
    const lastScan = await this.#deps.store.lastScan();
    const lastWindowEnd = lastScan?.window.to ?? epochSeconds(0);
    let outcome: TransitionOutcome = { state: 'not-found' };
    await this.#alone((kept) => {
      const found = kept.find((k) => k.recommendation.id === id);
      if (!found) return null;
      const done = transition(found.recommendation, kind, this.#deps.clock.now(), { reason, lastWindowEnd });
      if (!done) {
        outcome = { state: 'conflict', recommendation: found.recommendation };
        return null;
      }
      outcome = { state: 'done', recommendation: done.recommendation };
      const changed = { recommendation: done.recommendation, baseline: null };
      return { kept: [changed], events: [done.event], bookings: [], scan: null };
    });
    return outcome;
  }

  /** A scan, unless the last one looked at the same window. */
  async scanWhenDue(signal: AbortSignal): Promise<ScanOutcome | null> {
    const { profiles, store } = this.#deps;
    const newest = (await profiles.hours(this.#window())).at(-1);
    const last = await store.lastScan();
    if (newest === undefined || last?.window.to === newest + HOUR) return null;
    return this.scan(signal);
  }

  /** What is kept, as /metrics shows it; null: never scanned. */
  get shown(): Recommended | null {
    return this.#shown;
  }

  /** Reads what is kept, after a start and after each change. */
  async refresh(): Promise<void> {
    const { store } = this.#deps;
    if ((await store.lastScan()) === null) return;
    const [kept, savings] = [await store.keptRecommendations(), await store.savingsCounters()];
    this.#shown = { recommendations: kept.map((k) => k.recommendation), savings };
  }

  #window() {
    const { clock, settings } = this.#deps;
    const now = clock.now();
    // The newest hours may still be settling: as far as there are whole ones.
    return { from: epochSeconds(now - settings.lookback - DAY), to: now };
  }

  async #read(
    window: { readonly from: EpochSeconds; readonly to: EpochSeconds },
    hours: readonly EpochSeconds[],
    { signal, report, pause }: Reading,
  ): Promise<UsageWindow | null> {
    const builder = new UsageWindowBuilder(window, hours);
    for (const [index, start] of hours.entries()) {
      if (signal.aborted) return null;
      const hour = await this.#deps.profiles.hour(start);
      await pause();
      if (hour) builder.add(index, hour);
      report(index + 1, hours.length);
      await pause();
    }
    return builder.build();
  }

  async #facts(usage: UsageWindow, signal: AbortSignal): Promise<ScanFacts> {
    const { ledger, inventory, hints, timeZoneOf, profiles, settings } = this.#deps;
    const answer = inventory ? await inventory.current(signal) : null;
    const told = hints ? await hints.hints(usage.range, signal) : null;
    const knowledge = knowledgeOf({
      latest: await ledger.latest(),
      inventory: answer?.ok ? answer.value : null,
      hints: told?.ok ? told.value : null,
      timeZoneOf,
    });
    const intensity = new Map<string, Map<number, number>>();
    for (const { gridZone, hour, value } of await profiles.intensities(usage.range)) {
      const zone = intensity.get(gridZone) ?? new Map<number, number>();
      intensity.set(gridZone, zone.set(hour, value));
    }
    return { usage, settings, knowledge, intensity };
  }

  /** Hours that have come since the last time; what has stopped being applied meanwhile is left out. */
  async #measure(to: EpochSeconds, pause: () => Promise<void>): Promise<void> {
    const before = await this.#deps.store.keptRecommendations();
    const measured = await measureApplied(before, { profiles: this.#deps.profiles, to, pause });
    if (measured.kept.length === 0) return;
    await this.#alone((kept) => {
      const since = new Map(kept.map((k) => [k.recommendation.id, k.recommendation]));
      const isSame = ({ recommendation: r }: KeptRecommendation) => {
        const now = since.get(r.id);
        return now?.status === 'applied' && now.since === r.since;
      };
      const same = measured.kept.filter(isSame);
      const ids = new Set(same.map((k) => k.recommendation.id));
      const bookings = measured.bookings.filter((b) => ids.has(b.id));
      return { kept: same, events: [], bookings, scan: null };
    });
  }

  /** One writer at a time, on what is kept now. @returns how many recommendations were written */
  #alone(
    change: (
      kept: readonly KeptRecommendation[],
    ) => Parameters<RecommendationStore['changeRecommendations']>[0] | null,
  ): Promise<number> {
    const { store } = this.#deps;
    const turn = this.#last.then(async () => {
      const kept = await store.keptRecommendations();
      await nextTurn();
      const changes = change(kept);
      if (changes === null) return 0;
      await nextTurn();
      await store.changeRecommendations(changes);
      await nextTurn();
      await this.refresh();
      await nextTurn();
      return changes.kept.length;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #pausing(): () => Promise<void> {
    const { stopwatch } = this.#deps;
    let began = stopwatch();
    return async () => {
      if (stopwatch() - began < TURN) return;
      await nextTurn();
      began = stopwatch();
    };
  }
}

interface Reading {
  readonly signal: AbortSignal;
  readonly report: (done: number, total: number) => void;
  readonly pause: () => Promise<void>;
}

/** Those that are not as they were; a baseline lasts as long as it stays applied since the same time. */
function differing(
  kept: readonly KeptRecommendation[],
  recommendations: readonly Recommendation[],
): { readonly kept: readonly KeptRecommendation[] } {
  const before = new Map(kept.map((k) => [k.recommendation.id, k]));
  return {
    kept: recommendations.flatMap((recommendation): KeptRecommendation[] => {
      const known = before.get(recommendation.id);
      if (known && JSON.stringify(known.recommendation) === JSON.stringify(recommendation)) return [];
      const lasts =
        known?.recommendation.status === recommendation.status &&
        known.recommendation.since === recommendation.since;
      return [{ recommendation, baseline: lasts ? known.baseline : null }];
    }),
  };
}
