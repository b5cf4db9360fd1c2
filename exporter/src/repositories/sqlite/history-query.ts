/** The statements that sum rows of nodes and namespaces; one for each grain of time that a range is read from. */
import type { Amount, Filters, GroupId, GroupKey } from '../../ports/history.js';
import { PIECES, piecesValue, type Grain, type Piece } from './history-partition.js';
import { AMOUNT_COLUMNS, joinParts, WEIGHT_COLUMNS, weightSums } from './rollup-tables.js';

export interface Question {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
}

/** The fields of one grouping in the words of the API, and the tables that hold their names. */
interface Grouping {
  readonly fields: Readonly<Partial<Record<keyof GroupId, string>>>;
  readonly names: readonly string[];
}

const GROUPINGS = {
  cluster: { fields: { cluster: 'c.name' }, names: ['JOIN cluster c ON c.id = f.cluster_id'] },
  namespace: { fields: { namespace: 's.name' }, names: ['JOIN namespace s ON s.id = f.namespace_id'] },
  node: { fields: { node: 'd.name' }, names: ['JOIN node d ON d.id = f.node_id'] },
  zone: { fields: { zone: 'b.grid_zone' }, names: [] },
  provider: { fields: { provider: 'b.provider' }, names: [] },
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

/** What one line of an answer holds besides the fields of its group, k0, k1, ... Read with 64-bit integers. */
export interface GroupRecord {
  readonly bucket: bigint;
  readonly currency: string;
  readonly [field: `k${number}`]: string;
}

export interface AmountRecord extends GroupRecord {
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  /** Null: no row with a price. */
  readonly cost: bigint | null;
}

export interface SumRecord extends AmountRecord {
  readonly estimated: bigint;
  readonly energyPowerLo: bigint;
  readonly energyPowerHi: bigint;
  readonly operationalPowerLo: bigint;
  readonly operationalPowerHi: bigint;
  readonly pueLo: bigint;
  readonly pueHi: bigint;
  readonly intensityLo: bigint;
  readonly intensityHi: bigint;
  readonly embodiedLo: bigint;
  readonly embodiedHi: bigint;
}

export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** A statement whose lines have the fields of a group's key as k0, k1, ... */
export interface GroupSql extends Sql {
  readonly fields: readonly string[];
}

/** Columns of `basis b` that a sum needs. */
export const BASIS_COLUMNS = `b.estimated, m.code currency, b.pue_lo pueLo, b.pue_hi pueHi, b.intensity_lo intensityLo,
  b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi`;

/** All sums of some pieces by group and basis. The weighted sums come in parts: see `wholeOf`. */
export function sumsStatement(
  source: Source,
  question: Question,
  grain: Grain,
  pieces: readonly Piece[],
): GroupSql {
  const table = `${source.table}_${grain}`;
  const weights = weightSums(table).map((sum, i) => `${sum} ${WEIGHT_COLUMNS[i]}`);
  return statement(source, question, table, pieces, null, [...sumsOf(AMOUNT_COLUMNS), ...weights]);
}

/**
 * Chosen amounts of some pieces by group, basis and time bucket.
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
  return statement(source, question, `${source.table}_${grain}`, pieces, bucket, sumsOf(amounts));
}

const sumsOf = (amounts: readonly Amount[]) => amounts.map((amount) => `sum(u.${amount}) ${amount}`);

function statement(
  source: Source,
  { by, filters }: Question,
  table: string,
  pieces: readonly Piece[],
  bucket: number | null,
  sums: readonly string[],
): GroupSql {
  const keys = [...new Set<TableKey>(['cluster', ...(by as readonly TableKey[])])];
  const fields = keys.flatMap((key) => Object.entries(GROUPINGS[key].fields));
  const only = filters[source.filters[0]] ?? [];
  const columns = [
    'u.cluster_id',
    ...(keys.some((key) => key === source.table) ? [`u.${source.id}`] : []),
    'u.basis_id',
  ];
  const text = `WITH ${PIECES}, f AS (
    SELECT ${columns.join(', ')}, ${bucket === null ? '0' : 'u.start - u.start % ?'} bucket, ${sums.join(', ')}
    FROM piece CROSS JOIN ${table} u ON u.cluster_id = piece.cluster_id AND u.start >= piece.lo AND u.start < piece.hi
    ${only.length > 0 ? `WHERE u.${source.id} IN (SELECT id FROM ${source.table} WHERE name IN (SELECT value FROM json_each(?)))` : ''}
    GROUP BY ${[...columns, 'bucket'].join(', ')}
  )
  SELECT ${fields.map(([, sql], i) => `${sql} k${i}`).join(', ')}, f.*, ${BASIS_COLUMNS}
  FROM f JOIN basis b ON b.id = f.basis_id JOIN currency m ON m.id = b.currency_id
  ${keys.flatMap((key) => GROUPINGS[key].names).join('\n')}`;
  const values = [
    piecesValue(pieces),
    ...(bucket === null ? [] : [bucket]),
    ...(only.length > 0 ? [JSON.stringify(only)] : []),
  ];
  return { text, values, fields: fields.map(([name]) => name) };
}

type Parts = Readonly<Record<(typeof WEIGHT_COLUMNS)[number], bigint>>;

/** The line with its weighted sums put together. */
export const wholeOf = (line: Omit<SumRecord, keyof Weights> & Parts): SumRecord => ({
  ...line,
  energyPowerLo: joinParts(line.energy_power_lo_high, line.energy_power_lo_low),
  energyPowerHi: joinParts(line.energy_power_hi_high, line.energy_power_hi_low),
  operationalPowerLo: joinParts(line.operational_power_lo_high, line.operational_power_lo_low),
  operationalPowerHi: joinParts(line.operational_power_hi_high, line.operational_power_hi_low),
});

type Weights = Pick<
  SumRecord,
  'energyPowerLo' | 'energyPowerHi' | 'operationalPowerLo' | 'operationalPowerHi'
>;
export type SumLine = Parameters<typeof wholeOf>[0];
