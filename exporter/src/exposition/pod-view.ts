/** Pods of the newest interval as series: merged by labels, and past the cap folded into "other". */
import type { IntervalResult, NodeRow, Row } from '../domain/model.js';
import { escapeLabelValue, label } from './format.js';
import { RateSum, toCurrencyPerHour, toGramsPerHour, toWatts } from './rate-sum.js';

/** Name of what is folded. */
export const OTHER = 'other';
const OTHER_LABELS = ['pod', 'node', 'workload', 'workload_type'].map((name) => label(name, OTHER)).join(',');

/** Use and request of one pod name on one node; shared by its workloads, should the name have changed hands. */
export interface RequestUse {
  readonly labels: string;
  cpuUsed: number;
  cpuRequested: number;
  memoryUsed: number;
  memoryRequested: number;
}

/** One pod on one node: rows of recreated pods of the same name are added, integers throughout. */
export interface PodSum {
  /** Escaped, as are all labels from here on. */
  readonly namespace: string;
  readonly labels: string;
  readonly method: string;
  readonly node: NodeRow;
  readonly use: RequestUse;
  energy: number;
  operational: number;
  embodied: number;
  /** Null: no price known. */
  cost: number | null;
}

/** What the pod families are written from: rates over the seconds the node was observed. */
export interface PodEntry {
  readonly labels: string;
  readonly watts: readonly { readonly method: string; readonly value: number }[];
  readonly operationalPerHour: number;
  readonly embodiedPerHour: number;
  readonly costPerHour: number | null;
}

export interface PodView {
  readonly currency: string;
  readonly entries: readonly PodEntry[];
  readonly uses: readonly RequestUse[];
}

interface NodePods {
  readonly row: NodeRow;
  readonly label: string;
  /** By the escaped namespace and pod, a quote between them. Most have one entry; more where the workload differs. */
  readonly pods: Map<string, PodSum[]>;
}

/** Pod rows of an interval by their labels. Rows of a node that the interval does not have are a broken law, and thrown. */
export function sumPods(latest: IntervalResult, cluster: string): readonly PodSum[] {
  const nodes = new Map<string, NodePods>();
  for (const row of latest.nodes)
    nodes.set(row.node, { row, label: label('node', row.node), pods: new Map() });
  const all: PodSum[] = [];
  for (const row of latest.rows) {
    if (row.kind !== 'pod') continue;
    const node = nodes.get(row.node);
    if (node === undefined)
      throw new Error(`Pod ${row.namespace}/${row.pod} is on node ${row.node}, which has no row`);
    const namespace = escapeLabelValue(row.namespace);
    const pod = escapeLabelValue(row.pod);
    const same = getOrAdd(node.pods, `${namespace}"${pod}`, () => []);
    const workload = `,${label('workload', row.workload.name)},${label('workload_type', row.workload.type)}`;
    let sum = same.find((other) => other.labels.endsWith(workload));
    if (sum === undefined) {
      const identity = `${cluster},namespace="${namespace}",pod="${pod}",${node.label}`;
      sum = newSum(namespace, identity + workload, node.row, same[0]?.use ?? newUse(identity));
      same.push(sum);
      all.push(sum);
    }
    addRow(sum, row);
  }
  return all;
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

const newUse = (labels: string): RequestUse => ({
  labels,
  cpuUsed: 0,
  cpuRequested: 0,
  memoryUsed: 0,
  memoryRequested: 0,
});

const newSum = (namespace: string, labels: string, node: NodeRow, use: RequestUse): PodSum => ({
  namespace,
  labels,
  method: node.provenance.method,
  node,
  use,
  energy: 0,
  operational: 0,
  embodied: 0,
  cost: null,
});

function addRow(sum: PodSum, row: Row): void {
  sum.energy += row.energy;
  sum.operational += row.operational;
  sum.embodied += row.embodied;
  if (row.cost !== null) sum.cost = (sum.cost ?? 0) + row.cost;
  const use = sum.use;
  if (row.cpuRequest !== null && row.cpuRequest > 0) {
    use.cpuUsed += row.cpuSeconds;
    use.cpuRequested += row.cpuRequest * row.seconds;
  }
  if (row.memoryRequest !== null && row.memoryRequest > 0) {
    use.memoryUsed += row.memoryBytes * row.seconds;
    use.memoryRequested += row.memoryRequest * row.seconds;
  }
}

/** Series a pod takes in all pod families together. */
const seriesOfPod = (pod: PodSum): number =>
  3 + Number(pod.cost !== null) + Number(pod.use.cpuRequested > 0) + Number(pod.use.memoryRequested > 0);

/** Series that the "other" of one namespace takes at most: three methods, two scopes, one currency. */
const SERIES_OF_OTHER = 6;

interface Split {
  readonly kept: readonly PodSum[];
  readonly folded: readonly PodSum[];
}

/** Keep the largest emitters whose series fit `budget`, together with one "other" a namespace; equal emitters by labels. */
export function splitPods(pods: readonly PodSum[], budget: number): Split {
  const total = pods.reduce((sum, pod) => sum + seriesOfPod(pod), 0);
  if (total <= budget) return splitNamedOther(pods);
  const namespaces = new Set(pods.map((pod) => pod.namespace)).size;
  let left = budget - namespaces * SERIES_OF_OTHER;
  const order = [...pods].sort((a, b) => emitted(b) - emitted(a) || (a.labels < b.labels ? -1 : 1));
  const cut = order.findIndex((pod) => (left -= seriesOfPod(pod)) < 0);
  const { kept, folded } = splitNamedOther(order.slice(0, cut));
  return { kept, folded: [...folded, ...order.slice(cut)] };
}

/** A pod whose own labels are those of "other" belongs there, or the two would be written as one series twice. */
function splitNamedOther(pods: readonly PodSum[]): Split {
  const folded = pods.filter((pod) => pod.labels.endsWith(OTHER_LABELS));
  return folded.length === 0
    ? { kept: pods, folded }
    : { kept: pods.filter((p) => !folded.includes(p)), folded };
}

const emitted = (pod: PodSum): number => pod.operational + pod.embodied;

/** Entries of the kept pods, then one "other" for each namespace that has folded ones. */
export function viewPods(split: Split, currency: string, cluster: string): PodView {
  const others = new Map<string, Other>();
  for (const pod of split.folded) getOrAdd(others, pod.namespace, newOther).add(pod);
  const entries = split.kept.map(entryOf);
  for (const [namespace, other] of others) entries.push(other.entry(`${cluster},namespace="${namespace}"`));
  const uses = new Set(split.kept.map((pod) => pod.use));
  return { currency, entries, uses: [...uses] };
}

function entryOf(pod: PodSum): PodEntry {
  const { seconds } = pod.node;
  return {
    labels: pod.labels,
    watts: [{ method: pod.method, value: toWatts(pod.energy / seconds) }],
    operationalPerHour: toGramsPerHour(pod.operational / seconds),
    embodiedPerHour: toGramsPerHour(pod.embodied / seconds),
    costPerHour: pod.cost === null ? null : toCurrencyPerHour(pod.cost / seconds),
  };
}

/** The folded pods of one namespace, over all nodes: by node there would be about as many series as pods. */
class Other {
  readonly #power = new Map<string, RateSum>();
  readonly #operational = new RateSum();
  readonly #embodied = new RateSum();
  #cost: RateSum | null = null;

  add(pod: PodSum): void {
    const { seconds } = pod.node;
    getOrAdd(this.#power, pod.method, () => new RateSum()).add(pod.energy, seconds);
    this.#operational.add(pod.operational, seconds);
    this.#embodied.add(pod.embodied, seconds);
    if (pod.cost !== null) (this.#cost ??= new RateSum()).add(pod.cost, seconds);
  }

  entry(prefix: string): PodEntry {
    return {
      labels: `${prefix},${OTHER_LABELS}`,
      watts: [...this.#power].map(([method, sum]) => ({ method, value: toWatts(sum.perSecond()) })),
      operationalPerHour: toGramsPerHour(this.#operational.perSecond()),
      embodiedPerHour: toGramsPerHour(this.#embodied.perSecond()),
      costPerHour: this.#cost === null ? null : toCurrencyPerHour(this.#cost.perSecond()),
    };
  }
}

const newOther = (): Other => new Other();
