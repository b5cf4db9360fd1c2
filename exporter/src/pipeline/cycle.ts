/**
 * One cycle: ask the ledger what is due, observe it, compute it, commit it. The newest interval comes first so that what people
 * look at is fresh while history fills up behind it; the work of one cycle is bounded so that the next newest never waits long.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ceilTo, countIn, newestSettled, type TimeRange } from '../domain/interval.js';
import type { IntervalResult, UsageWindow } from '../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { Ledger } from '../ports/ledger.js';
import type { MeasuredEnergySource, MeasuredWindow } from '../ports/measured-source.js';
import type { Outcome } from '../ports/outcome.js';
import type { UsageSource } from '../ports/usage-source.js';
import type { Costs } from './costs.js';
import { dueIntervals, incompleteIn, wantedRange, type DueOptions } from './due-intervals.js';
import type { FactorSources, Readings } from './resolve-factors.js';
import { withCosts } from './restate-interval.js';
import { computeWindow } from './run-interval.js';
import type { StatusKeeper } from './status.js';

/** Note in the ledger: when everything that the source held at the first start was in. Counters are shown from then on. */
export const FIRST_BACKFILL_DONE = 'first-backfill-done';

/** Chunks (of at most an hour each) in one cycle, before the newest interval is looked at again. */
export const CHUNKS_PER_CYCLE = 12;

/** How long the source's answer to "how far back do you go" is believed. */
const OLDEST_VALID = 3600;

export interface CycleDeps {
  readonly usage: UsageSource;
  readonly ledger: Ledger;
  /** Absent: no meters are read. */
  readonly meters?: MeasuredEnergySource;
  readonly factors: FactorSources;
  /** What bills say; absent or null: cost comes from the prices of `factors`. */
  readonly costs?: Costs | null;
  readonly clock: Clock;
  readonly status: StatusKeeper;
  readonly step: Seconds;
  readonly settle: Seconds;
  readonly backfill: Seconds;
  /** Called with every committed interval that is newer than all before it; `more`: this cycle goes on with older ones. */
  readonly onNewest: (result: IntervalResult, more: boolean) => Promise<void>;
  /** Called after each chunk while more than one interval is owed. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * "idle": nothing more is due now. "more": work is left, start again at once. "unavailable": the source did not answer.
 * "stopped": the signal asked for it.
 */
export type CycleOutcome =
  | { readonly state: 'idle' | 'more' | 'stopped'; readonly committed: number }
  | { readonly state: 'unavailable'; readonly committed: number; readonly message: string };

export class Cycle {
  readonly #deps: CycleDeps;
  #oldest: { readonly at: EpochSeconds; readonly value: EpochSeconds | null } | null = null;
  #newest = -Infinity;

  constructor(deps: CycleDeps, newestKnown: EpochSeconds | null) {
    this.#deps = deps;
    if (newestKnown !== null) this.#newest = newestKnown;
  }

  /** @throws what the ledger throws: a database that cannot be written ends the cycle, nothing half-written. */
  async run(signal: AbortSignal): Promise<CycleOutcome> {
    return this.#deps.status.phase('total', () => this.#run(signal));
  }

  async #run(signal: AbortSignal): Promise<CycleOutcome> {
    const oldest = await this.#askOldest(signal);
    if (!oldest.ok) return unavailableAfter(0, oldest.message, signal);
    const options = this.#dueOptions(oldest.value);
    const range = wantedRange(options);
    const work = dueIntervals(await this.#deps.ledger.marks(range), options);
    const progress = new Progress(this.#deps, countIn(range, options.step), work.pending);
    const outcome = await this.#collect(
      work.chunks.slice(0, CHUNKS_PER_CYCLE),
      work.pending > 1,
      signal,
      progress,
    );
    if (outcome.state !== 'idle') return outcome;
    if (work.chunks.length > CHUNKS_PER_CYCLE) return { ...outcome, state: 'more' };
    progress.finish();
    await this.#noteFirstBackfill();
    return outcome;
  }

  /** What the last cycle went by; null before the source has said how far back it goes. */
  get reach(): DueOptions | null {
    return this.#oldest && this.#dueOptions(this.#oldest.value);
  }

  /** Ranges of what is not complete between `from` and `to`, as far as it has settled, for `collect`. */
  async incomplete({ from, to }: TimeRange): Promise<readonly TimeRange[]> {
    const { clock, step, settle, ledger } = this.#deps;
    const settled = newestSettled(clock.now(), step, settle).start + step;
    const range = { from: ceilTo(from, step), to: epochSeconds(Math.min(ceilTo(to, step), settled)) };
    return incompleteIn(await ledger.marks(range), range, step);
  }

  /** Collect ranges that do not cross an hour, whatever the ledger holds of them; "idle" when all of them are in. */
  async collect(ranges: readonly TimeRange[], signal: AbortSignal): Promise<CycleOutcome> {
    return this.#collect(ranges, true, signal, null);
  }

  async #collect(
    chunks: readonly TimeRange[],
    more: boolean,
    signal: AbortSignal,
    progress: Progress | null,
  ): Promise<CycleOutcome> {
    let committed = 0;
    for (const chunk of chunks) {
      if (signal.aborted) return { state: 'stopped', committed };
      const windows = await this.#observe(chunk, signal);
      if (!windows.ok) return unavailableAfter(committed, windows.message, signal);
      const among = windows.value.map(({ window }) => window);
      for (const seen of windows.value) {
        // Whoever wants to stop must be heard, also where neither source nor database ever waits.
        await nextTurn();
        if (signal.aborted) return { state: 'stopped', committed };
        await this.#commit(seen, among, more);
        committed++;
        progress?.advance(committed);
      }
      progress?.report();
    }
    return { state: 'idle', committed };
  }

  #dueOptions(oldest: EpochSeconds | null): DueOptions {
    const { clock, step, settle, backfill } = this.#deps;
    return { now: clock.now(), step, settle, backfill, oldest };
  }

  async #askOldest(signal: AbortSignal): Promise<Outcome<EpochSeconds | null>> {
    const { usage, status, clock } = this.#deps;
    const known = this.#oldest;
    const now = clock.now();
    if (known && known.value !== null && now - known.at < OLDEST_VALID) {
      return { ok: true, value: known.value, warnings: [] };
    }
    const from = wantedRange({ ...this.#dueOptions(0 as EpochSeconds) }).from;
    const answer = await status.ask(usage.name, () => usage.oldest(from, signal));
    if (answer.ok) this.#oldest = { at: now, value: answer.value };
    return answer;
  }

  async #observe(chunk: TimeRange, signal: AbortSignal): Promise<Outcome<readonly Seen[]>> {
    const { usage, status, step } = this.#deps;
    const [answer, meters] = await status.phase('observe', () =>
      Promise.all([
        status.ask(usage.name, () => usage.observe(chunk, step, signal)),
        this.#readMeters(chunk, signal),
      ]),
    );
    status.rejected(usage.name, usage.rejected());
    if (!answer.ok) return answer;
    const windows = answer.value.map((window): Seen => {
      if (meters === 'unavailable') return { window: withoutMeters(window), readings: null };
      return { window, readings: meters?.get(window.interval.start) ?? null };
    });
    return { ...answer, value: windows };
  }

  /** By start; null: there is nothing to ask. */
  async #readMeters(
    chunk: TimeRange,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, MeasuredWindow> | 'unavailable' | null> {
    const { meters, status, step } = this.#deps;
    if (!meters) return null;
    const answer = await status.ask(meters.name, () => meters.observe(chunk, step, signal));
    return answer.ok ? new Map(answer.value.map((w) => [w.start, w])) : 'unavailable';
  }

  async #commit(seen: Seen, among: readonly UsageWindow[], more: boolean): Promise<void> {
    const { status, ledger, clock, onNewest } = this.#deps;
    const result = await status.phase('compute', () => this.#compute(seen, among));
    await status.phase('commit', () => ledger.commit(result, clock.now()));
    if (result.state === 'impossible') return;
    status.completed((result.interval.start + result.interval.step) as EpochSeconds);
    if (result.interval.start < this.#newest) return;
    this.#newest = result.interval.start;
    await onNewest(result, more);
  }

  /** @param among all windows of the chunk: a whole hour that is billed settles at once */
  async #compute({ window, readings }: Seen, among: readonly UsageWindow[]): Promise<IntervalResult> {
    const { factors, costs } = this.#deps;
    const result = await computeWindow(window, factors, readings);
    const billed = result.nodes.length > 0 && costs ? await costs.of(window, among) : null;
    return billed ? withCosts(result, billed, billed) : result;
  }

  async #noteFirstBackfill(): Promise<void> {
    const { ledger, clock } = this.#deps;
    // A source that holds nothing yet has not been backfilled; its history may still arrive.
    if (this.#oldest?.value == null || (await ledger.note(FIRST_BACKFILL_DONE)) !== null) return;
    await ledger.setNote(FIRST_BACKFILL_DONE, String(clock.now()));
  }
}

function unavailableAfter(committed: number, message: string, signal: AbortSignal): CycleOutcome {
  return signal.aborted ? { state: 'stopped', committed } : { state: 'unavailable', committed, message };
}

/** One interval as usage and meters show it. */
interface Seen {
  readonly window: UsageWindow;
  readonly readings: Readings;
}

/** Meters that did not answer leave the model's figure for now; the interval is told again when they do. */
function withoutMeters(window: UsageWindow): UsageWindow {
  if (window.nodes.length === 0) return window;
  return { ...window, partialReasons: [...window.partialReasons, 'meters-missing'] };
}

/** Counts what is left for the status and for the line of progress. */
class Progress {
  readonly #deps: CycleDeps;
  readonly #total: number;
  readonly #pending: number;
  #left: number;

  constructor(deps: CycleDeps, total: number, pending: number) {
    this.#deps = deps;
    this.#total = total;
    this.#pending = pending;
    this.#left = pending;
    deps.status.pending(pending);
  }

  advance(committed: number): void {
    this.#left = Math.max(0, this.#pending - committed);
  }

  report(): void {
    const { status, onProgress } = this.#deps;
    status.pending(this.#left);
    if (this.#pending <= 1) return;
    status.progress({ done: this.#total - this.#left, total: this.#total });
    onProgress(this.#total - this.#left, this.#total);
  }

  finish(): void {
    this.#deps.status.progress(null);
  }
}
