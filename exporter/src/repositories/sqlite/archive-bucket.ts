/** Sums of an hour or a day as they are archived. */
import type { Database } from 'better-sqlite3';
import { DAY, HOUR } from '../../domain/interval.js';
import type {
  ArchivedBasis,
  ArchivedContainer,
  ArchivedNodeRow,
  ArchivedSums,
  ArchivedUse,
} from '../../ports/archive.js';
import { archivedContainer } from '../../pipeline/archive-lines.js';
import { inOrder } from '../archive-form.js';
import { podNames, toBasis, type BasisRecord } from '../archive-names.js';
import { POD_USAGE, SumsBuilder, WEIGHTED, type NodeNames, type PodNames } from '../archive-sums.js';
import { decodeContainers } from '../container-block.js';
import { PodSums, type PodSum } from '../pod-sums.js';
import { toNodeRow, type EntityRecord, type NodeRecord } from '../records.js';
import { ENTITY_COLUMNS, ENTITY_JOINS, NODE_COLUMNS, NODE_JOINS } from './records.js';
import { joinParts } from './rollup-tables.js';

type Grain = 'hour' | 'day';
type Key = [clusterId: number, start: number];
type Within = [clusterId: number, from: number, to: number];

/** Columns of amounts, as bigint. */
type SumsRecord = Readonly<Record<string, bigint | null>> & { readonly basisId: bigint };

const WEIGHTS = WEIGHTED.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const FIGURES = `u.basis_id basisId, u.energy, u.operational, u.embodied, u.cost, u.first_start first, u.last_start last,
  ${WEIGHTS.flatMap((w, i) => [`u.${w}_high ${WEIGHTED[i]!}High`, `u.${w}_low ${WEIGHTED[i]!}Low`]).join(', ')}`;

const BASES = `SELECT b.id, b.grid_zone gridZone, b.provider, b.method, b.estimated, m.code currency, b.pue_lo pueLo, b.pue_hi pueHi,
    b.intensity_lo intensityLo, b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi
  FROM basis b JOIN currency m ON m.id = b.currency_id`;

export class BucketReader {
  readonly #db: Database;
  readonly #clusterId: number;

  constructor(db: Database, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
  }

  /** Null: a day whose sums are gone. */
  sums(grain: Grain, start: number): ArchivedSums | null {
    const held = this.#db
      .prepare<Key, number>(`SELECT held FROM ${grain}_seal WHERE cluster_id = ? AND start = ?`)
      .pluck()
      .get(this.#clusterId, start);
    if (held !== 1) return null;
    const bases = this.#bases();
    const builder = new SumsBuilder();
    const containers = this.#addPods(builder, bases, grain, start);
    this.#addNamespaces(builder, bases, grain, start);
    this.#addNodes(builder, bases, grain, start);
    return {
      ...builder.build(),
      lastRows: this.#lastRows(start, start + (grain === 'hour' ? HOUR : DAY)),
      histograms: grain === 'hour' ? this.#histograms(start) : [],
      containers,
    };
  }

  #addPods(
    builder: SumsBuilder,
    bases: ReadonlyMap<number, ArchivedBasis>,
    grain: Grain,
    start: number,
  ): ArchivedContainer[] {
    const also = grain === 'hour' ? ', containers' : '';
    const held = this.#db
      .prepare<Key, { block: Buffer; containers?: Buffer | null }>(
        `SELECT block${also} FROM pod_${grain} WHERE cluster_id = ? AND start = ?`,
      )
      .get(this.#clusterId, start);
    if (!held) return [];
    const sums = new PodSums();
    sums.addRollup(held.block, start);
    const names = this.#names(sums.entities);
    for (const sum of sums.sums()) {
      builder.pod(names.get(sum.entityId)!, bases.get(sum.basisId)!, podFigures(sum));
    }
    return decodeContainers(held.containers ?? null).map(archivedContainer);
  }

  #addNamespaces(
    builder: SumsBuilder,
    bases: ReadonlyMap<number, ArchivedBasis>,
    grain: Grain,
    start: number,
  ): void {
    const sql = `SELECT s.name, ${FIGURES} FROM namespace_${grain} u JOIN namespace s ON s.id = u.namespace_id
      WHERE u.cluster_id = ? AND u.start = ?`;
    const found = this.#db.prepare<Key, SumsRecord & { name: string }>(sql).safeIntegers(true);
    for (const record of found.iterate(this.#clusterId, start)) {
      builder.namespace(record.name, bases.get(Number(record.basisId))!, figuresOf(record));
    }
  }

  #addNodes(
    builder: SumsBuilder,
    bases: ReadonlyMap<number, ArchivedBasis>,
    grain: Grain,
    start: number,
  ): void {
    const sql = `SELECT d.name node, s.instance_type instanceType, s.region, s.zone, s.architecture, s.cpu_capacity cpuCapacity,
        s.memory_capacity memoryCapacity, s.embodied_total embodiedTotal, ${FIGURES}, u.milliseconds,
        u.cpu_microseconds cpuMicroseconds, u.samples, u.estimated_energy estimatedEnergy, u.measured_energy measuredEnergy,
        u.cpu_max cpuMax
      FROM node_${grain} u JOIN node d ON d.id = u.node_id JOIN node_spec s ON s.id = u.node_spec_id
      WHERE u.cluster_id = ? AND u.start = ?`;
    const found = this.#db.prepare<Key, SumsRecord & NodeNames>(sql).safeIntegers(true);
    for (const record of found.iterate(this.#clusterId, start)) {
      builder.node(record, bases.get(Number(record.basisId))!, {
        ...figuresOf(record),
        milliseconds: record['milliseconds']!,
        cpuMicroseconds: record['cpuMicroseconds']!,
        samples: record['samples']!,
        estimatedEnergy: record['estimatedEnergy']!,
        measuredEnergy: record['measuredEnergy'] ?? null,
        cpuMax: Number(record['cpuMax']),
      });
    }
  }

  #lastRows(from: number, to: number): ArchivedNodeRow[] {
    const sql = `SELECT n.start, ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS}
      WHERE n.cluster_id = ? AND n.start >= ? AND n.start < ? ORDER BY d.name, n.start`;
    return this.#db
      .prepare<Within, NodeRecord & { start: number }>(sql)
      .all(this.#clusterId, from, to)
      .map((record) => ({ start: record.start, row: toNodeRow(record) }));
  }

  #histograms(start: number): ArchivedUse[] {
    const sql = `SELECT s.name namespace, w.name workload, w.type workloadType, u.cpu, u.memory FROM workload_hour_histogram u
      JOIN workload w ON w.id = u.workload_id JOIN namespace s ON s.id = w.namespace_id WHERE u.cluster_id = ? AND u.start = ?`;
    const found = this.#db
      .prepare<Key, Omit<ArchivedUse, 'cpu' | 'memory'> & { cpu: Buffer; memory: Buffer }>(sql)
      .all(this.#clusterId, start)
      .map(({ cpu, memory, ...of }) => ({
        ...{ namespace: of.namespace, workload: of.workload, workloadType: of.workloadType },
        ...{ cpu: cpu.toString('base64'), memory: memory.toString('base64') },
      }));
    return inOrder(found, (use) => [use.namespace, use.workload, use.workloadType]);
  }

  #names(ids: readonly number[]): ReadonlyMap<number, PodNames> {
    const sql = `SELECT ${ENTITY_COLUMNS} FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value ${ENTITY_JOINS}`;
    const names = new Map<number, PodNames>();
    const found = this.#db.prepare<[string], EntityRecord>(sql);
    for (const { id, ...entity } of found.iterate(JSON.stringify([...new Set(ids)]))) {
      names.set(id, podNames(entity));
    }
    return names;
  }

  #bases(): ReadonlyMap<number, ArchivedBasis> {
    const found = this.#db.prepare<[], BasisRecord>(BASES).all();
    return new Map(found.map((record) => [record.id, toBasis(record)]));
  }
}

function podFigures(sum: PodSum) {
  const { first, last, cost, cpuMax, memoryMax } = sum;
  const columns = [...(['energy', 'operational', 'embodied'] as const), ...WEIGHTED, ...POD_USAGE] as const;
  const sums = Object.fromEntries(columns.map((column) => [column, sum.of(column)]));
  return {
    ...(sums as Record<(typeof columns)[number], bigint>),
    ...{ first, last, cost, cpuMax, memoryMax },
  };
}

function figuresOf(record: SumsRecord) {
  const weights = WEIGHTED.map((name) => [name, joinParts(record[`${name}High`]!, record[`${name}Low`]!)]);
  return {
    energy: record['energy']!,
    operational: record['operational']!,
    embodied: record['embodied']!,
    cost: record['cost'] ?? null,
    first: Number(record['first']),
    last: Number(record['last']),
    ...(Object.fromEntries(weights) as Record<(typeof WEIGHTED)[number], bigint>),
  };
}
