/** The sums since the ledger began, kept up to date in the transaction of each commit. */
import type { Method } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import type { Counters, NodeCounter, WorkloadCounter } from '../../ports/ledger.js';
import type { CounterDelta, NodePart, SubjectDelta } from '../counter-delta.js';
import { numbers, unnest } from './arrays.js';
import type { Session } from './connection.js';

export class CounterTables {
  readonly #clusterId: number;

  constructor(clusterId: number) {
    this.#clusterId = clusterId;
  }

  /** @param start of the interval that the rows being stored belong to */
  async apply(session: Session, delta: CounterDelta, start: number): Promise<void> {
    const workloads = [...delta.workloads];
    const nodes = [...delta.nodes];
    const seen = (d: SubjectDelta) => (d.seen ? start : -1);
    if (workloads.length > 0) await this.#applyWorkloads(session, workloads, seen);
    if (nodes.length === 0) return;
    await session.rows(NODE, [
      numbers(nodes.map(([id]) => id)),
      numbers(nodes.map(([, d]) => seen(d))),
      numbers(nodes.map(([, d]) => d.operational)),
      numbers(nodes.map(([, d]) => d.embodied)),
    ]);
    const energy = nodes.flatMap(([id, d]) =>
      [...d.energy].map(([key, amount]) => ({ id, key: key.split('/'), amount })),
    );
    await session.rows(NODE_ENERGY, [
      numbers(energy.map((e) => e.id)),
      energy.map((e) => e.key[0]!),
      energy.map((e) => e.key[1]!),
      numbers(energy.map((e) => e.amount)),
    ]);
  }

  async #applyWorkloads(
    session: Session,
    workloads: readonly (readonly [number, SubjectDelta])[],
    seen: (d: SubjectDelta) => number,
  ): Promise<void> {
    const ordinals = await this.#ordinalsOfNew(session, workloads);
    await session.rows(WORKLOAD, [
      numbers(workloads.map(([id]) => id)),
      numbers(workloads.map(() => this.#clusterId)),
      // The larger of this and what is there: an ordinal once given stays, and nothing is seen earlier than it was.
      numbers(workloads.map(([id]) => ordinals.get(id) ?? -1)),
      numbers(workloads.map(([, d]) => seen(d))),
      numbers(workloads.map(([, d]) => d.operational)),
      numbers(workloads.map(([, d]) => d.embodied)),
    ]);
    const energy = workloads.flatMap(([id, d]) => [...d.energy].map(([key, n]) => ({ id, key, n })));
    await session.rows(WORKLOAD_ENERGY, [
      numbers(energy.map((e) => e.id)),
      energy.map((e) => e.key),
      numbers(energy.map((e) => e.n)),
    ]);
    const cost = workloads.flatMap(([id, d]) => [...d.cost].map(([key, n]) => ({ id, key, n })));
    if (cost.length === 0) return;
    await session.rows(WORKLOAD_COST, [
      numbers(cost.map((e) => e.id)),
      numbers(cost.map((e) => e.key)),
      numbers(cost.map((e) => e.n)),
    ]);
  }

  /** New workloads join largest energy first, so that a cap on series keeps those that matter. */
  async #ordinalsOfNew(
    session: Session,
    workloads: readonly (readonly [number, SubjectDelta])[],
  ): Promise<Map<number, number>> {
    const names = await session.rows<{ id: number; namespace: string; name: string; type: string }>(
      `SELECT w.id, s.name AS namespace, w.name, w.type FROM workload w JOIN namespace s ON s.id = w.namespace_id
       WHERE w.id = ANY ($1::int[]) AND NOT EXISTS (SELECT 1 FROM workload_counter k WHERE k.workload_id = w.id)`,
      [numbers(workloads.map(([id]) => id))],
    );
    if (names.length === 0) return new Map();
    const deltas = new Map(workloads);
    const fresh = names
      .map(({ id, namespace, name, type }) => ({
        id,
        energy: totalEnergy(deltas.get(id)!),
        name: JSON.stringify([namespace, name, type]),
      }))
      .toSorted((a, b) => b.energy - a.energy || (a.name < b.name ? -1 : 1));
    const [next] = await session.rows<{ ordinal: number }>(
      'SELECT coalesce(max(ordinal) + 1, 0) AS ordinal FROM workload_counter WHERE cluster_id = $1',
      [this.#clusterId],
    );
    return new Map(fresh.map(({ id }, i) => [id, next!.ordinal + i]));
  }

  async read(session: Session): Promise<Omit<Counters, 'intervals' | 'restated'>> {
    return { workloads: await this.#readWorkloads(session), nodes: await this.#readNodes(session) };
  }

  async #readWorkloads(session: Session): Promise<WorkloadCounter[]> {
    const of = [this.#clusterId];
    const rows = await session.rows<
      Omit<WorkloadCounter, 'energy' | 'cost' | 'lastSeen'> & { id: number; lastSeen: number }
    >(
      `SELECT w.id, s.name AS namespace, w.name AS workload, w.type AS "workloadType", k.ordinal, k.last_seen AS "lastSeen",
         k.operational_shown AS operational, k.embodied_shown AS embodied
       FROM workload_counter k JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id
       WHERE k.cluster_id = $1 ORDER BY k.ordinal`,
      of,
    );
    const energy = groupById(
      await session.rows<{ id: number; method: Method; millijoules: bigint }>(
        `SELECT e.workload_id AS id, e.method, e.energy_shown AS millijoules
         FROM workload_energy e JOIN workload_counter k USING (workload_id) WHERE k.cluster_id = $1 ORDER BY 1, 2`,
        of,
      ),
    );
    const cost = groupById(
      await session.rows<{ id: number; currency: string; nano: bigint }>(
        `SELECT e.workload_id AS id, c.code AS currency, e.cost_shown AS nano
         FROM workload_cost e JOIN currency c ON c.id = e.currency_id JOIN workload_counter k USING (workload_id)
         WHERE k.cluster_id = $1 ORDER BY 1, 2`,
        of,
      ),
    );
    return rows.map(({ id, lastSeen, ...row }) => ({
      ...row,
      lastSeen: epochSeconds(lastSeen),
      energy: energy.get(id) ?? [],
      cost: cost.get(id) ?? [],
    }));
  }

  async #readNodes(session: Session): Promise<NodeCounter[]> {
    const of = [this.#clusterId];
    const rows = await session.rows<
      Omit<NodeCounter, 'energy' | 'lastSeen'> & { id: number; lastSeen: number }
    >(
      `SELECT d.id, d.name AS node, k.last_seen AS "lastSeen", k.operational_shown AS operational, k.embodied_shown AS embodied
       FROM node_counter k JOIN node d ON d.id = k.node_id WHERE d.cluster_id = $1 ORDER BY d.name`,
      of,
    );
    const energy = groupById(
      await session.rows<{ id: number; part: NodePart; method: Method; millijoules: bigint }>(
        `SELECT e.node_id AS id, e.part, e.method, e.energy_shown AS millijoules
         FROM node_energy e JOIN node d ON d.id = e.node_id WHERE d.cluster_id = $1 ORDER BY 1, 2, 3`,
        of,
      ),
    );
    return rows.map(({ id, lastSeen, ...row }) => ({
      ...row,
      lastSeen: epochSeconds(lastSeen),
      energy: energy.get(id) ?? [],
    }));
  }
}

const WORKLOAD = upsert(
  'workload_counter',
  { workload_id: 'int' },
  { operational: 'numeric', embodied: 'numeric' },
  { cluster_id: 'int', ordinal: 'int', last_seen: 'bigint' },
);
const WORKLOAD_ENERGY = upsert(
  'workload_energy',
  { workload_id: 'int', method: 'text' },
  { energy: 'numeric' },
);
const WORKLOAD_COST = upsert(
  'workload_cost',
  { workload_id: 'int', currency_id: 'int' },
  { cost: 'numeric' },
);
const NODE = upsert(
  'node_counter',
  { node_id: 'int' },
  { operational: 'numeric', embodied: 'numeric' },
  { last_seen: 'bigint' },
);
const NODE_ENERGY = upsert(
  'node_energy',
  { node_id: 'int', part: 'text', method: 'text' },
  { energy: 'numeric' },
);

/**
 * Adds to a counter's truth and lets what is shown of it follow, which a first change that only takes away leaves at 0.
 * @param latest columns of which the larger of old and new is kept
 */
function upsert(
  table: string,
  keys: Readonly<Record<string, string>>,
  amounts: Readonly<Record<string, string>>,
  latest: Readonly<Record<string, string>> = {},
): string {
  const [key, last, sum] = [keys, latest, amounts].map((of) => Object.keys(of));
  const all = { ...keys, ...latest, ...amounts };
  const columns = [...key!, ...last!, ...sum!.flatMap((a) => [a, `${a}_shown`])];
  const values = [...key!, ...last!, ...sum!.flatMap((a) => [a, `greatest(0, ${a})`])];
  const sets = [
    ...last!.map((c) => `${c} = greatest(k.${c}, excluded.${c})`),
    ...sum!.map((a) => `${a} = k.${a} + excluded.${a}`),
    ...sum!.map((a) => `${a}_shown = greatest(k.${a}_shown, k.${a} + excluded.${a})`),
  ];
  return `INSERT INTO ${table} AS k (${columns.join(', ')})
    SELECT ${values.join(', ')} FROM ${unnest(Object.values(all))} u (${Object.keys(all).join(', ')})
    ON CONFLICT (${key!.join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}

function totalEnergy(delta: SubjectDelta): number {
  let sum = 0;
  for (const energy of delta.energy.values()) sum += energy;
  return sum;
}

function groupById<R extends { id: number }>(rows: readonly R[]): Map<number, Omit<R, 'id'>[]> {
  const groups = new Map<number, Omit<R, 'id'>[]>();
  for (const { id, ...row } of rows) {
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}
