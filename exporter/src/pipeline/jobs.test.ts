import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../domain/units.js';
import { TooManyJobs, type Job, type JobState } from '../ports/jobs.js';
import { JobQueue, type JobWork } from './jobs.js';

const range = (n: number) => ({ from: epochSeconds(n * 300), to: epochSeconds((n + 1) * 300) });

const fromOf = (job: Job): number => (job as Job<'backfill'>).params.from;

function queue(work: JobWork) {
  let now = 1000;
  let ids = 0;
  return new JobQueue({
    clock: { now: () => epochSeconds(now++) },
    newId: () => (++ids).toString(16).padStart(16, '0'),
    work,
  });
}

/** Resolves when the job is in one of the states. */
async function until(jobs: JobQueue, id: string, ...states: JobState[]) {
  for (;;) {
    const job = await jobs.get(id);
    if (job && states.includes(job.state)) return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Work that goes on until it is let go. */
function held() {
  const releases: (() => void)[] = [];
  const work: JobWork = (_job, _report, signal) =>
    new Promise((resolve, reject) => {
      releases.push(resolve);
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  return { work, release: () => releases.shift()!() };
}

describe('a job', () => {
  it('is accepted before it is begun, tells how far it is, and ends', async () => {
    const { work, release } = held();
    const jobs = queue((job, report, signal) => {
      report({ done: 3, total: 12 });
      return work(job, report, signal);
    });
    const job = await jobs.start('backfill', range(1));
    expect(job).toMatchObject({ state: 'queued', startedAt: null, progress: null, params: range(1) });
    expect(await until(jobs, job.id, 'running')).toMatchObject({ progress: { done: 3, total: 12 } });
    release();
    const done = await until(jobs, job.id, 'done');
    expect(done.finishedAt!).toBeGreaterThan(done.startedAt!);
  });

  it('that throws has failed with the message, and the next one runs', async () => {
    const jobs = queue((job) =>
      fromOf(job) === 300 ? Promise.reject(new Error('the source did not answer')) : Promise.resolve(),
    );
    const [bad, good] = [await jobs.start('backfill', range(1)), await jobs.start('backfill', range(2))];
    expect((await until(jobs, bad.id, 'failed')).message).toBe('the source did not answer');
    await until(jobs, good.id, 'done');
  });

  it('runs alone, in the order of asking', async () => {
    const { work, release } = held();
    const begun: number[] = [];
    const jobs = queue((job, report, signal) => {
      begun.push(fromOf(job));
      return work(job, report, signal);
    });
    const ids = [];
    for (const n of [3, 1, 2]) ids.push((await jobs.start('backfill', range(n))).id);
    for (const [i, id] of ids.entries()) {
      await until(jobs, id, 'running');
      expect(begun).toHaveLength(i + 1);
      release();
      await until(jobs, id, 'done');
    }
    expect(begun).toEqual([900, 300, 600]);
  });

  it('asked for twice is one job, until it has ended', async () => {
    const { work, release } = held();
    const jobs = queue(work);
    const first = await jobs.start('backfill', range(1));
    await until(jobs, first.id, 'running');
    expect((await jobs.start('backfill', range(1))).id).toBe(first.id);
    release();
    await until(jobs, first.id, 'done');
    expect((await jobs.start('backfill', range(1))).id).not.toBe(first.id);
    await jobs.close();
  });
});

describe('the queue', () => {
  it('is bounded: too many are refused, old ones forgotten, newest first', async () => {
    const { work } = held();
    const full = queue(work);
    for (let n = 0; n < 16; n++) await full.start('backfill', range(n));
    await expect(full.start('backfill', range(16))).rejects.toThrow(TooManyJobs);
    await full.close();
    expect((await full.list()).every((job) => job.state === 'cancelled')).toBe(true);

    const quick = queue(() => Promise.resolve());
    for (let n = 0; n < 120; n++) await until(quick, (await quick.start('backfill', range(n))).id, 'done');
    const list = await quick.list();
    expect(list).toHaveLength(100);
    expect(list.map((job) => fromOf(job))).toEqual(list.map((job) => fromOf(job)).toSorted((a, b) => b - a));
    expect(await quick.get('0000000000000001')).toBeNull();
  });

  it('when closed accepts nothing that would wait for ever', async () => {
    const jobs = queue(() => Promise.resolve());
    await jobs.close();
    expect((await jobs.start('backfill', range(1))).state).toBe('cancelled');
  });
});
