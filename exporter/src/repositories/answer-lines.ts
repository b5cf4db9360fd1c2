/** What an answer about the past is added up from. */
import { floorTo, type TimeRange } from '../domain/interval.js';
import { epochSeconds, ratio, type EpochSeconds, type Ratio, type Seconds } from '../domain/units.js';

/** One line of an answer: the names of its group, in the order of the fields, and figures. */
export interface Line {
  readonly names: readonly string[];
}

export interface AmountLine extends Line {
  readonly bucket: number;
  readonly currency: string;
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  /** Null: no row with a price. */
  readonly cost: bigint | null;
}

/** What the figures of a basis have in common. */
export interface Basis {
  readonly currency: string;
  readonly estimated: bigint;
  readonly pueLo: bigint;
  readonly pueHi: bigint;
  readonly intensityLo: bigint;
  readonly intensityHi: bigint;
  readonly embodiedLo: bigint;
  readonly embodiedHi: bigint;
}

export interface SumLine extends Line {
  readonly basis: Basis;
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  readonly cost: bigint | null;
  readonly energyPowerLo: bigint;
  readonly energyPowerHi: bigint;
  readonly operationalPowerLo: bigint;
  readonly operationalPowerHi: bigint;
}

/** Starts of the buckets of a range. */
export function bucketsOf(range: TimeRange, step: Seconds): EpochSeconds[] {
  const first = floorTo(range.from, step);
  const count = Math.max(0, Math.ceil((range.to - first) / step));
  return Array.from({ length: range.to > range.from ? count : 0 }, (_, i) => epochSeconds(first + i * step));
}

export const share = (known: number, whole: number): Ratio =>
  ratio(whole > 0 ? Math.min(known / whole, 1) : 0);

/** @throws RangeError when the range is not in whole seconds */
export function checkRange({ from, to }: TimeRange): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw new RangeError(`range ${from}..${to} is not in whole seconds since the epoch`);
  }
}
