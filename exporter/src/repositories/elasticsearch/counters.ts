/**
 * The sums since the ledger began. Each workload and node has two documents, used in turn: a commit writes the one that does not
 * count, and with the commit's generation it does. The writer keeps all of them in memory, as it shows them after every cycle.
 */
import type { IntervalResult, Method, Row, RowKind } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import { CounterDelta, type NodePart, type SubjectDelta } from '../counter-delta.js';
import type { Counters, NodeCounter, WorkloadCounter } from '../../ports/ledger.js';
import { decodeBasis } from './basis.js';
import { composite } from './composite.js';
import type { Connection } from './connection.js';
import { queryFor } from './facts.js';
import type { Journal } from './journal.js';
import { createHash } from 'node:crypto';

/** The truth, and what has been shown of it, which never falls. */
export interface Amount {
  readonly truth: bigint;
  readonly shown: bigint;
}

export interface Sums {
  readonly lastSeen: number;
  readonly operational: Amount;
  readonly embodied: Amount;
  /** By method; of a node by part and method. */
  readonly energy: ReadonlyMap<string, Amount>;
  /** By currency. */
  readonly cost: ReadonlyMap<string, Amount>;
}

export interface Subject extends Sums {
  readonly name: SubjectName;
  readonly gen: number;
  readonly slot: 0 | 1;
  /** Of a workload: joined in this order. */
  readonly ordinal: number;
}

export type SubjectName =
  readonly ['workload', namespace: string, workload: string, type: string] | readonly ['node', node: string];

type AmountText = readonly [truth: string, shown: string];
interface CounterDocument {
  readonly cluster: string;
  /** JSON of its name. */
  readonly subject: string;
  readonly slot: 0 | 1;
  readonly gen: number;
  readonly body: {
    readonly ordinal: number;
    readonly lastSeen: number;
    readonly operational: AmountText;
    readonly embodied: AmountText;
    readonly energy: readonly (readonly [string, ...AmountText])[];
    readonly cost: readonly (readonly [string, ...AmountText])[];
  };
}

/** What a commit makes of the counters; nothing of it counts until it is taken. */
export interface CounterChange {
  readonly subjects: readonly Subject[];
  readonly workloads: number;
  readonly lines: readonly string[];
}

const NONE: Amount = { truth: 0n, shown: 0n };
const NOTHING: Sums = {
  ...{ lastSeen: -1, operational: NONE, embodied: NONE, energy: new Map(), cost: new Map() },
};

export class CounterStore {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #clusterKey: string;
  readonly #subjects = new Map<string, Subject>();
  readonly #ids = new Interner();

  private constructor(connection: Connection, cluster: string) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#clusterKey = hashOf(cluster);
  }

  static async open(connection: Connection, cluster: string, journal: Journal): Promise<CounterStore> {
    const store = new CounterStore(connection, cluster);
    const { counters } = connection.names;
    await connection.refresh(counters);
    const query = { bool: { filter: [{ term: { cluster } }] } };
    const order = [{ gen: 'asc' }, { subject: 'asc' }, { slot: 'asc' }];
    for await (const { _source } of connection.searchAll<CounterDocument>(counters, { query }, order)) {
      // Of the two documents of a subject the later one that counts is the truth.
      if (journal.isCommitted(_source.gen)) store.#subjects.set(_source.subject, toSubject(_source));
    }
    return store;
  }

  /**
   * @param taken rows that the result replaces
   * @param joined how many workloads there are before it
   */
  change(result: IntervalResult, gen: number, joined: number, taken: readonly TakenRow[]): CounterChange {
    const delta = this.#deltaOf(result, taken);
    const ordinals = this.#ordinalsOfNew(delta, joined);
    const { start } = result.interval;
    const subjects = [
      ...[...delta.workloads].map(([id, d]) => this.#next(id, d, gen, start, ordinals.get(id))),
      ...[...delta.nodes].map(([id, d]) => this.#next(id, d, gen, start, undefined)),
    ];
    const lines = subjects.flatMap((subject) => this.#linesOf(subject));
    return { subjects, workloads: joined + ordinals.size, lines };
  }

  /**
   * Sums of subjects told anew, whatever that follows from.
   * @param names in the order in which new workloads join
   */
  revise(
    names: readonly SubjectName[],
    after: (name: SubjectName, before: Sums) => Sums,
    { gen, joined }: { readonly gen: number; readonly joined: number },
  ): CounterChange {
    let workloads = joined;
    const subjects = names.map((name): Subject => {
      const before = this.#subjects.get(JSON.stringify(name));
      const fresh = before === undefined && name[0] === 'workload';
      const ordinal = before?.ordinal ?? (fresh ? workloads++ : -1);
      return { ...after(name, before ?? NOTHING), name, gen, slot: before?.slot === 0 ? 1 : 0, ordinal };
    });
    return { subjects, workloads, lines: subjects.flatMap((subject) => this.#linesOf(subject)) };
  }

  /** Workloads in the order in which they joined, then nodes by name. */
  get subjects(): readonly Subject[] {
    const all = [...this.#subjects.values()];
    const workloads = all.filter((s) => s.name[0] === 'workload').sort((a, b) => a.ordinal - b.ordinal);
    const nodes = all.filter((s) => s.name[0] === 'node').sort((a, b) => (a.name[1] < b.name[1] ? -1 : 1));
    return [...workloads, ...nodes];
  }

  /** It counts now. */
  took(change: CounterChange): void {
    for (const subject of change.subjects) this.#subjects.set(JSON.stringify(subject.name), subject);
  }

  read(): Pick<Counters, 'workloads' | 'nodes'> {
    const of = (kind: SubjectName[0]) => this.subjects.filter((s) => s.name[0] === kind);
    return { workloads: of('workload').map(toWorkloadCounter), nodes: of('node').map(toNodeCounter) };
  }

  #deltaOf(result: IntervalResult, taken: readonly TakenRow[]): CounterDelta {
    const delta = new CounterDelta();
    const methodOf = new Map(result.nodes.map((n) => [n.node, n.provenance.method]));
    for (const row of result.rows) {
      const { kind, energy, operational, embodied, cost } = row;
      delta.add(
        {
          ...{ kind, energy, operational, embodied, cost, method: methodOf.get(row.node)! },
          workloadId: this.#workloadId(row.kind, row.namespace, row.workload),
          nodeId: this.#ids.of(JSON.stringify(['node', row.node])),
          currencyId: this.#ids.of(result.currency),
        },
        1,
      );
    }
    for (const row of taken) {
      const ids = {
        workloadId: this.#workloadId(row.kind, row.namespace, row.workload),
        nodeId: this.#ids.of(JSON.stringify(['node', row.node])),
        currencyId: this.#ids.of(row.currency),
      };
      delta.add({ ...row, ...ids }, -1);
    }
    return delta;
  }

  #workloadId(kind: RowKind, namespace: string, workload: Row['workload']): number {
    return kind === 'pod'
      ? this.#ids.of(JSON.stringify(['workload', namespace, workload.name, workload.type]))
      : 0;
  }

  /** New workloads join largest energy first, so that a cap on series keeps those that matter. */
  #ordinalsOfNew(delta: CounterDelta, joined: number): Map<number, number> {
    const fresh = [...delta.workloads]
      .map(([id, d]) => ({ id, name: this.#ids.nameOf(id), energy: totalEnergy(d) }))
      .filter(({ name }) => !this.#subjects.has(name))
      .toSorted((a, b) => b.energy - a.energy || (nameless(a.name) < nameless(b.name) ? -1 : 1));
    return new Map(fresh.map(({ id }, i) => [id, joined + i]));
  }

  #next(id: number, delta: SubjectDelta, gen: number, start: number, ordinal: number | undefined): Subject {
    const name = this.#ids.nameOf(id);
    const before = this.#subjects.get(name);
    const cost = new Map([...delta.cost].map(([currency, by]) => [this.#ids.nameOf(currency), by] as const));
    return {
      name: JSON.parse(name) as SubjectName,
      gen,
      slot: before?.slot === 0 ? 1 : 0,
      ordinal: before?.ordinal ?? ordinal ?? -1,
      lastSeen: Math.max(before?.lastSeen ?? -1, delta.seen ? start : -1),
      operational: raised(before?.operational, delta.operational),
      embodied: raised(before?.embodied, delta.embodied),
      energy: raisedAll(before?.energy, delta.energy),
      cost: raisedAll(before?.cost, cost),
    };
  }

  #linesOf(subject: Subject): string[] {
    const name = JSON.stringify(subject.name);
    const document: CounterDocument = {
      ...{ cluster: this.#cluster, subject: name, slot: subject.slot, gen: subject.gen },
      body: {
        ordinal: subject.ordinal,
        lastSeen: subject.lastSeen,
        operational: textOf(subject.operational),
        embodied: textOf(subject.embodied),
        energy: [...subject.energy].map(([key, amount]) => [key, ...textOf(amount)]),
        cost: [...subject.cost].map(([key, amount]) => [key, ...textOf(amount)]),
      },
    };
    const action = {
      ...{
        _index: this.#connection.names.counters,
        _id: `${this.#clusterKey}.${hashOf(name)}.${subject.slot}`,
      },
      // A request of an earlier generation that comes in late loses.
      ...{ version: subject.gen, version_type: 'external' },
    };
    return [JSON.stringify({ index: action }), JSON.stringify(document)];
  }
}

/** What is taken away when an interval is replaced, summed by whose it was. */
export interface TakenRow {
  readonly kind: RowKind;
  readonly node: string;
  readonly namespace: string;
  readonly workload: Row['workload'];
  readonly method: Method;
  readonly currency: string;
  readonly energy: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
}

/** One interval's sums stay below 2^53. */
export async function takenRows(
  connection: Connection,
  place: { cluster: string; gen: number; start: number },
): Promise<TakenRow[]> {
  const taken: TakenRow[] = [];
  const fields = ['kind', 'node', 'namespace', 'workload', 'workload_type', 'basis'];
  const buckets = composite(connection, {
    index: connection.names.facts('usage', place.start),
    query: queryFor('pod', [place]),
    sources: fields.map((field) => ({ name: field, field })),
    sums: ['energy', 'operational', 'embodied', 'cost'],
  });
  for await (const { key, sums } of buckets) {
    const [kind, node, namespace, workload, type, basis] = fields.map((f) => String(key.get(f)));
    const { method, currency, priced } = decodeBasis(basis!);
    const [energy, operational, embodied, cost] = sums.map(Number);
    taken.push({
      ...{ kind: kind as RowKind, node: node!, namespace: namespace!, method, currency },
      workload: { name: workload!, type: type! },
      ...{ energy: energy!, operational: operational!, embodied: embodied!, cost: priced ? cost! : null },
    });
  }
  return taken;
}

/** Numbers for names, for as long as the process lives. */
class Interner {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];

  of(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#names.push(name) - 1));
    return id;
  }

  nameOf(id: number): string {
    return this.#names[id]!;
  }
}

const hashOf = (name: string) => createHash('sha256').update(name).digest('base64url').slice(0, 22);

/** Without the kind of subject. */
const nameless = (name: string) => name.slice('["workload",'.length);

const raised = (before: Amount = NONE, by: number): Amount => {
  const truth = before.truth + BigInt(by);
  return { truth, shown: truth > before.shown ? truth : before.shown };
};

function raisedAll(
  before: ReadonlyMap<string, Amount> = new Map(),
  by: ReadonlyMap<string, number>,
): Map<string, Amount> {
  const after = new Map(before);
  for (const [key, amount] of by) after.set(key, raised(after.get(key), amount));
  return after;
}

function totalEnergy(delta: SubjectDelta): number {
  let sum = 0;
  for (const energy of delta.energy.values()) sum += energy;
  return sum;
}

const textOf = ({ truth, shown }: Amount): AmountText => [String(truth), String(shown)];
const toAmount = ([truth, shown]: AmountText): Amount => ({ truth: BigInt(truth), shown: BigInt(shown) });

function toSubject({ subject, gen, slot, body }: CounterDocument): Subject {
  return {
    ...{ name: JSON.parse(subject) as SubjectName, gen, slot },
    ...{ ordinal: body.ordinal, lastSeen: body.lastSeen },
    operational: toAmount(body.operational),
    embodied: toAmount(body.embodied),
    energy: new Map(body.energy.map(([key, ...amount]) => [key, toAmount(amount)])),
    cost: new Map(body.cost.map(([key, ...amount]) => [key, toAmount(amount)])),
  };
}

const inOrder = (amounts: ReadonlyMap<string, Amount>) => [...amounts].sort(([a], [b]) => (a < b ? -1 : 1));

function toWorkloadCounter(s: Subject): WorkloadCounter {
  const [, namespace, workload, workloadType] = s.name as Extract<
    SubjectName,
    readonly ['workload', ...string[]]
  >;
  return {
    ...{ namespace, workload, workloadType, ordinal: s.ordinal, lastSeen: epochSeconds(s.lastSeen) },
    energy: inOrder(s.energy).map(([method, { shown }]) => ({
      method: method as Method,
      millijoules: shown,
    })),
    operational: s.operational.shown,
    embodied: s.embodied.shown,
    cost: inOrder(s.cost).map(([currency, { shown }]) => ({ currency, nano: shown })),
  };
}

function toNodeCounter(s: Subject): NodeCounter {
  return {
    ...{ node: s.name[1], lastSeen: epochSeconds(s.lastSeen) },
    energy: inOrder(s.energy).map(([key, { shown }]) => {
      const [part, method] = key.split('/') as [NodePart, Method];
      return { part, method, millijoules: shown };
    }),
    operational: s.operational.shown,
    embodied: s.embodied.shown,
  };
}
