/** The columns of an answer put together again: one entry for each label set that the server grouped by. */
import { label, type Series } from './read.js';

export interface Columns {
  /** Any series of the entry; for reading labels. */
  readonly series: Series;
  /** NaN where the column has no value. */
  at(column: string, index: number): number;
}

class Entry implements Columns {
  readonly values = new Map<string, Float64Array>();
  constructor(readonly series: Series) {}

  at(column: string, index: number): number {
    return this.values.get(column)?.[index] ?? NaN;
  }
}

/** By label set, in the order of its text: floating-point sums over the entries are then the same in every order of the answer. */
export function columnsOf(all: readonly Series[]): readonly Columns[] {
  const entries = new Map<string, Entry>();
  for (const series of all) {
    const { column: _, ...rest } = series.labels;
    const key = JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const entry = entries.get(key) ?? new Entry(series);
    entry.values.set(label(series, 'column'), series.values);
    entries.set(key, entry);
  }
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
