/**
 * The table of keys. The zod schema, the flags, the environment names, docs/config.md, the help text and the errors all come
 * from it: to add a key, add one row to a file in rows/ and one line to build.ts.
 */
import { z } from 'zod';
import type { Spec } from './row.js';
import { analysis, energy } from './rows/model.js';
import { demo, exposition, http, identity, labels, time } from './rows/service.js';
import { cost, database, embodied, grid, kubernetes, prometheus } from './rows/sources.js';

const GROUPS = {
  Identity: identity,
  HTTP: http,
  Time: time,
  Prometheus: prometheus,
  Kubernetes: kubernetes,
  Cost: cost,
  Grid: grid,
  'Embodied emissions': embodied,
  Energy: energy,
  Database: database,
  Exposition: exposition,
  Labels: labels,
  Analysis: analysis,
  Demo: demo,
};

type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void
  ? I
  : never;
type Specs = UnionToIntersection<(typeof GROUPS)[keyof typeof GROUPS]>;

export type Key = keyof Specs;
/** Every key's value after parsing. */
export type Values = { readonly [K in Key]: Specs[K] extends Spec<infer T> ? T : never };

export interface Row extends Spec<unknown> {
  readonly key: Key;
  readonly group: string;
}

/** In the order of the documentation. */
export const ROWS: readonly Row[] = Object.entries(GROUPS).flatMap(([group, specs]) =>
  Object.entries(specs as Record<string, Spec<unknown>>).map(([key, spec]) => ({
    ...spec,
    key: key as Key,
    group,
  })),
);

const BY_KEY = new Map<string, Row>(ROWS.map((row) => [row.key, row]));

export function rowOf(key: Key): Row {
  return BY_KEY.get(key)!;
}

/** The one schema: from the text of each key that is set to the values of all. Unknown keys are refused before it. */
export const SCHEMA = z.object(
  Object.fromEntries(ROWS.map((row) => [row.key, row.schema])),
) as unknown as z.ZodType<Values, Readonly<Partial<Record<Key, string>>>>;
