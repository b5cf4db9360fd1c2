/**
 * Columns of numbers as bytes: variable-length integers (7 bits a byte, least significant first), in compressed groups, so that a
 * reader can leave a group that it does not want as it is.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Integers past 2^53 are held as `high * 2^28 + low`: four bytes of a varint each make a low part. */
export const LOW_BITS = 28;
export const LOW_BASE = 2 ** LOW_BITS;
const HALF_BASE = LOW_BASE / 2;

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** @param n integer, 0 to 2^53 */
  varint(n: number): void {
    this.#reserve(10);
    while (n >= 2 ** LOW_BITS) {
      this.#bytes[this.#length++] = (n % 128) + 128;
      n = Math.floor(n / 128);
    }
    while (n >= 128) {
      this.#bytes[this.#length++] = (n & 127) | 128;
      n >>>= 7;
    }
    this.#bytes[this.#length++] = n;
  }

  /** @param n integer, -2^53 to 2^53; small ones of either sign are short */
  signed(n: number): void {
    const size = Math.abs(n);
    this.split((size % HALF_BASE) * 2 + (n < 0 ? 1 : 0), Math.floor(size / HALF_BASE));
  }

  /** `high * 2^28 + low`, the whole >= 0; `low` may have outgrown its part. */
  split(low: number, high: number): void {
    const carry = Math.floor(low / LOW_BASE);
    const carried = high + carry;
    let rest = low - carry * LOW_BASE;
    if (carried === 0) return this.varint(rest);
    this.#reserve(4);
    for (let i = 0; i < 4; i++) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.varint(carried);
  }

  float(n: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(n, this.#length);
  }

  float32(n: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(n, this.#length);
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Preceded by its length. */
  framed(other: Uint8Array): void {
    this.varint(other.length);
    this.#append(other);
  }

  #append(other: Uint8Array): void {
    this.#reserve(other.length);
    this.#bytes.set(other, this.#length);
    this.#length += other.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads what `ByteWriter` wrote; past the end it throws `RangeError`, so that damage is never read as zeroes. */
export class ByteReader {
  /** Parts of the number that `split` has read. */
  low = 0;
  high = 0;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  varint(): number {
    this.split();
    return this.high * LOW_BASE + this.low;
  }

  signed(): number {
    this.split();
    const size = this.high * HALF_BASE + (this.low >>> 1);
    return (this.low & 1) === 0 ? size : -size;
  }

  split(): void {
    let low = 0;
    let byte = 128;
    for (let shift = 0; shift < LOW_BITS && byte >= 128; shift += 7) {
      byte = this.#byte();
      low |= (byte & 127) << shift;
    }
    let high = 0;
    for (let scale = 1; byte >= 128; scale *= 128) {
      byte = this.#byte();
      high += (byte & 127) * scale;
    }
    this.low = low;
    this.high = high;
  }

  float(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  float32(): number {
    this.#at += 4;
    return this.#bytes.readFloatLE(this.#at - 4);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next column of a group. */
  column(): ByteReader {
    return new ByteReader(this.framed());
  }

  /** The next group of columns. */
  group(): ByteReader {
    return new ByteReader(inflateRawSync(this.framed()));
  }

  /** What `ByteWriter.framed` wrote: a view, not a copy. */
  framed(): Buffer {
    const length = this.varint();
    if (this.#at + length > this.#bytes.length) throw new RangeError('a block of rows ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('a block of rows ends too early');
    return byte;
  }
}

/** The fastest: columns of small numbers shrink by a third, and trying harder gains a hundredth more. */
const COMPRESSION = { level: 1 };

/** A version, a number of rows, and groups of columns in the order that the version fixes. */
export function frame(version: number, rows: number, groups: readonly (readonly ByteWriter[])[]): Buffer {
  const out = new ByteWriter();
  out.varint(version);
  out.varint(rows);
  for (const columns of groups) {
    const group = new ByteWriter();
    for (const column of columns) group.framed(column.bytes());
    out.framed(deflateRawSync(group.bytes(), COMPRESSION));
  }
  return Buffer.from(out.bytes());
}

/** @throws RangeError when the block is not of the version */
export function openFrame(block: Uint8Array, version: number): { rows: number; reader: ByteReader } {
  const reader = new ByteReader(block);
  const found = reader.varint();
  if (found !== version)
    throw new RangeError(`a block of rows has version ${found}, this program reads ${version}`);
  return { rows: reader.varint(), reader };
}
