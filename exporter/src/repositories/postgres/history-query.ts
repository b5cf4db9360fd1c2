/** The one statement that answers a question about sums: what is known of the range, and the lines of its groups. */
import type { Amount, Filters, GroupKey, SeriesQuery, TotalsQuery } from '../../ports/history.js';
import type { TimeRange } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import type { AmountLine, SumLine } from '../answer-lines.js';
import { known, Parameters, parts, rowsOf } from './history-parts.js';
import { SUM_COLUMNS, summand, type SumColumn } from './rollup-tables.js';

/** Rows add to their nodes exactly, so a question that does not look inside nodes is answered from the few rows of nodes. */
const SOURCES = [
  {
    table: 'node',
    ids: ['node_id'],
    entity: 'f',
    keys: ['cluster', 'node', 'zone', 'provider'],
    filters: ['node'],
  },
  {
    table: 'namespace',
    ids: ['namespace_id'],
    entity: 'f',
    keys: ['cluster', 'namespace', 'zone', 'provider'],
    filters: ['namespace'],
  },
  { table: 'pod', ids: ['entity_id'], entity: 'e', keys: null, filters: ['namespace', 'workload', 'node'] },
] as const;
type Source = (typeof SOURCES)[number];

function sourceFor(by: readonly GroupKey[], filters: Filters): Source {
  const wanted = (['namespace', 'workload', 'node'] as const).filter((f) => filters[f]?.length);
  const suits = (s: Source) =>
    by.every((key) => s.keys === null || (s.keys as readonly GroupKey[]).includes(key)) &&
    wanted.every((f) => (s.filters as readonly string[]).includes(f));
  return SOURCES.find(suits)!;
}

/** How one key is grouped by, from the rows `f` and, of pods, their entity `e`; and where its names are then. */
interface Grouping {
  /** Of the entity or of the basis `b`. */
  readonly columns: readonly (readonly [of: 'entity' | 'basis', column: string])[];
  readonly fields: Readonly<Record<string, string>>;
  readonly joins: readonly string[];
}

const GROUPINGS: Readonly<Record<string, Grouping>> = {
  cluster: { columns: [], fields: { cluster: 'c.name' }, joins: [] },
  namespace: {
    columns: [['entity', 'namespace_id']],
    fields: { namespace: 's.name' },
    joins: ['JOIN namespace s ON s.id = g.namespace_id'],
  },
  workload: {
    columns: [
      ['entity', 'namespace_id'],
      ['entity', 'workload_id'],
    ],
    fields: { namespace: 's.name', workload: 'w.name', workload_type: 'w.type' },
    joins: ['JOIN namespace s ON s.id = g.namespace_id', 'JOIN workload w ON w.id = g.workload_id'],
  },
  pod: {
    columns: [
      ['entity', 'namespace_id'],
      ['entity', 'pod'],
    ],
    fields: { namespace: 's.name', pod: 'g.pod' },
    joins: ['JOIN namespace s ON s.id = g.namespace_id'],
  },
  node: {
    columns: [['entity', 'node_id']],
    fields: { node: 'd.name' },
    joins: ['JOIN node d ON d.id = g.node_id'],
  },
  zone: { columns: [['basis', 'grid_zone']], fields: { zone: 'g.grid_zone' }, joins: [] },
  provider: { columns: [['basis', 'provider']], fields: { provider: 'g.provider' }, joins: [] },
};

const LABELS = 'JOIN label_set l ON l.id = g.label_set_id';

function groupingOf(key: GroupKey, parameters: Parameters): Grouping {
  if (!key.startsWith('label:')) return GROUPINGS[key]!;
  const label = parameters.add(key.slice('label:'.length), 'text');
  return {
    columns: [['entity', 'label_set_id']],
    fields: { [key]: `coalesce(l.json::json ->> ${label}, '')` },
    joins: [LABELS],
  };
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Of a group's key, in the order of k0, k1, ... */
  readonly fields: readonly string[];
}

/** Every record has either `known` or figures. */
interface Common {
  /** Microseconds; null: a line of a group, or a cluster of which nothing is known. */
  readonly known: bigint | null;
  readonly isLine: boolean;
  readonly bucket: number;
  readonly currency: string;
}
type Names = Readonly<Record<`k${number}`, string>>;
type Figures = Readonly<Record<Exclude<SumColumn, 'cost'>, bigint>> & { readonly cost: bigint | null };
interface BasisRecord {
  readonly estimated: number;
  readonly pue_lo: number;
  readonly pue_hi: number;
  readonly intensity_lo: number;
  readonly intensity_hi: number;
  readonly embodied_lo: number;
  readonly embodied_hi: number;
}
export type SumRecord = Common & Names & Figures & BasisRecord;
export type AmountRecord = Common & Names & Pick<Figures, Amount>;

const BASIS = [
  ...(['estimated', 'pue_lo', 'pue_hi', 'intensity_lo', 'intensity_hi'] as const),
  ...(['embodied_lo', 'embodied_hi'] as const),
];

export const totalsStatement = ({ range, by, filters }: TotalsQuery): Statement =>
  statement({ range, by, filters, bucket: null, sums: SUM_COLUMNS, basis: true });

export const seriesStatement = ({ range, by, filters, step, amounts }: SeriesQuery): Statement =>
  statement({ range, by, filters, bucket: step, sums: amounts, basis: false });

interface Asked {
  readonly range: TimeRange;
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  readonly bucket: Seconds | null;
  readonly sums: readonly SumColumn[];
  /** Whether sums of different bases stay apart. */
  readonly basis: boolean;
}

function statement({ range, by, filters, bucket, sums, basis }: Asked): Statement {
  const parameters = new Parameters();
  const source = sourceFor(by, filters);
  const ctes = parts(parameters, range, bucket, filters.cluster);
  const groupings = (['cluster', ...by] as const).map((key) => groupingOf(key, parameters));
  const of = { entity: source.entity, basis: 'b' };
  const keys = unique(groupings.flatMap((g) => g.columns.map(([from, column]) => `${of[from]}.${column}`)));
  const fields = new Map(groupings.flatMap((g) => Object.entries(g.fields)));
  const group = ['f.cluster_id', 'f.bucket', ...keys, basis ? 'f.basis_id' : 'b.currency_id'];
  const rows = rowsOf(source.table, bucket, (table) => [
    ...source.ids.map((id) => `u.${id}`),
    'u.basis_id',
    ...sums.map((c) => `${summand(table, c)} AS ${c}`),
  ]);
  const names = [...fields.values()].map((sql, i) => `${sql} AS k${i}`);
  const blank = names.map((_, i) => (i === 0 ? 'c.name' : "''"));
  const text = `WITH ${ctes}, g AS (
    SELECT ${group.join(', ')}, ${sums.map((c) => `sum(f.${c}) AS ${c}`).join(', ')}
    FROM (${source.table === 'pod' && bucket === null ? byEntity(rows, sums) : rows}) f
    JOIN basis b ON b.id = f.basis_id
    ${source.table === 'pod' ? 'JOIN entity e ON e.id = f.entity_id' : ''}
    ${conditions(source, filters, parameters)}
    GROUP BY ${group.join(', ')}
  )
  SELECT true AS "isLine", NULL::numeric AS known, g.bucket, m.code AS currency, ${names.join(', ')},
    ${[...(basis ? BASIS.map((column) => `b.${column}`) : []), ...sums.map((c) => `g.${c}`)].join(', ')}
  FROM g JOIN cluster c ON c.id = g.cluster_id
  ${basis ? 'JOIN basis b ON b.id = g.basis_id' : ''}
  JOIN currency m ON m.id = ${basis ? 'b' : 'g'}.currency_id
  ${unique(groupings.flatMap((g) => g.joins)).join('\n  ')}
  UNION ALL
  SELECT false, k.known, coalesce(k.bucket, 0), '', ${blank.join(', ')},
    ${[...(basis ? BASIS.map(() => 'NULL::int') : []), ...sums.map(() => 'NULL::numeric')].join(', ')}
  FROM c LEFT JOIN (${known(bucket)}) k ON k.cluster_id = c.id`;
  return { text, values: parameters.values, fields: [...fields.keys()] };
}

/** A pod has a row in each day of the range: they are added up before they are joined, which makes one of thirty. */
const byEntity = (rows: string, sums: readonly SumColumn[]): string =>
  `SELECT cluster_id, bucket, entity_id, basis_id, ${sums.map((c) => `sum(${c}) AS ${c}`).join(', ')}
   FROM (${rows}) r GROUP BY 1, 2, 3, 4`;

function conditions(source: Source, filters: Filters, parameters: Parameters): string {
  const wanted = (['namespace', 'workload', 'node'] as const).filter((f) => filters[f]?.length);
  const all = wanted.map(
    (table) =>
      `${source.entity}.${table}_id IN (SELECT id FROM ${table} WHERE name = ANY (${parameters.add(filters[table], 'text[]')}))`,
  );
  return all.length > 0 ? `WHERE ${all.join(' AND ')}` : '';
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

const namesOf = (record: Names, fields: number): string[] =>
  Array.from({ length: fields }, (_, i) => record[`k${i}`]!);

export const sumLine = (r: SumRecord, fields: number): SumLine => ({
  names: namesOf(r, fields),
  basis: {
    currency: r.currency,
    estimated: BigInt(r.estimated),
    pueLo: BigInt(r.pue_lo),
    pueHi: BigInt(r.pue_hi),
    intensityLo: BigInt(r.intensity_lo),
    intensityHi: BigInt(r.intensity_hi),
    embodiedLo: BigInt(r.embodied_lo),
    embodiedHi: BigInt(r.embodied_hi),
  },
  energy: r.energy,
  operational: r.operational,
  embodied: r.embodied,
  cost: r.cost,
  energyPowerLo: r.energy_power_lo,
  energyPowerHi: r.energy_power_hi,
  operationalPowerLo: r.operational_power_lo,
  operationalPowerHi: r.operational_power_hi,
});

export const amountLine = (r: AmountRecord, fields: number): AmountLine => ({
  names: namesOf(r, fields),
  bucket: r.bucket,
  currency: r.currency,
  energy: r.energy,
  operational: r.operational,
  embodied: r.embodied,
  cost: r.cost,
});
