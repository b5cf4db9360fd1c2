/** How a coarser grain of time is added up from a finer one. Parameters: start of the bucket, cluster, from, to. */
import { WEIGHTS } from '../naming.js';

export const SUM_COLUMNS = ['energy', 'operational', 'embodied', 'cost', ...WEIGHTS] as const;
export type SumColumn = (typeof SUM_COLUMNS)[number];

/** The same of one interval's row, which has the width beside it. */
const OF_ROW: Readonly<Record<SumColumn, string>> = {
  energy: 'u.energy',
  operational: 'u.operational',
  embodied: 'u.embodied',
  cost: 'u.cost',
  energy_power_lo: 'u.energy::numeric * u.power_lo',
  energy_power_hi: 'u.energy::numeric * u.power_hi',
  operational_power_lo: 'u.operational::numeric * u.power_lo',
  operational_power_hi: 'u.operational::numeric * u.power_hi',
};

/** What is summed for a column of a table `u`; namespaces have their sums at every grain. */
export const summand = (table: string, column: SumColumn): string =>
  table === 'pod_usage' || table === 'node_usage' ? OF_ROW[column] : `u.${column}`;

/** Start of the first and last interval of a row of a table `u`. */
export const seenIn = (table: string): readonly [first: string, last: string] =>
  table === 'pod_usage' || table === 'node_usage'
    ? ['u.start', 'u.start']
    : ['u.first_start', 'u.last_start'];

const figures = (from: string): string[] => {
  const [first, last] = seenIn(from);
  return [...SUM_COLUMNS.map((c) => `sum(${summand(from, c)})`), `min(${first})`, `max(${last})`];
};

const WITHIN = 'u.cluster_id = $2 AND u.start >= $3 AND u.start < $4';

const insert = (into: string, from: string, keys: readonly string[], sums: readonly string[], joins = '') =>
  `INSERT INTO ${into} SELECT u.cluster_id, $1::bigint, ${[...keys, ...sums].join(', ')} FROM ${from} u ${joins}
   WHERE ${WITHIN} GROUP BY u.cluster_id, ${keys.join(', ')}`;

export const ROLL_UP_NAMESPACES = {
  usage: insert(
    'namespace_usage',
    'pod_usage',
    ['e.namespace_id', 'u.basis_id'],
    figures('pod_usage'),
    'JOIN entity e ON e.id = u.entity_id',
  ),
  hour: insert(
    'namespace_hour',
    'namespace_usage',
    ['u.namespace_id', 'u.basis_id'],
    figures('namespace_usage'),
  ),
  day: insert('namespace_day', 'namespace_hour', ['u.namespace_id', 'u.basis_id'], figures('namespace_hour')),
} as const;

const MILLISECONDS = 'round(u.seconds * 1e3)::bigint';
/** Mean use within the interval: millionths of a core. */
const MICROCORES = `floor(u.cpu::float8 * 1000 / greatest(1, round(u.seconds * 1e3)) + 0.5)::bigint`;

const POD_MEASURES = [
  ...['sum(u.dynamic)', 'sum(u.storage)', `sum(${MILLISECONDS})`, 'sum(u.cpu)'],
  `sum(div(u.memory::numeric * ${MILLISECONDS}, 1000))`,
  ...['sum(u.received)', 'sum(u.transmitted)', 'sum(u.read)', 'sum(u.written)'],
  ...['sum(floor(u.restarts + 0.5)::bigint)', 'count(*)', `max(${MICROCORES})`, 'max(u.memory)'],
];
const POD_SUMS = [
  ...['dynamic', 'storage', 'milliseconds', 'cpu_microseconds', 'memory_byte_seconds', 'received'],
  ...['transmitted', 'read', 'written', 'restarts'],
].map((c) => `sum(u.${c})`);
const POD_MEASURES_OF_HOURS = [...POD_SUMS, 'sum(u.samples)::bigint', 'max(u.cpu_max)', 'max(u.memory_max)'];

export const ROLL_UP_PODS = {
  hour: insert(
    'pod_hour',
    'pod_usage',
    ['u.entity_id', 'u.basis_id'],
    [...figures('pod_usage'), ...POD_MEASURES],
  ),
  day: insert(
    'pod_day',
    'pod_hour',
    ['u.entity_id', 'u.basis_id'],
    [...figures('pod_hour'), ...POD_MEASURES_OF_HOURS],
  ),
} as const;

const NODE_KEYS = ['u.node_id', 'u.node_spec_id', 'u.basis_id'];
const NODE_ENERGIES = ['sum(u.estimated_energy)', 'sum(u.measured_energy)'];
const NODE_MEASURES = [
  ...[`sum(${MILLISECONDS})`, 'sum(round(u.cpu_seconds * 1e6)::bigint)'],
  ...['max(floor(u.cpu_seconds * 1e6 / u.seconds + 0.5)::bigint)', 'count(*)'],
];
const NODE_MEASURES_OF_HOURS = [
  ...['sum(u.milliseconds)', 'sum(u.cpu_microseconds)', 'max(u.cpu_max)', 'sum(u.samples)::bigint'],
];

export const ROLL_UP_NODES = {
  hour: insert('node_hour', 'node_usage', NODE_KEYS, [
    ...figures('node_usage'),
    ...NODE_ENERGIES,
    ...NODE_MEASURES,
  ]),
  day: insert('node_day', 'node_hour', NODE_KEYS, [
    ...figures('node_hour'),
    ...NODE_ENERGIES,
    ...NODE_MEASURES_OF_HOURS,
  ]),
} as const;
