/** Documents and their parts as text. */
import { constants, inflateRawSync } from 'node:zlib';
import type { ReadyDocument } from '../document.js';
import type { Encoded } from '../encoded.js';

export const textOf = ({ deflated }: Encoded): string =>
  inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');

/** As somebody gets it who does not ask for compression. */
export async function plainOf(document: ReadyDocument): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of document.plain()) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
