/**
 * Reading answers of the query API strictly. A sample or series that cannot be true is left out on its own, counted by reason
 * and reported for its interval; the rest of the answer stands.
 */
import type { PartialReason } from '../../domain/model.js';
import type { EpochSeconds, Seconds } from '../../domain/units.js';

/** Instants at which a range query is evaluated: first, first + step, … `count` of them. */
export interface Grid {
  readonly first: EpochSeconds;
  readonly step: Seconds;
  readonly count: number;
}

/** Label set of one series. Foreign data: read it with `text` only. */
export type Labels = Readonly<Record<string, unknown>>;

/** A label's value; empty where the series does not have it, as in PromQL. */
export function text(labels: Labels, name: string): string {
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Receives one series: values by grid index, NaN where there is none. The array is reused: copy what is kept. */
export type Sink = (labels: Labels, values: Float64Array) => void;

/** Separates parts of keys; a label value with it in would let two objects share a key. */
export const SEPARATOR = '\u0000';

export class Rejections {
  private readonly counts = new Map<string, number>();

  add(reason: string, n = 1): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + n);
  }

  toRecord(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}

/** What is wrong with which interval of a range. */
export class Flags {
  private readonly sets: Set<PartialReason>[];
  constructor(readonly count: number) {
    this.sets = Array.from({ length: count }, () => new Set<PartialReason>());
  }

  add(index: number, reason: PartialReason): void {
    this.sets[index]?.add(reason);
  }

  addAll(reason: PartialReason): void {
    for (const set of this.sets) set.add(reason);
  }

  at(index: number): ReadonlySet<PartialReason> {
    return this.sets[index]!;
  }
}

export interface ReadOptions {
  readonly grid: Grid;
  /** Values above it cannot be true. */
  readonly limit: number;
  readonly maxSeries: number;
  readonly flags: Flags;
  readonly rejections: Rejections;
}

/** Hands each usable series of a matrix (or a vector, as a grid of one) to the sink. `result` is the answer's `data.result`. */
export function readSeries(result: readonly unknown[], options: ReadOptions, sink: Sink): void {
  const { grid, maxSeries, flags, rejections } = options;
  const values = new Float64Array(grid.count);
  const end = Math.min(result.length, maxSeries);
  for (let i = 0; i < end; i++) {
    const series = result[i];
    const labels = isRecord(series) && isRecord(series['metric']) ? series['metric'] : null;
    if (!labels || !isRecord(series) || hasSeparator(labels)) {
      rejections.add('malformed');
      flags.addAll('series-rejected');
      continue;
    }
    if (readValues(series, values, options)) sink(labels, values);
  }
  if (result.length > maxSeries) {
    rejections.add('series-capped', result.length - maxSeries);
    flags.addAll('series-capped');
  }
}

/** Fills `values`; false when nothing usable is in it. */
function readValues(series: Labels, values: Float64Array, options: ReadOptions): boolean {
  const { grid, flags, rejections } = options;
  values.fill(NaN);
  const samples = samplesOf(series);
  if (!samples) {
    rejections.add('malformed');
    flags.addAll('series-rejected');
    return false;
  }
  let usable = false;
  for (const sample of samples) {
    const index = gridIndex(sample, grid);
    if (index === null) {
      rejections.add('off-grid');
      flags.addAll('series-rejected');
      continue;
    }
    const value = numberOf((sample as readonly unknown[])[1]);
    const wrong = faultOf(value, options.limit);
    if (wrong) {
      rejections.add(wrong);
      flags.add(index, 'series-rejected');
      continue;
    }
    values[index] = value!;
    usable = true;
  }
  return usable;
}

function samplesOf(series: Labels): readonly unknown[] | null {
  if (Object.hasOwn(series, 'values'))
    return Array.isArray(series['values']) ? (series['values'] as unknown[]) : null;
  return Object.hasOwn(series, 'value') ? [series['value']] : null;
}

function gridIndex(sample: unknown, grid: Grid): number | null {
  if (!Array.isArray(sample) || typeof sample[0] !== 'number') return null;
  const index = (sample[0] - grid.first) / grid.step;
  return Number.isInteger(index) && index >= 0 && index < grid.count ? index : null;
}

/** The number that the API writes as a string; null when it is none. */
export function numberOf(value: unknown): number | null {
  if (typeof value !== 'string' || value === '') return null;
  if (value === 'NaN') return NaN;
  if (value === '+Inf' || value === 'Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function faultOf(value: number | null, limit: number): string | null {
  if (value === null) return 'malformed';
  if (Number.isNaN(value)) return 'not-a-number';
  if (!Number.isFinite(value)) return 'infinite';
  if (value < 0) return 'negative';
  return value > limit ? 'impossible' : null;
}

function hasSeparator(labels: Labels): boolean {
  for (const name in labels) {
    const value = labels[name];
    if (typeof value === 'string' && value.includes(SEPARATOR)) return true;
  }
  return false;
}

export function isRecord(value: unknown): value is Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
