/**
 * The model against meters, like with like: estimated energy of the scope that the meter sees, at node level. Samples are folded
 * into cells of one percent of utilisation, which bounds an answer whatever the range, and every figure comes from the cells' sums.
 */
import type { NodeSample } from '../model.js';
import {
  BYTES_PER_GB,
  epochSeconds,
  joules,
  type Bytes,
  type Cores,
  type EpochSeconds,
  type Joules,
  type Ratio,
  type Seconds,
} from '../units.js';
import { decileOf, fitPower, type PowerFit, type PowerPoint } from './fit.js';
import { MEMORY_WATTS_PER_GB, type NodeEnergy } from './node-energy.js';
import type { PowerProfile } from './power-profile.js';

export type ComparedScope = 'cpu' | 'cpu+dram' | 'machine-dc' | 'machine-wall' | 'gpu';

/**
 * The part of the model's energy that a meter of the scope would see; null where the model cannot tell it. The model is of
 * processors and memory and stands for the machine too, as the machines behind its figures were measured whole.
 */
export function modelledOfScope(
  model: NodeEnergy,
  node: Pick<NodeSample, 'cpuCapacity' | 'memoryCapacity' | 'seconds'>,
  profile: PowerProfile,
  scope: ComparedScope,
): Joules | null {
  const processors = model.idle + model.dynamic;
  if (scope === 'gpu') return null;
  if (scope !== 'cpu') return joules(processors + model.memory);
  // A mean over whole machines does not say how much of it is memory.
  if (profile.memoryGbPerVcpu === null) return null;
  const included = Math.min(profile.memoryGbPerVcpu * node.cpuCapacity, node.memoryCapacity / BYTES_PER_GB);
  return joules(Math.max(0, processors - included * MEMORY_WATTS_PER_GB.central * node.seconds));
}

export interface Machine {
  readonly cluster: string;
  readonly node: string;
  readonly provider: string;
  readonly instanceType: string;
  readonly cpuCapacity: Cores;
  readonly memoryCapacity: Bytes;
}

/** One node, meter and interval. */
export interface ComparedSample {
  readonly machine: Machine;
  readonly source: string;
  readonly scope: string;
  readonly start: EpochSeconds;
  readonly seconds: Seconds;
  readonly utilisation: Ratio;
  readonly estimated: Joules;
  readonly measured: Joules;
}

/** Sums over the samples of one machine and meter within one bucket of time and one percent of utilisation. */
export interface ComparisonCell {
  readonly machine: Machine;
  readonly source: string;
  readonly scope: string;
  /** Start of the bucket of time. */
  readonly bucket: EpochSeconds;
  /** floor(100 u), 0..100. */
  readonly percent: number;
  readonly samples: number;
  readonly seconds: number;
  /** Σ seconds * utilisation. */
  readonly utilisationSeconds: number;
  readonly lowest: number;
  readonly highest: number;
  /** J */
  readonly estimated: number;
  /** J */
  readonly measured: number;
  /** Σ seconds * measured W ^ 2 */
  readonly squaredMeasured: number;
  /** Σ seconds * (estimated W − measured W) ^ 2 */
  readonly squaredError: number;
  /** Σ |estimated J − measured J| */
  readonly absoluteError: number;
  /** Σ seconds * |estimated − measured| / measured */
  readonly relativeError: number;
}

/**
 * Cells of samples, in a fixed order whatever that of the samples. Samples without time or without measured energy compare
 * nothing and are left out.
 * @param bucketOf start of the bucket that an interval belongs to
 */
export function cellsOf(
  samples: readonly ComparedSample[],
  bucketOf: (start: EpochSeconds) => EpochSeconds,
): readonly ComparisonCell[] {
  const groups = new Map<string, ComparedSample[]>();
  for (const sample of samples) {
    if (!(sample.seconds > 0) || !(sample.measured > 0)) continue;
    const { machine, source, scope } = sample;
    const at = [bucketOf(sample.start), percentOf(sample.utilisation)];
    const key = JSON.stringify([Object.values(sorted(machine)), source, scope, ...at]);
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => cellOf(group, bucketOf));
}

export const percentOf = (u: number): number => Math.min(100, Math.max(0, Math.floor(100 * u + 1e-9)));

const sorted = (machine: Machine) =>
  Object.fromEntries(Object.entries(machine).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function cellOf(
  group: readonly ComparedSample[],
  bucketOf: (start: EpochSeconds) => EpochSeconds,
): ComparisonCell {
  const samples = group.toSorted((a, b) => a.start - b.start || a.measured - b.measured);
  const { machine, source, scope, start, utilisation } = samples[0]!;
  const sum = (of: (sample: ComparedSample) => number) =>
    samples.reduce((total, each) => total + of(each), 0);
  const errorOf = ({ estimated, measured }: ComparedSample) => Math.abs(estimated - measured);
  return {
    machine,
    source,
    scope,
    bucket: bucketOf(start),
    percent: percentOf(utilisation),
    samples: samples.length,
    seconds: sum((s) => s.seconds),
    utilisationSeconds: sum((s) => s.seconds * s.utilisation),
    lowest: Math.min(...samples.map((s) => s.utilisation)),
    highest: Math.max(...samples.map((s) => s.utilisation)),
    estimated: sum((s) => s.estimated),
    measured: sum((s) => s.measured),
    squaredMeasured: sum((s) => s.measured ** 2 / s.seconds),
    squaredError: sum((s) => errorOf(s) ** 2 / s.seconds),
    absoluteError: sum(errorOf),
    relativeError: sum((s) => (s.seconds * errorOf(s)) / s.measured),
  };
}

/** Cells in a fixed order, so that sums over them do not depend on who gathered them. */
export const inOrder = (cells: readonly ComparisonCell[]): readonly ComparisonCell[] =>
  cells.toSorted(cellOrder);

function cellOrder(a: ComparisonCell, b: ComparisonCell): number {
  const [p, q] = [a, b].map(({ machine: { cluster, node, instanceType }, source, scope }) =>
    [cluster, node, instanceType, source, scope].join('\n'),
  ) as [string, string];
  const names = p < q ? -1 : p > q ? 1 : 0;
  const sizes =
    a.machine.cpuCapacity - b.machine.cpuCapacity || a.machine.memoryCapacity - b.machine.memoryCapacity;
  return names || a.percent - b.percent || a.bucket - b.bucket || sizes;
}

/** Load from which errors are given in percent; below, a watt more or less is many percent and says little. */
const LOW_LOAD_PERCENT = 20;

/** How far the model is off, over a stated range of use and time. */
export interface Agreement {
  /** J */
  readonly estimated: number;
  /** J */
  readonly measured: number;
  /** (estimated − measured) / measured, of the sums. */
  readonly bias: number;
  /** Mean |estimated − measured| / measured over time at 20 % load and above; null: none. */
  readonly mape: number | null;
  /** Mean |estimated − measured| over time below 20 % load, W; null: none. */
  readonly mae: number | null;
  /** W */
  readonly rmse: number;
  /** Of the estimate against the meter; below 0: worse than the mean. Null where the measured power never changed. */
  readonly r2: number | null;
  /** Number of nodes. */
  readonly nodes: number;
  readonly hours: number;
  /** Least and largest utilisation seen. */
  readonly utilisation: readonly [number, number];
}

/** @param cells at least one */
export function agreementOf(cells: readonly ComparisonCell[]): Agreement {
  const sum = (of: (cell: ComparisonCell) => number, over = cells) =>
    over.reduce((t, cell) => t + of(cell), 0);
  const high = cells.filter((cell) => cell.percent >= LOW_LOAD_PERCENT);
  const low = cells.filter((cell) => cell.percent < LOW_LOAD_PERCENT);
  const seconds = sum((cell) => cell.seconds);
  const [estimated, measured] = [sum((cell) => cell.estimated), sum((cell) => cell.measured)];
  const squaredError = sum((cell) => cell.squaredError);
  const squared = sum((cell) => cell.squaredMeasured);
  const variation = squared - measured ** 2 / seconds;
  const time = (over: readonly ComparisonCell[]) => sum((cell) => cell.seconds, over);
  return {
    estimated,
    measured,
    bias: (estimated - measured) / measured,
    mape: high.length === 0 ? null : sum((cell) => cell.relativeError, high) / time(high),
    mae: low.length === 0 ? null : sum((cell) => cell.absoluteError, low) / time(low),
    rmse: Math.sqrt(squaredError / seconds),
    r2: variation > 1e-9 * squared ? 1 - squaredError / variation : null,
    nodes: new Set(cells.map(({ machine }) => `${machine.cluster}\n${machine.node}`)).size,
    hours: seconds / 3600,
    utilisation: [
      Math.min(...cells.map((cell) => cell.lowest)),
      Math.max(...cells.map((cell) => cell.highest)),
    ],
  };
}

export interface Decile extends Agreement {
  /** Tenth of utilisation, 0..9. */
  readonly decile: number;
}

/** One agreement for each tenth of utilisation that was seen. */
export function decilesOf(cells: readonly ComparisonCell[]): readonly Decile[] {
  return Array.from({ length: 10 }, (_, decile) => decile).flatMap((decile) => {
    const within = cells.filter((cell) => decileOf(cell.percent / 100) === decile);
    return within.length === 0 ? [] : [{ decile, ...agreementOf(within) }];
  });
}

/** What the meters say of idle and full load; null where they saw too little. */
export const fitOf = (cells: readonly ComparisonCell[]): PowerFit | null => fitPower(cells.map(pointOf));

export function pointOf(cell: ComparisonCell): PowerPoint {
  const { cluster, node, cpuCapacity, memoryCapacity } = cell.machine;
  return {
    machine: `${cluster}\n${node}`,
    u: cell.utilisationSeconds / cell.seconds,
    watts: cell.measured / cell.seconds / cpuCapacity,
    gb: memoryCapacity / BYTES_PER_GB / cpuCapacity,
    samples: cell.samples,
  };
}

/** Buckets of one length from the epoch; a length of 0 makes the whole range one bucket. */
export const bucketsFrom =
  (from: EpochSeconds, length: Seconds | 0) =>
  (start: EpochSeconds): EpochSeconds =>
    length === 0 ? from : epochSeconds(Math.max(from, Math.floor(start / length) * length));
