/** The queue of long work: one job at a time, in the order of asking, the last ones remembered. Nothing of it outlives the process. */
import type { EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import {
  TooManyJobs,
  type Job,
  type JobKind,
  type JobParams,
  type JobProgress,
  type Jobs,
} from '../ports/jobs.js';

/** Does the work of a job and returns when it is done. Anything thrown fails the job with its message. */
export type JobWork = (
  job: Job,
  report: (progress: JobProgress) => void,
  signal: AbortSignal,
) => Promise<void>;

export interface JobQueueDeps {
  readonly clock: Clock;
  /** A new id, 16 lower-case hexadecimal digits. */
  readonly newId: () => string;
  readonly work: JobWork;
}

const MAX_WAITING = 16;
const MAX_ENDED = 100;

export class JobQueue implements Jobs {
  readonly #deps: JobQueueDeps;
  /** Oldest first. */
  readonly #jobs = new Map<string, Job>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(deps: JobQueueDeps) {
    this.#deps = deps;
  }

  async start<K extends JobKind>(kind: K, params: JobParams[K]): Promise<Job<K>> {
    const open = [...this.#jobs.values()].filter((job) => job.finishedAt === null);
    const same = open.find(
      (job) => job.kind === kind && JSON.stringify(job.params) === JSON.stringify(params),
    );
    if (same) return same as Job<K>;
    if (open.length >= MAX_WAITING) throw new TooManyJobs(MAX_WAITING);
    const job: Job<K> = {
      id: this.#deps.newId(),
      kind,
      params,
      state: this.#stop.signal.aborted ? 'cancelled' : 'queued',
      createdAt: this.#deps.clock.now(),
      startedAt: null,
      finishedAt: this.#stop.signal.aborted ? this.#deps.clock.now() : null,
      progress: null,
      message: '',
    };
    this.#jobs.set(job.id, job);
    this.#running ??= this.#run();
    return job;
  }

  async get(id: string): Promise<Job | null> {
    return this.#jobs.get(id) ?? null;
  }

  async list(): Promise<readonly Job[]> {
    return [...this.#jobs.values()].toReversed();
  }

  /** Cancels what waits, asks the job under way to stop at its next safe point, and waits for it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whoever asked is answered before the work begins.
    await Promise.resolve();
    for (let job = this.#next(); job; job = this.#next()) await this.#do(job);
    this.#running = null;
  }

  #next(): Job | undefined {
    return [...this.#jobs.values()].find((job) => job.state === 'queued');
  }

  async #do({ id }: Job): Promise<void> {
    const { clock, work } = this.#deps;
    const { signal } = this.#stop;
    if (signal.aborted) return this.#end(id, 'cancelled', clock.now());
    const job = this.#change(id, { state: 'running', startedAt: clock.now() });
    try {
      await work(job, (progress) => void this.#change(id, { progress: { ...progress } }), signal);
      this.#end(id, signal.aborted ? 'cancelled' : 'done', clock.now());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#end(id, signal.aborted ? 'cancelled' : 'failed', clock.now(), message);
    }
  }

  #change(id: string, change: Partial<Job>): Job {
    const job = { ...this.#jobs.get(id)!, ...change };
    this.#jobs.set(id, job);
    return job;
  }

  #end(id: string, state: Job['state'], finishedAt: EpochSeconds, message = ''): void {
    this.#change(id, { state, finishedAt, message });
    const ended = [...this.#jobs.values()].filter((job) => job.finishedAt !== null);
    for (const old of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#jobs.delete(old.id);
  }
}
