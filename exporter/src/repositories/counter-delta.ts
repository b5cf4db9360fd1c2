import type { Method, RowKind } from '../domain/model.js';

/** What one row adds to the counters of its workload and node; all amounts integers. */
export interface Contribution {
  readonly kind: RowKind;
  readonly workloadId: number;
  readonly nodeId: number;
  readonly method: Method;
  readonly energy: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
  readonly currencyId: number;
}

export type NodePart = 'pods' | 'system' | 'idle';

/** A change of one workload's or node's counters; negative where a replaced interval had more. */
export class SubjectDelta {
  operational = 0;
  embodied = 0;
  /** Whether a row of it is being stored, not only taken away. */
  seen = false;
  readonly energy = new Map<string, number>();
  readonly cost = new Map<number, number>();
}

/** The changes that one commit makes to the counters. One interval's sums stay below 2^53. */
export class CounterDelta {
  readonly workloads = new Map<number, SubjectDelta>();
  readonly nodes = new Map<number, SubjectDelta>();

  /** @param sign +1 for a row that is stored, -1 for one that is taken away */
  add(row: Contribution, sign: 1 | -1): void {
    const part: NodePart = row.kind === 'pod' ? 'pods' : row.kind;
    change(subject(this.nodes, row.nodeId), row, `${part}/${row.method}`, sign);
    if (row.kind !== 'pod') return;
    const workload = subject(this.workloads, row.workloadId);
    change(workload, row, row.method, sign);
    if (row.cost !== null) bump(workload.cost, row.currencyId, sign * row.cost);
  }
}

function subject(of: Map<number, SubjectDelta>, id: number): SubjectDelta {
  let found = of.get(id);
  if (!found) of.set(id, (found = new SubjectDelta()));
  return found;
}

function change(delta: SubjectDelta, row: Contribution, energyKey: string, sign: 1 | -1): void {
  delta.seen ||= sign === 1;
  delta.operational += sign * row.operational;
  delta.embodied += sign * row.embodied;
  bump(delta.energy, energyKey, sign * row.energy);
}

function bump<K>(map: Map<K, number>, key: K, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
