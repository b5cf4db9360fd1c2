/**
 * The machines among which one that was too large is replaced: those of its kind, and of the smaller kinds that came for it. What
 * such a recommendation saves is what all of them together no longer hold, so that a smaller machine is counted where a larger one
 * was, and a large one that comes back is seen.
 */
import { DAY, HOUR } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import type { NodeHour, UsageHour } from './usage-hour.js';

/** Plain data, stored with a baseline. */
export interface NodePool {
  readonly region: string;
  readonly architecture: string;
  /** The kind of the machine that went, then those of what replaced it. */
  readonly kinds: readonly string[];
  /** Machines that were there about the time of the change. */
  readonly nodes: readonly string[];
  /** Machines that other recommendations had taken out by then: what they held is not this one's. */
  readonly without: readonly string[];
}

/** Two machines of one instance type are of one kind; where types are not known, two of one size. */
export const kindOf = (n: Pick<NodeHour, 'instanceType' | 'cpuCapacity'>): string =>
  n.instanceType === '' ? `${n.cpuCapacity} cores` : n.instanceType;

export const nodesIn = (pool: NodePool, hour: UsageHour): readonly NodeHour[] =>
  hour.nodes.filter(
    (n) =>
      n.region === pool.region &&
      n.architecture === pool.architecture &&
      pool.kinds.includes(kindOf(n)) &&
      !pool.without.includes(n.node),
  );

/** The pool of recommendations about one kind of machine. */
export const poolKey = ({ region, architecture, kinds }: NodePool): string =>
  JSON.stringify([region, architecture, kinds[0]]);

/** Machines join before the old one goes and go on joining after it: the day on either side belongs to the change. */
const CHANGE = DAY;

/** Hours that tell which machines came: two days before the change and the day after it began. */
export const watchOf = (since: EpochSeconds): { readonly from: EpochSeconds; readonly to: EpochSeconds } => ({
  from: epochSeconds(since - 2 * CHANGE),
  to: epochSeconds(since + CHANGE),
});

/** The end of what the machines held before: the day of the change counts for neither side. */
export const quietUntil = (since: EpochSeconds): EpochSeconds => epochSeconds(since - CHANGE);

/** Sees which kinds of machines become more when one goes. */
export class PoolWatch {
  readonly #node: string;
  readonly #since: EpochSeconds;
  #gone: NodeHour | null = null;
  readonly #seen: { readonly start: EpochSeconds; readonly nodes: readonly NodeHour[] }[] = [];

  /** @param since when the machine `node` had gone, or had become smaller */
  constructor(node: string, since: EpochSeconds) {
    this.#node = node;
    this.#since = since;
  }

  /** Hours of `watchOf(since)`, ascending. */
  add({ start, nodes }: UsageHour): void {
    const seen = start + HOUR <= this.#since ? nodes.find((n) => n.node === this.#node) : undefined;
    // One that is resized in place keeps its name: the larger is the one that went.
    if (seen && seen.cpuCapacity >= (this.#gone?.cpuCapacity ?? 0)) this.#gone = seen;
    this.#seen.push({ start, nodes });
  }

  /** Null: the machine was not seen before it went. */
  pool(without: readonly string[]): NodePool | null {
    const gone = this.#gone;
    if (gone === null) return null;
    const near = (n: NodeHour): boolean =>
      n.region === gone.region && n.architecture === gone.architecture && n.cpuCapacity <= gone.cpuCapacity;
    const before = this.#most(near, (start) => start + HOUR <= quietUntil(this.#since));
    const after = this.#most(near, (start) => start >= this.#since);
    const came = [...after].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind);
    const kinds = [...new Set([kindOf(gone), ...came])];
    const { region, architecture } = gone;
    const pool = { region, architecture, kinds, nodes: [], without };
    const nodes = new Set(
      this.#seen.flatMap((hour) => nodesIn(pool, { ...hour, workloads: [] })).map((n) => n.node),
    );
    return { ...pool, nodes: [...nodes].toSorted() };
  }

  /** The most machines of each kind in any hour. */
  #most(near: (n: NodeHour) => boolean, isOf: (start: EpochSeconds) => boolean): ReadonlyMap<string, number> {
    const most = new Map<string, number>();
    for (const { nodes } of this.#seen.filter((hour) => isOf(hour.start))) {
      const counts = new Map<string, number>();
      for (const n of nodes.filter(near)) counts.set(kindOf(n), (counts.get(kindOf(n)) ?? 0) + 1);
      for (const [kind, count] of counts) most.set(kind, Math.max(count, most.get(kind) ?? 0));
    }
    return most;
  }
}
