/** The tables of nodes and namespaces at the three grains of time, and how a coarser one is added up from a finer one. */
import { WEIGHT_PARTS, WEIGHTS } from '../naming.js';
import type { PodSum, SumColumn } from '../pod-sums.js';

/** Weighted sums are stored in two parts, above and below 2^28, so that adding them up never passes 2^63. */
export const PART_BITS = 28;
const MASK = 2 ** PART_BITS - 1;
export const joinParts = (high: bigint, low: bigint) => (high << BigInt(PART_BITS)) + low;

export const AMOUNT_COLUMNS = ['energy', 'operational', 'embodied', 'cost'] as const;

/** Of one interval's node row, with the band beside it: the parts of the weighted sums. */
const nodeWeight = (amount: string, width: string): readonly string[] => [
  `sum((${amount} >> ${PART_BITS}) * ${width})`,
  `sum((${amount} & ${MASK}) * ${width})`,
];
const NODE_WEIGHTS: readonly string[] = [
  ...nodeWeight('energy', 'power_lo'),
  ...nodeWeight('energy', 'power_hi'),
  ...nodeWeight('operational', 'power_lo'),
  ...nodeWeight('operational', 'power_hi'),
];

/** How weighted sums are taken from a table, in the order of `WEIGHT_PARTS`. */
export const weightSums = (table: string): readonly string[] =>
  table === 'node_usage' ? NODE_WEIGHTS : WEIGHT_PARTS.map((c) => `sum(${c})`);

/** Low parts carried into high ones, so that they stay below 2^28 however often sums are summed. */
const carried = (sums: readonly string[]): string[] =>
  WEIGHTS.flatMap((_, i) => {
    const [high, low] = [sums[2 * i]!, sums[2 * i + 1]!];
    return [`${high} + (${low} >> ${PART_BITS})`, `${low} & ${MASK}`];
  });

const figures = (from: string) => [...AMOUNT_COLUMNS.map((c) => `sum(${c})`), ...carried(weightSums(from))];
const seen = (from: string) =>
  from.endsWith('_usage') ? ['min(start)', 'max(start)'] : ['min(first_start)', 'max(last_start)'];

const insert = (into: string, from: string, keys: readonly string[], columns: readonly string[]) =>
  `INSERT INTO ${into} SELECT cluster_id, ?, ${[...keys, ...columns].join(', ')} FROM ${from}
   WHERE cluster_id = ? AND start >= ? AND start < ? GROUP BY ${keys.join(', ')}`;

export type Coarser = readonly [into: 'hour' | 'day', from: 'usage' | 'hour'];

/** Parameters: start of the bucket, cluster, from, to. */
export const rollUpNamespaces = ([into, from]: Coarser): string =>
  insert(
    `namespace_${into}`,
    `namespace_${from}`,
    ['namespace_id', 'basis_id'],
    [...figures(`namespace_${from}`), ...seen(`namespace_${from}`)],
  );

const MEASURES_OF_INTERVALS = [
  'sum(CAST(round(seconds * 1e3) AS INTEGER))',
  'sum(CAST(round(cpu_seconds * 1e6) AS INTEGER))',
  'max(CAST(round(cpu_seconds * 1e6 / seconds) AS INTEGER))',
  'count(*)',
];
const MEASURES = ['sum(milliseconds)', 'sum(cpu_microseconds)', 'max(cpu_max)', 'sum(samples)'];

export const rollUpNodes = ([into, from]: Coarser): string =>
  insert(
    `node_${into}`,
    `node_${from}`,
    ['node_id', 'node_spec_id', 'basis_id'],
    [
      ...figures(`node_${from}`),
      ...seen(`node_${from}`),
      'sum(estimated_energy)',
      'sum(measured_energy)',
      ...(from === 'usage' ? MEASURES_OF_INTERVALS : MEASURES),
    ],
  );

/** A namespace's sums of one interval in the order of the columns of its table, after cluster and start. */
export function namespaceValues(sum: PodSum): (number | bigint | null)[] {
  const parts = (column: Exclude<SumColumn, 'cost'>) => {
    const whole = sum.of(column);
    return [whole >> BigInt(PART_BITS), whole & BigInt(MASK)];
  };
  return [
    sum.entityId,
    sum.basisId,
    sum.of('energy'),
    sum.of('operational'),
    sum.of('embodied'),
    sum.cost,
    ...parts('energyPowerLo'),
    ...parts('energyPowerHi'),
    ...parts('operationalPowerLo'),
    ...parts('operationalPowerHi'),
  ];
}
