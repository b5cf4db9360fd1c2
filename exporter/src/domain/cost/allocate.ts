/**
 * A bill by pod and hour, spread over the hour's intervals: a pod's amount by how long it ran in each, what nobody held by what
 * was idle. In nano-units and by largest remainder, so that the intervals of an hour add up to the bill exactly.
 */
import { apportion } from '../apportion.js';
import { sharesOf, type IdleAttribution } from '../attribution.js';
import type { NodeSample, PodSample } from '../model.js';
import { nanoCurrency, type NanoCurrency, type Seconds } from '../units.js';

/** What an hour cost, in nano-units of one currency. */
export interface HourBill {
  readonly pods: readonly {
    readonly namespace: string;
    readonly pod: string;
    readonly amount: NanoCurrency;
    /** How long it ran within the hour, as the biller saw it; 0 where it does not say. */
    readonly seconds: Seconds;
  }[];
  /** By node; under "" what is not told apart by node. */
  readonly idle: readonly { readonly node: string; readonly amount: NanoCurrency }[];
  /** Seconds of the hour that the bill covers. */
  readonly seconds: Seconds;
}

/** Who was there in one interval. */
export interface IntervalRun {
  readonly pods: readonly Pick<PodSample, 'node' | 'namespace' | 'pod' | 'uid' | 'seconds'>[];
  readonly nodes: readonly {
    readonly node: string;
    readonly idleWeight: number;
    readonly seconds: Seconds;
  }[];
}

/** What one interval's rows cost. Who is not named costs nothing. */
export interface CostShares {
  /** By `podKey`. */
  readonly pods: ReadonlyMap<string, NanoCurrency>;
  /** Of idle rows, by node. */
  readonly idle: ReadonlyMap<string, NanoCurrency>;
}

export interface SpreadBill {
  /** One entry a run, in their order. */
  readonly intervals: readonly CostShares[];
  /** What no row of the hour can take: there is no node in it. */
  readonly unplaced: NanoCurrency;
}

type PodId = Pick<PodSample, 'node' | 'namespace' | 'pod' | 'uid'>;

const SEPARATOR = '\u0000';

/** Identifies a pod's row within an interval. */
export const podKey = ({ node, namespace, pod, uid }: PodId): string =>
  [node, namespace, pod, uid].join(SEPARATOR);

const nameKey = ({ namespace, pod }: Pick<PodSample, 'namespace' | 'pod'>) => namespace + SEPARATOR + pod;

/**
 * GiB of memory that cost as much as a core: OpenCost's public defaults, 0.031611 and 0.004237 USD an hour. It only weighs what
 * is idle against what is idle elsewhere.
 */
const GIB_PER_CORE = 0.031611 / 0.004237;
const GIB = 2 ** 30;

/** How much of a node's interval nobody held: core-seconds, idle memory counted as cores of the same price. */
export function idleWeight(node: NodeSample, pods: readonly PodSample[], policy: IdleAttribution): number {
  const { cpu, memory } = sharesOf(node, pods, policy);
  const memoryCores = node.memoryCapacity / GIB / GIB_PER_CORE;
  return (cpu.idle * node.cpuCapacity + memory.idle * memoryCores) * node.seconds;
}

/**
 * The whole bill over all intervals of its hour. A billed pod that no interval has, and idle cost of a node that none has, is
 * spread with the idle cost that is not told apart, over the idle rows of all nodes.
 */
export function spreadHour(bill: HourBill, runs: readonly IntervalRun[]): SpreadBill {
  const spread = new Spreader(runs);
  const shared = spread.pods(bill) + spread.idle(bill);
  const unplaced = spread.everywhere(shared);
  return { intervals: spread.intervals, unplaced: nanoCurrency(unplaced) };
}

/** An amount to add to one row. */
interface Place {
  readonly into: Map<string, NanoCurrency>;
  readonly key: string;
  readonly weight: number;
}

class Spreader {
  readonly intervals: { pods: Map<string, NanoCurrency>; idle: Map<string, NanoCurrency> }[];
  readonly #podPlaces = new Map<string, Place[]>();
  readonly #idlePlaces = new Map<string, Place[]>();

  constructor(runs: readonly IntervalRun[]) {
    this.intervals = runs.map(() => ({ pods: new Map(), idle: new Map() }));
    for (const [i, run] of runs.entries()) {
      const { pods, idle } = this.intervals[i]!;
      for (const pod of run.pods.toSorted(byKey)) {
        push(this.#podPlaces, nameKey(pod), { into: pods, key: podKey(pod), weight: pod.seconds });
      }
      for (const node of run.nodes.toSorted((a, b) => compare(a.node, b.node))) {
        push(this.#idlePlaces, node.node, { into: idle, key: node.node, weight: node.idleWeight });
      }
    }
  }

  /** Spread what is billed to pods; answers what belongs to none that ran. */
  pods(bill: HourBill): number {
    let rest = 0;
    for (const billed of bill.pods) {
      const places = this.#podPlaces.get(nameKey(billed));
      if (places) spreadOver(places, billed.amount);
      else rest += billed.amount;
    }
    return rest;
  }

  /** Spread the idle cost of known nodes; answers the rest. */
  idle(bill: HourBill): number {
    let rest = 0;
    for (const { node, amount } of bill.idle) {
      const places = this.#idlePlaces.get(node);
      if (places) spreadOver(places, amount);
      else rest += amount;
    }
    return rest;
  }

  /** Spread over all idle rows; answers what finds none. */
  everywhere(amount: number): number {
    const places = [...this.#idlePlaces].toSorted(([a], [b]) => compare(a, b)).flatMap(([, list]) => list);
    if (places.length === 0) return amount;
    spreadOver(places, amount);
    return 0;
  }
}

function spreadOver(places: readonly Place[], amount: number): void {
  const weights = places.map(({ weight }) => weight);
  // Nothing idle anywhere, or rows of no length: evenly, rather than all to the last.
  const parts = apportion(amount, weights.some((w) => w > 0) ? weights : weights.map(() => 1));
  for (const [i, { into, key }] of places.entries()) add(into, key, parts[i]!);
}

function add(map: Map<string, NanoCurrency>, key: string, amount: number): void {
  map.set(key, nanoCurrency((map.get(key) ?? 0) + amount));
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/**
 * What one interval costs by a bill whose hour is not over, or not yet known whole: each row its part by time. Close to what
 * `spreadHour` gives later, and not exact.
 */
export function costOfInterval(bill: HourBill, run: IntervalRun, step: Seconds): CostShares {
  const billed = new Map<string, HourBill['pods'][number]>();
  for (const pod of bill.pods) billed.set(nameKey(pod), pod);
  const pods = new Map<string, NanoCurrency>();
  for (const pod of run.pods) {
    const bought = billed.get(nameKey(pod));
    if (bought) add(pods, podKey(pod), partBy(bought.amount, pod.seconds, bought.seconds || bill.seconds));
  }
  const there = new Set(run.nodes.map(({ node }) => node));
  const spread = new Spreader([run]);
  const idle = bill.idle.map(({ node, amount }) => ({
    node: there.has(node) ? node : '',
    amount: nanoCurrency(partBy(amount, step, bill.seconds)),
  }));
  spread.everywhere(spread.idle({ ...bill, idle }));
  return { pods, idle: spread.intervals[0]!.idle };
}

const partBy = (amount: number, time: number, whole: number) =>
  whole > 0 ? Math.round(amount * Math.min(1, time / whole)) : 0;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const byKey = (a: PodId, b: PodId) => compare(podKey(a), podKey(b));
