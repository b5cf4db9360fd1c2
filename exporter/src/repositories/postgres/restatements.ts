/** What intervals were told anew for, and with what the ones that still can be were computed. */
import { HOUR, type TimeRange } from '../../domain/interval.js';
import type { Counters } from '../../ports/ledger.js';
import type { Restatement, RestatementReason, UsedFactors, UsedFilter } from '../../ports/restating.js';
import { toRestatement, toUsed, type RestatementRecord, type UsedRecord } from '../restatement-records.js';
import { numbers } from './arrays.js';
import type { Session } from './connection.js';
import { NODE_JOINS } from './records.js';

const USED = `SELECT n.start, d.name AS node, b.grid_zone AS "gridZone", b.provider, s.instance_type AS "instanceType", p.intensity,
    p.intensity_source AS "intensitySource", p.intensity_time AS "intensityTime", s.embodied_total AS "embodiedTotal", p.reasons
  FROM node_usage n ${NODE_JOINS}
  WHERE n.cluster_id = $1 AND n.start >= $2 AND n.start < $3 AND NOT EXISTS (SELECT 1 FROM hour_seal h
      WHERE h.cluster_id = n.cluster_id AND h.start = n.start - n.start % ${HOUR} AND NOT h.raw)
    AND ($4::text IS NULL OR b.grid_zone = $4)
    AND ($5::text[] IS NULL OR EXISTS (SELECT 1 FROM json_array_elements_text(p.reasons::json) r WHERE r = ANY ($5)))
  ORDER BY n.start, d.name`;

/** Twice within a second for one reason is one restatement, from the first old to the last new. */
const RECORD = `INSERT INTO restatement
  VALUES ($1, (SELECT id FROM node WHERE cluster_id = $2 AND name = $3), $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (start, node_id, at, reason) DO UPDATE SET new_emissions = excluded.new_emissions,
    new_factor = excluded.new_factor, new_source = excluded.new_source`;

const COUNT = `INSERT INTO restated AS r SELECT $1::int, u.reason, sum(u.emissions)
  FROM unnest($2::text[], $3::numeric[]) u (reason, emissions) GROUP BY u.reason
  ON CONFLICT (cluster_id, reason) DO UPDATE SET emissions = r.emissions + excluded.emissions`;

const WITHIN = `SELECT r.start, d.name AS node, r.reason, r.at, r.old_emissions AS "oldEmissions", r.new_emissions AS "newEmissions",
    r.old_factor AS "oldFactor", r.new_factor AS "newFactor", r.old_source AS "oldSource", r.new_source AS "newSource"
  FROM restatement r JOIN node d ON d.id = r.node_id
  WHERE d.cluster_id = $1 AND r.start >= $2 AND r.start < $3 ORDER BY r.start, d.name, r.at, r.reason`;

export class Restatements {
  readonly #clusterId: number;

  constructor(clusterId: number) {
    this.#clusterId = clusterId;
  }

  async used(session: Session, { from, to }: TimeRange, filter: UsedFilter = {}): Promise<UsedFactors[]> {
    const { gridZone = null, reasons = null } = filter;
    const found = await session.rows<UsedRecord>(USED, [this.#clusterId, from, to, gridZone, reasons]);
    return found.map(toUsed);
  }

  /** Must run inside the transaction that tells the interval anew. */
  async record(session: Session, restatements: readonly Restatement[]): Promise<void> {
    if (restatements.length === 0) return;
    for (const r of restatements) {
      const { oldEmissions, newEmissions, oldFactor, newFactor, oldSource, newSource } = r;
      const change = [oldEmissions, newEmissions, oldFactor, newFactor, oldSource, newSource];
      await session.rows(RECORD, [r.start, this.#clusterId, r.node, r.at, r.reason, ...change]);
    }
    await session.rows(COUNT, [
      this.#clusterId,
      restatements.map((r) => r.reason),
      numbers(restatements.map((r) => Math.abs(r.newEmissions - r.oldEmissions))),
    ]);
  }

  async within(session: Session, { from, to }: TimeRange): Promise<Restatement[]> {
    const found = await session.rows<RestatementRecord>(WITHIN, [this.#clusterId, from, to]);
    return found.map(toRestatement);
  }

  async sums(session: Session): Promise<Counters['restated']> {
    const sums = await session.rows<{ reason: RestatementReason; emissions: bigint }>(
      'SELECT reason, emissions FROM restated WHERE cluster_id = $1 ORDER BY reason',
      [this.#clusterId],
    );
    return Object.fromEntries(sums.map(({ reason, emissions }) => [reason, emissions]));
  }
}
