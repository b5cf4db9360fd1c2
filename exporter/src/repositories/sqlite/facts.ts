/** The rows of intervals: written, read back and taken away whole. */
import type { Database, Statement } from 'better-sqlite3';
import type { ContainerUse, IntervalResult, Method, NodeRow, Row, RowKind } from '../../domain/model.js';
import type { Seconds } from '../../domain/units.js';
import {
  decodePodFigures,
  encodePodBlock,
  type PodBlock,
  type PodFigures,
  type Section,
} from '../pod-block.js';
import { decodeContainers, encodeContainers } from '../container-block.js';
import { FIGURES, PodSums } from '../pod-sums.js';
import type { CounterDelta } from '../counter-delta.js';
import type { SqlValue } from './dictionary.js';
import type { Dimensions } from './dimensions.js';
import { readRows } from './rows.js';
import { MICROSECONDS, NODE_COLUMNS, NODE_JOINS, toNodeRow, type NodeRecord } from './records.js';
import { namespaceValues } from './rollup-tables.js';

type Values = (SqlValue | bigint | Buffer)[];
type Key = [clusterId: number, start: number];

interface NodeIds {
  readonly node: number;
  readonly basis: number;
}

/** Whose a stored row is, as the counters need it. */
interface Owner {
  readonly id: number;
  readonly kind: RowKind;
  readonly workloadId: number;
}

interface BasisRecord {
  readonly method: Method;
  readonly currencyId: number;
}

export class Facts {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #step: Seconds;
  readonly #dimensions: Dimensions;
  readonly #insertNode: Statement<Values>;
  readonly #insertMeter: Statement<Values>;
  readonly #insertNamespace: Statement<Values>;
  readonly #insertPods: Statement<Values>;
  readonly #block: Statement<Key, Buffer>;
  readonly #containers: Statement<Key, Buffer | null>;
  readonly #owners: Statement<[string], Owner>;
  readonly #basis: Statement<[number], BasisRecord>;
  readonly #nodes: Statement<Key, NodeRecord>;
  readonly #deletes: readonly Statement<Key>[];

  constructor(db: Database, clusterId: number, step: Seconds, dimensions: Dimensions) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#step = step;
    this.#dimensions = dimensions;
    this.#insertNode = db.prepare<Values>(`INSERT INTO node_usage VALUES (${places(16)})`);
    this.#insertMeter = db.prepare<Values>(`INSERT INTO meter_usage VALUES (${places(7)})`);
    this.#insertNamespace = db.prepare<Values>(`INSERT INTO namespace_usage VALUES (${places(16)})`);
    this.#insertPods = db.prepare<Values>('INSERT INTO pod_usage VALUES (?, ?, ?, ?)');
    this.#block = db
      .prepare<Key, Buffer>('SELECT block FROM pod_usage WHERE cluster_id = ? AND start = ?')
      .pluck();
    this.#containers = db
      .prepare<Key, Buffer | null>('SELECT containers FROM pod_usage WHERE cluster_id = ? AND start = ?')
      .pluck();
    this.#owners = db.prepare(
      'SELECT id, kind, workload_id workloadId FROM entity WHERE id IN (SELECT value FROM json_each(?))',
    );
    this.#basis = db.prepare('SELECT method, currency_id currencyId FROM basis WHERE id = ?');
    this.#nodes = db.prepare(
      `SELECT ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS} WHERE n.cluster_id = ? AND n.start = ? ORDER BY d.name`,
    );
    this.#deletes = ['pod_usage', 'namespace_usage', 'node_usage', 'meter_usage'].map((table) =>
      db.prepare<Key>(`DELETE FROM ${table} WHERE cluster_id = ? AND start = ?`),
    );
  }

  insert(result: IntervalResult, delta: CounterDelta): void {
    const start = result.interval.start;
    const currencyId = this.#dimensions.currency(result.currency);
    const nodes = new Map<string, NodeIds>();
    for (const node of result.nodes) nodes.set(node.node, this.#insertNodeRow(start, node, currencyId));
    if (result.rows.length === 0) return;
    const { block, namespaces } = this.#blockOf(result, nodes, currencyId, delta);
    const containers = encodeContainers(result.containers);
    this.#insertPods.run(this.#clusterId, start, encodePodBlock(block, this.#step), containers);
    const sums = new PodSums(FIGURES);
    sums.addFigures({ ...block, entity: namespaces }, start);
    for (const sum of sums.sums()) {
      this.#insertNamespace.run(this.#clusterId, start, ...namespaceValues(sum));
    }
  }

  remove(start: number, delta: CounterDelta): void {
    const bytes = this.#block.get(this.#clusterId, start);
    if (bytes) this.#takeAway(decodePodFigures(bytes), delta);
    for (const statement of this.#deletes) statement.run(this.#clusterId, start);
  }

  nodes(start: number): NodeRow[] {
    return this.#nodes.all(this.#clusterId, start).map(toNodeRow);
  }

  rows(start: number): Row[] {
    return readRows(this.#db, this.#clusterId, start, this.#step);
  }

  containers(start: number): ContainerUse[] {
    return decodeContainers(this.#containers.get(this.#clusterId, start) ?? null);
  }

  #insertNodeRow(start: number, node: NodeRow, currencyId: number): NodeIds {
    const id = this.#dimensions.node(node.node);
    const basis = this.#dimensions.basis(node, currencyId);
    this.#insertNode.run(
      this.#clusterId,
      start,
      id,
      this.#dimensions.nodeSpec(node),
      basis,
      this.#dimensions.provenance(node),
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
    );
    for (const [place, meter] of node.meters.entries()) {
      const { measured, estimated } = meter;
      const key = [this.#clusterId, start, id, place];
      this.#insertMeter.run(...key, this.#dimensions.meter(meter), measured, estimated);
    }
    return { node: id, basis };
  }

  /** The rows with ids for names, node by node, and the namespace of each. */
  #blockOf(
    result: IntervalResult,
    nodes: ReadonlyMap<string, NodeIds>,
    currencyId: number,
    delta: CounterDelta,
  ): { block: PodBlock; namespaces: number[] } {
    const entity: number[] = [];
    const namespaces: number[] = [];
    const sections: Section[] = [];
    const rows: Row[] = [];
    const byNode = rowsByNode(result.rows);
    for (const node of result.nodes) {
      const own = byNode.get(node.node)!;
      const { node: nodeId, basis: basisId } = nodes.get(node.node)!;
      const { method, powerBand } = node.provenance;
      sections.push({ nodeId, basisId, powerLo: powerBand.lo, powerHi: powerBand.hi, rows: own.length });
      for (const row of own) {
        const ids = this.#dimensions.entity(row);
        entity.push(ids.entity);
        namespaces.push(ids.namespace);
        rows.push(row);
        const { kind, energy, operational, embodied, cost } = row;
        const amounts = { kind, energy, operational, embodied, cost };
        delta.add({ ...amounts, workloadId: ids.workload, nodeId, method, currencyId }, 1);
      }
    }
    return { block: { sections, entity, ...columnsOf(rows) }, namespaces };
  }

  #takeAway(block: PodFigures, delta: CounterDelta): void {
    const ids = JSON.stringify(Array.from(block.entity));
    const owners = new Map(this.#owners.all(ids).map((o) => [o.id, o]));
    let row = 0;
    for (const { nodeId, basisId, rows } of block.sections) {
      const basis = this.#basis.get(basisId)!;
      for (const end = row + rows; row < end; row++) {
        const { kind, workloadId } = owners.get(block.entity[row]!)!;
        const [energy, operational, embodied] = [
          block.energy[row]!,
          block.operational[row]!,
          block.embodied[row]!,
        ];
        const cost = block.cost[row]!;
        const amounts = { energy, operational, embodied, cost: Number.isNaN(cost) ? null : cost };
        delta.add({ kind, workloadId, nodeId, ...basis, ...amounts }, -1);
      }
    }
  }
}

function rowsByNode(rows: readonly Row[]): Map<string, Row[]> {
  const byNode = new Map<string, Row[]>();
  for (const row of rows) {
    const own = byNode.get(row.node);
    if (own) own.push(row);
    else byNode.set(row.node, [row]);
  }
  return byNode;
}

const columnsOf = (rows: readonly Row[]): Omit<PodBlock, 'sections' | 'entity'> => ({
  cpu: rows.map((r) => Math.round(r.cpuSeconds * MICROSECONDS)),
  energy: rows.map((r) => r.energy),
  dynamic: rows.map((r) => r.dynamic),
  storage: rows.map((r) => r.storage),
  operational: rows.map((r) => r.operational),
  embodied: rows.map((r) => r.embodied),
  cost: rows.map((r) => r.cost ?? NaN),
  memory: rows.map((r) => r.memoryBytes),
  received: rows.map((r) => r.receivedBytes),
  transmitted: rows.map((r) => r.transmittedBytes),
  read: rows.map((r) => r.readBytes),
  written: rows.map((r) => r.writtenBytes),
  seconds: rows.map((r) => r.seconds),
  restarts: rows.map((r) => r.restarts),
});

const places = (count: number) => Array.from({ length: count }, () => '?').join(', ');
