import { z } from 'zod';
import { countIn } from '../../domain/interval.js';
import { parseRange, QueryProblem } from '../../pipeline/query-range.js';
import { JOB_KINDS, JOB_STATES, TooManyJobs, type Job } from '../../ports/jobs.js';
import { instant } from '../amounts.js';
import type { HandlerDeps } from '../deps.js';
import { Problem } from '../problem.js';
import { instantSchema, rangeParameters } from '../schemas.js';
import { noParameters, route } from './route.js';

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.enum(JOB_KINDS),
    from: instantSchema
      .nullable()
      .meta({ description: 'Of the range that a backfill collects; null for other work' }),
    to: instantSchema.nullable(),
    state: z.enum(JOB_STATES),
    created_at: instantSchema,
    started_at: instantSchema.nullable(),
    finished_at: instantSchema.nullable(),
    progress: z
      .object({ done: z.number(), total: z.number() })
      .nullable()
      .meta({ description: 'In intervals, or hours of a scan; null until the amount of work is known' }),
    message: z.string().meta({ description: 'Why it failed; empty when there is nothing to say' }),
  })
  .meta({ id: 'Job' });
export type JobAnswer = z.infer<typeof jobSchema>;

const list = z.object({ items: z.array(jobSchema) }).meta({ id: 'Jobs' });
export type JobsAnswer = z.infer<typeof list>;

/** Longest range that one job may be asked for, s. */
const MAX_BACKFILL = 366 * 86_400;

export const backfill = route({
  method: 'post',
  path: '/api/v1/backfill',
  role: 'change',
  summary: 'Collect what the ledger does not hold complete of a range, as far as the source still has it',
  query: z.strictObject(rangeParameters),
  produces: 'application/json',
  answer: jobSchema,
  success: 202,
  examples: [
    { query: 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', asks: 'one day' },
    { query: 'last=12h', asks: 'the last twelve hours' },
  ],
  handle: async ({ jobs, step, rootPath }, { query, now }) => {
    if (query.from === undefined && query.last === undefined) {
      throw new QueryProblem('from', 'A backfill needs a range.', 'Give from and to, or last.');
    }
    const range = parseRange(query, now, step);
    if (range.to - range.from > MAX_BACKFILL) {
      const parameter = query.last === undefined ? 'from' : 'last';
      const days = Math.ceil((countIn(range, step) * step) / 86_400);
      throw new QueryProblem(
        parameter,
        `${days} days are more than one job may be asked for.`,
        'Ask for at most 366 days.',
      );
    }
    const job = await jobs.start('backfill', range).catch(refusedWhenFull);
    return { status: 202, headers: { Location: `${rootPath}/api/v1/jobs/${job.id}` }, json: shapeJob(job) };
  },
});

function refusedWhenFull(error: unknown): never {
  if (!(error instanceof TooManyJobs)) throw error;
  throw new Problem('too-many-requests', `${error.most} jobs are waiting already.`, {
    fix: 'Wait until one has ended: GET /api/v1/jobs.',
    headers: { 'Retry-After': '60' },
  });
}

export const jobs = route({
  method: 'get',
  path: '/api/v1/jobs',
  role: 'read',
  summary: 'Jobs since the start of the process, newest first; the last 100 that have ended are remembered',
  query: noParameters,
  produces: 'application/json',
  answer: list,
  examples: [{ query: '', asks: 'all jobs' }],
  handle: async (deps: HandlerDeps) => ({ json: { items: (await deps.jobs.list()).map(shapeJob) } }),
});

export const job = route({
  method: 'get',
  path: '/api/v1/jobs/{id}',
  role: 'read',
  summary: 'One job with its progress',
  query: noParameters,
  params: z.strictObject({
    id: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .meta({ description: 'As POST /api/v1/backfill answered it', example: '0123456789abcdef' }),
  }),
  produces: 'application/json',
  answer: jobSchema,
  handle: async ({ jobs: all }, { params: { id } }) => {
    const found = await all.get(id);
    if (!found) {
      throw new Problem('not-found', 'There is no such job; old ones are forgotten.', {
        parameter: 'id',
        fix: 'See /api/v1/jobs.',
      });
    }
    return { json: shapeJob(found) };
  },
});

export function shapeJob({
  id,
  kind,
  params,
  state,
  createdAt,
  startedAt,
  finishedAt,
  progress,
  message,
}: Job): JobAnswer {
  return {
    id,
    kind,
    from: 'from' in params ? instant(params.from) : null,
    to: 'to' in params ? instant(params.to) : null,
    state,
    created_at: instant(createdAt),
    started_at: startedAt === null ? null : instant(startedAt),
    finished_at: finishedAt === null ? null : instant(finishedAt),
    progress: progress && { ...progress },
    message,
  };
}
