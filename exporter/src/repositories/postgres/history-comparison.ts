/** Estimated beside measured energy, summed where it is stored. */
import { HOUR } from '../../domain/interval.js';
import type { ComparisonCell } from '../../domain/energy/comparison.js';
import { bytes, cores, epochSeconds } from '../../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from '../../ports/comparison.js';
import type { Session } from './connection.js';

export class PostgresComparison implements ComparisonHistory {
  readonly #database: Session;

  constructor(database: Session) {
    this.#database = database;
  }

  async comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]> {
    return readCells(this.#database, query);
  }
}

interface CellRecord extends Omit<ComparisonCell, 'machine'> {
  readonly cluster: string;
  readonly node: string;
  readonly provider: string;
  readonly instanceType: string;
  readonly cpuCapacity: number;
  readonly memoryCapacity: number;
}

/** Energies come as J, utilisation 0..1; `floor(100 u + 1e-9)` as the domain counts percents. */
const CELLS = `WITH sample AS (
    SELECT n.cluster_id, n.node_id, b.provider, s.instance_type, s.cpu_capacity, s.memory_capacity, m.source, m.scope,
      CASE WHEN $3::bigint IS NULL THEN $1::bigint ELSE greatest($1::bigint, m.start - m.start % $3::bigint) END AS bucket,
      n.seconds, m.measured / 1e3::float8 AS measured, m.estimated / 1e3::float8 AS estimated,
      CASE WHEN s.cpu_capacity > 0 THEN least(1, n.cpu_seconds / (s.cpu_capacity * n.seconds)) ELSE 0 END AS u
    FROM cluster c
    JOIN meter_usage m ON m.cluster_id = c.id AND m.start >= $1 AND m.start < $2
    JOIN node_usage n ON n.cluster_id = m.cluster_id AND n.start = m.start AND n.node_id = m.node_id
    JOIN node_spec s ON s.id = n.node_spec_id
    JOIN basis b ON b.id = n.basis_id
    WHERE m.measured > 0 AND m.estimated IS NOT NULL
      AND ($4::text[] IS NULL OR c.name = ANY ($4))
      AND ($5::text[] IS NULL OR m.node_id IN (SELECT id FROM node WHERE name = ANY ($5)))
      AND NOT EXISTS (SELECT 1 FROM hour_seal h
        WHERE h.cluster_id = m.cluster_id AND h.start = m.start - m.start % ${HOUR} AND NOT h.raw)
  ), cell AS (
    SELECT cluster_id, node_id, provider, instance_type, cpu_capacity, memory_capacity, source, scope, bucket,
      least(100, floor(100 * u + 1e-9))::int AS percent, count(*) AS samples, sum(seconds) AS seconds,
      sum(seconds * u) AS "utilisationSeconds", min(u) AS lowest, max(u) AS highest, sum(estimated) AS estimated,
      sum(measured) AS measured, sum(measured * measured / seconds) AS "squaredMeasured",
      sum((estimated - measured) * (estimated - measured) / seconds) AS "squaredError",
      sum(abs(estimated - measured)) AS "absoluteError",
      sum(seconds * abs(estimated - measured) / measured) AS "relativeError"
    FROM sample GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  )
  SELECT c.name AS cluster, d.name AS node, cell.provider, cell.instance_type AS "instanceType",
    cell.cpu_capacity AS "cpuCapacity", cell.memory_capacity AS "memoryCapacity", cell.source, cell.scope, cell.bucket,
    cell.percent, cell.samples, cell.seconds, cell."utilisationSeconds", cell.lowest, cell.highest, cell.estimated,
    cell.measured, cell."squaredMeasured", cell."squaredError", cell."absoluteError", cell."relativeError"
  FROM cell JOIN node d ON d.id = cell.node_id JOIN cluster c ON c.id = cell.cluster_id`;

/** Cells by machine, meter, bucket and percent; what is compared is in `ComparisonHistory`. */
export async function readCells(
  session: Session,
  { range, filters, step }: ComparisonQuery,
): Promise<ComparisonCell[]> {
  const { cluster = [], node = [] } = filters;
  const given = (names: readonly string[]) => (names.length > 0 ? names : null);
  const values = [range.from, range.to, step, given(cluster), given(node)];
  return (await session.rows<CellRecord>(CELLS, values)).map(toCell);
}

function toCell(record: CellRecord): ComparisonCell {
  const { cluster, node, provider, instanceType, cpuCapacity, memoryCapacity, bucket, ...sums } = record;
  return {
    ...sums,
    bucket: epochSeconds(bucket),
    machine: {
      cluster,
      node,
      provider,
      instanceType,
      cpuCapacity: cores(cpuCapacity),
      memoryCapacity: bytes(memoryCapacity),
    },
  };
}
