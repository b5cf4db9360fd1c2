/**
 * The file of `greenkube export`: lines of JSON, compressed when its name ends with .gz. The first says whose intervals follow,
 * the last how many there were, so that a file that was cut is known for one.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { IntervalResult } from '../../domain/model.js';
import type { EpochSeconds } from '../../domain/units.js';
import { CommandFailure } from './context.js';

export interface ArchiveHead {
  readonly greenkube: 'export';
  readonly version: 1;
  readonly cluster: string;
  readonly step: number;
  /** Intervals that the exporter meant to write. */
  readonly intervals: number;
}

export interface ArchivedInterval {
  readonly committedAt: EpochSeconds;
  readonly result: IntervalResult;
}

interface ArchiveEnd {
  readonly end: number;
}

const isCompressed = (file: string): boolean => file.endsWith('.gz');

/** Whole or not at all: written beside its place and moved there at the end. @returns how many intervals are in it */
export async function writeArchive(
  file: string,
  head: ArchiveHead,
  intervals: AsyncIterable<ArchivedInterval>,
): Promise<number> {
  const partial = `${file}.partial`;
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(head)}\n`;
    for await (const interval of intervals) {
      count++;
      yield `${JSON.stringify(interval)}\n`;
    }
    yield `${JSON.stringify({ end: count } satisfies ArchiveEnd)}\n`;
  }
  try {
    const source = Readable.from(lines());
    const sink = createWriteStream(partial);
    await (isCompressed(file) ? pipeline(source, createGzip({ level: 1 }), sink) : pipeline(source, sink));
    await rename(partial, file);
    return count;
  } catch (error) {
    await rm(partial, { force: true });
    throw asFailure(error, `cannot write ${file}`);
  }
}

/** @throws CommandFailure when it is not such a file, or one that was cut, after all that it holds has been given */
export async function* readArchive(
  file: string,
): AsyncGenerator<{ readonly head: ArchiveHead; readonly interval: ArchivedInterval }> {
  let head: ArchiveHead | null = null;
  let count = 0;
  let isWhole = false;
  try {
    for await (const line of linesOf(file)) {
      const said = JSON.parse(line) as ArchiveHead | ArchivedInterval | ArchiveEnd;
      if (head === null) head = checkedHead(file, said);
      else if ('result' in said) {
        count++;
        yield { head, interval: said };
      } else isWhole = 'end' in said && said.end === count;
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw cut(file, count);
    throw asFailure(error, `cannot read ${file}`);
  }
  if (!isWhole) throw cut(file, count);
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const input = isCompressed(file) ? source.pipe(createGunzip()) : source;
  source.on('error', (error) => input.destroy(error));
  yield* createInterface({ input, crlfDelay: Infinity });
}

function checkedHead(file: string, said: object): ArchiveHead {
  const { greenkube, version } = said as Partial<ArchiveHead>;
  if (greenkube !== 'export') throw new CommandFailure(`${file} was not written by greenkube export`);
  if (version !== 1) {
    throw new CommandFailure(
      `${file} has version ${String(version)}, this program reads 1: use a later version of it`,
    );
  }
  return said as ArchiveHead;
}

const cut = (file: string, count: number): CommandFailure =>
  new CommandFailure(`${file} ends after ${count} intervals, before its end: export it again`);

function asFailure(error: unknown, what: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || error instanceof CommandFailure
    ? error
    : new CommandFailure(`${what}: ${message}`, { cause: error });
}
