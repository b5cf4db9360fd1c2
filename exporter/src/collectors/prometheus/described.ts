/**
 * Intervals of which no kube_* series describes a node, described by the inventory instead. How long nodes and pods were there is
 * told by cAdvisor's samples alone, so that a pod without usage series is not there and a gap in them is a gap.
 */
import type { Inventory, InventoryNode } from '../../ports/inventory-source.js';
import type { Seconds } from '../../domain/units.js';
import { text, type Sink } from './answer.js';
import { nodeId, type Observation } from './observation.js';
import { snapped } from './scrape-interval.js';

/** A root cgroup's scrape target, and how many samples of it each interval has. */
interface Root {
  readonly instance: string;
  readonly counts: Float64Array;
}

export class Described {
  /** Indices of the intervals that need it. */
  readonly intervals: readonly number[];
  private readonly nodes: ReadonlyMap<string, InventoryNode>;
  private readonly placed: Placed;
  private readonly rootTargets: Root[] = [];

  constructor(
    private readonly o: Observation,
    known: Inventory,
  ) {
    const { nodes, departedNodes = [] } = known;
    this.nodes = new Map([...departedNodes, ...nodes].map((node) => [node.name, node]));
    this.placed = new Placed(known);
    const indices = Array.from({ length: o.grid.count }, (_, i) => i);
    this.intervals = indices.filter((i) => !o.nodeCounts.hasAny(i));
  }

  /** Whether there is an interval that shows usage and no node. */
  get isNeeded(): boolean {
    return this.intervals.some((i) => this.o.place.cpu.whole.hasAny(i));
  }

  /** Sizes of nodes, where the series lack them. */
  fillCapacity(): void {
    const { grid, cpuCapacity, memoryCapacity, nodes } = this.o;
    const all = this.isNeeded;
    for (const node of this.nodes.values()) {
      if (!all && nodes.find(node.name) === undefined) continue;
      const id = nodeId(this.o, node.name);
      const lacking = (size: number, column: Observation['cpuCapacity']): Float64Array =>
        Float64Array.from({ length: grid.count }, (_, i) => (Number.isNaN(column.at(id, i)) ? size : NaN));
      cpuCapacity.max(id, lacking(node.cpuCapacity, cpuCapacity));
      memoryCapacity.max(id, lacking(node.memoryCapacity, memoryCapacity));
    }
  }

  /** Takes series of root cgroups: the `node` label tells whose, else the host of the target where that is the node's name. */
  roots(): Sink {
    return (labels, values) => {
      const instance = text(labels, 'instance');
      const name = text(labels, 'node') || instance.replace(/:\d+$/, '');
      const counts = this.masked(values);
      this.rootTargets.push({ instance, counts });
      this.wasThere(name, counts);
    };
  }

  /** Takes series of pods; one without `node` is where the inventory has the pod. */
  pods(): Sink {
    return (labels, values) => {
      const [namespace, name] = [text(labels, 'namespace'), text(labels, 'pod')];
      const node = text(labels, 'node') || this.placed.nodeOf(namespace, name);
      if (name === '' || node === '') return;
      const counts = this.masked(values);
      const pod = this.o.pods.pod(namespace, name);
      this.o.stayCounts.max(this.o.pods.stay(pod, '', node), counts);
      if (this.placed.isOnHostNetwork(namespace, name)) this.o.hostNetwork.max(pod, counts);
      this.wasThere(node, counts);
    };
  }

  /** Targets of the root cgroups that have the most samples in an interval. */
  mostSampled(index: number): readonly string[] {
    return this.rootTargets
      .filter(({ counts, instance }) => counts[index]! > 0 && instance !== '')
      .toSorted((a, b) => b.counts[index]! - a.counts[index]! || (a.instance < b.instance ? -1 : 1))
      .slice(0, 3)
      .map(({ instance }) => instance);
  }

  /** As far apart as the samples of the node that has the most of them must be. */
  scrapeByCount(index: number): Seconds {
    const { nodeCounts, nodeNames, grid } = this.o;
    const most = nodeNames.reduce((max, _, id) => Math.max(max, nodeCounts.at(id, index) || 0), 0);
    return most > 0 ? snapped(grid.step / most) : grid.step;
  }

  private wasThere(name: string, counts: Float64Array): void {
    if (this.nodes.has(name)) this.o.nodeCounts.max(nodeId(this.o, name), counts);
  }

  /** Values of the intervals that need it alone. */
  private masked(values: Float64Array): Float64Array {
    const masked = new Float64Array(values.length).fill(NaN);
    for (const i of this.intervals) masked[i] = values[i]!;
    return masked;
  }
}

/** Where pods are by name; of several of one name the one that is there now. */
class Placed {
  private readonly byName = new Map<string, { readonly node: string; readonly hostNetwork: boolean }>();

  constructor({ pods, departed = [] }: Inventory) {
    for (const { namespace, name, node, hostNetwork = false } of [...departed, ...pods]) {
      this.byName.set(`${namespace}/${name}`, { node, hostNetwork });
    }
  }

  nodeOf(namespace: string, name: string): string {
    return this.byName.get(`${namespace}/${name}`)?.node ?? '';
  }

  isOnHostNetwork(namespace: string, name: string): boolean {
    return this.byName.get(`${namespace}/${name}`)?.hostNetwork ?? false;
  }
}
