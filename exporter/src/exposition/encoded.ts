/** Documents as bytes, with what is needed to append to them without compressing them again. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Chunk } from './write-family.js';

/** A part of a document and the same part as raw deflate blocks that end on a byte and leave the stream open. */
export interface Encoded {
  readonly plain: Uint8Array;
  readonly deflated: Uint8Array;
  readonly crc32: number;
}

/** Speed over size: the text is so repetitive that level 1 already leaves a fifteenth. */
const LEVEL = 1;
const DEFLATE_CHUNK_BYTES = 1 << 18;

function encode(plain: Uint8Array, last: boolean): Encoded {
  const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const deflated = deflateRawSync(plain, { level: LEVEL, chunkSize: DEFLATE_CHUNK_BYTES, finishFlush });
  return { plain, deflated: Uint8Array.from(deflated), crc32: crc32(plain) };
}

/** The first part of a document. Every array owns its memory, so it can be transferred to another thread. */
export const encodeHead = (plain: Uint8Array): Encoded => encode(plain, false);
/** The last part of a document; closes the deflate stream. */
export const encodeTail = (plain: Uint8Array): Encoded => encode(plain, true);

/** Nothing, to put a document in front of that has no head. */
export const NO_HEAD: Encoded = { plain: new Uint8Array(), deflated: new Uint8Array(), crc32: 0 };

/** Magic, method deflate, no flags, no time (equal bytes for equal documents), fastest, unknown system. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255);
const TRAILER_BYTES = 8;

/** One gzip member (RFC 1952) holding head and tail, from their deflate blocks as they are. */
export function gzipOf(head: Encoded, tail: Encoded): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(tail.plain, head.crc32), 0);
  trailer.writeUInt32LE((head.plain.length + tail.plain.length) >>> 0, 4);
  return Buffer.concat([GZIP_HEADER, head.deflated, tail.deflated, trailer]);
}

/** Growing bytes; one string at a time goes in, so that the text never exists a second time as strings. */
class Bytes {
  #buffer: Buffer;
  #length = 0;

  constructor(expected: number) {
    this.#buffer = Buffer.allocUnsafeSlow(expected);
  }

  append(text: string): void {
    const end = this.#length + Buffer.byteLength(text);
    if (end > this.#buffer.length) this.#grow(end);
    this.#length += this.#buffer.write(text, this.#length);
  }

  /** Copies what `other` took since it was `from` bytes long. */
  appendFrom(other: Bytes, from: number): void {
    const end = this.#length + other.length - from;
    if (end > this.#buffer.length) this.#grow(end);
    other.#buffer.copy(this.#buffer, this.#length, from, other.#length);
    this.#length = end;
  }

  get length(): number {
    return this.#length;
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
  }

  #grow(atLeast: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(atLeast, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Takes stretches of both formats and keeps them as bytes. */
export class DocumentBytes {
  readonly #text: Bytes;
  readonly #openMetrics: Bytes;

  /** @param expected bytes to begin with, a little more than the document is likely to take */
  constructor(expected: number) {
    this.#text = new Bytes(expected);
    this.#openMetrics = new Bytes(expected);
  }

  append({ text, openMetrics }: Chunk): void {
    const before = this.#text.length;
    this.#text.append(text);
    if (openMetrics === text) this.#openMetrics.appendFrom(this.#text, before);
    else this.#openMetrics.append(openMetrics);
  }

  finish(): { readonly text: Uint8Array; readonly openMetrics: Uint8Array } {
    return { text: this.#text.finish(), openMetrics: this.#openMetrics.finish() };
  }
}
