/**
 * Reading answers of range queries strictly: a value that cannot be true is left out on its own and counted by reason, the rest
 * of the answer stands.
 */
import type { EpochSeconds, Seconds } from '../../domain/units.js';

/** Instants at which a range query is evaluated: first, first + step, … `count` of them, each the end of an interval. */
export interface Grid {
  readonly first: EpochSeconds;
  readonly step: Seconds;
  readonly count: number;
}

export interface Series {
  /** Foreign data: read it with `label` only. */
  readonly labels: Readonly<Record<string, unknown>>;
  /** By index of the grid; NaN where there is none. */
  readonly values: Float64Array;
}

export class Rejections {
  private readonly counts = new Map<string, number>();

  add(reason: string, n = 1): void {
    if (n > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + n);
  }

  toRecord(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}

/** A label's value; empty where the series does not have it, as in PromQL. */
export function label(series: Pick<Series, 'labels'>, name: string): string {
  const value = Object.hasOwn(series.labels, name) ? series.labels[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Usable series of a matrix, `maxSeries` at most. */
export function readMatrix(
  result: readonly unknown[],
  grid: Grid,
  rejections: Rejections,
  maxSeries: number,
): readonly Series[] {
  rejections.add('series-capped', result.length - maxSeries);
  const out: Series[] = [];
  for (const each of result.slice(0, maxSeries)) {
    const series = readSeries(each, grid, rejections);
    if (series) out.push(series);
    else rejections.add('malformed');
  }
  return out;
}

function readSeries(each: unknown, grid: Grid, rejections: Rejections): Series | null {
  if (!isRecord(each) || !isRecord(each['metric']) || !Array.isArray(each['values'])) return null;
  const values = new Float64Array(grid.count).fill(NaN);
  for (const sample of each['values'] as readonly unknown[]) {
    const index = gridIndex(sample, grid);
    const value = index === null ? NaN : numberOf((sample as readonly unknown[])[1]);
    if (index === null) rejections.add('off-grid');
    else if (Number.isNaN(value)) rejections.add('not-a-number');
    else if (!Number.isFinite(value)) rejections.add('infinite');
    else values[index] = value;
  }
  return { labels: each['metric'], values };
}

function gridIndex(sample: unknown, grid: Grid): number | null {
  if (!Array.isArray(sample) || typeof sample[0] !== 'number') return null;
  const index = (sample[0] - grid.first) / grid.step;
  return Number.isInteger(index) && index >= 0 && index < grid.count ? index : null;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'string' || value === '') return NaN;
  if (/^[+-]?Inf$/.test(value)) return Infinity;
  return Number(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
