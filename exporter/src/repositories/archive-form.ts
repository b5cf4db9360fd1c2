/** From what a database holds to the form in which it is archived, and back; the same for all of them. */
import { DAY, floorTo, HOUR } from '../domain/interval.js';
import type { IntervalResult, Method, NodeRow, RowKind } from '../domain/model.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type {
  ArchivedBucket,
  ArchivedInterval,
  ArchivedMark,
  ArchivedSums,
  Restored,
  Whole,
} from '../ports/archive.js';
import type { IntervalMark } from '../ports/ledger.js';
import { CounterDelta } from './counter-delta.js';
import { canonicalJson } from './naming.js';

export const wholeOf = (value: bigint | number | string): Whole => {
  const big = BigInt(value);
  const isLarge = big > BigInt(Number.MAX_SAFE_INTEGER) || big < BigInt(Number.MIN_SAFE_INTEGER);
  return isLarge ? String(big) : Number(big);
};

/** Covered time, microseconds, so that it adds up exactly. */
export const knownOf = ({ state, coverage, step }: IntervalMark): number =>
  state === 'impossible' ? 0 : Math.round(coverage * step * 1e6);

export interface SealFigures {
  readonly start: EpochSeconds;
  readonly known: number;
  /** Starts of the first and last known interval. */
  readonly first: number | null;
  readonly last: number | null;
}

export function sealOf(start: EpochSeconds, marks: readonly ArchivedMark[]): SealFigures {
  const seen = marks.filter((m) => m.state !== 'impossible').map((m) => m.start);
  return {
    start,
    known: marks.reduce((sum, mark) => sum + knownOf(mark), 0),
    first: seen[0] ?? null,
    last: seen.at(-1) ?? null,
  };
}

export const widthOf = ({ grain }: Pick<ArchivedBucket, 'grain'>): number => (grain === 'hour' ? HOUR : DAY);

/** Of each hour of a bucket. */
export function hourSeals({ start, marks, ...bucket }: ArchivedBucket): SealFigures[] {
  const count = widthOf(bucket) / HOUR;
  return Array.from({ length: count }, (_, i) => {
    const hour = epochSeconds(start + i * HOUR);
    return sealOf(
      hour,
      marks.filter((mark) => floorTo(mark.start, HOUR) === hour),
    );
  });
}

/**
 * Whether a bucket is to be written over what is known of the same time.
 * @param held marks of intervals of it
 * @param isFinal whether any of them can no longer be replaced
 */
export function fate(bucket: ArchivedBucket, held: readonly IntervalMark[], isFinal: boolean): Restored {
  if (held.length === 0) return 'written';
  const known = (marks: readonly IntervalMark[]) => marks.reduce((sum, mark) => sum + knownOf(mark), 0);
  const gain = known(bucket.marks) - known(held);
  const there = new Set<number>(held.map((mark) => mark.start));
  if (gain < 0 || (gain === 0 && bucket.marks.every((mark) => there.has(mark.start)))) return 'held';
  return isFinal ? 'kept' : 'written';
}

/** In which the pipeline makes the rows of a node. */
const KIND_ORDER: Readonly<Record<RowKind, number>> = { pod: 0, system: 1, idle: 2 };

/** Rows and nodes in the order of their names, so that every database gives the same. */
export function archivedInterval(
  { attempts, committedAt }: Pick<IntervalMark, 'attempts' | 'committedAt'>,
  result: IntervalResult,
): ArchivedInterval {
  const { interval, state, coverage, partialReasons, currency, calculationVersion, revision } = result;
  return {
    attempts,
    committedAt,
    result: {
      interval: { start: interval.start, step: interval.step },
      ...{ state, coverage, partialReasons, currency, calculationVersion, revision },
      nodes: inOrder(result.nodes.map(nodeRowOf), (node) => [node.node]),
      rows: inOrder(result.rows, (row) => [
        ...[
          row.node,
          KIND_ORDER[row.kind],
          row.namespace,
          row.pod,
          row.uid,
          row.workload.name,
          row.workload.type,
        ],
        canonicalJson(row.labels),
      ]),
      containers: inOrder(result.containers, (use) => [
        ...[use.namespace, use.workload.name, use.workload.type, use.container],
      ]),
    },
  };
}

/** With its fields in one order, whoever made it. */
export function nodeRowOf(row: NodeRow): NodeRow {
  const { provenance: p } = row;
  const band = ({ lo, hi }: { lo: number; hi: number }) => ({ lo, hi });
  return {
    ...{ node: row.node, seconds: row.seconds, instanceType: row.instanceType, region: row.region },
    ...{ zone: row.zone, architecture: row.architecture, cpuCapacity: row.cpuCapacity },
    ...{ memoryCapacity: row.memoryCapacity, cpuSeconds: row.cpuSeconds, energy: row.energy },
    ...{ estimatedEnergy: row.estimatedEnergy, measuredEnergy: row.measuredEnergy },
    measuredSource: row.measuredSource,
    meters: row.meters.map(({ source, scope, measured, estimated }) => ({
      ...{ source, scope, measured, estimated },
    })),
    ...{ operational: row.operational, embodied: row.embodied, cost: row.cost },
    embodiedTotal: row.embodiedTotal,
    provenance: {
      ...{ method: p.method, estimated: p.estimated, reasons: p.reasons, provider: p.provider },
      ...{ gridZone: p.gridZone, pue: p.pue, pueSource: p.pueSource, intensity: p.intensity },
      ...{ intensitySource: p.intensitySource, intensityTime: p.intensityTime, powerProfile: p.powerProfile },
      ...{ powerBand: band(p.powerBand), pueBand: band(p.pueBand) },
      ...{ intensityBand: band(p.intensityBand), embodiedBand: band(p.embodiedBand) },
    },
  };
}

/** Intervals of which nothing but the rows of some nodes is left. */
export function lastResults({ marks }: ArchivedBucket, { lastRows }: ArchivedSums): IntervalResult[] {
  return marks.flatMap((mark): IntervalResult[] => {
    const nodes = lastRows.filter(({ start }) => start === mark.start).map(({ row }) => row);
    if (nodes.length === 0) return [];
    const { start, step, state, coverage, partialReasons, currency, calculationVersion, revision } = mark;
    const told = { state, coverage, partialReasons, currency, calculationVersion, revision };
    return [{ interval: { start, step }, ...told, nodes, rows: [], containers: [] }];
  });
}

/** What one sum adds to the counters. */
export interface CounterPart {
  readonly kind: RowKind;
  readonly workloadId: number;
  readonly nodeId: number;
  readonly method: Method;
  readonly currencyId: number;
  readonly energy: Whole;
  readonly operational: Whole;
  readonly embodied: Whole;
  readonly cost: Whole | null;
}

/** Amounts of a delta stay below 2^53. */
const LARGEST = 2n ** 52n;

/** Sums may be past what one delta can hold: then it takes several. */
export function deltasOf(parts: Iterable<CounterPart>): CounterDelta[] {
  const deltas: CounterDelta[] = [];
  let room = 0n;
  for (const part of parts) {
    let rest = [part.energy, part.operational, part.embodied, part.cost ?? 0].map(BigInt);
    do {
      const share = rest.map((amount) => (amount > LARGEST ? LARGEST : amount));
      const largest = share.reduce((a, b) => (a > b ? a : b));
      if (deltas.length === 0 || largest > room) {
        deltas.push(new CounterDelta());
        room = LARGEST;
      }
      room -= largest;
      const [energy, operational, embodied, cost] = share.map(Number) as [number, number, number, number];
      const amounts = { energy, operational, embodied, cost: part.cost === null ? null : cost };
      deltas.at(-1)!.add({ ...part, ...amounts }, 1);
      rest = rest.map((amount, i) => amount - share[i]!);
    } while (rest.some((amount) => amount > 0n));
  }
  return deltas;
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function inOrder<T>(of: readonly T[], namesOf: (item: T) => readonly unknown[]): T[] {
  return of
    .map((item) => [JSON.stringify(namesOf(item)), item] as const)
    .sort(([a], [b]) => compare(a, b))
    .map(([, item]) => item);
}
