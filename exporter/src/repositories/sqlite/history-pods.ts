/** What only the rows of pods tell: sums by workload, pod or label, and by keys and filters that nodes and namespaces lack. */
import type { Database } from 'better-sqlite3';
import type { GroupKey, LabelKey, Ranking } from '../../ports/history.js';
import type { AmountLine, Basis, SumLine } from '../answer-lines.js';
import { decodePodFigures } from '../pod-block.js';
import { PodSums, type PodSum } from '../pod-sums.js';
import { GRAINS, type Grain, type Partition, type Piece } from './history-partition.js';
import { BASIS_COLUMNS, type Question } from './history-query.js';

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

type BasisRecord = Basis & Readonly<Record<string, unknown>> & { readonly id: bigint };

/** Turns sums by entity and basis into lines by group. */
export class PodLines {
  readonly #db: Database;
  readonly #question: Question;
  readonly #fields: readonly Field[];
  /** Group of each entity met; one that a filter leaves out has none. */
  readonly #groupOf = new Map<number, number | undefined>();
  readonly #groups = new Map<string, number>();
  readonly #names: (readonly string[])[] = [];
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

  *sums(sums: PodSums, ranking: Ranking | undefined): Generator<SumLine> {
    const grouped = this.#grouped(sums);
    const wanted = ranking && this.#shortlist(grouped, ranking);
    for (const sum of grouped.sums(wanted)) yield this.#sumLine(sum, this.#namesOn(sum));
  }

  /** The same of all groups together. */
  *totals(sums: PodSums): Generator<SumLine> {
    for (const sum of sums.grouped((id) => (this.#groupOf.get(id) === undefined ? undefined : 0)).sums()) {
      yield this.#sumLine(sum, []);
    }
  }

  *amounts(sums: PodSums, bucket: number): Generator<AmountLine> {
    for (const sum of this.#grouped(sums).sums()) {
      const basis = this.#bases.get(sum.basisId)!;
      yield {
        names: this.#namesOn(sum),
        bucket,
        currency: basis.currency,
        energy: sum.of('energy'),
        operational: sum.of('operational'),
        embodied: sum.of('embodied'),
        cost: sum.cost,
      };
    }
  }

  #grouped(sums: PodSums): PodSums {
    this.#meet(sums.entities.filter((id) => !this.#groupOf.has(id)));
    return sums.grouped((id) => this.#groupOf.get(id));
  }

  /** Building the exact sums of many thousand groups takes longer than reading them. Undefined: all groups are wanted. */
  #shortlist(grouped: PodSums, ranking: Ranking): ReadonlySet<number> | undefined {
    if (this.#fields.some((f) => f.of === 'basis')) return undefined;
    const currencies = new Set([...this.#bases.values()].map((b) => b.currency));
    if (ranking.amounts.includes('cost') && currencies.size > 1) return undefined;
    return firstOf(grouped.weigh(ranking.amounts), ranking);
  }

  #sumLine(sum: PodSum, names: readonly string[]): SumLine {
    return {
      names,
      basis: this.#bases.get(sum.basisId)!,
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

  #namesOn({ entityId: group, basisId }: PodSum): readonly string[] {
    const names = this.#names[group]!;
    const basis = this.#bases.get(basisId)!;
    return this.#fields.map((f, i) => (f.of === 'basis' ? String(basis[f.name]) : names[i]!));
  }

  #meet(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#groupOf.set(id, undefined);
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
    for (const [id, ...found] of lines) this.#groupOf.set(id, this.#groupNamed(found));
  }

  #groupNamed(names: readonly string[]): number {
    const key = JSON.stringify(names);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = this.#names.push(names) - 1));
    return group;
  }

  #readBases(): Map<number, BasisRecord> {
    const text = `SELECT b.id, b.grid_zone zone, b.provider, ${BASIS_COLUMNS} FROM basis b JOIN currency m ON m.id = b.currency_id`;
    const records = this.#db.prepare<[], BasisRecord>(text).safeIntegers(true).all();
    return new Map(records.map((r) => [Number(r.id), r]));
  }
}

/** Doubles of sums of a few thousand parts are off by far less. */
const NEAR = 1e-9;

/** The entries that can be among the first, told from amounts that are nearly right. */
function firstOf(
  weights: ReadonlyMap<number, number>,
  { descending, after, limit }: Ranking,
): ReadonlySet<number> {
  const sign = descending ? 1 : -1;
  const start = after === null ? Infinity : sign * Number(after) + Math.abs(Number(after)) * NEAR;
  const rest = [...weights]
    .map(([id, weight]) => ({ id, rank: sign * weight }))
    .filter(({ rank }) => rank <= start)
    .sort((a, b) => b.rank - a.rank);
  const last = rest[limit - 1]?.rank ?? -Infinity;
  const end = last - Math.abs(last) * NEAR;
  return new Set(rest.filter(({ rank }) => rank >= end || rank >= last).map(({ id }) => id));
}

interface StoredBlock {
  readonly start: number;
  readonly block: Buffer;
}

/** All of a partition in one sum. @param wanted how many of `SUM_COLUMNS` */
export function sumPods(db: Database, partition: Partition, wanted: number): PodSums {
  const sums = new PodSums(wanted);
  for (const grain of GRAINS) {
    for (const piece of partition[grain]) {
      for (const stored of blocksOf(db, grain, piece)) add(sums, grain, stored);
    }
  }
  return sums;
}

/** One sum for each time bucket that has any, in no order; a bucket may come once for each grain. */
export function* sumPodsByBucket(
  db: Database,
  partition: Partition,
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
        add(sums, grain, stored);
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

function add(sums: PodSums, grain: Grain, { start, block }: StoredBlock): void {
  if (grain === 'usage') sums.addFigures(decodePodFigures(block), start);
  else sums.addRollup(block, start);
}
