/** One group's amounts over time, column by column. */
import type { Amount, SeriesColumn } from '../ports/history.js';
import type { AmountLine } from './answer-lines.js';

type Values = (bigint | null)[];

export class ColumnsBuilder {
  readonly #amounts: readonly Amount[];
  /** By time: whether anything is known. */
  readonly #known: readonly boolean[];
  readonly #columns = new Map<Amount, Map<string, Values>>();
  /** By time: whether the group was there. */
  readonly #present: boolean[];

  constructor(amounts: readonly Amount[], known: readonly boolean[]) {
    this.#amounts = amounts;
    this.#known = known;
    this.#present = known.map(() => false);
  }

  add(line: AmountLine, time: number): void {
    this.#present[time] = true;
    for (const amount of this.#amounts) {
      const value = line[amount];
      if (value === null) continue;
      const values = this.#valuesOf(amount, amount === 'cost' ? line.currency : '');
      values[time] = (values[time] ?? 0n) + value;
    }
  }

  /** What the group was not there for is 0; what it was there for without a price is null. */
  build(): SeriesColumn[] {
    const known = this.#known;
    const filled = (values: Values) =>
      values.map((value, t) => (known[t] ? (value ?? (this.#present[t] ? null : 0n)) : null));
    return this.#amounts.flatMap((amount) =>
      [...(this.#columns.get(amount) ?? [])]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, values]) => ({ amount, currency, values: filled(values) })),
    );
  }

  #valuesOf(amount: Amount, currency: string): Values {
    let columns = this.#columns.get(amount);
    if (!columns) this.#columns.set(amount, (columns = new Map<string, Values>()));
    let values = columns.get(currency);
    if (!values) columns.set(currency, (values = this.#known.map(() => null)));
    return values;
  }
}
