/**
 * Savings that add up: every workload and node is a stock of parts, recommendations take from what earlier ones have left, and so
 * the sum of them is never more than there is.
 */
import { DEFAULT_PRICES } from '../cost/node-cost.js';
import { MEMORY_WATTS_PER_GB } from '../energy/node-energy.js';
import { HOUR } from '../interval.js';
import { BYTES_PER_GB } from '../units.js';
import type { Draft, ScanFacts, Shares } from './facts.js';
import { YEAR, type YearlyAmounts } from './model.js';
import {
  workloadKey,
  type NodeProfile,
  type Taken,
  type UsageWindow,
  type WorkloadProfile,
} from './usage-window.js';

const PARTS = ['dynamic', 'cpu', 'memory', 'storage'] as const;
type Part = (typeof PARTS)[number];
/** What a target takes in a year, by what it follows: use, CPU held, memory held, volumes. */
export type Footprint = Readonly<Record<Part, YearlyAmounts>>;

/** Idle W per core held, against the watts of a GB of memory: only their proportion matters here. */
const IDLE_WATTS_PER_CORE = 1;
/** GB per vCPU that the idle power of a CPU family already includes: median of the SPECpower machines. */
const INCLUDED_GB_PER_VCPU = 4;

const NOTHING: YearlyAmounts = { joules: 0, grams: 0, cost: 0 };

/** Share of the memory whose power stands beside that of the CPU, 0..1, over all machines. */
export function extraMemoryShare(nodes: readonly NodeProfile[]): number {
  const vcpus = nodes.reduce((sum, n) => sum + n.cpuCapacity, 0);
  const gigabytes = nodes.reduce((sum, n) => sum + n.memoryCapacity, 0) / BYTES_PER_GB;
  return gigabytes > 0 ? Math.max(0, 1 - (INCLUDED_GB_PER_VCPU * vcpus) / gigabytes) : 0;
}

/**
 * Of a workload. The ledger keeps what is held as one amount; between CPU and memory it is split by what each draws and costs.
 * @param seconds that the sums are of
 */
export function footprintOf(w: WorkloadProfile, seconds: number, extraMemory: number): Footprint {
  const cores = Math.max(w.cpuRequestSeconds, w.cpuSeconds);
  const gigabytes = Math.max(w.memoryRequestSeconds, w.memoryByteSeconds) / BYTES_PER_GB;
  const watts = cores * IDLE_WATTS_PER_CORE;
  const energyShare = shareOf(watts, gigabytes * MEMORY_WATTS_PER_GB.central * extraMemory);
  const costShare = shareOf(cores * DEFAULT_PRICES.cpuCoreHour, gigabytes * DEFAULT_PRICES.ramGbHour);
  return partsOf(w.taken, seconds, energyShare, costShare);
}

/**
 * Of a machine, under `cpu`: what is nobody's of it. What its pods hold is theirs to save, and moves with them; so the savings of
 * nodes and of workloads never add to more than there is.
 */
export const nodeFootprint = (node: NodeProfile, seconds: number): Footprint =>
  partsOf(node.idle, seconds, 1, 1);

/** What a machine takes whatever its load: what goes when it goes. */
export const heldByNode = (node: NodeProfile, seconds: number): YearlyAmounts =>
  partsOf(node.taken, seconds, 1, 1).cpu;

const shareOf = (part: number, rest: number): number => (part + rest > 0 ? part / (part + rest) : 1);

function partsOf(taken: Readonly<Taken>, seconds: number, cpuEnergy: number, cpuCost: number): Footprint {
  const yearly = seconds > 0 ? YEAR / seconds : 0;
  const held = Math.max(0, taken.energy - taken.dynamic - taken.storage);
  const gramsPerMillijoule = taken.energy > 0 ? taken.operational / 1e6 / taken.energy : 0;
  const part = (millijoules: number, embodied: number, cost: number | null): YearlyAmounts => ({
    joules: (millijoules / 1000) * yearly,
    grams: (millijoules * gramsPerMillijoule + embodied / 1e6) * yearly,
    cost: cost === null ? null : (cost / 1e9) * yearly,
  });
  const cost = (share: number) => (taken.cost === null ? null : taken.cost * share);
  return {
    dynamic: part(taken.dynamic, 0, cost(0)),
    cpu: part(held * cpuEnergy, taken.embodied, cost(cpuCost)),
    memory: part(held * (1 - cpuEnergy), 0, cost(1 - cpuCost)),
    storage: part(taken.storage, 0, cost(0)),
  };
}

export const plus = (a: YearlyAmounts, b: YearlyAmounts): YearlyAmounts => ({
  joules: a.joules + b.joules,
  grams: a.grams + b.grams,
  cost: a.cost === null || b.cost === null ? (a.cost ?? b.cost) : a.cost + b.cost,
});

export const sumOf = (amounts: readonly YearlyAmounts[]): YearlyAmounts =>
  amounts.reduce(plus, { ...NOTHING, cost: null });

const times = (a: YearlyAmounts, by: number): YearlyAmounts => ({
  joules: a.joules * by,
  grams: a.grams * by,
  cost: a.cost === null ? null : a.cost * by,
});

export interface Claimed {
  readonly claimed: YearlyAmounts;
  readonly immediate: YearlyAmounts;
  /** All that the targets took before anything was claimed. */
  readonly whole: YearlyAmounts;
  readonly currency: string;
}

interface Stock {
  readonly whole: YearlyAmounts;
  readonly currency: string;
  left: Footprint;
}

export class Claims {
  readonly #workloads = new Map<string, Stock>();
  readonly #nodes = new Map<string, Stock>();

  constructor({ usage }: Pick<ScanFacts, 'usage'>) {
    const extra = extraMemoryShare(usage.nodes);
    for (const w of usage.workloads) {
      const footprint = footprintOf(w, secondsSince(usage, w.first), extra);
      this.#workloads.set(workloadKey(w), stockOf(footprint, w.taken));
    }
    for (const n of usage.nodes) {
      this.#nodes.set(n.node, stockOf(nodeFootprint(n, secondsSince(usage, n.first)), n.taken));
    }
  }

  /** Null: nothing is left for it to claim. */
  take({ claims, shares }: Pick<Draft, 'claims' | 'shares'>): Claimed | null {
    const stocks =
      'node' in claims ? [this.#nodes.get(claims.node)] : claims.workloads.map((k) => this.#workloads.get(k));
    const found = stocks.filter((s) => s !== undefined).filter((s) => !isSpent(s.left));
    if (found.length === 0) return null;
    const taken = found.map((stock) => takeFrom(stock, shares));
    return {
      claimed: sumOf(taken.map((t) => t.claimed)),
      immediate: sumOf(taken.map((t) => t.immediate)),
      whole: sumOf(found.map((s) => s.whole)),
      currency: found[0]!.currency,
    };
  }
}

const secondsSince = (usage: UsageWindow, first: number): number => (usage.hours.length - first) * HOUR;

const stockOf = (footprint: Footprint, { currency, cost }: Readonly<Taken>): Stock => ({
  whole: sumOf(PARTS.map((part) => footprint[part])),
  currency: cost === null ? '' : currency,
  left: footprint,
});

/** Volumes alone are not worth a recommendation of their own. */
const isSpent = (left: Footprint): boolean =>
  PARTS.every(
    (part) => part === 'storage' || (left[part].joules === 0 && left[part].grams === 0 && !left[part].cost),
  );

function takeFrom(stock: Stock, shares: Shares): Pick<Claimed, 'claimed' | 'immediate'> {
  const taken = PARTS.map((part) => times(stock.left[part], shares[part]));
  const shifted: YearlyAmounts = {
    joules: 0,
    grams: stock.left.dynamic.grams * (shares.shifted ?? 0),
    cost: null,
  };
  const rest = PARTS.map((part): [Part, YearlyAmounts] => [part, times(stock.left[part], 1 - shares[part])]);
  const left = Object.fromEntries(rest) as Record<Part, YearlyAmounts>;
  stock.left = {
    ...left,
    dynamic: { ...left.dynamic, grams: Math.max(0, left.dynamic.grams - shifted.grams) },
  };
  const immediate = sumOf([taken[0]!, taken[3]!, shifted]);
  return { claimed: sumOf([...taken, shifted]), immediate };
}
