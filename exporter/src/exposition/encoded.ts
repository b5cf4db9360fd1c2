/**
 * Documents as gzip, put together from parts that are compressed once. The text itself is not kept: it is fifteen times as large,
 * scrapers ask for gzip, and whoever does not gets it decompressed on the way.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Chunk } from './write-family.js';

/** The first part of a document: raw deflate blocks that end on a byte and leave the stream open, and what they hold. */
export interface Encoded {
  /** Owns its memory, so that it can be transferred to another thread. */
  readonly deflated: Uint8Array;
  readonly crc32: number;
  /** Bytes before compression. */
  readonly length: number;
}

/** The last part, which closes the stream. Its own text goes into the checksum of the whole. */
export interface Tail {
  readonly plain: Uint8Array;
  readonly deflated: Uint8Array;
}

/** Speed over size: the text is so repetitive that level 1 already leaves a fifteenth. */
const LEVEL = 1;

const deflate = (plain: Uint8Array, finishFlush: number): Uint8Array =>
  deflateRawSync(plain, { level: LEVEL, finishFlush });

export const encodeTail = (plain: Uint8Array): Tail => ({
  plain,
  deflated: deflate(plain, constants.Z_FINISH),
});

/** Ends a document to which nothing is added. */
export const NO_TAIL: Tail = encodeTail(new Uint8Array());

/** Magic, method deflate, no flags, no time (equal bytes for equal documents), fastest, unknown system. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255);
const TRAILER_BYTES = 8;

/** One gzip member (RFC 1952) holding head and tail, from their deflate blocks as they are. */
export function gzipOf(head: Encoded, tail: Tail): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  // Of no bytes at all, zlib answers 0 whatever it is to go on from.
  const checksum = tail.plain.length === 0 ? head.crc32 : crc32(tail.plain, head.crc32);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE((head.length + tail.plain.length) >>> 0, 4);
  return Buffer.concat([GZIP_HEADER, head.deflated, tail.deflated, trailer]);
}

/** Bytes after which a part under construction is compressed: what is not yet compressed is never more than a little. */
const PENDING_BYTES = 1 << 18;
/** From this length on, a stretch that both documents have is compressed once for both. */
const SHARED_CHARS = 1 << 15;

/** One document under construction. */
class Part {
  #pending = '';
  readonly #pieces: Uint8Array[] = [];
  #crc32 = 0;
  #length = 0;

  append(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= PENDING_BYTES) this.#flush();
  }

  appendDeflated(plain: Uint8Array, deflated: Uint8Array): void {
    this.#flush();
    this.#add(plain, deflated);
  }

  finish(): Encoded {
    this.#flush();
    const deflated = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      deflated.set(piece, at);
      at += piece.length;
    }
    return { deflated, crc32: this.#crc32, length: this.#length };
  }

  #flush(): void {
    if (this.#pending === '') return;
    const plain = Buffer.from(this.#pending);
    this.#pending = '';
    this.#add(plain, deflate(plain, constants.Z_SYNC_FLUSH));
  }

  #add(plain: Uint8Array, deflated: Uint8Array): void {
    this.#pieces.push(deflated);
    this.#crc32 = crc32(plain, this.#crc32);
    this.#length += plain.length;
  }
}

/** Takes stretches of both formats and compresses them as they come. */
export class DocumentWriter {
  readonly #text = new Part();
  readonly #openMetrics = new Part();

  append({ text, openMetrics }: Chunk): void {
    if (text === openMetrics && text.length >= SHARED_CHARS) {
      const plain = Buffer.from(text);
      const deflated = deflate(plain, constants.Z_SYNC_FLUSH);
      this.#text.appendDeflated(plain, deflated);
      this.#openMetrics.appendDeflated(plain, deflated);
    } else {
      this.#text.append(text);
      this.#openMetrics.append(openMetrics);
    }
  }

  finish(): { readonly text: Encoded; readonly openMetrics: Encoded } {
    return { text: this.#text.finish(), openMetrics: this.#openMetrics.finish() };
  }
}
