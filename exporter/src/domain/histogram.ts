/**
 * Histograms that merge: how long a use lasted, by logarithmic bins each a tenth wider than the one before, so that a quantile is
 * off by 5 % at most whatever its size. Everything in them is an integer, so merging gives the same in any order and grouping.
 */

const VERSION = 1;
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
/** A bin holds what lies within half a growth of its middle: sqrt(1.1) - 1. */
export const RELATIVE_ERROR = Math.sqrt(GROWTH) - 1;

export class Histogram {
  /** Weight by bin; bin 0 is the value 0, bin k + 1 the values around 1.1^k. */
  readonly #bins = new Map<number, number>();
  #weight = 0;
  /** Sum of value times weight: as much of it as a number holds exactly, and the rest. */
  #part = 0;
  #sum = 0n;
  #max = 0;

  /**
   * @param value integer >= 0, below 2^53 (millionths of a core, bytes)
   * @param weight integer > 0, such as milliseconds
   */
  add(value: number, weight: number): void {
    this.#addBin(binOf(value), weight);
    this.#max = Math.max(this.#max, value);
    const product = value * weight;
    this.#addToSum(product <= Number.MAX_SAFE_INTEGER ? product : BigInt(value) * BigInt(weight));
  }

  merge(other: Histogram): void {
    for (const [bin, weight] of other.#bins) this.#addBin(bin, weight);
    this.#sum += other.#total;
    this.#max = Math.max(this.#max, other.#max);
  }

  get weight(): number {
    return this.#weight;
  }

  /** The largest value; 0 when empty. */
  get max(): number {
    return this.#max;
  }

  /** Weighted mean, exact but for the last rounding; null when empty. */
  get mean(): number | null {
    return this.#weight === 0 ? null : Number(this.#total) / this.#weight;
  }

  /**
   * The value below which the share `q` of the weight lies, within `RELATIVE_ERROR`; null when empty.
   * @param q 0..1
   */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is not within 0..1`);
    let below = 0;
    for (const [bin, weight] of this.#inOrder()) {
      below += weight;
      if (below >= q * this.#weight) return Math.min(middleOf(bin), this.#max);
    }
    return null;
  }

  encode(): Uint8Array {
    const bytes: number[] = [VERSION];
    const bins = this.#inOrder();
    writeVarint(bytes, BigInt(bins.length));
    let last = 0;
    for (const [bin, weight] of bins) {
      writeVarint(bytes, BigInt(bin - last));
      writeVarint(bytes, BigInt(weight));
      last = bin;
    }
    writeVarint(bytes, this.#total);
    writeVarint(bytes, BigInt(this.#max));
    return Uint8Array.from(bytes);
  }

  /** @throws RangeError when the bytes are not a histogram of this version, whole */
  static decode(bytes: Uint8Array): Histogram {
    const histogram = new Histogram();
    histogram.mergeEncoded(bytes);
    return histogram;
  }

  /**
   * Add what `encode` has written, without making a histogram of it.
   * @throws RangeError when the bytes are not a histogram of this version, whole; part of it may then have been added
   */
  mergeEncoded(bytes: Uint8Array): void {
    if (bytes[0] !== VERSION) throw new RangeError(`version ${bytes[0]} of a histogram is not known`);
    const reader = new VarintReader(bytes, 1);
    let bin = 0;
    for (let left = reader.next(); left > 0; left--) {
      bin += reader.next();
      this.#addBin(bin, reader.next());
    }
    this.#addToSum(reader.nextAmount());
    this.#max = Math.max(this.#max, reader.next());
  }

  get #total(): bigint {
    return this.#sum + BigInt(this.#part);
  }

  /** Numbers as long as they are exact: bigints are slow. */
  #addToSum(amount: number | bigint): void {
    if (typeof amount === 'number' && this.#part + amount <= Number.MAX_SAFE_INTEGER) this.#part += amount;
    else this.#sum += BigInt(amount);
  }

  #addBin(bin: number, weight: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + weight);
    this.#weight += weight;
  }

  #inOrder(): [bin: number, weight: number][] {
    return [...this.#bins].sort(([a], [b]) => a - b);
  }
}

/** Mean use in millionths of a core. @param cpuMicroseconds CPU time within `milliseconds` */
export const microcores = (cpuMicroseconds: number, milliseconds: number): number =>
  Math.round((cpuMicroseconds * 1000) / Math.max(1, milliseconds));

const binOf = (value: number): number => (value < 1 ? 0 : 1 + Math.round(Math.log(value) / LOG_GROWTH));
const middleOf = (bin: number): number => (bin === 0 ? 0 : GROWTH ** (bin - 1));

function writeVarint(bytes: number[], value: bigint): void {
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
}

/** Groups of seven bits that a double holds exactly, whatever is added to them. */
const SAFE_GROUPS = 7;

class VarintReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  /** Of a value below 2^53. */
  next(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  /** Of any size: a number where one is exact. */
  nextAmount(): number | bigint {
    const start = this.#at;
    const near = this.next();
    if (near <= Number.MAX_SAFE_INTEGER) return near;
    this.#at = start;
    return this.#nextBig();
  }

  /** By parts that are numbers, since bigints are slow. */
  #nextBig(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += BigInt(7 * SAFE_GROUPS)) {
      let part = 0;
      let byte = 128;
      for (let group = 0, unit = 1; group < SAFE_GROUPS && byte >= 128; group++, unit *= 128) {
        byte = this.#byte();
        part += (byte & 127) * unit;
      }
      value += BigInt(part) << shift;
      if (byte < 128) return value;
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('a histogram ends too early');
    return byte;
  }
}
