/**
 * The collecting half of the exporter: runs cycles until told to stop, and hands out what others show (status, rendered
 * snapshots, progress). Runs in a worker thread in production and in the caller's thread in tests; it is the same code.
 */
import { countIn, type TimeRange } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import { CHUNKS_PER_CYCLE, Cycle, FIRST_BACKFILL_DONE, type CycleDeps } from '../pipeline/cycle.js';
import { closeUnreachable, compact, type Retention } from '../pipeline/compact.js';
import type { Stopwatch } from '../pipeline/status.js';
import type { Counters } from '../ports/ledger.js';
import type { PipelineStatus } from '../ports/status.js';
import { nextWake, type CycleEnd } from './scheduler.js';

/** What a snapshot of /metrics is rendered from. Counters are null until the first backfill is in: a jump is no increase. */
export interface Published {
  readonly at: EpochSeconds;
  readonly latest: IntervalResult | null;
  readonly counters: Counters | null;
  readonly status: PipelineStatus;
}

export interface EngineDeps extends Omit<CycleDeps, 'onNewest' | 'onProgress'> {
  readonly stopwatch: Stopwatch;
  readonly retention: Retention;
  readonly sleepUntil: (at: EpochSeconds, signal: AbortSignal) => Promise<void>;
  readonly log: EngineLog;
  /** What tells stored intervals anew when something about them becomes known late; each does a bounded piece after a cycle. */
  readonly revisions?: readonly Revision[];
  /** What is worked out from the stored past after a cycle that left nothing to collect; the snapshot is published again then. */
  readonly analyses?: { run(signal: AbortSignal): Promise<boolean> };
  readonly publish: (published: Published) => Promise<void>;
  readonly onStatus: (status: PipelineStatus) => void;
  /** Null when the long work has ended. */
  readonly onProgress: (progress: PipelineStatus['backfill']) => void;
}

export interface Revision {
  /** Tell a bounded number of intervals anew; returns soon after the signal is aborted, and can be called again at any time. */
  run(signal: AbortSignal): Promise<{ readonly intervals: number }>;
}

export interface EngineLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Engine {
  /** Returns when the signal is aborted; the cycle under way ends at its next safe point. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Collect what is not complete in a range, in between the cycles of `run`, which must be under way. Resolves when all of it
   * was tried; rejects when the source does not answer, or when `run` ends before.
   */
  backfill(range: TimeRange, report: (done: number, total: number) => void): Promise<void>;
}

interface Request {
  readonly range: TimeRange;
  readonly report: (done: number, total: number) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export async function createEngine(deps: EngineDeps): Promise<Engine> {
  const newest = await deps.ledger.latest();
  if (newest) deps.status.completed(endOf(newest));
  return new CyclingEngine(deps, newest);
}

class CyclingEngine implements Engine {
  readonly #deps: EngineDeps;
  readonly #cycle: Cycle;
  #latest: IntervalResult | null;
  #failures = 0;
  #complaint = '';
  readonly #requests: Request[] = [];
  /** Ends the sleep between cycles. */
  #alarm = new AbortController();

  constructor(deps: EngineDeps, latest: IntervalResult | null) {
    this.#deps = deps;
    this.#latest = latest;
    this.#cycle = new Cycle(
      {
        ...deps,
        onNewest: async (result, more) => {
          this.#latest = result;
          if (more) await this.#publish();
        },
        onProgress: (done, total) => {
          deps.onProgress({ done, total });
          deps.onStatus(deps.status.snapshot());
        },
      },
      latest && latest.interval.start,
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, step, settle, sleepUntil } = this.#deps;
    await this.#publish();
    while (!signal.aborted) {
      const end = await this.#runCycle(signal);
      this.#failures = end === 'failed' || end === 'unavailable' ? this.#failures + 1 : 0;
      if (!signal.aborted) await this.#publish();
      if (end === 'idle' && (await this.#revise(signal))) await this.#publish();
      if (end === 'idle' && (await this.#analyse(signal))) await this.#publish();
      if (await this.#serveRequest(signal)) continue;
      const at = nextWake(end, this.#failures, clock.now(), step, settle);
      if (at > clock.now()) await sleepUntil(at, AbortSignal.any([signal, this.#alarm.signal]));
      this.#alarm = new AbortController();
    }
    for (const request of this.#requests.splice(0)) request.reject(new Error('the exporter is stopping'));
  }

  backfill(range: TimeRange, report: Request['report']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ range, report, resolve, reject });
      this.#alarm.abort();
    });
  }

  /** Work on the oldest request; true when a cycle should look for fresh intervals at once. */
  async #serveRequest(signal: AbortSignal): Promise<boolean> {
    const request = this.#requests.shift();
    if (!request) return false;
    try {
      await this.#fulfil(request, signal);
      request.resolve();
    } catch (error) {
      request.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  async #fulfil({ range, report }: Request, signal: AbortSignal): Promise<void> {
    const chunks = await this.#cycle.incomplete(range);
    const total = chunks.reduce((sum, c) => sum + countIn(c, this.#deps.step), 0);
    let done = 0;
    report(done, total);
    for (let i = 0; i < chunks.length; i += CHUNKS_PER_CYCLE) {
      const outcome = await this.#cycle.collect(chunks.slice(i, i + CHUNKS_PER_CYCLE), signal);
      report((done += outcome.committed), total);
      if (outcome.state === 'unavailable') throw new Error(outcome.message);
      if (outcome.state === 'stopped') throw new Error('the exporter is stopping');
      // What is fresh does not wait for what is old.
      await this.#runCycle(signal);
    }
    await this.#publish();
  }

  async #runCycle(signal: AbortSignal): Promise<CycleEnd> {
    const { status, stopwatch, step, log, onProgress } = this.#deps;
    const began = stopwatch();
    const end = await this.#guarded(signal);
    const took = stopwatch() - began;
    if (took > step) status.overran();
    if (end.state === 'idle') onProgress(null);
    if (end.committed > 0) {
      // Long work is told of by its progress.
      const level = end.state === 'more' ? 'debug' : 'info';
      log[level]({ committed: end.committed, seconds: round(took) }, 'intervals committed');
    }
    return end.state;
  }

  /** A ledger that cannot be written is told once and tried again; nothing of the interval under way is kept. */
  async #guarded(signal: AbortSignal): Promise<{ state: CycleEnd; committed: number }> {
    const { status, log } = this.#deps;
    try {
      const outcome = await this.#cycle.run(signal);
      if (outcome.state === 'idle') await this.#maintain(signal);
      status.database(null);
      this.#complain(outcome.state === 'unavailable' ? outcome.message : '', 'source unavailable');
      return outcome;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      status.database(message);
      if (message !== this.#complaint) log.error({ err: error }, 'cycle failed');
      this.#complaint = message;
      return { state: 'failed', committed: 0 };
    }
  }

  /**
   * Tell anew what became known late, for half of the time that is left before the next interval at most; what is over goes on
   * after the next cycle. True when something was told.
   */
  async #revise(signal: AbortSignal): Promise<boolean> {
    const { revisions = [], clock, step, settle, ledger, log } = this.#deps;
    if (revisions.length === 0) return false;
    const left = nextWake('idle', 0, clock.now(), step, settle) - clock.now();
    const limit = AbortSignal.timeout(Math.max(1000, left * 500));
    const until = AbortSignal.any([signal, this.#alarm.signal, limit]);
    let told = 0;
    try {
      for (const revision of revisions) told += (await revision.run(until)).intervals;
      if (told > 0) this.#latest = await ledger.latest();
    } catch (error) {
      log.error({ err: error }, 'telling intervals anew failed');
    }
    return told > 0;
  }

  /** Ends early for who wants to stop or to have something collected. True when something was found. */
  async #analyse(signal: AbortSignal): Promise<boolean> {
    const { analyses } = this.#deps;
    if (!analyses || signal.aborted) return false;
    return analyses.run(AbortSignal.any([signal, this.#alarm.signal]));
  }

  /** Close days that nothing can complete any more, then prune; bounded, the rest follows after the next cycle. */
  async #maintain(signal: AbortSignal): Promise<void> {
    const { ledger, clock, retention, factors } = this.#deps;
    const { reach } = this.#cycle;
    const { currency } = factors.prices;
    if (reach) await closeUnreachable(ledger, { ...reach, currency, signal });
    await compact(ledger, { now: clock.now(), retention, signal });
  }

  #complain(message: string, what: string): void {
    const { log } = this.#deps;
    if (message === this.#complaint) return;
    if (message !== '') log.warn({ reason: message }, what);
    else log.info({}, 'collecting again');
    this.#complaint = message;
  }

  async #publish(): Promise<void> {
    const { clock, ledger, status, publish, onStatus, log, stopwatch } = this.#deps;
    const began = stopwatch();
    try {
      const shown = (await ledger.note(FIRST_BACKFILL_DONE)) !== null;
      const counters = shown ? await ledger.counters() : null;
      await publish({ at: clock.now(), latest: this.#latest, counters, status: status.snapshot() });
      log.debug({ seconds: round(stopwatch() - began) }, 'snapshot published');
    } catch (error) {
      log.error({ err: error }, 'publishing the snapshot failed');
    }
    onStatus(status.snapshot());
  }
}

const endOf = (result: IntervalResult) => (result.interval.start + result.interval.step) as EpochSeconds;

const round = (took: number) => (Math.round(took * 1000) / 1000) as Seconds;
