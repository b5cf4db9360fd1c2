/** Answers of unknown length: sent piece by piece, made only as fast as the client takes them. */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { Problem } from './problem.js';

/** A client that takes nothing for so long has gone; what is held for it is let go. */
const STALL_MS = 30_000;
/** Nothing takes longer than this, however steadily it is taken. */
const LONGEST_MS = 15 * 60_000;

export interface StreamTimes {
  readonly stallMs: number;
  readonly longestMs: number;
}

/**
 * Sends all pieces and ends the answer. Stops asking for pieces when the client goes away. An error in the middle ends the
 * connection, so that what was sent is never taken for the whole; before the first piece it is thrown.
 */
export async function sendPieces(
  res: Response,
  pieces: AsyncIterable<Uint8Array>,
  { stallMs, longestMs }: StreamTimes = { stallMs: STALL_MS, longestMs: LONGEST_MS },
): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const until = performance.now() + longestMs;
  for await (const piece of pieces) {
    if (gone.signal.aborted) return;
    if (performance.now() > until)
      throw new Problem('answer-timeout', 'The answer took too long to be read.');
    if (res.write(piece)) await nextTurn();
    else await drained(res, AbortSignal.any([gone.signal, AbortSignal.timeout(stallMs)]));
  }
  res.end();
}

/** Returns when there is room, the client is gone or it has stalled; the last two end the connection. */
async function drained(res: Response, signal: AbortSignal): Promise<void> {
  try {
    await once(res, 'drain', { signal });
  } catch {
    res.destroy();
  }
}
