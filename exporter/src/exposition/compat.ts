/**
 * The names of GreenKube 0.2 (Python) for `/prometheus/metrics`, from the same snapshot, so that its dashboards live on while
 * they are moved. Gauges of the newest interval under 0.2's names, labels and units, including gauges that end in `_total`;
 * text format only, as OpenMetrics has no such gauges. Costs only in dollars, which is what the names say.
 */
import type { IntervalResult, NodeRow, Row } from '../domain/model.js';
import { endOf } from '../domain/interval.js';
import { DocumentWriter, type Encoded } from './encoded.js';
import { formatNumber, label } from './format.js';
import type { Sample } from './metric-row.js';
import { writeFamily } from './write-family.js';

/** Sums over the rows of one pod name on one node. */
class Figures {
  readonly pods = new Set<string>();
  seconds = 0;
  energy = 0;
  operational = 0;
  embodied = 0;
  cost: number | null = null;
  cpuSeconds = 0;
  memorySeconds = 0;
  cpuRequestSeconds = 0;
  memoryRequestSeconds = 0;
  received = 0;
  transmitted = 0;
  read = 0;
  written = 0;
  restarts = 0;

  constructor(
    readonly labels: string,
    readonly node: NodeRow | null,
  ) {}

  add(row: Row): void {
    this.pods.add(`${row.namespace}\n${row.pod}`);
    this.seconds += row.seconds;
    this.energy += row.energy;
    this.operational += row.operational;
    this.embodied += row.embodied;
    if (row.cost !== null) this.cost = (this.cost ?? 0) + row.cost;
    this.cpuSeconds += row.cpuSeconds;
    this.memorySeconds += row.memoryBytes * row.seconds;
    this.cpuRequestSeconds += (row.cpuRequest ?? 0) * row.seconds;
    this.memoryRequestSeconds += (row.memoryRequest ?? 0) * row.seconds;
    this.received += row.receivedBytes;
    this.transmitted += row.transmittedBytes;
    this.read += row.readBytes;
    this.written += row.writtenBytes;
    this.restarts += row.restarts;
  }
}

/** Name without prefix, help, value; null: no series. */
type CompatRow<T> = readonly [name: string, help: string, value: (of: T) => number | null];

const positive = (value: number): number | null => (value > 0 ? value : null);
const joules = ({ energy }: Figures): number => energy / 1e3;
const operational = (f: Figures): number => f.operational / 1e6;
const embodied = (f: Figures): number => f.embodied / 1e6;
const dollars = ({ cost }: Figures): number | null => (cost === null ? null : cost / 1e9);
const capped = (used: number, requested: number): number | null =>
  requested > 0 ? Math.min(used / requested, 1) : null;

const PODS: readonly CompatRow<Figures>[] = [
  ['pod_co2e_grams', 'Operational emissions of the pod in the newest interval.', operational],
  ['pod_embodied_co2e_grams', 'Embodied emissions of the pod in the newest interval.', embodied],
  ['pod_cost_dollars', 'Cost of the pod in the newest interval.', dollars],
  ['pod_energy_joules', 'Energy of the pod in the newest interval.', joules],
  ['pod_cpu_request_millicores', 'CPU request.', (f) => positive((1000 * f.cpuRequestSeconds) / f.seconds)],
  ['pod_cpu_usage_millicores', 'Mean CPU use.', (f) => (1000 * f.cpuSeconds) / f.seconds],
  ['pod_memory_request_bytes', 'Memory request.', (f) => positive(f.memoryRequestSeconds / f.seconds)],
  ['pod_memory_usage_bytes', 'Mean working set.', (f) => f.memorySeconds / f.seconds],
  ['pod_network_receive_bytes', 'Bytes received a second.', (f) => f.received / f.seconds],
  ['pod_network_transmit_bytes', 'Bytes sent a second.', (f) => f.transmitted / f.seconds],
  ['pod_disk_read_bytes', 'Bytes read a second.', (f) => f.read / f.seconds],
  ['pod_disk_write_bytes', 'Bytes written a second.', (f) => f.written / f.seconds],
  ['pod_restart_count', 'Restarts in the newest interval.', (f) => f.restarts],
  [
    'pod_cpu_efficiency_ratio',
    'CPU use over request, at most 1.',
    (f) => capped(f.cpuSeconds, f.cpuRequestSeconds),
  ],
  [
    'pod_memory_efficiency_ratio',
    'Memory use over request, at most 1.',
    (f) => capped(f.memorySeconds, f.memoryRequestSeconds),
  ],
  ['pue', "Power usage effectiveness of the pod's node.", (f) => f.node?.provenance.pue ?? null],
  [
    'grid_intensity_gco2_kwh',
    "Carbon intensity of the electricity of the pod's node.",
    (f) => f.node?.provenance.intensity ?? null,
  ],
];

/** Families whose names begin with `namespace_` and, for the whole cluster, `cluster_`. */
const AGGREGATES: readonly CompatRow<Figures>[] = [
  ['co2e_grams_total', 'Operational emissions of all pods in the newest interval.', operational],
  ['embodied_co2e_grams_total', 'Embodied emissions of all pods in the newest interval.', embodied],
  ['cost_dollars_total', 'Cost of all pods in the newest interval.', dollars],
  ['energy_joules_total', 'Energy of all pods in the newest interval.', joules],
  ['pod_count', 'Pods in the newest interval.', (f) => f.pods.size],
];

const NODES: readonly CompatRow<NodeRow>[] = [
  ['node_cpu_capacity_millicores', 'CPU capacity.', (node) => node.cpuCapacity * 1000],
  ['node_memory_capacity_bytes', 'Memory capacity.', (node) => node.memoryCapacity],
  [
    'node_embodied_emissions_kg',
    'Embodied emissions of the machine over its life.',
    (node) => node.embodiedTotal,
  ],
  ['node_info', 'What the node is; always 1.', () => 1],
];

/** What 0.2 wrote where it knew nothing. */
const UNKNOWN = 'unknown';

function nodeLabels(node: NodeRow): string {
  return [
    label('node', node.node),
    label('instance_type', node.instanceType || UNKNOWN),
    label('zone', node.zone || UNKNOWN),
    label('region', node.region || UNKNOWN),
    label('cloud_provider', node.provenance.provider || UNKNOWN),
    label('architecture', node.architecture || UNKNOWN),
  ].join(',');
}

interface CompatView {
  readonly pods: readonly Figures[];
  readonly namespaces: readonly Figures[];
  readonly cluster: Figures;
}

function viewCompat(latest: IntervalResult, cluster: string): CompatView {
  const nodes = new Map(latest.nodes.map((node) => [node.node, node]));
  const pods = new Map<string, Figures>();
  const namespaces = new Map<string, Figures>();
  const whole = new Figures(cluster, null);
  const addTo = (map: Map<string, Figures>, labels: string, row: Row, node: NodeRow | null): void => {
    let figures = map.get(labels);
    if (figures === undefined) map.set(labels, (figures = new Figures(labels, node)));
    figures.add(row);
  };
  for (const row of latest.rows) {
    if (row.kind !== 'pod') continue;
    const node = nodes.get(row.node) ?? null;
    const namespace = `${cluster},${label('namespace', row.namespace)}`;
    const place = `${label('node', row.node)},${label('region', node?.region ?? '')}`;
    addTo(pods, `${namespace},${label('pod', row.pod)},${place}`, row, node);
    addTo(namespaces, namespace, row, null);
    whole.add(row);
  }
  return { pods: [...pods.values()], namespaces: [...namespaces.values()], cluster: whole };
}

/** The largest emitters whose series fit; 0.2 knows no "other", so the rest is in the namespaces only. */
function largest(pods: readonly Figures[], maxSeries: number): readonly Figures[] {
  const count = Math.floor(maxSeries / PODS.length);
  if (pods.length <= count) return pods;
  const emitted = (f: Figures): number => f.operational + f.embodied;
  return [...pods].sort((a, b) => emitted(b) - emitted(a) || (a.labels < b.labels ? -1 : 1)).slice(0, count);
}

/**
 * The whole document. Empty when the newest interval is not known or, as the caller decides, too old to be now.
 *
 * @param maxSeries bound on the series of pods
 */
export function renderCompat(latest: IntervalResult | null, clusterName: string, maxSeries: number): Encoded {
  const out = new DocumentWriter();
  if (latest !== null)
    for (const family of families(latest, label('cluster', clusterName), maxSeries)) out.append(family);
  return out.finish().text;
}

function* families(latest: IntervalResult, cluster: string, maxSeries: number) {
  const { pods, namespaces, cluster: whole } = viewCompat(latest, cluster);
  const shown = largest(pods, maxSeries);
  const priced = ([name]: CompatRow<never>): boolean =>
    latest.currency === 'USD' || !name.includes('dollars');
  for (const row of PODS.filter(priced)) yield* gauge(row, '', shown, (f) => f.labels);
  for (const row of AGGREGATES.filter(priced)) {
    yield* gauge(row, 'namespace_', namespaces, (f) => f.labels);
    yield* gauge(row, 'cluster_', [whole], (f) => f.labels);
  }
  yield* gauge(
    ['cluster_namespace_count', 'Namespaces.', () => namespaces.length],
    '',
    [whole],
    (f) => f.labels,
  );
  for (const row of NODES) yield* gauge(row, '', latest.nodes, nodeLabels);
  const end = endOf(latest.interval);
  const name = 'last_collection_timestamp_seconds';
  yield* gauge([name, 'End of the newest interval.', () => end], '', [whole], () => '');
}

function gauge<T>(
  [name, help, value]: CompatRow<T>,
  prefix: string,
  items: readonly T[],
  labelsOf: (item: T) => string,
) {
  const samples = function* (): Generator<Sample> {
    for (const item of items) {
      const figure = value(item);
      if (figure !== null) yield { labels: labelsOf(item), value: formatNumber(figure) };
    }
  };
  return writeFamily({
    name: `greenkube_${prefix}${name}`,
    type: 'gauge',
    unit: null,
    help,
    samples: samples(),
  });
}
