/** The part of the map behind scores, budgets, the hours ahead of the grid, units of work and releases. */
import { setImmediate as pause } from 'node:timers/promises';
import { DEMO_BUDGETS, DEMO_UNITS } from '../demo/unit-source.js';
import type { Budget } from '../domain/budget/budget.js';
import type { BudgetState } from '../domain/budget/state.js';
import type { ZoneOutlook } from '../domain/forecast/outlook.js';
import { DAY, endOf, HOUR } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import type { ReleaseFinding } from '../domain/releases/finding.js';
import type { FunctionalUnit, SciFinding } from '../domain/sci/sci.js';
import type { Flagged } from '../domain/score/dimensions.js';
import type { Score } from '../domain/score/score.js';
import { seconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { FindingsView } from '../exposition/findings-view.js';
import type { Analysis } from '../pipeline/analyses.js';
import { computeBudget } from '../pipeline/budgets.js';
import { computeOutlooks } from '../pipeline/outlook.js';
import { computeReleases, subjectOf } from '../pipeline/releases.js';
import { computeSci } from '../pipeline/sci.js';
import { computeScores } from '../pipeline/score.js';
import type { StatusKeeper } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { IntensityStore } from '../ports/factor-store.js';
import type { Finding, FindingKind, FindingsStore, FindingTypes } from '../ports/findings.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import type { UnitSource } from '../ports/unit-source.js';
import type { UsageProfiles } from '../ports/usage-profile.js';
import type { OutlookStores } from '../repositories/factory.js';
import type { Config } from './config.js';
import { isDefault, type Mode } from './mode.js';

export interface OutlookParts {
  readonly config: Config;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly status: StatusKeeper;
  readonly stores: OutlookStores;
  readonly profiles: Pick<UsageProfiles, 'hours' | 'hour'>;
  readonly intensities: Pick<IntensityStore, 'intensity'>;
  /** In the order in which they are believed. */
  readonly providers: readonly IntensityProvider[];
  readonly flagged: () => Promise<readonly Flagged[] | null>;
  /** Who is asked for units of work; null: nobody. */
  readonly units: UnitSource | null;
  /** The newest interval; null: none yet. */
  readonly latest: () => Promise<IntervalResult | null>;
}

export interface Outlook {
  readonly analyses: readonly Analysis[];
  /** The newest findings, for /metrics. */
  readonly view: () => FindingsView;
}

const QUARTER = seconds(900);
const SCORE_EVERY = seconds(3 * HOUR);

export async function composeOutlook(parts: OutlookParts): Promise<Outlook> {
  if (parts.units) parts.status.addSource(parts.units.name, false);
  const outlooks = new Outlooks(parts, await keptOf(parts.stores.findings));
  return { analyses: outlooks.analyses(), view: () => outlooks.view() };
}

/** Each analysis asks its pipeline, and what that answers takes the place of what was found before. */
class Outlooks {
  readonly #parts: OutlookParts;
  readonly #kept: Kept;
  readonly #cluster: string;
  readonly #units: readonly FunctionalUnit[];
  readonly #budgets: readonly Budget[];
  readonly #lookback: Seconds;

  constructor(parts: OutlookParts, kept: Kept) {
    const { config, mode } = parts;
    this.#parts = parts;
    this.#kept = kept;
    this.#cluster = mode.cluster;
    this.#units = unitsOf(config, mode);
    this.#budgets = budgetsOf(config, mode);
    this.#lookback = seconds(config.analysis.lookbackDays * DAY);
  }

  analyses(): readonly Analysis[] {
    return [
      this.#analysis('outlook', QUARTER, (now, signal) => this.#outlooks(now, signal)),
      this.#analysis('budget', QUARTER, (_, signal) => this.#budgetStates(signal)),
      this.#analysis('score', SCORE_EVERY, (now, signal) => this.#scores(now, signal)),
      this.#analysis('sci', HOUR, (now, signal) => this.#sci(now, signal)),
      this.#analysis('release', HOUR, (now, signal) => this.#releases(now, signal)),
    ];
  }

  view(): FindingsView {
    const { score, budget, outlook, sci } = this.#kept;
    return { scores: score, budgets: budget, outlooks: outlook, sci };
  }

  /** @param find null: there is nothing to look at yet */
  #analysis<K extends FindingKind>(
    kind: K,
    every: Seconds,
    find: (now: EpochSeconds, signal: AbortSignal) => Promise<readonly FindingTypes[K][] | null>,
  ): Analysis {
    return {
      name: kind,
      every,
      run: async (now, signal) => {
        const found = await find(now, signal);
        if (found === null || signal.aborted) return false;
        const named = found.map((body) => ({ subject: SUBJECTS[kind](body), body }));
        await this.#parts.stores.findings.replaceFindings(kind, named, now);
        this.#kept[kind] = found as Kept[K];
        return true;
      },
    };
  }

  async #outlooks(now: EpochSeconds, signal: AbortSignal): Promise<readonly ZoneOutlook[] | null> {
    const { intensities: store, providers, status } = this.#parts;
    const latest = await this.#parts.latest();
    const deps = { store, providers, status, before: this.#kept.outlook };
    return latest && computeOutlooks(deps, latest, now, signal);
  }

  async #budgetStates(signal: AbortSignal): Promise<readonly BudgetState[] | null> {
    const { stores, config, latest } = this.#parts;
    const newest = await latest();
    if (!newest) return null;
    const pacing = { pause, signal };
    const deps = { cluster: this.#cluster, history: stores.history, step: config.time.step, pacing };
    const states: BudgetState[] = [];
    for (const budget of this.#budgets) {
      await pause();
      if (signal.aborted) break;
      states.push(await computeBudget(deps, budget, endOf(newest.interval)));
    }
    return states;
  }

  async #scores(now: EpochSeconds, signal: AbortSignal): Promise<readonly Score[] | null> {
    const { stores, profiles, flagged } = this.#parts;
    const { history } = stores;
    const deps = { cluster: this.#cluster, lookback: this.#lookback, profiles, history, flagged, pause };
    const scores = await computeScores(deps, now, signal);
    return scores.length === 0 ? null : scores;
  }

  async #sci(now: EpochSeconds, signal: AbortSignal): Promise<readonly SciFinding[]> {
    const { units: source, stores, status } = this.#parts;
    if (source === null || this.#units.length === 0) return [];
    const { history } = stores;
    const deps = { cluster: this.#cluster, history, source, units: this.#units, lookback: this.#lookback };
    return computeSci({ ...deps, status, pause }, now, signal);
  }

  async #releases(now: EpochSeconds, signal: AbortSignal): Promise<readonly ReleaseFinding[]> {
    const { units: source, stores, status } = this.#parts;
    const { revisions, findings } = stores;
    const deps = { cluster: this.#cluster, revisions, source, units: this.#units, status, pause };
    return computeReleases(deps, await findings.storedFindings('release'), now, signal);
  }
}

type Kept = { -readonly [K in FindingKind]: readonly FindingTypes[K][] };

/** What a finding of each kind is about. */
const SUBJECTS: { readonly [K in FindingKind]: (body: FindingTypes[K]) => string } = {
  score: (score) => score.namespace,
  budget: (state) => state.budget.name,
  outlook: (outlook) => outlook.zone,
  sci: ({ unit }) => `${unit.namespace}/${unit.workload}/${unit.unit}`,
  release: subjectOf,
};

/** What the last process found, so that a restart does not empty the gauges. */
async function keptOf(store: FindingsStore): Promise<Kept> {
  const bodies = <T>(all: readonly Finding<T>[]): readonly T[] => all.map(({ body }) => body);
  return {
    score: bodies(await store.storedFindings('score')),
    budget: bodies(await store.storedFindings('budget')),
    outlook: bodies(await store.storedFindings('outlook')),
    sci: bodies(await store.storedFindings('sci')),
    release: bodies(await store.storedFindings('release')),
  };
}

/** What the demo measures its services by and allows its teams, unless files say otherwise. */
const unitsOf = (config: Config, mode: Mode): readonly FunctionalUnit[] =>
  mode.source === 'demo' ? DEMO_UNITS : config.analysis.units;

function budgetsOf(config: Config, mode: Mode): readonly Budget[] {
  if (mode.source !== 'demo' || !isDefault(config, 'BUDGETS_FILE')) return config.analysis.budgets;
  const kept = new Set(config.labels);
  return DEMO_BUDGETS.filter(
    ({ scope }) => scope.kind !== 'labels' || Object.keys(scope.labels).every((label) => kept.has(label)),
  );
}
