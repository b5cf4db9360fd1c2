/** Which part of a range is read from days, which from hours and which from intervals: by what is sealed, never by the clock. */
import type { Database } from 'better-sqlite3';
import { DAY, HOUR, type TimeRange } from '../../domain/interval.js';
import { carve, onGrid, without } from '../../domain/rollup.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';

export const GRAINS = ['day', 'hour', 'usage'] as const;
/** "usage": single intervals. */
export type Grain = (typeof GRAINS)[number];

export interface Cluster {
  readonly id: number;
  readonly name: string;
  readonly step: Seconds;
}

/** A range of one cluster that is read from one grain. */
export interface Piece extends TimeRange {
  readonly clusterId: number;
}

export type Partition = Readonly<Record<Grain, readonly Piece[]>>;

/** A cluster that never had an interval is not part of any range: it would only make coverage look poor. */
export function readClusters(db: Database, names: readonly string[] = []): Cluster[] {
  const restriction = names.length > 0 ? 'AND name IN (SELECT value FROM json_each(?))' : '';
  const values = names.length > 0 ? [JSON.stringify(names)] : [];
  const text = `SELECT id, name, step FROM cluster
    WHERE EXISTS (SELECT 1 FROM interval i WHERE i.cluster_id = cluster.id) ${restriction} ORDER BY name`;
  return db.prepare<string[], Cluster>(text).all(...values);
}

/** @param bucket width of the buckets of the answer, none of which a piece may straddle; null: the range is one bucket */
export function partition(
  db: Database,
  clusters: readonly Cluster[],
  range: TimeRange,
  bucket: Seconds | null,
): Partition {
  const parts: Record<Grain, Piece[]> = { day: [], hour: [], usage: [] };
  for (const cluster of clusters) {
    const pieces = partitionOne(db, cluster, onGrid(range, cluster.step), bucket);
    for (const grain of GRAINS) {
      parts[grain].push(...pieces[grain].map((piece) => ({ ...piece, clusterId: cluster.id })));
    }
  }
  return parts;
}

/** The parts of a range whose intervals are still held one by one. */
export function intervalPieces(db: Database, clusters: readonly Cluster[], range: TimeRange): Piece[] {
  return clusters.flatMap(({ id, step }) => {
    const whole = onGrid(range, step);
    return without(whole, prunedHours(db, id, whole)).map((piece) => ({ ...piece, clusterId: id }));
  });
}

function partitionOne(
  db: Database,
  { id }: Cluster,
  range: TimeRange,
  bucket: Seconds | null,
): Record<Grain, readonly TimeRange[]> {
  const fits = (width: Seconds) => bucket === null || bucket % width === 0;
  const days = fits(DAY) ? sealed(db, 'day_seal', 'held = 1', id, range) : [];
  const byDay = carve(range, DAY, days);
  const byHour = byDay.rest.map((rest) =>
    carve(rest, HOUR, fits(HOUR) ? sealed(db, 'hour_seal', 'held = 1', id, rest) : []),
  );
  return {
    day: byDay.whole,
    hour: byHour.flatMap((c) => c.whole),
    usage: byHour.flatMap((c) => c.rest).flatMap((rest) => without(rest, prunedHours(db, id, rest))),
  };
}

/** Hours that a range touches and whose intervals are gone. */
const prunedHours = (db: Database, id: number, { from, to }: TimeRange): TimeRange[] =>
  sealed(db, 'hour_seal', 'raw = 0', id, { from: epochSeconds(from - HOUR), to }).map((start) => ({
    from: start,
    to: epochSeconds(start + HOUR),
  }));

function sealed(
  db: Database,
  table: string,
  which: string,
  id: number,
  { from, to }: TimeRange,
): EpochSeconds[] {
  return db
    .prepare<[number, number, number], EpochSeconds>(
      `SELECT start FROM ${table} WHERE cluster_id = ? AND start >= ? AND start < ? AND ${which} ORDER BY start`,
    )
    .pluck()
    .all(id, from, to);
}

/** The shortest step in which everything known of the range is held. */
export function resolutionOf(
  db: Database,
  clusters: readonly Cluster[],
  range: TimeRange,
  step: Seconds,
): Seconds {
  const gone = (table: string, flag: string, width: Seconds) =>
    clusters.some(({ id }) =>
      db
        .prepare<[number, number, number]>(
          `SELECT 1 FROM ${table} WHERE cluster_id = ? AND start > ? AND start < ? AND ${flag} = 0 LIMIT 1`,
        )
        .get(id, range.from - width, range.to),
    );
  if (gone('hour_seal', 'held', HOUR)) return DAY;
  return gone('hour_seal', 'raw', HOUR) ? HOUR : seconds(step);
}

/** The pieces as a table `piece (cluster_id, lo, hi)` of one parameter. */
export const PIECES = `piece (cluster_id, lo, hi) AS MATERIALIZED (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
  )`;
export const piecesValue = (pieces: readonly Piece[]): string =>
  JSON.stringify(pieces.map((p) => [p.clusterId, p.from, p.to]));
