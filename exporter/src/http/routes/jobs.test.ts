import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../../domain/units.js';
import { JobQueue } from '../../pipeline/jobs.js';
import { NO_AUTH, NOW, start } from '../testing/harness.js';
import { job, type JobAnswer, type JobsAnswer } from './jobs.js';

const post = { method: 'POST' };
const DAY = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';

/** A queue whose work goes on until the test is over. */
function busy(onStart: (progress: (done: number, total: number) => void) => void = () => undefined) {
  let ids = 0;
  return new JobQueue({
    clock: { now: () => epochSeconds(NOW) },
    newId: () => (++ids).toString(16).padStart(16, 'a'),
    work: (_job, report) => {
      onStart((done, total) => report({ done, total }));
      return new Promise(() => undefined);
    },
  });
}

describe('POST /api/v1/backfill', () => {
  it('answers 202 with a job and where to watch it', async () => {
    const jobs = busy((report) => report(12, 288));
    await using running = await start({ jobs, rootPath: '/gk' });
    const reply = await running.get(`/api/v1/backfill?${DAY}`, post);
    const accepted = reply.json<JobAnswer>();
    expect(reply.status).toBe(202);
    expect(() => job.answer.parse(accepted)).not.toThrow();
    expect(accepted).toMatchObject({
      kind: 'backfill',
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      state: 'queued',
    });
    expect(reply.headers.get('location')).toBe(`/gk/api/v1/jobs/${accepted.id}`);
    const watched = (await running.get(reply.headers.get('location')!)).json<JobAnswer>();
    expect(watched).toMatchObject({ state: 'running', progress: { done: 12, total: 288 } });
    const { items } = (await running.get('/api/v1/jobs')).json<JobsAnswer>();
    expect(items.map((j) => j.id)).toEqual([accepted.id]);
  });

  it('the same range twice is one job; too many are refused', async () => {
    await using running = await start({ jobs: busy() });
    const ask = (hours: number) => running.get(`/api/v1/backfill?last=${hours}h`, post);
    const [a, b] = [(await ask(1)).json<JobAnswer>(), (await ask(1)).json<JobAnswer>()];
    expect(a.id).toBe(b.id);
    for (let hours = 2; hours <= 16; hours++) expect((await ask(hours)).status).toBe(202);
    const refused = await ask(17);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  });

  it.each([
    ['', 'from'],
    ['to=2026-01-02T00:00:00Z', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['from=2027-01-02T00:00:00Z', 'from'],
    ['last=2y', 'last'],
    ['from=2020-01-01T00:00:00Z', 'from'],
    ['namespace=a', 'namespace'],
  ])('refuses %j', async (query, parameter) => {
    await using running = await start({ jobs: busy() });
    const reply = await running.get(`/api/v1/backfill?${query}`, post);
    expect([reply.status, reply.json().parameter]).toEqual([400, parameter]);
  });

  it('is the operator\u2019s alone', async () => {
    const auth = { ...NO_AUTH, token: 'read-token-0123456789', operatorToken: 'operator-token-0123456789' };
    await using running = await start({ jobs: busy(), auth });
    const as = async (token: string) =>
      (
        await running.get(`/api/v1/backfill?${DAY}`, {
          ...post,
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    expect([await as(auth.token), await as(auth.operatorToken)]).toEqual([403, 202]);
    expect((await running.get(`/api/v1/backfill?${DAY}`)).status).toBe(405);
  });
});

describe('GET /api/v1/jobs/{id}', () => {
  it.each(['0000000000000000', 'x', '__proto__', '..%2f..%2fetc', '%00', 'a'.repeat(300)])(
    '%s is not found',
    async (id) => {
      await using running = await start({ jobs: busy() });
      const reply = await running.get(`/api/v1/jobs/${id}`);
      expect([reply.status, reply.json().parameter]).toEqual([404, 'id']);
    },
  );
});
