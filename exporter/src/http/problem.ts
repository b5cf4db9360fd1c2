/** Errors as RFC 9457 problem details. The `type` of each is stable; nothing of the inside (stack, SQL, path, host) is in them. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { QueryProblem } from '../pipeline/query-range.js';

export const PROBLEMS = {
  'invalid-parameter': [400, 'Invalid parameter'],
  'malformed-request': [400, 'Malformed request'],
  unauthorized: [401, 'A token is needed'],
  forbidden: [403, 'Not allowed'],
  'host-not-allowed': [403, 'Host not allowed'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'not-acceptable': [406, 'Not acceptable'],
  'request-timeout': [408, 'Request timeout'],
  conflict: [409, 'Conflict'],
  'body-too-large': [413, 'Body too large'],
  'uri-too-long': [414, 'URI too long'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'too-many-requests': [429, 'Too many requests'],
  'headers-too-large': [431, 'Header fields too large'],
  'internal-error': [500, 'Internal error'],
  'not-ready': [503, 'Not ready yet'],
  overloaded: [503, 'Overloaded'],
  'answer-timeout': [503, 'Answer timeout'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;
export type ProblemType = keyof typeof PROBLEMS;

export const problemSchema = z
  .object({
    type: z
      .string()
      .meta({ description: 'Stable identifier, /problems/<name>', example: '/problems/invalid-parameter' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    parameter: z.string().optional().meta({ description: 'The parameter that is wrong' }),
    fix: z.string().optional().meta({ description: 'What to write or do instead' }),
    request_id: z.string().optional().meta({ description: 'Under which the log says more' }),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof problemSchema>;

export interface ProblemExtras {
  readonly parameter?: string;
  readonly fix?: string;
  readonly request_id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by anything in a request's way; answered as it is. */
export class Problem extends Error {
  constructor(
    readonly type: ProblemType,
    detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }

  get status(): number {
    return PROBLEMS[this.type][0];
  }

  body(): ProblemBody {
    const { headers: _, ...extras } = this.extras;
    const [status, title] = PROBLEMS[this.type];
    return { type: `/problems/${this.type}`, title, status, detail: this.message, ...extras };
  }
}

export function sendProblem(problem: Problem, req: Request, res: Response): void {
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) res.setHeader(name, value);
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem.body()));
  // A body that nobody will read is drained (the request timeout bounds it), so that the client gets to see the answer.
  if (!req.complete) req.resume();
}

/** Express' and body-parser's own errors by status; anything unknown is an internal error, told to nobody but the log. */
const BY_STATUS: Readonly<Record<number, readonly [ProblemType, string]>> = {
  400: ['malformed-request', 'The request could not be read.'],
  413: ['body-too-large', 'The body is larger than 64 KiB.'],
  415: ['unsupported-media-type', 'Compressed bodies are not read.'],
};

export function asProblem(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueryProblem) {
    return new Problem('invalid-parameter', error.message, { parameter: error.parameter, fix: error.fix });
  }
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  const known = BY_STATUS[status];
  if (known) return new Problem(...known);
  return new Problem('internal-error', 'The request failed for a reason of our own.', {
    fix: 'Look for the request_id in the log of the exporter.',
    request_id: requestId,
  });
}
