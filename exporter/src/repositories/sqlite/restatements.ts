/** What intervals were told anew for, and with what the ones that still can be were computed. */
import type { Database, Statement } from 'better-sqlite3';
import { HOUR, type TimeRange } from '../../domain/interval.js';
import type { Counters } from '../../ports/ledger.js';
import type { Restatement, RestatementReason, UsedFactors, UsedFilter } from '../../ports/restating.js';
import { toRestatement, toUsed, type RestatementRecord, type UsedRecord } from '../restatement-records.js';
import { NODE_JOINS } from './records.js';

type Values = (string | number)[];

export class Restatements {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #insert: Statement<Values>;
  readonly #count: Statement<Values>;

  constructor(db: Database, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
    // Twice within a second for one reason is one restatement, from the first old to the last new.
    this.#insert = db.prepare(
      `INSERT INTO restatement VALUES (?, (SELECT id FROM node WHERE cluster_id = ? AND name = ?), ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET new_emissions = excluded.new_emissions, new_factor = excluded.new_factor,
         new_source = excluded.new_source`,
    );
    this.#count = db.prepare(
      'INSERT INTO restated VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET emissions = emissions + excluded.emissions',
    );
  }

  used({ from, to }: TimeRange, { gridZone, reasons }: UsedFilter = {}): UsedFactors[] {
    const conditions = [
      ...(gridZone === undefined ? [] : ['b.grid_zone = ?']),
      ...(reasons === undefined
        ? []
        : [
            'EXISTS (SELECT 1 FROM json_each(p.reasons) r WHERE r.value IN (SELECT value FROM json_each(?)))',
          ]),
    ];
    const values: Values = [
      ...(gridZone === undefined ? [] : [gridZone]),
      ...(reasons === undefined ? [] : [JSON.stringify(reasons)]),
    ];
    const sql = `SELECT n.start, d.name node, b.grid_zone gridZone, b.provider, s.instance_type instanceType, p.intensity,
        p.intensity_source intensitySource, p.intensity_time intensityTime, s.embodied_total embodiedTotal, p.reasons
      FROM node_usage n ${NODE_JOINS}
      WHERE n.cluster_id = ? AND n.start >= ? AND n.start < ? AND NOT EXISTS (SELECT 1 FROM hour_seal h
        WHERE h.cluster_id = n.cluster_id AND h.start = n.start - n.start % ${HOUR} AND h.raw = 0)
      ${conditions.map((c) => `AND ${c}`).join(' ')} ORDER BY n.start, d.name`;
    return this.#db
      .prepare<Values, UsedRecord>(sql)
      .all(this.#clusterId, from, to, ...values)
      .map(toUsed);
  }

  /** Must run inside the transaction that tells the interval anew. */
  record(restatements: readonly Restatement[]): void {
    for (const r of restatements) {
      const { oldEmissions, newEmissions, oldFactor, newFactor, oldSource, newSource } = r;
      const change = [oldEmissions, newEmissions, oldFactor, newFactor, oldSource, newSource];
      this.#insert.run(r.start, this.#clusterId, r.node, r.at, r.reason, ...change);
      this.#count.run(this.#clusterId, r.reason, Math.abs(newEmissions - oldEmissions));
    }
  }

  within({ from, to }: TimeRange): Restatement[] {
    const sql = `SELECT r.start, d.name node, r.reason, r.at, r.old_emissions oldEmissions, r.new_emissions newEmissions,
        r.old_factor oldFactor, r.new_factor newFactor, r.old_source oldSource, r.new_source newSource
      FROM restatement r JOIN node d ON d.id = r.node_id
      WHERE d.cluster_id = ? AND r.start >= ? AND r.start < ? ORDER BY r.start, d.name, r.at, r.reason`;
    return this.#db.prepare<Values, RestatementRecord>(sql).all(this.#clusterId, from, to).map(toRestatement);
  }

  sums(): Counters['restated'] {
    const sql = 'SELECT reason, emissions FROM restated WHERE cluster_id = ? ORDER BY reason';
    const sums = this.#db
      .prepare<[number], { reason: RestatementReason; emissions: bigint }>(sql)
      .safeIntegers(true)
      .all(this.#clusterId);
    return Object.fromEntries(sums.map(({ reason, emissions }) => [reason, emissions]));
  }
}
