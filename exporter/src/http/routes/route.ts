/** What a resource is: a row of the routing table. A file of routes/ exports one; routes/index.ts lists them. */
import { z } from 'zod';
import type { EpochSeconds } from '../../domain/units.js';
import type { Role } from '../auth.js';
import type { HandlerDeps } from '../deps.js';
import type { QuerySchema } from '../query.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

export interface Call<Q, P = Record<string, never>> {
  readonly query: Q;
  /** What stands in the path for its {names}. */
  readonly params: P;
  readonly now: EpochSeconds;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
}

export type Answer =
  | {
      readonly json: unknown;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly content: string | Buffer;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | StreamedAnswer;

/** Of a length that is not known before; sent as it is made. */
export interface StreamedAnswer {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it. */
  readonly path: string;
  /** A route whose role is not one of ROLES cannot be reached. */
  readonly role: Role;
  readonly summary: string;
  readonly query: QuerySchema;
  /** Of the {names} in the path, each with an example in its `meta`. A value that it refuses is not found. */
  readonly params?: QuerySchema;
  /** Media type of the answer; null: the handler negotiates. */
  readonly produces: string | null;
  /** Media types that the handler chooses from by a parameter, where `produces` is null. */
  readonly formats?: readonly string[];
  readonly answer: z.ZodType;
  /** Status of the answer that all went well; 200 unless said. */
  readonly success?: 200 | 202;
  /** Query strings to try, "" for none, each with what it asks; the first is the document's. */
  readonly examples?: readonly Example[];
  readonly handle: (deps: HandlerDeps, call: Call<never, never>) => Answer | Promise<Answer>;
}

export interface Example {
  readonly query: string;
  readonly asks: string;
}

type TypedRoute<Q extends QuerySchema, P extends QuerySchema> = Omit<Route, 'query' | 'params' | 'handle'> & {
  readonly query: Q;
  readonly params?: P;
  readonly handle: (deps: HandlerDeps, call: Call<z.infer<Q>, z.infer<P>>) => Answer | Promise<Answer>;
};

/** Ties a handler's parameters to its schema; the table holds routes of all kinds. */
export function route<Q extends QuerySchema, P extends QuerySchema = z.ZodObject<Record<never, never>>>(
  typed: TypedRoute<Q, P>,
): Route {
  return typed;
}

export const noParameters = z.strictObject({});

/** The path with its {names} filled in: by their examples where nothing else is given. */
export function pathOf({ path, params }: Route, values: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const example = (params?.shape[name] as z.ZodType | undefined)?.meta()?.['example'] as string | undefined;
    return encodeURIComponent(values[name] ?? example ?? name);
  });
}
