/** What a ledger must answer, worked out the slow and plain way from the results it holds. */
import type { IntervalResult, NodeRow, Row } from '../../domain/model.js';
import type { Counters } from '../ledger.js';
import type { Filters, GroupId, GroupKey, LabelKey, Sums, WeightedSums } from '../history.js';

const RANK = { impossible: 0, partial: 1, complete: 2 } as const;

/** A ledger that forgets nothing and sums everything anew for each answer. */
export class OracleLedger {
  readonly held = new Map<number, { result: IntervalResult; attempts: number }>();
  readonly #shown = new Map<string, bigint>();
  readonly #lastSeen = new Map<string, number>();

  commit(result: IntervalResult): 'written' | 'replaced' | 'unchanged' {
    const { start } = result.interval;
    const before = this.held.get(start);
    if (before && !isBetter(before.result, result)) {
      this.held.set(start, { ...before, attempts: before.attempts + 1 });
      return 'unchanged';
    }
    this.held.set(start, { result, attempts: (before?.attempts ?? 0) + 1 });
    for (const row of result.rows) {
      this.#see(subjectOf(row), start);
      this.#see(`node ${row.node}`, start);
    }
    for (const [key, sum] of truthOf(this.results())) {
      const shown = this.#shown.get(key) ?? 0n;
      this.#shown.set(key, sum > shown ? sum : shown);
    }
    return before ? 'replaced' : 'written';
  }

  results(): IntervalResult[] {
    return [...this.held.values()]
      .map((h) => h.result)
      .toSorted((a, b) => a.interval.start - b.interval.start);
  }

  latest(): IntervalResult | null {
    return this.results().findLast((r) => r.state !== 'impossible') ?? null;
  }

  /** Every counter, and when each subject was last seen, by a name of its own. */
  counters(): Map<string, bigint> {
    const lastSeen = [...this.#lastSeen].map(([subject, t]) => [`${subject} last seen`, BigInt(t)] as const);
    return new Map([...[...this.#shown].filter(([, v]) => v > 0n), ...lastSeen]);
  }

  #see(subject: string, start: number): void {
    if (subject) this.#lastSeen.set(subject, Math.max(start, this.#lastSeen.get(subject) ?? 0));
  }
}

function isBetter(held: IntervalResult, next: IntervalResult): boolean {
  if (RANK[next.state] !== RANK[held.state]) return RANK[next.state] > RANK[held.state];
  if (next.coverage !== held.coverage) return next.coverage > held.coverage;
  return next.revision !== held.revision;
}

const subjectOf = (row: Row) =>
  row.kind === 'pod'
    ? `workload ${JSON.stringify([row.namespace, row.workload.name, row.workload.type])}`
    : '';

/** Sums of all counters from nothing. */
function truthOf(results: readonly IntervalResult[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (key: string, n: number) => sums.set(key, (sums.get(key) ?? 0n) + BigInt(n));
  for (const { rows, nodes, currency } of results) {
    const methodOf = new Map(nodes.map((n) => [n.node, n.provenance.method]));
    for (const row of rows) {
      const method = methodOf.get(row.node)!;
      add(`node ${row.node} energy ${row.kind === 'pod' ? 'pods' : row.kind} ${method}`, row.energy);
      add(`node ${row.node} operational`, row.operational);
      add(`node ${row.node} embodied`, row.embodied);
      if (row.kind !== 'pod') continue;
      add(`${subjectOf(row)} energy ${method}`, row.energy);
      add(`${subjectOf(row)} operational`, row.operational);
      add(`${subjectOf(row)} embodied`, row.embodied);
      if (row.cost !== null) add(`${subjectOf(row)} cost ${currency}`, row.cost);
    }
  }
  return sums;
}

/** A ledger's counters in the words of `OracleLedger.counters`; those at 0 left out. */
export function flattenCounters({ workloads, nodes }: Counters): Map<string, bigint> {
  const flat: [string, bigint][] = [];
  for (const w of workloads) {
    const subject = `workload ${JSON.stringify([w.namespace, w.workload, w.workloadType])}`;
    flat.push([`${subject} last seen`, BigInt(w.lastSeen)], [`${subject} operational`, w.operational]);
    flat.push([`${subject} embodied`, w.embodied]);
    for (const e of w.energy) flat.push([`${subject} energy ${e.method}`, e.millijoules]);
    for (const c of w.cost) flat.push([`${subject} cost ${c.currency}`, c.nano]);
  }
  for (const n of nodes) {
    flat.push(
      [`node ${n.node} last seen`, BigInt(n.lastSeen)],
      [`node ${n.node} operational`, n.operational],
    );
    flat.push([`node ${n.node} embodied`, n.embodied]);
    for (const e of n.energy) flat.push([`node ${n.node} energy ${e.part} ${e.method}`, e.millijoules]);
  }
  return new Map(flat.filter(([, v]) => v > 0n));
}

// ------------------------------------------------------------------------------------------------------------- history

interface Line {
  readonly start: number;
  readonly cluster: string;
  readonly row: Row;
  readonly node: NodeRow;
  readonly currency: string;
}

export const linesOf = (cluster: string, results: readonly IntervalResult[]): Line[] =>
  results.flatMap(({ interval, rows, nodes, currency }) =>
    rows.map((row) => ({
      start: interval.start,
      cluster,
      row,
      node: nodes.find((n) => n.node === row.node)!,
      currency,
    })),
  );

/** The key of a line for a grouping; JSON of it names the group. */
export function keyOf(line: Line, by: readonly GroupKey[]): GroupId {
  const { row, node } = line;
  const share = row.kind === 'pod' ? null : `__${row.kind}__`;
  const namespace = share ?? row.namespace;
  const parts: Record<Exclude<GroupKey, LabelKey>, GroupId> = {
    cluster: {},
    namespace: { namespace },
    workload: { namespace, workload: share ?? row.workload.name, workload_type: row.workload.type },
    pod: { namespace, pod: share ?? row.pod },
    node: { node: row.node },
    zone: { zone: node.provenance.gridZone },
    provider: { provider: node.provenance.provider },
  };
  const partOf = (key: GroupKey): GroupId =>
    isLabel(key) ? { [key]: row.labels[key.slice('label:'.length)] ?? '' } : parts[key];
  return Object.assign({ cluster: line.cluster }, ...by.map(partOf)) as GroupId;
}

const isLabel = (key: GroupKey): key is LabelKey => key.startsWith('label:');

export function matches(line: Line, filters: Filters): boolean {
  const key = keyOf(line, ['namespace', 'workload', 'node']);
  return (['cluster', 'namespace', 'workload', 'node'] as const).every(
    (f) => !filters[f]?.length || filters[f].includes(key[f]!),
  );
}

export function sumsOf(lines: readonly Line[]): Sums {
  const total = (of: (line: Line) => bigint) => lines.reduce((s, line) => s + of(line), 0n);
  const times = (
    amount: 'energy' | 'operational' | 'embodied',
    width: (p: NodeRow['provenance']) => number,
  ) => total((l) => BigInt(l.row[amount]) * BigInt(width(l.node.provenance)));
  const weighted: WeightedSums = {
    energyPowerLo: times('energy', (p) => p.powerBand.lo),
    energyPowerHi: times('energy', (p) => p.powerBand.hi),
    operationalPowerLo: times('operational', (p) => p.powerBand.lo),
    operationalPowerHi: times('operational', (p) => p.powerBand.hi),
    operationalPue: times('operational', (p) => Math.max(p.pueBand.lo, p.pueBand.hi)),
    operationalIntensityLo: times('operational', (p) => p.intensityBand.lo),
    operationalIntensityHi: times('operational', (p) => p.intensityBand.hi),
    embodiedLo: times('embodied', (p) => p.embodiedBand.lo),
    embodiedHi: times('embodied', (p) => p.embodiedBand.hi),
  };
  const priced = lines.filter((l) => l.row.cost !== null);
  const currencies = [...new Set(priced.map((l) => l.currency))].toSorted();
  return {
    energy: total((l) => BigInt(l.row.energy)),
    estimatedEnergy: total((l) => (l.node.provenance.estimated ? BigInt(l.row.energy) : 0n)),
    operational: total((l) => BigInt(l.row.operational)),
    embodied: total((l) => BigInt(l.row.embodied)),
    cost: currencies.map((currency) => ({
      currency,
      nano: priced.filter((l) => l.currency === currency).reduce((s, l) => s + BigInt(l.row.cost!), 0n),
    })),
    weighted,
  };
}

/** Lines by the name of their group: JSON of the key, its fields in alphabetical order. */
export function groupsOf(lines: readonly Line[], by: readonly GroupKey[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const id = nameOfKey(keyOf(line, by));
    groups.set(id, [...(groups.get(id) ?? []), line]);
  }
  return groups;
}

export const nameOfKey = (key: GroupId): string =>
  JSON.stringify(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const flatten = ({ energy, estimatedEnergy, operational, embodied, weighted }: Sums) => {
  const flat: Record<string, bigint> = { energy, estimatedEnergy, operational, embodied, ...weighted };
  return flat;
};

/** Sums of sums, with the currencies of all. */
export function addAll(sums: readonly Sums[]): Sums {
  const flat = sums.map(flatten);
  const add = (key: string) => flat.reduce((s, f) => s + f[key]!, 0n);
  const empty = sumsOf([]);
  const currencies = [...new Set(sums.flatMap((s) => s.cost.map((c) => c.currency)))].toSorted();
  const costIn = (currency: string) =>
    sums.flatMap((s) => s.cost).reduce((n, c) => (c.currency === currency ? n + c.nano : n), 0n);
  return {
    energy: add('energy'),
    estimatedEnergy: add('estimatedEnergy'),
    operational: add('operational'),
    embodied: add('embodied'),
    cost: currencies.map((currency) => ({ currency, nano: costIn(currency) })),
    weighted: Object.fromEntries(
      Object.keys(empty.weighted).map((k) => [k, add(k)]),
    ) as unknown as Sums['weighted'],
  };
}
