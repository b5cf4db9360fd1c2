/** Taking away what a coarser grain holds as well, one whole bucket at a time. */
import type { Database, Statement } from 'better-sqlite3';
import { DAY, HOUR } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { PruneBefore, Pruned } from '../../ports/ledger.js';
import { decodePodFigures } from '../pod-block.js';
import { PodSums } from '../pod-sums.js';

type Bucket = [cluster: number, from: number, to: number];

export class Pruner {
  readonly #db: Database;
  readonly #clusterId: number;

  constructor(db: Database, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
  }

  /** Must run inside a transaction. */
  prune(before: PruneBefore): Pruned {
    return {
      raw: this.#one(OLDEST_ROWS, HOUR, before.raw, (bucket) => this.#pruneRows(bucket)),
      hour: this.#one(OLDEST_HOURS, DAY, before.hour, (bucket) => this.#pruneHours(bucket)),
      day:
        before.day === null ? 0 : this.#one(OLDEST_DAY, DAY, before.day, (bucket) => this.#pruneDay(bucket)),
    };
  }

  #one(oldest: string, width: Seconds, before: EpochSeconds, prune: (bucket: Bucket) => void): 0 | 1 {
    const start = this.#db
      .prepare<[cluster: number, last: number], number>(oldest)
      .pluck()
      .get(this.#clusterId, before - width);
    if (start === undefined) return 0;
    prune([this.#clusterId, start, start + width]);
    return 1;
  }

  #pruneRows(bucket: Bucket): void {
    this.#clear(['pod_usage', 'namespace_usage'], bucket);
    this.#keepLastOfNodes(bucket);
    this.#run(`UPDATE hour_seal SET raw = 0 WHERE ${WITHIN}`, bucket);
  }

  #pruneHours(bucket: Bucket): void {
    this.#clear(['pod_hour', 'namespace_hour', 'node_hour', 'workload_hour_histogram'], bucket);
    this.#keepLastOfNodes(bucket);
    this.#run(`UPDATE hour_seal SET held = 0 WHERE ${WITHIN}`, bucket);
    this.#run(`DELETE FROM restatement ${RESTATEMENTS_WITHIN}`, bucket);
    this.#db.exec('DELETE FROM provenance WHERE id NOT IN (SELECT provenance_id FROM node_usage)');
  }

  #pruneDay(bucket: Bucket): void {
    this.#clear(['pod_day', 'namespace_day', 'node_day', 'node_usage', 'meter_usage'], bucket);
    this.#run(`UPDATE day_seal SET held = 0 WHERE ${WITHIN}`, bucket);
    this.#collectEntities(bucket[1]);
  }

  #clear(tables: readonly string[], bucket: Bucket): void {
    for (const table of tables) this.#run(`DELETE FROM ${table} WHERE ${WITHIN}`, bucket);
  }

  /** What a node was like, and when it was last seen, is told from the last row of it in each bucket. */
  #keepLastOfNodes(bucket: Bucket): void {
    this.#db
      .prepare<[...Bucket, ...Bucket]>(
        `DELETE FROM node_usage WHERE ${WITHIN} AND (node_id, start) NOT IN (
           SELECT node_id, max(start) FROM node_usage WHERE ${WITHIN} GROUP BY node_id)`,
      )
      .run(...bucket, ...bucket);
    this.#db
      .prepare<[...Bucket, ...Bucket]>(
        `DELETE FROM meter_usage WHERE ${WITHIN} AND (node_id, start) NOT IN (SELECT node_id, start FROM node_usage WHERE ${WITHIN})`,
      )
      .run(...bucket, ...bucket);
  }

  /** Entities that only pruned days had. */
  #collectEntities(day: number): void {
    const unused = this.#db
      .prepare<[number, number], number>('SELECT id FROM entity WHERE cluster_id = ? AND last_day <= ?')
      .pluck()
      .all(this.#clusterId, day);
    if (unused.length === 0) return;
    const used = this.#entitiesOfOpenDays();
    const gone = JSON.stringify(unused.filter((id) => !used.has(id)));
    this.#db.prepare<[string]>('DELETE FROM entity WHERE id IN (SELECT value FROM json_each(?))').run(gone);
    this.#db.exec('DELETE FROM label_set WHERE id NOT IN (SELECT label_set_id FROM entity)');
  }

  /** Those of sealed days are told by `entity.last_day`. */
  #entitiesOfOpenDays(): Set<number> {
    const used = new Set<number>();
    const blocks = (sql: string) =>
      this.#statement<{ start: number; block: Buffer }>(sql).iterate(this.#clusterId);
    for (const { block } of blocks(OPEN_ROWS)) {
      for (const id of Array.from(decodePodFigures(block).entity)) used.add(id);
    }
    const sums = new PodSums(0);
    for (const { start, block } of blocks(OPEN_HOURS)) sums.addRollup(block, start);
    for (const { entityId } of sums.sums()) used.add(entityId);
    return used;
  }

  #statement<R>(sql: string): Statement<[number], R> {
    return this.#db.prepare<[number], R>(sql);
  }

  #run(sql: string, bucket: Bucket): void {
    this.#db.prepare<Bucket>(sql).run(...bucket);
  }
}

const WITHIN = 'cluster_id = ? AND start >= ? AND start < ?';

const RESTATEMENTS_WITHIN =
  'WHERE node_id IN (SELECT id FROM node WHERE cluster_id = ?) AND start >= ? AND start < ?';

/** The newest known interval stays whole: what is shown after a restart begins with it. */
const OLDEST_ROWS = `SELECT start FROM hour_seal h WHERE cluster_id = ? AND start <= ? AND raw = 1 AND start + ${HOUR} <=
    (SELECT i.start FROM interval i WHERE i.cluster_id = h.cluster_id AND i.state <> 'impossible' ORDER BY i.start DESC LIMIT 1)
  ORDER BY start LIMIT 1`;

const hoursOf = (day: string, flag: string) =>
  `SELECT 1 FROM hour_seal h WHERE h.cluster_id = ${day}.cluster_id AND h.start >= ${day}.start
     AND h.start < ${day}.start + ${DAY} AND h.${flag} = 1`;

const OLDEST_HOURS = `SELECT start FROM day_seal d WHERE cluster_id = ? AND start <= ? AND held = 1
  AND EXISTS (${hoursOf('d', 'held')}) AND NOT EXISTS (${hoursOf('d', 'raw')}) ORDER BY start LIMIT 1`;

const OLDEST_DAY = `SELECT start FROM day_seal d WHERE cluster_id = ? AND start <= ? AND held = 1
  AND NOT EXISTS (${hoursOf('d', 'held')}) ORDER BY start LIMIT 1`;

const OPEN_ROWS = `SELECT start, block FROM pod_usage u WHERE cluster_id = ?
  AND NOT EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = u.cluster_id AND h.start = u.start - u.start % ${HOUR})`;

const OPEN_HOURS = `SELECT start, block FROM pod_hour u WHERE cluster_id = ?
  AND NOT EXISTS (SELECT 1 FROM day_seal d WHERE d.cluster_id = u.cluster_id AND d.start = u.start - u.start % ${DAY})`;

/** Steps from day to day, so that it reads one mark a day and not all of them. */
export function openDays(db: Database, clusterId: number, before: EpochSeconds): EpochSeconds[] {
  const next = (from: string) =>
    `(SELECT i.start - i.start % ${DAY} FROM interval i WHERE i.cluster_id = @cluster AND i.start >= ${from} ORDER BY i.start LIMIT 1)`;
  return db
    .prepare<[{ cluster: number; before: number }], number>(
      `WITH RECURSIVE day(start) AS (
         SELECT ${next('0')} UNION ALL SELECT ${next(`day.start + ${DAY}`)} FROM day WHERE day.start + ${DAY} <= @before
       )
       SELECT start FROM day WHERE start + ${DAY} <= @before
         AND NOT EXISTS (SELECT 1 FROM day_seal d WHERE d.cluster_id = @cluster AND d.start = day.start)`,
    )
    .pluck()
    .all({ cluster: clusterId, before })
    .map(epochSeconds);
}
