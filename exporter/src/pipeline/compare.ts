/** Questions about the model against meters: rows by node or by instance type, each with the range it holds for. */
import {
  agreementOf,
  decilesOf,
  fitOf,
  inOrder,
  type Agreement,
  type ComparisonCell,
  type Decile,
} from '../domain/energy/comparison.js';
import { powerAt } from '../domain/energy/fit.js';
import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds, Ratio, Seconds } from '../domain/units.js';
import { ratio } from '../domain/units.js';
import type { ComparisonHistory, ComparisonQuery } from '../ports/comparison.js';

export const COMPARISON_KEYS = ['node', 'instance_type'] as const;
export type ComparisonKey = (typeof COMPARISON_KEYS)[number];

/** What the meters themselves say of such a machine. */
export interface MeteredPower {
  /** W per vCPU without load, memory of the machine included. */
  readonly idle: number;
  /** W per vCPU at full load, memory of the machine included. */
  readonly full: number;
  readonly exponent: number;
  /** Intervals. */
  readonly n: number;
  readonly r2: number | null;
}

export interface ComparisonRow extends Agreement {
  /** In the words of the API: cluster, node and instance_type, or cluster and instance_type. */
  readonly key: Readonly<Record<string, string>>;
  readonly source: string;
  readonly scope: string;
  /** Start of the bucket of time. */
  readonly bucket: EpochSeconds;
  /** Time compared / (time of the bucket within the range * number of nodes). */
  readonly coverage: Ratio;
  readonly deciles: readonly Decile[];
  /** Null: too narrow a range of utilisation to tell. */
  readonly fit: MeteredPower | null;
}

export interface ComparisonQuestion extends ComparisonQuery {
  readonly by: ComparisonKey;
}

/** Rows in the order of their keys, meters and times. Nothing to compare gives no row. */
export async function queryComparison(
  history: ComparisonHistory,
  question: ComparisonQuestion,
): Promise<readonly ComparisonRow[]> {
  const { by, range, step } = question;
  return compareCells(await history.comparisonCells(question), by, range, step);
}

export function compareCells(
  cells: readonly ComparisonCell[],
  by: ComparisonKey,
  range: TimeRange,
  step: Seconds | null,
): readonly ComparisonRow[] {
  const groups = new Map<string, ComparisonCell[]>();
  for (const cell of cells) {
    const key = JSON.stringify([Object.values(keyOf(cell, by)), cell.source, cell.scope, cell.bucket]);
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => rowOf(inOrder(group), by, range, step));
}

function keyOf({ machine }: ComparisonCell, by: ComparisonKey): Readonly<Record<string, string>> {
  const { cluster, node, instanceType } = machine;
  const kind = { cluster, instance_type: instanceType };
  return by === 'node' ? { cluster, node, instance_type: instanceType } : kind;
}

function rowOf(
  cells: readonly ComparisonCell[],
  by: ComparisonKey,
  range: TimeRange,
  step: Seconds | null,
): ComparisonRow {
  const first = cells[0]!;
  const agreement = agreementOf(cells);
  const from = Math.max(range.from, first.bucket);
  const to = step === null ? range.to : Math.min(range.to, first.bucket + step);
  const possible = (to - from) * agreement.nodes;
  const fit = fitOf(cells);
  return {
    key: keyOf(first, by),
    source: first.source,
    scope: first.scope,
    bucket: first.bucket,
    ...agreement,
    coverage: ratio(possible > 0 ? Math.min(1, (agreement.hours * 3600) / possible) : 0),
    deciles: decilesOf(cells),
    fit: fit && {
      idle: powerAt(fit, 0),
      full: powerAt(fit, 1),
      exponent: fit.c,
      n: fit.n,
      r2: fit.r2,
    },
  };
}
