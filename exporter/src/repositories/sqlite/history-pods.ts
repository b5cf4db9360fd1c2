/** What only the rows of pods tell: sums by workload, pod or label, and by keys and filters that nodes and namespaces lack. */
import type { Database } from 'better-sqlite3';
import type { Seconds } from '../../domain/units.js';
import type { GroupKey, LabelKey } from '../../ports/history.js';
import { decodePodBlock } from '../pod-block.js';
import { PodSums, type PodSum } from '../pod-sums.js';
import { GRAINS, type Grain, type Partition, type Piece } from './history-partition.js';
import { BASIS_COLUMNS, type GroupRecord, type Question, type SumRecord } from './history-query.js';

/** Fields of a key, by what a line is looked up with: its entity `e` or its basis `b`. */
const ENTITY_FIELDS: Readonly<Record<string, readonly (readonly [field: string, sql: string])[]>> = {
  cluster: [['cluster', 'c.name']],
  namespace: [['namespace', 's.name']],
  workload: [
    ['namespace', 's.name'],
    ['workload', 'w.name'],
    ['workload_type', 'w.type'],
  ],
  pod: [
    ['namespace', 's.name'],
    ['pod', 'e.pod'],
  ],
  node: [['node', 'd.name']],
};
const BASIS_FIELDS: Readonly<Record<string, string>> = { zone: 'b.grid_zone', provider: 'b.provider' };

const FILTERS = { namespace: 's.name', workload: 'w.name', node: 'd.name' } as const;

const isLabel = (key: GroupKey): key is LabelKey => key.startsWith('label:');
const labelSql = "coalesce((SELECT value FROM json_each(l.json) WHERE key = ?), '')";

interface Field {
  readonly name: string;
  readonly sql: string;
  readonly of: 'entity' | 'basis';
  readonly value?: string;
}

function fieldsOf(by: readonly GroupKey[]): Field[] {
  const fields = (['cluster', ...by] as const).flatMap((key): Field[] => {
    if (isLabel(key)) return [{ name: key, sql: labelSql, of: 'entity', value: key.slice('label:'.length) }];
    const basis = BASIS_FIELDS[key];
    if (basis) return [{ name: key, sql: basis, of: 'basis' }];
    return ENTITY_FIELDS[key]!.map(([name, sql]) => ({ name, sql, of: 'entity' }));
  });
  return fields.filter((f, i) => fields.findIndex((other) => other.name === f.name) === i);
}

type Names = readonly string[];
type BasisRecord = Omit<SumRecord, keyof PodFigures | 'bucket'> & {
  readonly id: bigint;
  readonly [name: string]: unknown;
};
type PodFigures = Pick<
  SumRecord,
  | 'energy'
  | 'operational'
  | 'embodied'
  | 'cost'
  | 'energyPowerLo'
  | 'energyPowerHi'
  | 'operationalPowerLo'
  | 'operationalPowerHi'
>;

/** Turns sums by entity and basis into lines by group. */
export class PodLines {
  readonly #db: Database;
  readonly #question: Question;
  readonly #fields: readonly Field[];
  /** Null: a filter leaves it out. */
  readonly #entities = new Map<number, Names | null>();
  readonly #bases: ReadonlyMap<number, BasisRecord>;

  constructor(db: Database, question: Question) {
    this.#db = db;
    this.#question = question;
    this.#fields = fieldsOf(question.by);
    this.#bases = this.#readBases();
  }

  get fields(): readonly string[] {
    return this.#fields.map((f) => f.name);
  }

  *of(sums: PodSums, bucket: number): Generator<SumRecord> {
    const all = [...sums.sums()];
    this.#meet(all.map((s) => s.entityId).filter((id) => !this.#entities.has(id)));
    for (const sum of all) {
      const names = this.#entities.get(sum.entityId);
      if (names) yield this.#line(sum, names, bucket);
    }
  }

  #line(sum: PodSum, names: Names, bucket: number): SumRecord {
    const basis = this.#bases.get(sum.basisId)!;
    const key: Record<`k${number}`, string> = {};
    this.#fields.forEach((field, i) => {
      key[`k${i}`] = field.of === 'basis' ? String(basis[field.name]) : names[i]!;
    });
    return {
      ...(basis as unknown as SumRecord),
      ...(key as Pick<GroupRecord, `k${number}`>),
      bucket: BigInt(bucket),
      energy: sum.of('energy'),
      operational: sum.of('operational'),
      embodied: sum.of('embodied'),
      cost: sum.cost,
      energyPowerLo: sum.of('energyPowerLo'),
      energyPowerHi: sum.of('energyPowerHi'),
      operationalPowerLo: sum.of('operationalPowerLo'),
      operationalPowerHi: sum.of('operationalPowerHi'),
    };
  }

  #meet(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#entities.set(id, null);
    const { filters } = this.#question;
    const wanted = (['namespace', 'workload', 'node'] as const).filter((f) => filters[f]?.length);
    const names = this.#fields.map((f) => (f.of === 'entity' ? f.sql : "''"));
    const text = `SELECT e.id, ${names.join(', ')} FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value
      CROSS JOIN cluster c ON c.id = e.cluster_id CROSS JOIN namespace s ON s.id = e.namespace_id
      CROSS JOIN workload w ON w.id = e.workload_id CROSS JOIN node d ON d.id = e.node_id
      CROSS JOIN label_set l ON l.id = e.label_set_id
      ${wanted.map((f, i) => `${i === 0 ? 'WHERE' : 'AND'} ${FILTERS[f]} IN (SELECT value FROM json_each(?))`).join(' ')}`;
    const values = [
      ...this.#fields.flatMap((f) => f.value ?? []),
      JSON.stringify(ids),
      ...wanted.map((f) => JSON.stringify(filters[f])),
    ];
    const lines = this.#db
      .prepare<string[], [number, ...string[]]>(text)
      .raw()
      .iterate(...values);
    for (const [id, ...found] of lines) this.#entities.set(id, found);
  }

  #readBases(): Map<number, BasisRecord> {
    const text = `SELECT b.id, b.grid_zone zone, b.provider, ${BASIS_COLUMNS} FROM basis b JOIN currency m ON m.id = b.currency_id`;
    const records = this.#db.prepare<[], BasisRecord>(text).safeIntegers(true).all();
    return new Map(records.map((r) => [Number(r.id), r]));
  }
}

interface StoredBlock {
  readonly start: number;
  readonly block: Buffer;
}

/** All of a partition in one sum. @param wanted how many of `SUM_COLUMNS` */
export function sumPods(db: Database, partition: Partition, step: Seconds, wanted: number): PodSums {
  const sums = new PodSums(wanted);
  for (const grain of GRAINS) {
    for (const piece of partition[grain]) {
      for (const stored of blocksOf(db, grain, piece)) add(sums, grain, stored, step);
    }
  }
  return sums;
}

/** One sum for each time bucket that has any, in no order; a bucket may come once for each grain. */
export function* sumPodsByBucket(
  db: Database,
  partition: Partition,
  step: Seconds,
  wanted: number,
  width: number,
): Generator<[bucket: number, sums: PodSums]> {
  for (const grain of GRAINS) {
    for (const piece of partition[grain]) {
      let at: number | null = null;
      let sums = new PodSums(wanted);
      for (const stored of blocksOf(db, grain, piece)) {
        const bucket = stored.start - (stored.start % width);
        if (at !== null && bucket !== at) {
          yield [at, sums];
          sums = new PodSums(wanted);
        }
        at = bucket;
        add(sums, grain, stored, step);
      }
      if (at !== null) yield [at, sums];
    }
  }
}

const blocksOf = (
  db: Database,
  grain: Grain,
  { clusterId, from, to }: Piece,
): IterableIterator<StoredBlock> =>
  db
    .prepare<[number, number, number], StoredBlock>(
      `SELECT start, block FROM pod_${grain} WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`,
    )
    .iterate(clusterId, from, to);

function add(sums: PodSums, grain: Grain, { start, block }: StoredBlock, step: Seconds): void {
  if (grain === 'usage') sums.addBlock(decodePodBlock(block, step), start);
  else sums.addRollup(block, start);
}
