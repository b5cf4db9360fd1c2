/** What is worked out from the stored past from time to time: each analysis on its own schedule, one after the other. */
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';

export interface Analysis {
  readonly name: string;
  readonly every: Seconds;
  /**
   * Bounded, pausing where it is long, and stopping at its next safe point when the signal is aborted. True when there is something
   * new to show.
   */
  run(now: EpochSeconds, signal: AbortSignal): Promise<boolean>;
}

export interface AnalysesDeps {
  readonly clock: Clock;
  readonly log: {
    debug(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  readonly stopwatch: () => number;
}

/** How soon an analysis that failed is tried again, s. */
const RETRY = 600;
/** An analysis that takes long waits at least so many times as long: it has 2 % of the time at most. */
const REST = 49;

/**
 * Runs what is due. An analysis that fails keeps what it found before, is told of in the log and tried again; the others run all
 * the same.
 */
export class Analyses {
  readonly #analyses: readonly Analysis[];
  readonly #deps: AnalysesDeps;
  readonly #due = new Map<string, EpochSeconds>();

  constructor(analyses: readonly Analysis[], deps: AnalysesDeps) {
    this.#analyses = analyses;
    this.#deps = deps;
  }

  /** True when there is something new to show. */
  async run(signal: AbortSignal): Promise<boolean> {
    let done = false;
    for (const analysis of this.#analyses) {
      if (signal.aborted) break;
      const now = this.#deps.clock.now();
      if (now < (this.#due.get(analysis.name) ?? -Infinity)) continue;
      if (await this.#try(analysis, now, signal)) done = true;
    }
    return done;
  }

  async #try(analysis: Analysis, now: EpochSeconds, signal: AbortSignal): Promise<boolean> {
    const { name, every } = analysis;
    const { log, stopwatch } = this.#deps;
    const began = stopwatch();
    let found = false;
    let wait: number = every;
    try {
      found = await analysis.run(now, signal);
      log.debug({ analysis: name, seconds: stopwatch() - began }, 'analysed');
    } catch (error) {
      log.error({ analysis: name, err: error }, 'analysis failed');
      wait = Math.min(RETRY, every);
    }
    // Of one that was broken off nothing was kept: it is due at once.
    if (signal.aborted) return false;
    this.#due.set(name, epochSeconds(now + Math.max(wait, REST * (stopwatch() - began))));
    return found;
  }
}
