/** Reading an answer's body within a cap that counts decompressed bytes, so that a small gzip bomb costs no more than the cap. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export class BodyTooLargeError extends Error {
  readonly code = 'ERR_BODY_TOO_LARGE';
  constructor(readonly maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}

/** The peer ended, broke or mis-encoded the body; the message says which. */
export class BrokenBodyError extends Error {
  readonly code = 'ERR_BROKEN_BODY';
}

/**
 * The whole body, decompressed.
 * @throws BodyTooLargeError past `maxBytes`; BrokenBodyError when it is cut off, not gzip though it says so, or an encoding
 * that was not asked for. Aborting is the caller's: it destroys the stream, which surfaces as BrokenBodyError.
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const stream = decoded(body, encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > maxBytes) throw new BodyTooLargeError(maxBytes);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw error;
    throw new BrokenBodyError(describe(error), { cause: error });
  } finally {
    // The error listener: destroying an unfinished body makes it emit an abort that nobody else waits for.
    body.on('error', () => {});
    body.destroy();
    stream.destroy();
  }
  return Buffer.concat(chunks, size);
}

function decoded(body: Readable, encoding: string | undefined): Readable {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (name !== 'gzip' && name !== 'x-gzip') {
    body.on('error', () => {});
    body.destroy();
    throw new BrokenBodyError('the answer is in a content encoding that was not asked for');
  }
  const gunzip = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}

function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code.startsWith('Z_') && code !== 'Z_BUF_ERROR'
    ? 'the answer is not valid gzip'
    : 'the answer was cut off';
}
