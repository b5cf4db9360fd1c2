/** The rows of intervals: written, read back and taken away whole. */
import type { ContainerUse, IntervalResult, Method, NodeRow, Row, RowKind } from '../../domain/model.js';
import { decodeContainers, encodeContainers } from '../container-block.js';
import type { CounterDelta } from '../counter-delta.js';
import { MICROSECONDS, toNodeRow, toRow, type NodeRecord } from '../records.js';
import { numbers, unnest } from './arrays.js';
import type { Session } from './connection.js';
import type { ResultIds } from './dimensions.js';
import { ENTITY_JOINS, NODE_COLUMNS, NODE_JOINS, ROW_COLUMNS, type RowRecord } from './records.js';
import { ROLL_UP_NAMESPACES } from './rollup-tables.js';

/** From so many rows on, COPY is faster than arrays as parameters, which the server must take apart. */
const COPY_ROWS = 500;

type Numbers = readonly (number | null)[];

/** A cell of what is taken away: all rows of one workload, node and basis. */
interface Taken {
  readonly kind: RowKind;
  readonly workloadId: number;
  readonly nodeId: number;
  readonly method: Method;
  readonly currencyId: number;
  readonly energy: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
}

export class Facts {
  readonly #clusterId: number;

  constructor(clusterId: number) {
    this.#clusterId = clusterId;
  }

  async insert(session: Session, result: IntervalResult, ids: ResultIds, delta: CounterDelta): Promise<void> {
    const { start } = result.interval;
    if (result.nodes.length > 0) await this.#insertNodes(session, result, ids);
    if (result.rows.length === 0) return;
    const nodes = new Map(result.nodes.map((node) => [node.node, node]));
    const rows = result.rows.map((row, i) => {
      const { workload, entity } = ids.rows[i]!;
      const { node: nodeId, basis } = ids.nodes.get(row.node)!;
      const { method, powerBand } = nodes.get(row.node)!.provenance;
      const { kind, energy, operational, embodied, cost } = row;
      const amounts = { kind, energy, operational, embodied, cost };
      delta.add({ ...amounts, workloadId: workload, nodeId, method, currencyId: ids.currency }, 1);
      return [this.#clusterId, start, entity, basis, i, powerBand.lo, powerBand.hi, ...figuresOf(row)];
    });
    await insertPods(session, rows);
    await session.rows(ROLL_UP_NAMESPACES.usage, [start, this.#clusterId, start, start + 1]);
    const containers = encodeContainers(result.containers);
    if (containers)
      await session.rows('INSERT INTO container_usage VALUES ($1, $2, $3)', [
        this.#clusterId,
        start,
        containers,
      ]);
  }

  async remove(session: Session, start: number, delta: CounterDelta): Promise<void> {
    const key = [this.#clusterId, start];
    for (const taken of await session.rows<Taken>(TAKEN, key)) delta.add(taken, -1);
    for (const table of ['pod_usage', 'namespace_usage', 'meter_usage', 'node_usage', 'container_usage']) {
      await session.rows(`DELETE FROM ${table} WHERE cluster_id = $1 AND start = $2`, key);
    }
  }

  /** @param names of nodes; absent: all */
  async nodes(session: Session, start: number, names: readonly string[] | null = null): Promise<NodeRow[]> {
    const records = await session.rows<NodeRecord>(
      `SELECT ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS} WHERE n.cluster_id = $1 AND n.start = $2
         AND ($3::text[] IS NULL OR d.name = ANY ($3)) ORDER BY d.name`,
      [this.#clusterId, start, names],
    );
    return records.map(toNodeRow);
  }

  /** In the order in which they were committed. @param restriction on entity `e` and its names, with parameters from $3 */
  async rows(
    session: Session,
    start: number,
    restriction = '',
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const records = await session.rows<RowRecord>(
      `SELECT ${ROW_COLUMNS} FROM pod_usage u JOIN entity e ON e.id = u.entity_id ${ENTITY_JOINS}
       WHERE u.cluster_id = $1 AND u.start = $2 ${restriction} ORDER BY u.position`,
      [this.#clusterId, start, ...values],
    );
    return records.map((r) => toRow(r, r));
  }

  async containers(session: Session, start: number): Promise<ContainerUse[]> {
    const [found] = await session.rows<{ block: Buffer }>(
      'SELECT block FROM container_usage WHERE cluster_id = $1 AND start = $2',
      [this.#clusterId, start],
    );
    return decodeContainers(found?.block ?? null);
  }

  async #insertNodes(session: Session, result: IntervalResult, ids: ResultIds): Promise<void> {
    const { start } = result.interval;
    const rows = result.nodes.map((node): Numbers => {
      const { node: id, spec, basis, provenance } = ids.nodes.get(node.node)!;
      const { powerBand } = node.provenance;
      return [
        ...[this.#clusterId, start, id, spec, basis, provenance, powerBand.lo, powerBand.hi],
        ...[node.seconds, node.cpuSeconds, node.energy, node.estimatedEnergy, node.measuredEnergy],
        ...[node.operational, node.embodied, node.cost],
      ];
    });
    await session.rows(INSERT_NODES, transposed(rows));
    const meters = result.nodes.flatMap((node) =>
      node.meters.map((meter, place) => ({ ...meter, place, id: ids.nodes.get(node.node)!.node })),
    );
    if (meters.length === 0) return;
    await session.rows(INSERT_METERS, [
      this.#clusterId,
      start,
      numbers(meters.map((m) => m.id)),
      numbers(meters.map((m) => m.place)),
      meters.map((m) => m.source),
      meters.map((m) => m.scope),
      numbers(meters.map((m) => m.measured)),
      numbers(meters.map((m) => m.estimated)),
    ]);
  }
}

const figuresOf = (r: Row): Numbers => [
  ...[r.energy, r.dynamic, r.storage, r.operational, r.embodied, r.cost],
  ...[Math.round(r.cpuSeconds * MICROSECONDS), r.memoryBytes, r.receivedBytes, r.transmittedBytes],
  ...[r.readBytes, r.writtenBytes, r.seconds, r.restarts],
];

const POD_COLUMNS = {
  ...{ cluster_id: 'int', start: 'bigint', entity_id: 'int', basis_id: 'int', position: 'int' },
  ...{ power_lo: 'smallint', power_hi: 'smallint', energy: 'bigint', dynamic: 'bigint', storage: 'bigint' },
  ...{ operational: 'bigint', embodied: 'bigint', cost: 'bigint', cpu: 'bigint', memory: 'bigint' },
  ...{ received: 'bigint', transmitted: 'bigint', read: 'bigint', written: 'bigint' },
  ...{ seconds: 'float8', restarts: 'float8' },
};
const POD_NAMES = Object.keys(POD_COLUMNS).join(', ');
const INSERT_PODS = `INSERT INTO pod_usage (${POD_NAMES}) SELECT * FROM ${unnest(Object.values(POD_COLUMNS))}`;

async function insertPods(session: Session, rows: readonly Numbers[]): Promise<void> {
  if (rows.length < COPY_ROWS) {
    await session.rows(INSERT_PODS, transposed(rows));
    return;
  }
  const line = (row: Numbers) => row.map((n) => (n === null ? '\\N' : String(n))).join('\t');
  await session.copy(`COPY pod_usage (${POD_NAMES}) FROM STDIN`, `${rows.map(line).join('\n')}\n`);
}

const NODE_TYPES = [
  ...['int', 'bigint', 'int', 'int', 'int', 'int', 'int', 'int', 'float8', 'float8'],
  ...['bigint', 'bigint', 'bigint', 'bigint', 'bigint', 'bigint'],
];
const INSERT_NODES = `INSERT INTO node_usage SELECT * FROM ${unnest(NODE_TYPES)}`;
const INSERT_METERS = `INSERT INTO meter_usage SELECT $1::int, $2::bigint, u.*
  FROM ${unnest(['int', 'int', 'text', 'text', 'bigint', 'bigint'], 3)} u`;

/** Rows as one array for each column. */
const transposed = (rows: readonly Numbers[]): string[] =>
  rows[0]!.map((_, c) => numbers(rows.map((row) => row[c]!)));

const TAKEN = `SELECT e.kind, e.workload_id AS "workloadId", e.node_id AS "nodeId", b.method, b.currency_id AS "currencyId",
    sum(u.energy)::bigint AS energy, sum(u.operational)::bigint AS operational, sum(u.embodied)::bigint AS embodied,
    sum(u.cost)::bigint AS cost
  FROM pod_usage u JOIN entity e ON e.id = u.entity_id JOIN basis b ON b.id = u.basis_id
  WHERE u.cluster_id = $1 AND u.start = $2 GROUP BY 1, 2, 3, 4, 5`;
