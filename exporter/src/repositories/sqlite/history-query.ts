/** The statements of `History`: one sums whatever is asked, grouped in ids and named at the end. */
import type { Filters, GroupId, GroupKey } from '../../ports/history.js';

/** How one grouping is taken from the facts and turned into the words of the API. */
interface Grouping {
  /** Columns to group by, as the inner query names them. */
  readonly columns: readonly string[];
  readonly fields: Readonly<Partial<Record<keyof GroupId, string>>>;
  /** Tables that hold the names of the ids. */
  readonly names: readonly string[];
}

const CLUSTER: Grouping = {
  columns: ['cluster_id'],
  fields: { cluster: 'c.name' },
  names: ['JOIN cluster c ON c.id = f.cluster_id'],
};
const NAMESPACE: Grouping = {
  columns: ['namespace_id'],
  fields: { namespace: 's.name' },
  names: ['JOIN namespace s ON s.id = f.namespace_id'],
};

const GROUPINGS: Readonly<Record<GroupKey, readonly Grouping[]>> = {
  cluster: [CLUSTER],
  namespace: [NAMESPACE],
  workload: [
    NAMESPACE,
    {
      columns: ['workload_id'],
      fields: { workload: 'w.name', workload_type: 'w.type' },
      names: ['JOIN workload w ON w.id = f.workload_id'],
    },
  ],
  pod: [NAMESPACE, { columns: ['pod'], fields: { pod: 'f.pod' }, names: [] }],
  node: [{ columns: ['node_id'], fields: { node: 'd.name' }, names: ['JOIN node d ON d.id = f.node_id'] }],
  zone: [{ columns: ['zone'], fields: { zone: 'f.zone' }, names: [] }],
  provider: [{ columns: ['provider'], fields: { provider: 'f.provider' }, names: [] }],
};

/** Where the facts come from, what its tables are called, and how each column to group by is found there. */
interface Source {
  readonly from: string;
  /** The table that holds the amounts. */
  readonly amounts: 'u' | 'n';
  readonly columns: Readonly<Record<string, string>>;
  readonly filters: Readonly<Partial<Record<keyof Filters, string>>>;
}

const PROVENANCE = { zone: 'p.grid_zone', provider: 'p.provider' };
const named = (column: string, table: string) =>
  `${column} IN (SELECT id FROM ${table} WHERE name IN (SELECT value FROM json_each(?)))`;

/** CROSS JOIN keeps the order: along the time range, with a look-up by key into each of the others. */
const ROWS: Source = {
  from: `pod_usage u
    CROSS JOIN entity e ON e.id = u.entity_id
    CROSS JOIN node_usage n ON n.start = u.start AND n.node_id = e.node_id
    CROSS JOIN provenance p ON p.id = n.provenance_id`,
  amounts: 'u',
  columns: {
    cluster_id: 'e.cluster_id',
    namespace_id: 'e.namespace_id',
    workload_id: 'e.workload_id',
    pod: 'e.pod',
    node_id: 'e.node_id',
    ...PROVENANCE,
  },
  filters: {
    cluster: named('e.cluster_id', 'cluster'),
    namespace: named('e.namespace_id', 'namespace'),
    workload: named('e.workload_id', 'workload'),
    node: named('e.node_id', 'node'),
  },
};

/** Rows add to their nodes exactly, so a question that does not look inside nodes is answered from the far fewer node rows. */
const NODES: Source = {
  from: `node_usage n
    CROSS JOIN node d ON d.id = n.node_id
    CROSS JOIN provenance p ON p.id = n.provenance_id`,
  amounts: 'n',
  columns: { cluster_id: 'd.cluster_id', node_id: 'n.node_id', ...PROVENANCE },
  filters: { cluster: named('d.cluster_id', 'cluster'), node: named('n.node_id', 'node') },
};

/**
 * Energy times a half-width can pass 2^63 within two years of a thousand nodes, which SQLite refuses to add. Summed in two parts,
 * above and below 2^20, it cannot.
 */
const PART_BITS = 20;
const weightedEnergy = (amounts: string, width: string, name: string) => `
      sum((${amounts}.energy >> ${PART_BITS}) * ${width}) ${name}High,
      sum((${amounts}.energy & ${(1 << PART_BITS) - 1}) * ${width}) ${name}Low`;
export const joinParts = (high: bigint, low: bigint) => (high << BigInt(PART_BITS)) + low;

/** What one line of the answer holds besides the fields of its group. Read with 64-bit integers. */
export interface SumRecord {
  readonly bucket: bigint;
  readonly currency: string;
  readonly estimated: bigint;
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  /** Null: no row with a price. */
  readonly cost: bigint | null;
  readonly energyPowerLoHigh: bigint;
  readonly energyPowerLoLow: bigint;
  readonly energyPowerHiHigh: bigint;
  readonly energyPowerHiLow: bigint;
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

/**
 * Sums of a range by group, band, currency and time bucket.
 * @param bucket width of the buckets, s; buckets start at its multiples
 */
export function sumsStatement(
  range: { readonly from: number; readonly to: number },
  by: readonly GroupKey[],
  filters: Filters,
  bucket: number | null,
): Sql {
  const groupings = [...new Set([CLUSTER, ...by.flatMap((key) => GROUPINGS[key])])];
  const columns = groupings.flatMap((g) => g.columns);
  const wanted = (Object.keys(ROWS.filters) as (keyof Filters)[]).filter((f) => filters[f]?.length);
  const source =
    columns.every((c) => c in NODES.columns) && wanted.every((f) => f in NODES.filters) ? NODES : ROWS;
  const a = source.amounts;
  const fields = groupings.flatMap((g) =>
    Object.entries(g.fields).map(([field, sql]) => `${sql} "key.${field}"`),
  );
  const text = `WITH f AS (
    SELECT ${columns.map((c) => `${source.columns[c]} ${c}`).join(', ')},
      ${bucket === null ? '0' : `${a}.start - ${a}.start % ?`} bucket,
      p.band_id, p.estimated, n.currency_id,
      sum(${a}.energy) energy, sum(${a}.operational) operational, sum(${a}.embodied) embodied, sum(${a}.cost) cost,
      ${weightedEnergy(a, 'n.power_lo', 'energyPowerLo')},
      ${weightedEnergy(a, 'n.power_hi', 'energyPowerHi')},
      sum(${a}.operational * n.power_lo) operationalPowerLo, sum(${a}.operational * n.power_hi) operationalPowerHi
    FROM ${source.from}
    WHERE ${[`${a}.start >= ? AND ${a}.start < ?`, ...wanted.map((f) => source.filters[f])].join(' AND ')}
    GROUP BY ${[...columns, 'bucket', 'band', 'estimated', 'currency'].map((_, i) => i + 1).join(', ')}
  )
  SELECT ${fields.join(', ')}, f.*, m.code currency, b.pue_lo pueLo, b.pue_hi pueHi,
    b.intensity_lo intensityLo, b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi
  FROM f JOIN band b ON b.id = f.band_id JOIN currency m ON m.id = f.currency_id
  ${groupings.flatMap((g) => g.names).join('\n')}`;
  const alternatives = wanted.map((f) => JSON.stringify(filters[f]));
  return { text, values: [...(bucket === null ? [] : [bucket]), range.from, range.to, ...alternatives] };
}

export interface KnownRecord {
  readonly cluster: string;
  /** Null: nothing of this cluster is known in the range. */
  readonly bucket: number | null;
  /** Seconds. */
  readonly known: number | null;
}

/** Known time of every cluster asked for, by bucket; a cluster of which nothing is known has one line all the same. */
export function knownStatement(
  range: { readonly from: number; readonly to: number },
  filters: Filters,
  bucket: number | null,
): Sql {
  const restricted = (filters.cluster?.length ?? 0) > 0;
  const text = `SELECT c.name cluster, ${bucket === null ? 'i.start * 0' : 'i.start - i.start % ?'} bucket,
      sum(i.coverage * i.step) known
    FROM cluster c LEFT JOIN interval i
      ON i.cluster_id = c.id AND i.start >= ? AND i.start < ? AND i.state <> 'impossible'
    ${restricted ? 'WHERE c.name IN (SELECT value FROM json_each(?))' : ''}
    GROUP BY c.id, 2`;
  const values = [...(bucket === null ? [] : [bucket]), range.from, range.to];
  return { text, values: restricted ? [...values, JSON.stringify(filters.cluster)] : values };
}
