/** Sums of documents by a key, exact whatever their size, for those that this process has at hand. */
import { LOW_BASE, LOW_BITS } from '../byte-columns.js';

/** Fields of documents: a whole number that a double does not hold is text. */
export type Amount = number | string | undefined;
export type Amounts = Readonly<Record<string, Amount>>;

export interface SummedFields {
  /** Whole numbers >= 0. */
  readonly sums: readonly string[];
  /** Any numbers, of which the sums are as near as doubles come. */
  readonly reals?: readonly string[];
  readonly maxima?: readonly string[];
}

interface Column {
  readonly field: string;
  values: Float64Array;
}

/** One line by key; `T` is what is kept of the first document with it. Lines stay in the order in which they came. */
export class ExactSums<T> {
  readonly #slots = new Map<string, number>();
  readonly #of: T[] = [];
  readonly #high: readonly Column[];
  readonly #low: readonly Column[];
  readonly #reals: readonly Column[];
  readonly #maxima: readonly Column[];
  #capacity = 256;

  constructor({ sums, reals = [], maxima = [] }: SummedFields) {
    const columns = (fields: readonly string[]) =>
      fields.map((field): Column => ({ field, values: new Float64Array(this.#capacity) }));
    this.#high = columns(sums);
    this.#low = columns(sums);
    this.#reals = columns(reals);
    this.#maxima = columns(maxima);
  }

  /**
   * @param more of the amounts, where they are not in `amounts`; one that is missing counts as 0
   * @returns what is kept of the key, which is `of` when it is new
   */
  add(key: string, of: T, amounts: Amounts, more: Amounts = {}): T {
    const slot = this.#slotOf(key, of);
    this.#high.forEach((high, i) => {
      const amount = amounts[high.field] ?? more[high.field];
      if (amount !== undefined) addExactly(high.values, this.#low[i]!.values, slot, amount);
    });
    for (const { field, values } of this.#reals) values[slot]! += Number(amounts[field] ?? more[field] ?? 0);
    for (const { field, values } of this.#maxima) {
      values[slot] = Math.max(values[slot]!, Number(amounts[field] ?? more[field] ?? 0));
    }
    return this.#of[slot]!;
  }

  *lines(): Generator<{ readonly of: T; readonly amounts: Amounts }> {
    for (const [slot, of] of this.#of.entries()) {
      const amounts: Record<string, number | string> = {};
      this.#high.forEach(({ field, values }, i) => {
        amounts[field] = joined(values[slot]!, this.#low[i]!.values[slot]!);
      });
      for (const { field, values } of [...this.#reals, ...this.#maxima]) amounts[field] = values[slot]!;
      yield { of, amounts };
    }
  }

  #slotOf(key: string, of: T): number {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#of.push(of) - 1;
      this.#slots.set(key, slot);
      if (slot >= this.#capacity) this.#grow();
    }
    return slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const column of [...this.#high, ...this.#low, ...this.#reals, ...this.#maxima]) {
      const grown = new Float64Array(this.#capacity);
      grown.set(column.values);
      column.values = grown;
    }
  }
}

const LOW_MASK = BigInt(LOW_BASE - 1);

/** In parts of 28 bits and the rest: neither is ever rounded below 2^25 documents. */
function addExactly(high: Float64Array, low: Float64Array, slot: number, amount: number | string): void {
  if (typeof amount === 'number') {
    const part = Math.floor(amount / LOW_BASE);
    high[slot]! += part;
    low[slot]! += amount - part * LOW_BASE;
  } else {
    const whole = BigInt(amount);
    high[slot]! += Number(whole >> BigInt(LOW_BITS));
    low[slot]! += Number(whole & LOW_MASK);
  }
}

/** As a document takes it: JSON numbers are doubles here, so what is past them goes as text, which the server reads as a long. */
function joined(high: number, low: number): number | string {
  const whole = high * LOW_BASE + low;
  // Once it is past that, the double may have been rounded.
  return whole < Number.MAX_SAFE_INTEGER ? whole : String((BigInt(high) << BigInt(LOW_BITS)) + BigInt(low));
}
