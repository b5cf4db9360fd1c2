/** Long work that somebody asked for: accepted at once, done in the background, watched by its id. */
import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds } from '../domain/units.js';

/** What each kind of work is told. */
export interface JobParams {
  /** Collect every interval of the range that the ledger does not hold complete. Both ends on the grid. */
  readonly backfill: TimeRange;
  /** Look at everything for recommendations. */
  readonly scan: Readonly<Record<never, never>>;
}
export type JobKind = keyof JobParams;
export const JOB_KINDS = ['backfill', 'scan'] as const satisfies readonly JobKind[];

/** "queued" and "running" jobs end in one of the other three. */
export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Job<K extends JobKind = JobKind> {
  /** 16 lower-case hexadecimal digits. */
  readonly id: string;
  readonly kind: K;
  readonly params: JobParams[K];
  readonly state: JobState;
  readonly createdAt: EpochSeconds;
  /** Null: not begun. */
  readonly startedAt: EpochSeconds | null;
  /** Null: not ended. */
  readonly finishedAt: EpochSeconds | null;
  /** In intervals, or hours of a scan; null until the amount of work is known. */
  readonly progress: JobProgress | null;
  /** Why it failed or what it waits for, one line for people without secrets; "" when there is nothing to say. */
  readonly message: string;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
}

/** The queue is full: nothing was accepted. */
export class TooManyJobs extends Error {
  constructor(readonly most: number) {
    super(`${most} jobs are waiting already`);
    this.name = 'TooManyJobs';
  }
}

export interface Jobs {
  /**
   * Accept work. The same work that is waiting or under way already is not begun twice: its job is the answer.
   * @throws TooManyJobs
   */
  start<K extends JobKind>(kind: K, params: JobParams[K]): Promise<Job<K>>;
  /** Null: never existed, or ended long ago. */
  get(id: string): Promise<Job | null>;
  /** Newest first, a bounded number of ended ones among them. */
  list(): Promise<readonly Job[]>;
}
