/** Sums since the ledger began, as the counter families write them: amounts added as bigint, spelled as exact decimals. */
import type { Counters, NodeCounter, WorkloadCounter } from '../ports/ledger.js';
import type { EpochSeconds } from '../domain/units.js';
import { isFolded, isLive, type Folds } from './folds.js';
import { label } from './format.js';
import { OTHER } from './pod-view.js';

/** Exact sums of one or more workloads. */
class Totals {
  readonly energy = new Map<string, bigint>();
  readonly cost = new Map<string, bigint>();
  operational = 0n;
  embodied = 0n;

  add(counter: WorkloadCounter): void {
    for (const { method, millijoules } of counter.energy) addTo(this.energy, method, millijoules);
    for (const { currency, nano } of counter.cost) addTo(this.cost, currency, nano);
    this.operational += counter.operational;
    this.embodied += counter.embodied;
  }

  /** Energy of all methods, mJ. */
  allEnergy(): bigint {
    return [...this.energy.values()].reduce((sum, value) => sum + value, 0n);
  }

  /** Series in the three counter families. */
  get series(): number {
    return this.energy.size + this.cost.size + 2;
  }
}

function addTo(map: Map<string, bigint>, key: string, amount: bigint): void {
  map.set(key, (map.get(key) ?? 0n) + amount);
}

export interface TotalsEntry {
  readonly labels: string;
  readonly totals: Totals;
}

export interface NodeTotalsEntry {
  readonly labels: string;
  readonly counter: NodeCounter;
}

export interface CounterView {
  /** Living workloads with series of their own, then one "other" for each living namespace that has folded ones. */
  readonly workloads: readonly TotalsEntry[];
  /** Living namespaces, everything that ever ran in them. */
  readonly namespaces: readonly TotalsEntry[];
  readonly nodes: readonly NodeTotalsEntry[];
  /** Living workloads that are folded. */
  readonly folded: readonly WorkloadCounter[];
}

export const EMPTY_COUNTERS: CounterView = { workloads: [], namespaces: [], nodes: [], folded: [] };

export function viewCounters(
  counters: Counters,
  at: EpochSeconds,
  folds: Folds,
  cluster: string,
): CounterView {
  const own = new TotalsByLabels();
  const others = new TotalsByLabels();
  const namespaces = new TotalsByLabels();
  const living = new Set<string>();
  const folded: WorkloadCounter[] = [];
  for (const counter of counters.workloads) {
    const namespace = `${cluster},${label('namespace', counter.namespace)}`;
    const live = isLive(counter.lastSeen, at);
    if (live) living.add(namespace);
    namespaces.add(namespace, counter);
    if (isFolded(counter.ordinal, folds) || isNamedOther(counter)) {
      others.add(namespace, counter);
      if (live) folded.push(counter);
    } else if (live) {
      own.add(workloadLabels(namespace, counter.workload, counter.workloadType), counter);
    }
  }
  const ofOthers = others.entries(living);
  const nodes = counters.nodes.filter((node) => isLive(node.lastSeen, at));
  return {
    workloads: [
      ...own.entries(),
      ...ofOthers.map(({ labels, totals }) => ({ labels: workloadLabels(labels, OTHER, OTHER), totals })),
    ],
    namespaces: namespaces.entries(living),
    nodes: nodes.map((counter) => ({ labels: `${cluster},${label('node', counter.node)}`, counter })),
    folded,
  };
}

const workloadLabels = (namespace: string, workload: string, type: string): string =>
  `${namespace},${label('workload', workload)},${label('workload_type', type)}`;

/** A workload whose own labels are those of "other" belongs there, or the two would be written as one series twice. */
const isNamedOther = (counter: WorkloadCounter): boolean =>
  counter.workload === OTHER && counter.workloadType === OTHER;

class TotalsByLabels {
  readonly #totals = new Map<string, Totals>();

  add(labels: string, counter: WorkloadCounter): void {
    let totals = this.#totals.get(labels);
    if (totals === undefined) this.#totals.set(labels, (totals = new Totals()));
    totals.add(counter);
  }

  entries(only?: ReadonlySet<string>): TotalsEntry[] {
    const entries = [...this.#totals].map(([labels, totals]) => ({ labels, totals }));
    return only === undefined ? entries : entries.filter(({ labels }) => only.has(labels));
  }
}
