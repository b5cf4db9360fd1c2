/** A body as lines, each within a bound. */
import type { Readable } from 'node:stream';

const LINE_FEED = 0x0a;

export class LineTooLongError extends Error {
  readonly code = 'ERR_BODY_TOO_LARGE';
}

/**
 * Calls `onLine` for each line that has a line feed, and `onBytes` for each piece that arrives; what follows the last line feed
 * is dropped, since nobody knows what it would have been.
 * @throws LineTooLongError; whatever the stream throws.
 */
export async function eachLine(
  body: Readable,
  maxBytes: number,
  onLine: (line: string) => void,
  onBytes: () => void,
): Promise<void> {
  let pending: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      onBytes();
      let rest = piece as Buffer;
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
        const line = Buffer.concat([...pending, rest.subarray(0, end)]).toString('utf8');
        pending = [];
        size = 0;
        rest = rest.subarray(end + 1);
        if (line.trim() !== '') onLine(line);
      }
      if (rest.length === 0) continue;
      pending.push(rest);
      size += rest.length;
      if (size > maxBytes) throw new LineTooLongError(`a line is longer than ${maxBytes} bytes`);
    }
  } finally {
    body.on('error', () => {});
    body.destroy();
  }
}
