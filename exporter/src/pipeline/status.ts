/** Keeps the account of how the exporter is doing; everything in it is rebuilt from nothing at each start. */
import type { CalibrationResult } from '../domain/energy/calibration.js';
import { seconds, type EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { Outcome } from '../ports/outcome.js';
import {
  PHASE_BUCKETS,
  PHASES,
  type ModelError,
  type Phase,
  type PhaseHistogram,
  type PipelineStatus,
  type SourceStatus,
} from '../ports/status.js';

interface MutableSource {
  required: boolean;
  discovered: boolean;
  explanation: string | null;
  up: boolean | null;
  lastSuccess: EpochSeconds | null;
  lastError: SourceStatus['lastError'];
  errors: Record<string, number>;
  latency: number | null;
}

/** Monotonic seconds, for durations only. */
export type Stopwatch = () => number;

export class StatusKeeper {
  readonly #clock: Clock;
  readonly #stopwatch: Stopwatch;
  readonly #sources = new Map<string, MutableSource>();
  readonly #phases = Object.fromEntries(PHASES.map((p) => [p, emptyHistogram()])) as Record<
    Phase,
    { counts: number[]; sum: number }
  >;
  #overruns = 0;
  #pending = 0;
  #lastCompleted: EpochSeconds | null = null;
  #backfill: PipelineStatus['backfill'] = null;
  #databaseError: string | null = null;
  #standby: boolean | null = null;
  #modelErrors: readonly ModelError[] = [];
  #calibration: CalibrationResult | null = null;
  readonly #rejected = new Map<string, Readonly<Record<string, number>>>();

  constructor(clock: Clock, stopwatch: Stopwatch) {
    this.#clock = clock;
    this.#stopwatch = stopwatch;
  }

  addSource(name: string, required: boolean): void {
    this.#sources.set(name, {
      required,
      discovered: false,
      explanation: null,
      up: null,
      lastSuccess: null,
      lastError: null,
      errors: {},
      latency: null,
    });
  }

  /** Its address was found in the cluster. @param explanation how, in one line */
  discovered(name: string, explanation: string): void {
    Object.assign(this.#sourceOf(name), { discovered: true, explanation });
  }

  /** Call a source and remember how it answered. */
  async ask<T>(name: string, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const source = this.#sourceOf(name);
    const began = this.#stopwatch();
    const outcome = await call();
    source.latency = this.#stopwatch() - began;
    source.up = outcome.ok;
    if (outcome.ok) {
      source.lastSuccess = this.#clock.now();
    } else {
      source.lastError = { reason: outcome.reason, message: outcome.message, at: this.#clock.now() };
      source.errors[outcome.reason] = (source.errors[outcome.reason] ?? 0) + 1;
    }
    return outcome;
  }

  #sourceOf(name: string): MutableSource {
    const source = this.#sources.get(name);
    if (!source) throw new Error(`source ${name} was not added`);
    return source;
  }

  /** Time a phase, whether it succeeds or throws. */
  async phase<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const began = this.#stopwatch();
    try {
      return await work();
    } finally {
      this.observe(phase, this.#stopwatch() - began);
    }
  }

  observe(phase: Phase, took: number): void {
    const histogram = this.#phases[phase];
    const bucket = PHASE_BUCKETS.findIndex((bound) => took <= bound);
    const index = bucket === -1 ? PHASE_BUCKETS.length : bucket;
    histogram.counts[index] = histogram.counts[index]! + 1;
    histogram.sum += took;
  }

  overran(): void {
    this.#overruns++;
  }

  pending(count: number): void {
    this.#pending = count;
  }

  completed(end: EpochSeconds): void {
    if (this.#lastCompleted === null || end > this.#lastCompleted) this.#lastCompleted = end;
  }

  progress(progress: PipelineStatus['backfill']): void {
    this.#backfill = progress;
  }

  database(error: string | null): void {
    this.#databaseError = error;
  }

  modelErrors(errors: readonly ModelError[]): void {
    this.#modelErrors = errors;
  }

  calibrated(result: CalibrationResult | null): void {
    this.#calibration = result;
  }

  /** @param waiting whether another replica collects */
  standby(waiting: boolean): void {
    this.#standby = waiting;
  }

  rejected(source: string, counts: Readonly<Record<string, number>>): void {
    this.#rejected.set(source, { ...counts });
  }

  snapshot(): PipelineStatus {
    return structuredClone({
      sources: [...this.#sources].map(([name, s]) => ({
        name,
        ...s,
        latency: s.latency === null ? null : seconds(s.latency),
      })),
      pending: this.#pending,
      lastCompleted: this.#lastCompleted,
      backfill: this.#backfill,
      phases: this.#phases,
      overruns: this.#overruns,
      rejectedSamples: Object.fromEntries(this.#rejected),
      databaseError: this.#databaseError,
      ...(this.#standby !== null && { standby: this.#standby }),
      modelErrors: this.#modelErrors,
      calibration: this.#calibration,
    });
  }
}

function emptyHistogram(): PhaseHistogram & { counts: number[]; sum: number } {
  return { counts: new Array<number>(PHASE_BUCKETS.length + 1).fill(0), sum: 0 };
}
