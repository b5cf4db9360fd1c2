/** Answers in gzip for those who take it. What is compressed already (the exposition) passes through. */
import type { Response } from 'express';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Below about one network packet there is nothing to win. */
export const MIN_COMPRESSED_BYTES = 1024;

/** Repetitive JSON shrinks to about the same size at any level; the lowest takes a third of the time. */
const LEVEL = 1;

const inThreadPool = promisify(gzip);

/** The bytes to send, and the headers that say how they are encoded. A body is never compressed twice. */
export async function compressed(
  res: Response,
  content: string | Buffer,
  acceptEncoding: string | undefined,
): Promise<Buffer> {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  if (res.hasHeader('Content-Encoding') || body.length <= MIN_COMPRESSED_BYTES) return body;
  res.vary('Accept-Encoding');
  if (!acceptsGzip(acceptEncoding)) return body;
  res.setHeader('Content-Encoding', 'gzip');
  return inThreadPool(body, { level: LEVEL });
}

/** Whether `Accept-Encoding` names gzip (or anything) with a weight above 0. */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map(
    (header ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const q = parameters.find((p) => p.startsWith('q='))?.slice(2);
      return [name, q === undefined ? 1 : Number(q)] as const;
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
