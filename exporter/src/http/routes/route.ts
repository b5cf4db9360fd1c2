/** What a resource is: a row of the routing table. A file of routes/ exports one; routes/index.ts lists them. */
import { z } from 'zod';
import type { EpochSeconds } from '../../domain/units.js';
import type { Role } from '../auth.js';
import type { HandlerDeps } from '../deps.js';
import type { QuerySchema } from '../query.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

export interface Call<Q> {
  readonly query: Q;
  readonly now: EpochSeconds;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
}

export type Answer =
  | { readonly json: unknown; readonly status?: number }
  | {
      readonly content: string | Buffer;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it. */
  readonly path: string;
  /** A route whose role is not one of ROLES cannot be reached. */
  readonly role: Role;
  readonly summary: string;
  readonly query: QuerySchema;
  /** Media type of the answer; null: the handler negotiates. */
  readonly produces: string | null;
  readonly answer: z.ZodType;
  readonly handle: (deps: HandlerDeps, call: Call<never>) => Answer | Promise<Answer>;
}

type TypedRoute<Q extends QuerySchema> = Omit<Route, 'query' | 'handle'> & {
  readonly query: Q;
  readonly handle: (deps: HandlerDeps, call: Call<z.infer<Q>>) => Answer | Promise<Answer>;
};

/** Ties a handler's parameters to its schema; the table holds routes of all kinds. */
export function route<Q extends QuerySchema>(typed: TypedRoute<Q>): Route {
  return typed;
}

export const noParameters = z.strictObject({});
