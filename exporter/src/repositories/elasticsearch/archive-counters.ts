/** Counters as they are archived, and what buckets and archived counters make of those that are there. */
import type { Method } from '../../domain/model.js';
import type { ArchivedAmount, ArchivedBucket, ArchivedCounter, ArchivedSums } from '../../ports/archive.js';
import { wholeOf } from '../archive-form.js';
import type { NodePart } from '../counter-delta.js';
import type { Amount, CounterChange, CounterStore, Subject, SubjectName, Sums } from './counters.js';
import type { TakenRow } from './counters.js';

interface Place {
  readonly gen: number;
  readonly joined: number;
}

const archived = ({ truth, shown }: Amount): ArchivedAmount => [wholeOf(truth), wholeOf(shown)];
const byKey = (amounts: ReadonlyMap<string, Amount>) => [...amounts].sort(([a], [b]) => (a < b ? -1 : 1));

export function archivedSubject(subject: Subject): ArchivedCounter {
  const { name, lastSeen } = subject;
  const sums = { operational: archived(subject.operational), embodied: archived(subject.embodied) };
  if (name[0] === 'node') {
    const energy = byKey(subject.energy).map(([key, amount]) => {
      const [part, method] = key.split('/') as [NodePart, Method];
      return { part, method, millijoules: archived(amount) };
    });
    return { record: 'node', node: name[1], lastSeen, ...sums, energy };
  }
  const [, namespace, workload, workloadType] = name;
  return {
    ...{ record: 'workload', namespace, workload, workloadType, lastSeen, ...sums },
    energy: byKey(subject.energy).map(([method, amount]) => ({
      ...{ method: method as Method, millijoules: archived(amount) },
    })),
    cost: byKey(subject.cost).map(([currency, amount]) => ({ currency, nano: archived(amount) })),
  };
}

type Named = Exclude<ArchivedCounter, { record: 'totals' }>;

const nameOf = (counter: Named): SubjectName =>
  counter.record === 'node'
    ? ['node', counter.node]
    : ['workload', counter.namespace, counter.workload, counter.workloadType];

/** @param settled whether the truth is raised as well as what is shown */
export function raiseCounters(
  store: CounterStore,
  counters: readonly ArchivedCounter[],
  settled: boolean,
  place: Place,
): CounterChange {
  const named = counters.filter((c): c is Named => c.record !== 'totals');
  const byName = new Map(named.map((c) => [JSON.stringify(nameOf(c)), c]));
  const raise = (before: Amount | undefined, [truth, shown]: ArchivedAmount): Amount => ({
    truth: larger(before?.truth ?? 0n, settled ? BigInt(truth) : 0n),
    shown: larger(before?.shown ?? 0n, BigInt(shown)),
  });
  const after = (name: SubjectName, before: Sums): Sums => {
    const counter = byName.get(JSON.stringify(name))!;
    const energy = new Map(before.energy);
    for (const line of counter.energy) {
      const key = 'part' in line ? `${line.part}/${line.method}` : line.method;
      energy.set(key, raise(energy.get(key), line.millijoules));
    }
    const cost = new Map(before.cost);
    for (const line of counter.record === 'workload' ? counter.cost : [])
      cost.set(line.currency, raise(cost.get(line.currency), line.nano));
    return {
      lastSeen: Math.max(before.lastSeen, counter.lastSeen),
      operational: raise(before.operational, counter.operational),
      embodied: raise(before.embodied, counter.embodied),
      ...{ energy, cost },
    };
  };
  return store.revise(named.map(nameOf), after, place);
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);

interface Delta {
  operational: bigint;
  embodied: bigint;
  readonly energy: Map<string, bigint>;
  readonly cost: Map<string, bigint>;
}

/** What a bucket adds, and what it is written over no longer does. */
export function countBucket(
  store: CounterStore,
  { sums }: ArchivedBucket,
  taken: readonly TakenRow[],
  place: Place,
): CounterChange {
  const deltas = new Map<string, Delta>();
  for (const part of [...partsOf(sums), ...taken.map(takenPart)]) {
    const isPod = part.kind === 'pod';
    const nodePart: NodePart = part.kind === 'pod' ? 'pods' : part.kind;
    add(deltas, ['node', part.node], `${nodePart}/${part.method}`, part);
    if (!isPod) continue;
    const name = ['workload', part.namespace, part.workload, part.workloadType] as const;
    add(deltas, name, part.method, part, part.cost === null ? null : part.currency);
  }
  const names = [...deltas.keys()].map((key) => JSON.parse(key) as SubjectName);
  return store.revise(names, (name, before) => added(before, deltas.get(JSON.stringify(name))!), place);
}

interface Part extends Omit<TakenRow, 'workload' | 'energy' | 'operational' | 'embodied' | 'cost'> {
  readonly workload: string;
  readonly workloadType: string;
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  readonly cost: bigint | null;
}

function* partsOf(sums: ArchivedSums | null): Generator<Part> {
  for (const pod of sums?.pods ?? []) {
    const { kind, node, namespace, workload, workloadType, cost } = pod;
    const { method, currency } = sums!.bases[pod.basis]!;
    yield {
      ...{ kind, node, namespace, workload, workloadType, method, currency },
      ...{ energy: BigInt(pod.energy), operational: BigInt(pod.operational), embodied: BigInt(pod.embodied) },
      cost: cost === null ? null : BigInt(cost),
    };
  }
}

const takenPart = (row: TakenRow): Part => ({
  ...row,
  ...{ workload: row.workload.name, workloadType: row.workload.type },
  ...{ energy: -BigInt(row.energy), operational: -BigInt(row.operational), embodied: -BigInt(row.embodied) },
  cost: row.cost === null ? null : -BigInt(row.cost),
});

function add(
  deltas: Map<string, Delta>,
  name: SubjectName,
  energyKey: string,
  part: Part,
  currency: string | null = null,
): void {
  const key = JSON.stringify(name);
  let delta = deltas.get(key);
  if (!delta) {
    delta = { operational: 0n, embodied: 0n, energy: new Map(), cost: new Map() };
    deltas.set(key, delta);
  }
  delta.operational += part.operational;
  delta.embodied += part.embodied;
  delta.energy.set(energyKey, (delta.energy.get(energyKey) ?? 0n) + part.energy);
  if (currency !== null) delta.cost.set(currency, (delta.cost.get(currency) ?? 0n) + part.cost!);
}

function added(before: Sums, delta: Delta): Sums {
  const plus = (amount: Amount | undefined, by: bigint): Amount => {
    const truth = (amount?.truth ?? 0n) + by;
    return { truth, shown: larger(amount?.shown ?? 0n, truth) };
  };
  const all = (amounts: ReadonlyMap<string, Amount>, by: ReadonlyMap<string, bigint>) => {
    const after = new Map(amounts);
    for (const [key, amount] of by) after.set(key, plus(after.get(key), amount));
    return after;
  };
  return {
    // Nobody is seen at the start of a bucket: when somebody was is said by the counters.
    lastSeen: before.lastSeen,
    operational: plus(before.operational, delta.operational),
    embodied: plus(before.embodied, delta.embodied),
    energy: all(before.energy, delta.energy),
    cost: all(before.cost, delta.cost),
  };
}
