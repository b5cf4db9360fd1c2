/** How much of a range is known of each cluster. */
import type { Database } from 'better-sqlite3';
import {
  GRAINS,
  PIECES,
  piecesValue,
  type Cluster,
  type Grain,
  type Partition,
} from './history-partition.js';
import { KNOWN } from './seals.js';

export interface Known {
  readonly clusterId: number;
  /** Start of the time bucket; 0 without buckets. */
  readonly bucket: number;
  /** Covered time, microseconds. */
  readonly known: number;
}

/** Where each grain says what is known, as it is named `t`. */
const TABLES: Readonly<Record<Grain, readonly [table: string, known: string, there: string]>> = {
  usage: ['interval', KNOWN, "state <> 'impossible'"],
  hour: ['hour_seal', 'known', 'first_start IS NOT NULL'],
  day: ['day_seal', 'known', 'first_start IS NOT NULL'],
};

/** Lines only where something is known; several of one bucket where several grains were read. @param bucket width, s */
export function readKnown(db: Database, partition: Partition, bucket: number | null): Known[] {
  return GRAINS.flatMap((grain) => {
    if (partition[grain].length === 0) return [];
    const [table, known, there] = TABLES[grain];
    const text = `WITH ${PIECES}
      SELECT t.cluster_id clusterId, ${bucket === null ? '0' : 't.start - t.start % ?'} bucket, sum(${known}) known
      FROM piece CROSS JOIN ${table} t ON t.cluster_id = piece.cluster_id AND t.start >= piece.lo AND t.start < piece.hi
      WHERE ${there} GROUP BY 1, 2`;
    const values = [piecesValue(partition[grain]), ...(bucket === null ? [] : [bucket])];
    return db.prepare<(string | number)[], Known>(text).all(...values);
  });
}

/** Seconds of each bucket, over all clusters. */
export function knownByBucket(known: readonly Known[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const k of known) sums.set(k.bucket, (sums.get(k.bucket) ?? 0) + k.known);
  return new Map([...sums].map(([bucket, microseconds]) => [bucket, microseconds / 1e6]));
}

/** Seconds of the whole range by name of the cluster. */
export function knownByCluster(known: readonly Known[], clusters: readonly Cluster[]): Map<string, number> {
  const sum = (id: number) => known.reduce((s, k) => (k.clusterId === id ? s + k.known : s), 0);
  return new Map(clusters.map((c) => [c.name, sum(c.id) / 1e6]));
}
