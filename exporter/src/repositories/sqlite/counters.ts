/** The sums since the ledger began, kept up to date in the transaction of each commit. */
import type { Database, Statement } from 'better-sqlite3';
import type { Method } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import type { Counters, NodeCounter, WorkloadCounter } from '../../ports/ledger.js';
import type { CounterDelta, NodePart, SubjectDelta } from '../counter-delta.js';

type Numbers = (number | string | bigint)[];

export class CounterTables {
  readonly #db: Database;
  readonly #clusterId: number;
  readonly #knownWorkload: Statement<[number], number>;
  readonly #nextOrdinal: Statement<[number], number>;
  readonly #nameOf: Statement<[number], { name: string }>;
  readonly #workload: Statement<Numbers>;
  readonly #workloadEnergy: Statement<Numbers>;
  readonly #workloadCost: Statement<Numbers>;
  readonly #node: Statement<Numbers>;
  readonly #nodeEnergy: Statement<Numbers>;

  constructor(db: Database, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#knownWorkload = db
      .prepare<[number], number>('SELECT 1 FROM workload_counter WHERE workload_id = ?')
      .pluck();
    this.#nextOrdinal = db
      .prepare<[number], number>(
        `SELECT coalesce(max(k.ordinal) + 1, 0) FROM workload_counter k
         JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id WHERE s.cluster_id = ?`,
      )
      .pluck();
    this.#nameOf = db.prepare<[number], { name: string }>(
      `SELECT json_array(s.name, w.name, w.type) name FROM workload w JOIN namespace s ON s.id = w.namespace_id
       WHERE w.id = ?`,
    );
    this.#workload = db.prepare(
      upsert('workload_counter', ['workload_id'], ['operational', 'embodied'], ['ordinal', 'last_seen']),
    );
    this.#workloadEnergy = db.prepare(upsert('workload_energy', ['workload_id', 'method'], ['energy']));
    this.#workloadCost = db.prepare(upsert('workload_cost', ['workload_id', 'currency_id'], ['cost']));
    this.#node = db.prepare(upsert('node_counter', ['node_id'], ['operational', 'embodied'], ['last_seen']));
    this.#nodeEnergy = db.prepare(upsert('node_energy', ['node_id', 'part', 'method'], ['energy']));
  }

  /** @param start of the interval that the rows being stored belong to */
  apply(delta: CounterDelta, start: number): void {
    const ordinals = this.#ordinalsOfNew(delta);
    for (const [id, d] of delta.workloads) {
      // max() with what is there: an ordinal once given stays, and nothing is seen earlier than it was.
      const lastSeen = d.seen ? start : -1;
      this.#workload.run(id, ordinals.get(id) ?? -1, lastSeen, ...twice(d.operational), ...twice(d.embodied));
      for (const [method, energy] of d.energy) this.#workloadEnergy.run(id, method, ...twice(energy));
      for (const [currency, cost] of d.cost) this.#workloadCost.run(id, currency, ...twice(cost));
    }
    for (const [id, d] of delta.nodes) {
      this.#node.run(id, d.seen ? start : -1, ...twice(d.operational), ...twice(d.embodied));
      for (const [key, energy] of d.energy) this.#nodeEnergy.run(id, ...key.split('/'), ...twice(energy));
    }
  }

  /** New workloads join largest energy first, so that a cap on series keeps those that matter. */
  #ordinalsOfNew(delta: CounterDelta): Map<number, number> {
    const fresh = [...delta.workloads]
      .filter(([id]) => this.#knownWorkload.get(id) === undefined)
      .map(([id, d]) => ({ id, energy: totalEnergy(d), name: this.#nameOf.get(id)!.name }))
      .toSorted((a, b) => b.energy - a.energy || (a.name < b.name ? -1 : 1));
    if (fresh.length === 0) return new Map();
    const next = this.#nextOrdinal.get(this.#clusterId)!;
    return new Map(fresh.map(({ id }, i) => [id, next + i]));
  }

  read(): Pick<Counters, 'workloads' | 'nodes'> {
    return { workloads: this.#readWorkloads(), nodes: this.#readNodes() };
  }

  #readWorkloads(): WorkloadCounter[] {
    const rows = this.#all<{
      id: bigint;
      namespace: string;
      workload: string;
      workloadType: string;
      ordinal: bigint;
      lastSeen: bigint;
      operational: bigint;
      embodied: bigint;
    }>(
      `SELECT w.id, s.name namespace, w.name workload, w.type workloadType, k.ordinal, k.last_seen lastSeen,
              k.operational_shown operational, k.embodied_shown embodied
       FROM workload_counter k JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id
       WHERE s.cluster_id = ? ORDER BY k.ordinal`,
    );
    const energy = groupById(
      this.#all<{ id: bigint; method: Method; millijoules: bigint }>(
        `SELECT k.workload_id id, k.method, k.energy_shown millijoules FROM workload_energy k
         JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id
         WHERE s.cluster_id = ? ORDER BY k.workload_id, k.method`,
      ),
      ({ method, millijoules }) => ({ method, millijoules }),
    );
    const cost = groupById(
      this.#all<{ id: bigint; currency: string; nano: bigint }>(
        `SELECT k.workload_id id, c.code currency, k.cost_shown nano FROM workload_cost k
         JOIN currency c ON c.id = k.currency_id
         JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id
         WHERE s.cluster_id = ? ORDER BY k.workload_id, c.code`,
      ),
      ({ currency, nano }) => ({ currency, nano }),
    );
    return rows.map((r) => ({
      namespace: r.namespace,
      workload: r.workload,
      workloadType: r.workloadType,
      ordinal: Number(r.ordinal),
      lastSeen: epochSeconds(Number(r.lastSeen)),
      energy: energy.get(Number(r.id)) ?? [],
      operational: r.operational,
      embodied: r.embodied,
      cost: cost.get(Number(r.id)) ?? [],
    }));
  }

  #readNodes(): NodeCounter[] {
    const rows = this.#all<{
      id: bigint;
      node: string;
      lastSeen: bigint;
      operational: bigint;
      embodied: bigint;
    }>(
      `SELECT d.id, d.name node, k.last_seen lastSeen, k.operational_shown operational, k.embodied_shown embodied
       FROM node_counter k JOIN node d ON d.id = k.node_id WHERE d.cluster_id = ? ORDER BY d.name`,
    );
    const energy = groupById(
      this.#all<{ id: bigint; part: NodePart; method: Method; millijoules: bigint }>(
        `SELECT k.node_id id, k.part, k.method, k.energy_shown millijoules FROM node_energy k
         JOIN node d ON d.id = k.node_id WHERE d.cluster_id = ? ORDER BY k.node_id, k.part, k.method`,
      ),
      ({ part, method, millijoules }) => ({ part, method, millijoules }),
    );
    return rows.map((r) => ({
      node: r.node,
      lastSeen: epochSeconds(Number(r.lastSeen)),
      energy: energy.get(Number(r.id)) ?? [],
      operational: r.operational,
      embodied: r.embodied,
    }));
  }

  #all<R>(sql: string): R[] {
    return this.#db.prepare<[number], R>(sql).safeIntegers(true).all(this.#clusterId);
  }
}

/**
 * A counter's row as first written: the truth, and what is shown of it (a first change may only take away: never below 0). As
 * integers: a sum of one that is bound as a double would be rounded past 2^53.
 */
const twice = (amount: number): [bigint, bigint] => [BigInt(amount), BigInt(Math.max(0, amount))];

/** @param latest columns of which the larger of old and new is kept */
function upsert(
  table: string,
  keys: readonly string[],
  amounts: readonly string[],
  latest: readonly string[] = [],
): string {
  const columns = [...keys, ...latest, ...amounts.flatMap((a) => [a, `${a}_shown`])];
  const sets = [
    ...latest.map((c) => `${c} = max(${c}, excluded.${c})`),
    ...amounts.map((a) => `${a} = ${a} + excluded.${a}`),
    ...amounts.map((a) => `${a}_shown = max(${a}_shown, ${a} + excluded.${a})`),
  ];
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
          ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}

function totalEnergy(delta: SubjectDelta): number {
  let sum = 0;
  for (const energy of delta.energy.values()) sum += energy;
  return sum;
}

function groupById<R extends { id: bigint }, T>(rows: readonly R[], pick: (row: R) => T): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const id = Number(row.id);
    const group = groups.get(id);
    if (group) group.push(pick(row));
    else groups.set(id, [pick(row)]);
  }
  return groups;
}
