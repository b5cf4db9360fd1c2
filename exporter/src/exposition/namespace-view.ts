/** Namespaces of the newest interval: the sums of their pods, before anything folds. */
import type { PodSum } from './pod-view.js';
import { RateSum, toCurrencyPerHour, toGramsPerHour, toWatts } from './rate-sum.js';

export interface NamespaceEntry {
  readonly labels: string;
  readonly watts: number;
  readonly operationalPerHour: number;
  readonly embodiedPerHour: number;
  readonly costPerHour: number | null;
  /** Part of the energy whose method is "estimated"; null: no energy. */
  readonly estimatedRatio: number | null;
}

class NamespaceSum {
  readonly power = new RateSum();
  readonly operational = new RateSum();
  readonly embodied = new RateSum();
  cost: RateSum | null = null;
  energy = 0;
  estimated = 0;

  add(pod: PodSum): void {
    const { seconds } = pod.node;
    this.power.add(pod.energy, seconds);
    this.operational.add(pod.operational, seconds);
    this.embodied.add(pod.embodied, seconds);
    if (pod.cost !== null) (this.cost ??= new RateSum()).add(pod.cost, seconds);
    this.energy += pod.energy;
    if (pod.method === 'estimated') this.estimated += pod.energy;
  }
}

export function viewNamespaces(pods: readonly PodSum[], cluster: string): readonly NamespaceEntry[] {
  const sums = new Map<string, NamespaceSum>();
  for (const pod of pods) {
    let sum = sums.get(pod.namespace);
    if (sum === undefined) sums.set(pod.namespace, (sum = new NamespaceSum()));
    sum.add(pod);
  }
  return [...sums].map(([namespace, sum]) => ({
    labels: `${cluster},namespace="${namespace}"`,
    watts: toWatts(sum.power.perSecond()),
    operationalPerHour: toGramsPerHour(sum.operational.perSecond()),
    embodiedPerHour: toGramsPerHour(sum.embodied.perSecond()),
    costPerHour: sum.cost === null ? null : toCurrencyPerHour(sum.cost.perSecond()),
    estimatedRatio: sum.energy > 0 ? sum.estimated / sum.energy : null,
  }));
}
