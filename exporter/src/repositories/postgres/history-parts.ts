/**
 * Which part of a range is read from days, which from hours and which from intervals, as part of the statement that reads it: by
 * what is sealed, never by the clock.
 */
import { DAY, HOUR, type TimeRange } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import { KNOWN } from './seals.js';

/** Parameters of a statement, numbered as they are added. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`;
  }
}

/** Names of tables end with these; "usage": single intervals. Each is read at the starts of one of the parts below. */
export const GRAINS = [
  ['day', 'd'],
  ['hour', 'h'],
  ['usage', 'i'],
] as const;

/**
 * Common table expressions: `c`, the clusters asked for, of which one that never had an interval is no part; and `d`, `h` and `i`,
 * the (cluster_id, start) that are read from days, hours and intervals, with the time `known` of each in microseconds, null where
 * nothing is.
 * @param bucket width of the buckets of the answer, none of which a part may straddle; null: the range is one bucket
 */
export function parts(
  parameters: Parameters,
  range: TimeRange,
  bucket: Seconds | null,
  clusters: readonly string[] = [],
): string {
  const [from, to] = [parameters.add(range.from, 'bigint'), parameters.add(range.to, 'bigint')];
  const only = clusters.length > 0 ? `AND name = ANY (${parameters.add(clusters, 'text[]')})` : '';
  const fits = (width: Seconds) => bucket === null || bucket % width === 0;
  const within = (alias: string) =>
    `${alias}.cluster_id = c.id AND ${alias}.start >= ${from} AND ${alias}.start < ${to}`;
  const sealed = (table: string, width: Seconds) =>
    `SELECT s.cluster_id, s.start, CASE WHEN s.first_start IS NOT NULL THEN s.known END AS known
     FROM c JOIN ${table} s ON ${within('s')} WHERE ${fits(width)} AND s.held AND s.start + ${width} - c.step < ${to}`;
  const notIn = (part: string, alias: string, width: Seconds) =>
    `NOT EXISTS (SELECT 1 FROM ${part} WHERE ${part}.cluster_id = ${alias}.cluster_id
       AND ${part}.start = ${alias}.start - ${alias}.start % ${width})`;
  return `c AS MATERIALIZED (
      SELECT id, name, step FROM cluster WHERE EXISTS (SELECT 1 FROM interval_mark m WHERE m.cluster_id = cluster.id) ${only}),
    d AS MATERIALIZED (${sealed('day_seal', DAY)}),
    h AS MATERIALIZED (${sealed('hour_seal', HOUR)} AND ${notIn('d', 's', DAY)}),
    gone AS MATERIALIZED (
      SELECT s.cluster_id, s.start FROM c JOIN hour_seal s ON s.cluster_id = c.id
        AND s.start > ${from} - ${HOUR} AND s.start < ${to} WHERE NOT s.raw),
    i AS MATERIALIZED (
      SELECT m.cluster_id, m.start, ${KNOWN.replace('coverage', 'm.coverage').replace('step', 'm.step')} AS known
      FROM c JOIN interval_mark m ON ${within('m')} WHERE m.state <> 'impossible'
        AND ${notIn('d', 'm', DAY)} AND ${notIn('h', 'm', HOUR)} AND ${notIn('gone', 'm', HOUR)})`;
}

/** Start of the bucket that `start` lies in; 0 without buckets. */
export const bucketOf = (start: string, bucket: Seconds | null): string =>
  bucket === null ? '0::bigint' : `(${start} - ${start} % ${bucket})`;

/** Time known of each cluster and bucket: (cluster_id, bucket, known). */
export const known = (bucket: Seconds | null): string =>
  `SELECT cluster_id, ${bucketOf('start', bucket)} AS bucket, sum(known) AS known
   FROM (SELECT * FROM d UNION ALL SELECT * FROM h UNION ALL SELECT * FROM i) p WHERE known IS NOT NULL GROUP BY 1, 2`;

/**
 * Rows of a table at all grains. The fence keeps each read of a bucket one look into an index: what a part holds is not known when
 * the statement is planned, and a join by hashing would read the whole table.
 * @param columns of a row, by the table that it is in
 */
export function rowsOf(
  table: 'pod' | 'node' | 'namespace',
  bucket: Seconds | null,
  columns: (table: string) => readonly string[],
): string {
  return GRAINS.map(([grain, part]) => {
    const name = `${table}_${grain}`;
    return `SELECT ${part}.cluster_id, ${bucketOf(`${part}.start`, bucket)} AS bucket, u.*
      FROM ${part} CROSS JOIN LATERAL (SELECT ${columns(name).join(', ')} FROM ${name} u
        WHERE u.cluster_id = ${part}.cluster_id AND u.start = ${part}.start OFFSET 0) u`;
  }).join('\n    UNION ALL ');
}
