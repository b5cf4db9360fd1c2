/**
 * What is to be asked of and stored in databases that speak SQL, said as a dialogue of statements, which one database answers at once
 * and another over a network. Statements are in the words that both know: `$1`, `greatest`.
 */
import type { Document } from '../ports/archive.js';

export interface Statement {
  readonly text: string;
  readonly values: readonly Value[];
}
export type Value = string | number | bigint | boolean | null;
export type Row = Readonly<Record<string, Value>>;
/** Yields statements and is given their rows. */
export type Dialogue<T> = Generator<Statement, T, readonly Row[]>;

export interface Target {
  readonly clusterId: number;
  readonly cluster: string;
  /** A column beside `workload_id` that this database keeps in `workload_counter`. */
  readonly countersNameCluster: boolean;
}

export const say = function* (text: string, ...values: Value[]): Dialogue<readonly Row[]> {
  return yield { text, values };
};

/** Of a stored document. */
export const documentOf = (value: Value | undefined): Document =>
  withoutCluster(JSON.parse(String(value)) as Document);

export function withoutCluster(body: Document): Document {
  const { cluster: _, ...rest } = body;
  return rest;
}
