/** The statements that sum rows of nodes and namespaces; one for each grain of time that a range is read from. */
import type { Amount, Filters, GroupId, GroupKey } from '../../ports/history.js';
import type { AmountLine, Basis, SumLine } from '../answer-lines.js';
import { PIECES, piecesValue, type Grain, type Piece } from './history-partition.js';
import { WEIGHT_PARTS } from '../naming.js';
import { AMOUNT_COLUMNS, joinParts, weightSums } from './rollup-tables.js';

export interface Question {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
}

/** How one grouping is taken from the facts `u` on the basis `b`, and turned into the words of the API. */
interface Grouping {
  readonly columns: readonly string[];
  readonly fields: Readonly<Partial<Record<keyof GroupId, string>>>;
  /** Tables that hold the names of the ids. */
  readonly names: readonly string[];
}

const named = (table: string, alias: string): Grouping => ({
  columns: [`u.${table}_id`],
  fields: { [table]: `${alias}.name` },
  names: [`CROSS JOIN ${table} ${alias} ON ${alias}.id = f.${table}_id`],
});

const GROUPINGS = {
  cluster: named('cluster', 'c'),
  namespace: named('namespace', 's'),
  node: named('node', 'd'),
  zone: { columns: ['b.grid_zone'], fields: { zone: 'f.grid_zone' }, names: [] },
  provider: { columns: ['b.provider'], fields: { provider: 'f.provider' }, names: [] },
} as const satisfies Readonly<Record<string, Grouping>>;

type TableKey = keyof typeof GROUPINGS;

/** Rows add to their nodes exactly, so a question that does not look inside nodes is answered from the few rows of nodes. */
const SOURCES = [
  { table: 'node', id: 'node_id', keys: ['cluster', 'node', 'zone', 'provider'], filters: ['node'] },
  {
    table: 'namespace',
    id: 'namespace_id',
    keys: ['cluster', 'namespace', 'zone', 'provider'],
    filters: ['namespace'],
  },
] as const;

export type Source = (typeof SOURCES)[number];

/** Null: only the rows of pods tell. The filter by cluster is met by the pieces that are read. */
export function sourceFor({ by, filters }: Question): Source | null {
  const wanted = (['namespace', 'workload', 'node'] as const).filter((f) => filters[f]?.length);
  const suits = (s: Source) =>
    by.every((key) => (s.keys as readonly GroupKey[]).includes(key)) &&
    wanted.every((f) => (s.filters as readonly string[]).includes(f));
  return SOURCES.find(suits) ?? null;
}

export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** A statement whose records have the fields of a group's key as k0, k1, ... Read with 64-bit integers. */
export interface GroupSql extends Sql {
  readonly fields: readonly string[];
}

/** Columns of `basis b`, with its currency `m`. */
export const BASIS_COLUMNS = `b.estimated, m.code currency, b.pue_lo pueLo, b.pue_hi pueHi, b.intensity_lo intensityLo,
  b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi`;

type Names = Readonly<Record<`k${number}`, string>>;
type Weights = Readonly<Record<(typeof WEIGHT_PARTS)[number], bigint>>;
export type SumRecord = Names &
  Basis &
  Weights &
  Pick<SumLine, 'energy' | 'operational' | 'embodied' | 'cost'>;
export type AmountRecord = Names & Omit<AmountLine, 'names' | 'bucket'> & { readonly bucket: bigint };

/** All sums of some pieces by group and basis. */
export function sumsStatement(
  source: Source,
  question: Question,
  grain: Grain,
  pieces: readonly Piece[],
): GroupSql {
  const table = `${source.table}_${grain}`;
  const weights = weightSums(table).map((sum, i) => `${sum} ${WEIGHT_PARTS[i]}`);
  return statement(source, question, table, pieces, {
    by: ['u.basis_id'],
    sums: [...sumsOf(AMOUNT_COLUMNS), ...weights],
    columns: BASIS_COLUMNS,
  });
}

/**
 * Chosen amounts of some pieces by group, currency and time bucket.
 * @param bucket width of the buckets, s; buckets start at its multiples
 */
export function amountsStatement(
  source: Source,
  question: Question,
  grain: Grain,
  pieces: readonly Piece[],
  bucket: number,
  amounts: readonly Amount[],
): GroupSql {
  return statement(source, question, `${source.table}_${grain}`, pieces, {
    by: ['b.currency_id', 'bucket'],
    bucket,
    sums: sumsOf(amounts),
    columns: `f.bucket, m.code currency, ${amounts.map((a) => `f.${a}`).join(', ')}`,
  });
}

const sumsOf = (amounts: readonly Amount[]) => amounts.map((amount) => `sum(u.${amount}) ${amount}`);

interface Wanted {
  /** Columns to group by besides those of the key. */
  readonly by: readonly string[];
  readonly bucket?: number;
  readonly sums: readonly string[];
  readonly columns: string;
}

function statement(
  source: Source,
  { by, filters }: Question,
  table: string,
  pieces: readonly Piece[],
  wanted: Wanted,
): GroupSql {
  const keys = [...new Set<TableKey>(['cluster', ...(by as readonly TableKey[])])];
  const fields = keys.flatMap((key) => Object.entries(GROUPINGS[key].fields));
  const only = filters[source.filters[0]] ?? [];
  const columns = keys.flatMap((key) => GROUPINGS[key].columns);
  const text = `WITH ${PIECES}, f AS (
    SELECT ${columns.join(', ')}, b.currency_id, u.basis_id, ${wanted.bucket === undefined ? '0' : 'u.start - u.start % ?'} bucket,
      ${wanted.sums.join(', ')}
    FROM piece CROSS JOIN ${table} u ON u.cluster_id = piece.cluster_id AND u.start >= piece.lo AND u.start < piece.hi
    CROSS JOIN basis b ON b.id = u.basis_id
    ${only.length > 0 ? `WHERE u.${source.id} IN (SELECT id FROM ${source.table} WHERE name IN (SELECT value FROM json_each(?)))` : ''}
    GROUP BY ${[...columns, ...wanted.by].join(', ')}
  )
  SELECT ${fields.map(([, sql], i) => `${sql} k${i}`).join(', ')},
    ${wanted.columns === BASIS_COLUMNS ? `f.*, ${BASIS_COLUMNS}` : wanted.columns}
  FROM f CROSS JOIN basis b ON b.id = f.basis_id CROSS JOIN currency m ON m.id = f.currency_id
  ${keys.flatMap((key) => GROUPINGS[key].names).join('\n')}`;
  const values = [
    piecesValue(pieces),
    ...(wanted.bucket === undefined ? [] : [wanted.bucket]),
    ...(only.length > 0 ? [JSON.stringify(only)] : []),
  ];
  return { text, values, fields: fields.map(([name]) => name) };
}

const namesOf = (record: Names, fields: number): string[] =>
  Array.from({ length: fields }, (_, i) => record[`k${i}`]!);

export const sumLine = (record: SumRecord, fields: number): SumLine => ({
  names: namesOf(record, fields),
  basis: record,
  energy: record.energy,
  operational: record.operational,
  embodied: record.embodied,
  cost: record.cost,
  energyPowerLo: joinParts(record.energy_power_lo_high, record.energy_power_lo_low),
  energyPowerHi: joinParts(record.energy_power_hi_high, record.energy_power_hi_low),
  operationalPowerLo: joinParts(record.operational_power_lo_high, record.operational_power_lo_low),
  operationalPowerHi: joinParts(record.operational_power_hi_high, record.operational_power_hi_low),
});

export const amountLine = (record: AmountRecord, fields: number): AmountLine => ({
  names: namesOf(record, fields),
  bucket: Number(record.bucket),
  currency: record.currency,
  energy: record.energy,
  operational: record.operational,
  embodied: record.embodied,
  cost: record.cost,
});
