/** Query string to the typed parameters of a route. Nothing is guessed: what is not understood is refused, by name. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { Problem } from './problem.js';
import { QueryProblem } from '../pipeline/query-range.js';
import { COMMA_LISTS } from './schemas.js';

const MAX_PARAMETERS = 250;
/** How much of a name that is not ours is said back. */
const MAX_ECHO = 64;

export type QuerySchema = z.ZodObject;

/** Throws `QueryProblem` for the first parameter that is unknown, repeated or malformed. */
export function parseQuery<Q extends QuerySchema>(schema: Q, search: string): z.infer<Q> {
  const pairs = [...new URLSearchParams(search)];
  if (pairs.length > MAX_PARAMETERS) {
    throw new QueryProblem(
      'query',
      `More than ${MAX_PARAMETERS} parameters.`,
      'Filter by fewer alternatives.',
    );
  }
  const given = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(schema.shape, name)) throw unknownParameter(name, Object.keys(schema.shape));
    if (value === '')
      throw new QueryProblem(name, `${name} is empty.`, 'Give a value, or leave the parameter out.');
    given.set(name, [...(given.get(name) ?? []), ...(COMMA_LISTS.has(name) ? value.split(',') : [value])]);
  }
  const input = Object.fromEntries([...given].map(([name, values]) => [name, single(schema, name, values)]));
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw problemOf(schema, parsed.error.issues[0]!);
}

/** What stands in the path; a value that the schema refuses names nothing that exists. Throws a `Problem`. */
export function parseParams(
  schema: QuerySchema | undefined,
  values: Readonly<Record<string, unknown>>,
): object {
  if (!schema) return {};
  const parsed = schema.safeParse({ ...values });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = String(issue.path[0]);
  const allowed = issue.code === 'invalid_value' ? `Allowed: ${issue.values.map(String).join(', ')}.` : null;
  const description = (schema.shape[name] as z.ZodType).meta()?.description;
  throw new Problem('not-found', `There is no such ${name}.`, {
    parameter: name,
    fix: allowed ?? `${description}.`,
  });
}

function single(schema: QuerySchema, name: string, values: readonly string[]): readonly string[] | string {
  if (isList(schema.shape[name] as z.ZodType)) return values;
  if (values.length > 1)
    throw new QueryProblem(name, `${name} was given more than once.`, `Give ${name} once.`);
  return values[0]!;
}

function isList(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return isList(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return isList(schema.in as z.ZodType);
  return schema instanceof z.ZodArray;
}

function unknownParameter(name: string, allowed: readonly string[]): QueryProblem {
  const shown = name.slice(0, MAX_ECHO);
  const near = allowed.length > 0 ? closest(shown, [...allowed]) : '';
  const guess = near !== '' && distance(shown, near) <= 2 ? `Did you mean ${near}? ` : '';
  const list = allowed.length > 0 ? `Allowed: ${allowed.join(', ')}.` : 'This takes no parameters.';
  return new QueryProblem(shown, 'This parameter is not known.', guess + list);
}

function problemOf(schema: QuerySchema, issue: z.core.$ZodIssue): QueryProblem {
  const name = String(issue.path[0]);
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String).join(', ');
    return new QueryProblem(name, `${name} has a value that is not known.`, `Allowed: ${allowed}.`);
  }
  const description = (schema.shape[name] as z.ZodType).meta()?.description ?? 'See /api/v1/openapi.json';
  const detail = issue.code === 'invalid_format' ? issue.message : 'is out of bounds';
  return new QueryProblem(name, `${name} ${detail}.`, `${description}.`);
}
