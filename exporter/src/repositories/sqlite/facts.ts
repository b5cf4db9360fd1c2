/** The rows of intervals: written, read back and taken away whole. */
import type { Database, Statement } from 'better-sqlite3';
import type { IntervalResult, Method, NodeRow, Row } from '../../domain/model.js';
import type { Contribution, CounterDelta } from './counter-delta.js';
import type { SqlValue } from './dictionary.js';
import type { Dimensions } from './dimensions.js';
import { NODE_COLUMNS, NODE_JOINS, ROW_COLUMNS, ROW_JOINS, toNodeRow, toRow } from './records.js';
import type { NodeRecord, RowRecord } from './records.js';

type Values = SqlValue[];
type Key = [start: number, clusterId: number];

export class Facts {
  readonly #clusterId: number;
  readonly #dimensions: Dimensions;
  readonly #insertNode: Statement<Values>;
  readonly #insertRow: Statement<Values>;
  readonly #stored: Statement<Key, Contribution>;
  readonly #deleteRows: Statement<Key>;
  readonly #deleteNodes: Statement<Key>;
  readonly #nodes: Statement<Key, NodeRecord>;
  readonly #rows: Statement<Key, RowRecord>;

  constructor(db: Database, clusterId: number, dimensions: Dimensions) {
    this.#clusterId = clusterId;
    this.#dimensions = dimensions;
    this.#insertNode = db.prepare<Values>(`INSERT INTO node_usage VALUES (${places(15)})`);
    this.#insertRow = db.prepare<Values>(`INSERT INTO pod_usage VALUES (${places(16)})`);
    this.#stored = db.prepare(
      `SELECT e.kind, e.workload_id workloadId, e.node_id nodeId, p.method, u.energy, u.operational, u.embodied, u.cost,
              n.currency_id currencyId
       FROM pod_usage u CROSS JOIN entity e ON e.id = u.entity_id
       CROSS JOIN node_usage n ON n.start = u.start AND n.node_id = e.node_id
       CROSS JOIN provenance p ON p.id = n.provenance_id
       WHERE u.start = ? AND e.cluster_id = ?`,
    );
    this.#deleteRows = db.prepare(
      'DELETE FROM pod_usage WHERE start = ? AND (SELECT cluster_id FROM entity WHERE id = entity_id) = ?',
    );
    this.#deleteNodes = db.prepare(
      'DELETE FROM node_usage WHERE start = ? AND (SELECT cluster_id FROM node WHERE id = node_id) = ?',
    );
    this.#nodes = db.prepare(
      `SELECT ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS}
       WHERE n.start = ? AND d.cluster_id = ? ORDER BY d.name`,
    );
    this.#rows = db.prepare(
      `SELECT ${ROW_COLUMNS} FROM pod_usage u ${ROW_JOINS}
       WHERE u.start = ? AND e.cluster_id = ? ORDER BY d.name, e.kind = 'idle', e.kind = 'system', ns.name, e.pod, e.uid`,
    );
  }

  insert(result: IntervalResult, delta: CounterDelta): void {
    const start = result.interval.start;
    const currencyId = this.#dimensions.currency(result.currency);
    const nodes = new Map<string, { id: number; method: Method }>();
    for (const node of result.nodes) {
      const id = this.#dimensions.node(node.node);
      nodes.set(node.node, { id, method: node.provenance.method });
      this.#insertNode.run(start, id, ...this.#nodeValues(node, currencyId));
    }
    for (const row of result.rows) {
      const node = nodes.get(row.node)!;
      const ids = this.#dimensions.entity(row);
      this.#insertRow.run(start, ids.entity, ...rowValues(row));
      const { kind, energy, operational, embodied, cost } = row;
      const workloadId = ids.workload;
      const contribution = { kind, energy, operational, embodied, cost, workloadId, currencyId };
      delta.add({ ...contribution, nodeId: node.id, method: node.method }, 1);
    }
  }

  remove(start: number, delta: CounterDelta): void {
    for (const row of this.#stored.iterate(start, this.#clusterId)) delta.add(row, -1);
    this.#deleteRows.run(start, this.#clusterId);
    this.#deleteNodes.run(start, this.#clusterId);
  }

  nodes(start: number): NodeRow[] {
    return this.#nodes.all(start, this.#clusterId).map(toNodeRow);
  }

  rows(start: number): Row[] {
    const rows: Row[] = [];
    for (const record of this.#rows.iterate(start, this.#clusterId)) rows.push(toRow(record));
    return rows;
  }

  #nodeValues(node: NodeRow, currencyId: number): Values {
    return [
      this.#dimensions.nodeSpec(node),
      this.#dimensions.provenance(node),
      currencyId,
      node.provenance.powerBand.lo,
      node.provenance.powerBand.hi,
      node.seconds,
      node.cpuSeconds,
      node.energy,
      node.estimatedEnergy,
      node.measuredEnergy,
      node.operational,
      node.embodied,
      node.cost,
    ];
  }
}

const rowValues = (row: Row): Values => [
  row.seconds,
  row.energy,
  row.dynamic,
  row.storage,
  row.operational,
  row.embodied,
  row.cost,
  row.cpuSeconds,
  row.memoryBytes,
  row.receivedBytes,
  row.transmittedBytes,
  row.readBytes,
  row.writtenBytes,
  row.restarts,
];

const places = (count: number) => Array.from({ length: count }, () => '?').join(', ');
