/** Estimated beside measured energy, summed where it is stored. */
import type { Database } from 'better-sqlite3';
import type { ComparisonCell } from '../../domain/energy/comparison.js';
import { bytes, cores, epochSeconds } from '../../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from '../../ports/comparison.js';
import { explaining } from './connection.js';
import { intervalPieces, PIECES, piecesValue, readClusters } from './history-partition.js';

/** `ComparisonHistory` on the connection of the writer, for whoever collects. */
export class SqliteComparison implements ComparisonHistory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]> {
    return explaining(this.#db.name, () => readCells(this.#db, query));
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

/** Cells by machine, meter, bucket and percent; what is compared is in `ComparisonHistory`. */
export function readCells(db: Database, { range, filters, step }: ComparisonQuery): ComparisonCell[] {
  const { cluster, node = [] } = filters;
  const pieces = intervalPieces(db, readClusters(db, cluster), range);
  const bucket = step === null ? '?' : 'max(?, m.start - m.start % ?)';
  const values: (string | number)[] = [
    piecesValue(pieces),
    range.from,
    ...(step === null ? [] : [step]),
    ...(node.length === 0 ? [] : [JSON.stringify(node)]),
  ];
  return db
    .prepare<(string | number)[], CellRecord>(cellsSql(bucket, node.length > 0))
    .all(...values)
    .map(toCell);
}

/** Energies come as J, utilisation 0..1; `floor(100 u + 1e-9)` as the domain counts percents. */
const cellsSql = (bucket: string, ofNodes: boolean) => `WITH ${PIECES}, sample AS (
    SELECT n.cluster_id, n.node_id, b.provider, s.instance_type, s.cpu_capacity, s.memory_capacity, m.meter_id,
      ${bucket} bucket, n.seconds, m.measured / 1e3 measured, m.estimated / 1e3 estimated,
      coalesce(min(1.0, n.cpu_seconds / (s.cpu_capacity * n.seconds)), 0.0) u
    FROM piece
    CROSS JOIN meter_usage m ON m.cluster_id = piece.cluster_id AND m.start >= piece.lo AND m.start < piece.hi
    CROSS JOIN node_usage n ON n.cluster_id = m.cluster_id AND n.start = m.start AND n.node_id = m.node_id
    CROSS JOIN node_spec s ON s.id = n.node_spec_id
    CROSS JOIN basis b ON b.id = n.basis_id
    WHERE m.measured > 0 AND m.estimated IS NOT NULL
      ${ofNodes ? 'AND m.node_id IN (SELECT id FROM node WHERE name IN (SELECT value FROM json_each(?)))' : ''}
  ), cell AS (
    SELECT cluster_id, node_id, provider, instance_type, cpu_capacity, memory_capacity, meter_id, bucket,
      min(100, CAST(100 * u + 1e-9 AS INTEGER)) percent, count(*) samples, sum(seconds) seconds,
      sum(seconds * u) utilisationSeconds, min(u) lowest, max(u) highest, sum(estimated) estimated, sum(measured) measured,
      sum(measured * measured / seconds) squaredMeasured,
      sum((estimated - measured) * (estimated - measured) / seconds) squaredError,
      sum(abs(estimated - measured)) absoluteError, sum(seconds * abs(estimated - measured) / measured) relativeError
    FROM sample GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  )
  SELECT c.name cluster, d.name node, cell.provider, cell.instance_type instanceType, cell.cpu_capacity cpuCapacity,
    cell.memory_capacity memoryCapacity, k.source, k.scope, bucket, percent, samples, seconds, utilisationSeconds, lowest,
    highest, estimated, measured, squaredMeasured, squaredError, absoluteError, relativeError
  FROM cell CROSS JOIN node d ON d.id = cell.node_id
  CROSS JOIN cluster c ON c.id = cell.cluster_id
  CROSS JOIN meter k ON k.id = cell.meter_id`;

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
