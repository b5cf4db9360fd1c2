/** Whole columns as one value: parameters for `unnest`, and answers. */

/** A PostgreSQL array of numbers, any of which may be null. */
export function numbers(values: Iterable<number | bigint | null>): string {
  const parts: string[] = [];
  for (const value of values) parts.push(value === null ? 'NULL' : String(value));
  return `{${parts.join(',')}}`;
}

/** The numbers of a PostgreSQL array as text, none of which is null. */
export const numbersOf = (array: string): number[] => JSON.parse(`[${array.slice(1, -1)}]`) as number[];

/** `unnest($1::int[], $2::text[], ...)` for columns of these types. @param first number of the first parameter */
export const unnest = (types: readonly string[], first = 1): string =>
  `unnest(${types.map((type, i) => `$${first + i}::${type}[]`).join(', ')})`;

/** Rows as columns. */
export const columnsOf = <T>(rows: readonly (readonly T[])[], width: number): T[][] =>
  Array.from({ length: width }, (_, c) => rows.map((row) => row[c]!));
