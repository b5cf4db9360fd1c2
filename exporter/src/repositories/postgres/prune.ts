/** Taking away what a coarser grain holds as well, one whole bucket at a time. */
import { DAY, HOUR } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { PruneBefore, Pruned } from '../../ports/ledger.js';
import type { Session } from './connection.js';

type Bucket = readonly [cluster: number, from: number, to: number];

const WITHIN = 'cluster_id = $1 AND start >= $2 AND start < $3';

/** The newest known interval stays whole: what is shown after a restart begins with it. */
const OLDEST_ROWS = `SELECT start FROM hour_seal h WHERE cluster_id = $1 AND start <= $2 AND raw AND start + ${HOUR} <=
    (SELECT max(i.start) FROM interval_mark i WHERE i.cluster_id = $1 AND i.state <> 'impossible')
  ORDER BY start LIMIT 1`;

const hoursOf = (flag: string) =>
  `SELECT 1 FROM hour_seal h WHERE h.cluster_id = d.cluster_id AND h.start >= d.start AND h.start < d.start + ${DAY} AND h.${flag}`;

const OLDEST_HOURS = `SELECT start FROM day_seal d WHERE cluster_id = $1 AND start <= $2 AND held
  AND EXISTS (${hoursOf('held')}) AND NOT EXISTS (${hoursOf('raw')}) ORDER BY start LIMIT 1`;

const OLDEST_DAY = `SELECT start FROM day_seal d WHERE cluster_id = $1 AND start <= $2 AND held
  AND NOT EXISTS (${hoursOf('held')}) ORDER BY start LIMIT 1`;

/** What a node was like, and when it was last seen, is told from the last row of it in each bucket. */
const KEEP_LAST_OF_NODES = [
  `DELETE FROM node_usage WHERE ${WITHIN} AND (node_id, start) NOT IN (
     SELECT node_id, max(start) FROM node_usage WHERE ${WITHIN} GROUP BY node_id)`,
  `DELETE FROM meter_usage m WHERE ${WITHIN} AND NOT EXISTS (SELECT 1 FROM node_usage n
     WHERE n.cluster_id = m.cluster_id AND n.start = m.start AND n.node_id = m.node_id)`,
];

/** Intervals and hours of which no coarser grain holds the sums. */
const OPEN_ENTITIES = `
  SELECT u.entity_id FROM interval_mark m CROSS JOIN LATERAL (
    SELECT entity_id FROM pod_usage WHERE cluster_id = m.cluster_id AND start = m.start OFFSET 0) u
  WHERE m.cluster_id = $1 AND m.state <> 'impossible'
    AND NOT EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = $1 AND h.start = m.start - m.start % ${HOUR})
  UNION
  SELECT u.entity_id FROM hour_seal h CROSS JOIN LATERAL (
    SELECT entity_id FROM pod_hour WHERE cluster_id = h.cluster_id AND start = h.start OFFSET 0) u
  WHERE h.cluster_id = $1 AND h.held
    AND NOT EXISTS (SELECT 1 FROM day_seal d WHERE d.cluster_id = $1 AND d.start = h.start - h.start % ${DAY})`;

export class Pruner {
  readonly #clusterId: number;

  constructor(clusterId: number) {
    this.#clusterId = clusterId;
  }

  /** Must run inside a transaction. Rows of pods stay in their partition, unread, until it is dropped. */
  async prune(session: Session, before: PruneBefore): Promise<{ pruned: Pruned; upTo: number | null }> {
    const raw = await this.#one(session, OLDEST_ROWS, HOUR, before.raw, pruneRows);
    const hour = await this.#one(session, OLDEST_HOURS, DAY, before.hour, (...of) => this.#pruneHours(...of));
    const day =
      before.day === null
        ? null
        : await this.#one(session, OLDEST_DAY, DAY, before.day, (...of) => this.#pruneDay(...of));
    const counted = (start: number | null) => (start === null ? 0 : 1);
    const starts = [raw, hour].filter((start) => start !== null);
    return {
      pruned: { raw: counted(raw), hour: counted(hour), day: counted(day) },
      upTo: starts.length > 0 ? Math.max(...starts) : null,
    };
  }

  /** @returns the start of the bucket that was pruned; null: none is left */
  async #one(
    session: Session,
    oldest: string,
    width: Seconds,
    before: EpochSeconds,
    prune: (session: Session, bucket: Bucket) => Promise<void>,
  ): Promise<number | null> {
    const [found] = await session.rows<{ start: number }>(oldest, [this.#clusterId, before - width]);
    if (!found) return null;
    await prune(session, [this.#clusterId, found.start, found.start + width]);
    return found.start;
  }

  async #pruneHours(session: Session, bucket: Bucket): Promise<void> {
    await clear(
      session,
      ['namespace_hour', 'node_hour', 'workload_hour_histogram', 'container_hour'],
      bucket,
    );
    await keepLastOfNodes(session, bucket);
    await session.rows(`UPDATE hour_seal SET held = false WHERE ${WITHIN}`, bucket);
    await session.rows(
      `DELETE FROM restatement WHERE node_id IN (SELECT id FROM node WHERE cluster_id = $1) AND start >= $2 AND start < $3`,
      bucket,
    );
    await session.rows(
      `DELETE FROM provenance WHERE cluster_id = $1
         AND id NOT IN (SELECT provenance_id FROM node_usage WHERE cluster_id = $1)`,
      [this.#clusterId],
    );
  }

  async #pruneDay(session: Session, bucket: Bucket): Promise<void> {
    await clear(session, ['pod_day', 'namespace_day', 'node_day', 'meter_usage', 'node_usage'], bucket);
    await session.rows(`UPDATE day_seal SET held = false WHERE ${WITHIN}`, bucket);
    await session.rows(
      `DELETE FROM entity WHERE cluster_id = $1 AND last_day <= $2 AND id NOT IN (${OPEN_ENTITIES})`,
      [this.#clusterId, bucket[1]],
    );
    await session.rows(
      `DELETE FROM label_set l WHERE cluster_id = $1 AND NOT EXISTS (SELECT 1 FROM entity WHERE label_set_id = l.id)`,
      [this.#clusterId],
    );
  }
}

async function pruneRows(session: Session, bucket: Bucket): Promise<void> {
  await clear(session, ['namespace_usage', 'container_usage'], bucket);
  await keepLastOfNodes(session, bucket);
  await session.rows(`UPDATE hour_seal SET raw = false WHERE ${WITHIN}`, bucket);
}

async function keepLastOfNodes(session: Session, bucket: Bucket): Promise<void> {
  for (const text of KEEP_LAST_OF_NODES) await session.rows(text, bucket);
}

async function clear(session: Session, tables: readonly string[], bucket: Bucket): Promise<void> {
  for (const table of tables) await session.rows(`DELETE FROM ${table} WHERE ${WITHIN}`, bucket);
}

/** Steps from day to day, so that it reads one mark a day and not all of them. */
export async function openDays(
  session: Session,
  clusterId: number,
  before: EpochSeconds,
): Promise<EpochSeconds[]> {
  const next = (from: string) =>
    `(SELECT i.start - i.start % ${DAY} FROM interval_mark i WHERE i.cluster_id = $1 AND i.start >= ${from} ORDER BY i.start LIMIT 1)`;
  const found = await session.rows<{ start: number }>(
    `WITH RECURSIVE day (start) AS (
       SELECT ${next('0')} UNION ALL SELECT ${next(`day.start + ${DAY}`)} FROM day WHERE day.start + ${DAY} <= $2::bigint
     )
     SELECT start FROM day WHERE start + ${DAY} <= $2::bigint
       AND NOT EXISTS (SELECT 1 FROM day_seal d WHERE d.cluster_id = $1 AND d.start = day.start) ORDER BY start`,
    [clusterId, before],
  );
  return found.map(({ start }) => epochSeconds(start));
}
