/** `History` over a list of facts in memory, by the letter of the port: what tests of the API ask instead of a database. */
import { floorTo, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, ratio, seconds, type EpochSeconds } from '../../domain/units.js';
import type {
  Amount,
  ClusterEntry,
  Filters,
  GroupId,
  GroupKey,
  History,
  IntervalQuery,
  NamespaceEntry,
  NodeEntry,
  SeriesAnswer,
  SeriesColumn,
  SeriesQuery,
  StoredInterval,
  Sums,
  Totals,
  TotalsQuery,
  WorkloadEntry,
} from '../../ports/history.js';

/** One group's part of one interval. */
export interface Fact {
  readonly start: number;
  readonly key: Required<GroupId>;
  readonly sums: Sums;
}

/** The fields that a grouping shows: a workload is only one together with its namespace. */
const FIELDS: Readonly<Record<string, readonly (keyof GroupId)[]>> = {
  cluster: ['cluster'],
  namespace: ['namespace'],
  workload: ['namespace', 'workload', 'workload_type'],
  pod: ['namespace', 'pod'],
  node: ['node'],
  zone: ['zone'],
  provider: ['provider'],
};

export class MemoryHistory implements History {
  /** Questions asked, newest last. */
  readonly asked: string[] = [];

  constructor(
    readonly step: number,
    readonly facts: readonly Fact[],
    /** Coverage of each known interval by start. */
    readonly known: ReadonlyMap<number, number>,
    readonly nodeEntries: readonly NodeEntry[] = [],
  ) {}

  async totals({ range, by, filters }: TotalsQuery): Promise<Totals> {
    this.asked.push('totals');
    const facts = this.#select(range, filters);
    const coverage = this.#coverage(range);
    const groups = [...grouped(facts, by).values()].map(({ key, members }) => ({
      key,
      sums: add(members.map((f) => f.sums)),
      coverage,
    }));
    return { groups, total: add(facts.map((f) => f.sums)), coverage };
  }

  async series({ range, by, filters, step, amounts }: SeriesQuery): Promise<SeriesAnswer> {
    this.asked.push('series');
    const times: EpochSeconds[] = [];
    for (let t = floorTo(range.from, step); t < range.to; t = epochSeconds(t + step)) times.push(t);
    const bucket = (t: EpochSeconds): TimeRange => ({
      from: epochSeconds(Math.max(t, range.from)),
      to: epochSeconds(Math.min(t + step, range.to)),
    });
    const coverage = times.map((t) => this.#coverage(bucket(t)));
    const groups = [...grouped(this.#select(range, filters), by).values()].map(({ key, members }) => ({
      key,
      columns: columnsOf(amounts, (amount, currency) =>
        times.map((t, i) =>
          coverage[i] === 0
            ? null
            : amountAt(
                members.filter((f) => floorTo(f.start, step) === t),
                amount,
                currency,
              ),
        ),
      ),
    }));
    return { times, coverage, groups };
  }

  async nodes(range: TimeRange): Promise<readonly NodeEntry[]> {
    this.asked.push('nodes');
    return this.nodeEntries.filter((e) => e.lastSeen >= range.from && e.firstSeen < range.to);
  }

  async namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]> {
    this.asked.push('namespaces');
    const found = grouped(this.#select(range, {}), ['namespace']).values();
    return [...found].map(({ key, members }) => ({
      cluster: key.cluster!,
      namespace: key.namespace!,
      ...seenIn(members),
    }));
  }

  async workloads(range: TimeRange): Promise<readonly WorkloadEntry[]> {
    this.asked.push('workloads');
    return [...grouped(this.#select(range, {}), ['workload']).values()].map(({ key, members }) => ({
      cluster: key.cluster!,
      namespace: key.namespace!,
      workload: key.workload!,
      workloadType: key.workload_type!,
      ...seenIn(members),
    }));
  }

  async clusters(): Promise<readonly ClusterEntry[]> {
    this.asked.push('clusters');
    return [...grouped(this.facts, []).values()].map(({ key, members }) => ({
      cluster: key.cluster!,
      step: seconds(this.step),
      ...seenIn(members),
    }));
  }

  /** Facts are not whole intervals: nothing is known of any. */
  async interval(_query: IntervalQuery): Promise<StoredInterval | null> {
    this.asked.push('interval');
    return null;
  }

  async resolution() {
    return seconds(this.step);
  }

  async close(): Promise<void> {
    this.asked.push('close');
  }

  #select({ from, to }: TimeRange, filters: Filters): readonly Fact[] {
    const passes = (key: keyof Filters, value: string) =>
      !filters[key]?.length || filters[key].includes(value);
    return this.facts.filter(
      (f) =>
        f.start >= from &&
        f.start < to &&
        (['cluster', 'namespace', 'workload', 'node'] as const).every((k) => passes(k, f.key[k])),
    );
  }

  #coverage({ from, to }: TimeRange) {
    let known = 0;
    for (const [start, share] of this.known) if (start >= from && start < to) known += share * this.step;
    return ratio(Math.min(1, known / (to - from)));
  }
}

const seenIn = (members: readonly Fact[]) => ({
  firstSeen: epochSeconds(Math.min(...members.map((f) => f.start))),
  lastSeen: epochSeconds(Math.max(...members.map((f) => f.start))),
});

function columnsOf(
  amounts: readonly Amount[],
  valuesOf: (amount: Amount, currency: string) => (bigint | null)[],
): SeriesColumn[] {
  return amounts
    .flatMap((amount) => (amount === 'cost' ? CURRENCIES : ['']).map((currency) => ({ amount, currency })))
    .map(({ amount, currency }) => ({ amount, currency, values: valuesOf(amount, currency) }))
    .filter(({ amount, values }) => amount !== 'cost' || values.some((v) => v !== null && v > 0n));
}

/** Those that the made-up facts have. */
const CURRENCIES = ['EUR', 'USD'];

function amountAt(members: readonly Fact[], amount: Amount, currency: string): bigint | null {
  const sums = add(members.map((f) => f.sums));
  if (amount !== 'cost') return sums[amount];
  const cost = sums.cost.find((c) => c.currency === currency);
  return cost?.nano ?? (members.length > 0 ? null : 0n);
}

function grouped(facts: readonly Fact[], by: readonly GroupKey[]) {
  const fields = [...new Set<keyof GroupId>(['cluster', ...by.flatMap((k) => FIELDS[k] ?? [k])])];
  const groups = new Map<string, { key: GroupId; members: Fact[] }>();
  for (const fact of facts) {
    const key: GroupId = Object.fromEntries(fields.map((f) => [f, fact.key[f] ?? '']));
    const id = JSON.stringify(key);
    const group = groups.get(id) ?? { key, members: [] };
    group.members.push(fact);
    groups.set(id, group);
  }
  return groups;
}

export const WEIGHTS = [
  'energyPowerLo',
  'energyPowerHi',
  'operationalPowerLo',
  'operationalPowerHi',
  'operationalPue',
  'operationalIntensityLo',
  'operationalIntensityHi',
  'embodiedLo',
  'embodiedHi',
] as const;

export function add(all: readonly Sums[]): Sums {
  const sum = (pick: (s: Sums) => bigint) => all.reduce((total, s) => total + pick(s), 0n);
  const currencies = [...new Set(all.flatMap((s) => s.cost.map((c) => c.currency)))].toSorted();
  return {
    energy: sum((s) => s.energy),
    estimatedEnergy: sum((s) => s.estimatedEnergy),
    operational: sum((s) => s.operational),
    embodied: sum((s) => s.embodied),
    cost: currencies.map((currency) => ({
      currency,
      nano: sum((s) => s.cost.find((c) => c.currency === currency)?.nano ?? 0n),
    })),
    weighted: Object.fromEntries(
      WEIGHTS.map((w) => [w, sum((s) => s.weighted[w])]),
    ) as unknown as Sums['weighted'],
  };
}
