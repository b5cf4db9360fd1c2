/** Writing an hour or a day of an archive: marks, sums, and what follows from them. */
import type { Database } from 'better-sqlite3';
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import type {
  ArchivedBasis,
  ArchivedBucket,
  ArchivedFigures,
  ArchivedMark,
  ArchivedNode,
  ArchivedPod,
  ArchivedSums,
} from '../../ports/archive.js';
import {
  deltasOf,
  hourSeals,
  lastResults,
  sealOf,
  widthOf,
  type CounterPart,
  type SealFigures,
} from '../archive-form.js';
import { describedNode, nodeNames, rowNames } from '../archive-names.js';
import { POD_USAGE, WEIGHTED } from '../archive-sums.js';
import { encodeContainers } from '../container-block.js';
import { containerUse } from '../../pipeline/archive-lines.js';
import { CounterDelta } from '../counter-delta.js';
import { PodSums } from '../pod-sums.js';
import { CounterTables } from './counters.js';
import { Dictionary, type SqlValue } from './dictionary.js';
import { Dimensions, type EntityIds } from './dimensions.js';
import { Facts } from './facts.js';
import { PART_BITS } from './rollup-tables.js';
import { Seals } from './seals.js';

type Values = (SqlValue | bigint | Buffer)[];
/** Nobody is seen at the start of a bucket: when somebody was is said by the counters. */
const UNSEEN = -1;

export class BucketWriter {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #dimensions: Dimensions;
  readonly #namespaces: Dictionary;
  readonly #workloads: Dictionary;
  readonly #facts: Facts;
  readonly #counters: CounterTables;
  readonly #seals: Seals;

  constructor(db: Database, clusterId: number, step: Seconds) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#dimensions = new Dimensions(db, clusterId);
    this.#namespaces = new Dictionary(db, 'namespace', ['cluster_id', 'name']);
    this.#workloads = new Dictionary(db, 'workload', ['namespace_id', 'name', 'type']);
    this.#facts = new Facts(db, clusterId, step, this.#dimensions);
    this.#counters = new CounterTables(db, clusterId);
    this.#seals = new Seals(db, clusterId, step);
  }

  /** To be called before each transaction: another may have taken names away. */
  forget(): void {
    for (const names of [this.#dimensions, this.#namespaces, this.#workloads]) names.forget();
  }

  /** Whether the rows of an interval of the range are gone. */
  isFinal(from: number, to: number): boolean {
    const sql =
      'SELECT 1 FROM hour_seal WHERE cluster_id = ? AND start >= ? AND start < ? AND raw = 0 LIMIT 1';
    return this.#get(sql, floorTo(from, HOUR), to) !== undefined;
  }

  /** Must run inside a transaction. @param held marks of what it replaces */
  write(bucket: ArchivedBucket, held: readonly ArchivedMark[]): void {
    this.#clear(bucket, held);
    this.#putMarks(bucket.marks);
    this.#putSeals(bucket);
    const { sums, grain, start } = bucket;
    if (sums) this.#putSums(bucket, sums);
    if (grain === 'hour') this.#seals.updateDay(start);
  }

  #clear(bucket: ArchivedBucket, held: readonly ArchivedMark[]): void {
    const end = bucket.start + widthOf(bucket);
    for (const { start } of held) {
      const delta = new CounterDelta();
      this.#facts.remove(start, delta);
      this.#counters.apply(delta, UNSEEN);
    }
    this.#within('interval', bucket.start, end);
    for (const table of ['pod_hour', 'namespace_hour', 'node_hour', 'workload_hour_histogram', 'hour_seal'])
      this.#within(table, bucket.start, end);
    const day = floorTo(bucket.start, DAY);
    for (const table of ['pod_day', 'namespace_day', 'node_day', 'day_seal'])
      this.#within(table, day, day + DAY);
  }

  #putMarks(marks: readonly ArchivedMark[]): void {
    for (const mark of marks) {
      const { start, step, state, coverage, partialReasons, revision, attempts, committedAt } = mark;
      this.#run(`INSERT INTO interval VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
        ...[this.#clusterId, start, step, state, coverage, JSON.stringify(partialReasons), revision],
        ...[attempts, committedAt, this.#dimensions.currency(mark.currency), mark.calculationVersion],
      ]);
      this.#run(`UPDATE cluster SET ${state} = ${state} + 1 WHERE id = ?`, [this.#clusterId]);
    }
  }

  #putSeals(bucket: ArchivedBucket): void {
    const put = (table: string, flags: number[], { start, known, first, last }: SealFigures) => {
      const places = [...flags.map(() => '?'), '?', '?', '?'].join(', ');
      this.#run(`INSERT INTO ${table} VALUES (?, ?, ${places})`, [
        ...[this.#clusterId, start, ...flags, known, first, last],
      ]);
    };
    const isHour = bucket.grain === 'hour';
    for (const seal of hourSeals(bucket)) put('hour_seal', [isHour ? 1 : 0, 0], seal);
    if (!isHour) put('day_seal', [bucket.sums ? 1 : 0], sealOf(bucket.start, bucket.marks));
  }

  #putSums(bucket: ArchivedBucket, sums: ArchivedSums): void {
    const bases = sums.bases.map((basis) => this.#basis(basis));
    const ids = sums.pods.map((pod) => this.#dimensions.entity(rowNames(pod)));
    this.#putPods(bucket, sums, bases, ids);
    for (const line of sums.namespaces) {
      const id = this.#namespaces.idOf(this.#clusterId, line.namespace);
      this.#insert(`namespace_${bucket.grain}`, [
        ...[this.#clusterId, bucket.start, id, bases[line.basis]!, ...figures(line)],
      ]);
    }
    for (const line of sums.nodes) this.#putNode(bucket, line, sums.bases[line.basis]!);
    for (const result of lastResults(bucket, sums)) this.#facts.insert(result, new CounterDelta());
    for (const use of sums.histograms) {
      const namespace = this.#namespaces.idOf(this.#clusterId, use.namespace);
      this.#insert('workload_hour_histogram', [
        ...[this.#clusterId, bucket.start, this.#workloads.idOf(namespace, use.workload, use.workloadType)],
        ...[Buffer.from(use.cpu, 'base64'), Buffer.from(use.memory, 'base64')],
      ]);
    }
    for (const delta of deltasOf(this.#partsOf(sums, ids))) this.#counters.apply(delta, UNSEEN);
  }

  #putPods(
    { grain, start }: ArchivedBucket,
    { pods, containers }: ArchivedSums,
    bases: readonly number[],
    ids: readonly EntityIds[],
  ): void {
    const sums = new PodSums();
    pods.forEach((pod, i) => {
      sums.addSum(podSum(pod, ids[i]!.entity, bases[pod.basis]!));
    });
    const block = sums.encode(start);
    if (!block) return;
    this.#run(`INSERT INTO pod_${grain} (cluster_id, start, block) VALUES (?, ?, ?)`, [
      ...[this.#clusterId, start, block],
    ]);
    const packed = encodeContainers(containers.map(containerUse));
    if (packed && grain === 'hour') {
      this.#run('UPDATE pod_hour SET containers = ? WHERE cluster_id = ? AND start = ?', [
        ...[packed, this.#clusterId, start],
      ]);
    }
    if (grain === 'hour') return;
    this.#run(
      'UPDATE entity SET last_day = max(coalesce(last_day, 0), ?) WHERE id IN (SELECT value FROM json_each(?))',
      [start, JSON.stringify([...new Set(ids.map(({ entity }) => entity))])],
    );
  }

  #putNode({ grain, start }: ArchivedBucket, line: ArchivedNode, basis: ArchivedBasis): void {
    const described = describedNode(line, basis);
    this.#insert(`node_${grain}`, [
      ...[this.#clusterId, start, this.#dimensions.node(line.node), this.#dimensions.nodeSpec(described)],
      ...[this.#basis(basis), ...figures(line), BigInt(line.estimatedEnergy)],
      line.measuredEnergy === null ? null : BigInt(line.measuredEnergy),
      ...[line.milliseconds, line.cpuMicroseconds, line.cpuMax, line.samples].map(BigInt),
    ]);
  }

  *#partsOf({ pods, bases }: ArchivedSums, ids: readonly EntityIds[]): Generator<CounterPart> {
    for (const [i, pod] of pods.entries()) {
      const { kind, energy, operational, embodied, cost } = pod;
      const { method, currency } = bases[pod.basis]!;
      yield {
        ...{ kind, energy, operational, embodied, cost, method, workloadId: ids[i]!.workload },
        nodeId: this.#dimensions.node(pod.node),
        currencyId: this.#dimensions.currency(currency),
      };
    }
  }

  #basis(basis: ArchivedBasis): number {
    return this.#dimensions.basis(nodeNames({ node: '' }, basis), this.#dimensions.currency(basis.currency));
  }

  #within(table: string, from: number, to: number): void {
    this.#run(`DELETE FROM ${table} WHERE cluster_id = ? AND start >= ? AND start < ?`, [
      ...[this.#clusterId, from, to],
    ]);
  }

  #insert(table: string, values: Values): void {
    this.#run(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`, values);
  }

  #run(sql: string, values: Values): void {
    this.#db.prepare<Values>(sql).run(...values);
  }

  #get(sql: string, from: number, to: number): unknown {
    return this.#db.prepare<[number, number, number]>(sql).get(this.#clusterId, from, to);
  }
}

/** In the order of the columns of nodes and namespaces: weighted sums in two parts, then when it was there. */
function figures(line: ArchivedFigures): Values {
  const parts = WEIGHTED.flatMap((name) => {
    const whole = BigInt(line[name]);
    return [whole >> BigInt(PART_BITS), whole & BigInt(2 ** PART_BITS - 1)];
  });
  const { energy, operational, embodied, cost, first, last } = line;
  return [
    ...[energy, operational, embodied].map(BigInt),
    ...[cost === null ? null : BigInt(cost), ...parts, first, last],
  ];
}

function podSum(pod: ArchivedPod, entityId: number, basisId: number) {
  const columns = [...(['energy', 'operational', 'embodied'] as const), ...WEIGHTED, ...POD_USAGE] as const;
  const amounts = new Map<string, bigint>(columns.map((column) => [column, BigInt(pod[column])]));
  const { first, last, cpuMax, memoryMax } = pod;
  return {
    ...{ entityId, basisId, first, last, cpuMax, memoryMax },
    cost: pod.cost === null ? null : BigInt(pod.cost),
    of: (column: string) => amounts.get(column)!,
  };
}
