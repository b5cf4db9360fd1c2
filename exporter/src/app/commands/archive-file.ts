/** The file of `greenkube export`: lines of JSON (pipeline/archive-lines.ts), compressed when its name ends with .gz. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { ArchiveProblem } from '../../pipeline/archive-check.js';
import { CommandFailure } from './context.js';

const isCompressed = (file: string): boolean => file.endsWith('.gz');

/** Whole or not at all: written beside its place and moved there at the end. */
export async function writeArchive(file: string, lines: AsyncIterable<string>): Promise<void> {
  const partial = `${file}.partial`;
  async function* text(): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`;
  }
  try {
    const source = Readable.from(text());
    const sink = createWriteStream(partial);
    await (isCompressed(file) ? pipeline(source, createGzip({ level: 1 }), sink) : pipeline(source, sink));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw asFailure(error, `cannot write ${file}`);
  }
}

export async function* readArchive(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const input = isCompressed(file) ? source.pipe(createGunzip()) : source;
  source.on('error', (error) => input.destroy(error));
  yield* createInterface({ input, crlfDelay: Infinity });
}

/** What a person is told of a file that cannot be read or stored. */
export function asFailure(error: unknown, what: string): unknown {
  if (error instanceof ArchiveProblem)
    return new CommandFailure(`${what}: ${error.message}`, { cause: error });
  const { code, message } = error as NodeJS.ErrnoException;
  const isOfSystem = typeof code === 'string' && !(error instanceof CommandFailure);
  return isOfSystem ? new CommandFailure(`${what}: ${message}`, { cause: error }) : error;
}
