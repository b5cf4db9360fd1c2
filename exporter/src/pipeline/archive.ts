/** Writing all that a ledger holds as lines, and storing such lines in another; either may be broken off and begun again. */
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type {
  Archive,
  ArchivedBucket,
  ArchivedCounter,
  ArchivedInterval,
  ArchivedRecord,
  Restored,
} from '../ports/archive.js';
import type { Ledger } from '../ports/ledger.js';
import { ArchiveProblem } from './archive-check.js';
import { decodeLine, encodeLine, isCounter, type ArchiveHead } from './archive-lines.js';
import { Renaming } from './archive-rename.js';

export interface ArchiveSource {
  readonly ledger: Pick<Ledger, 'marks'>;
  readonly archive: Archive;
}

interface Unit {
  readonly grain: 'interval' | 'hour' | 'day';
  readonly start: EpochSeconds;
  readonly intervals: number;
}

/** What is to be written, found out before the first line is. */
export interface ExportPlan {
  readonly units: readonly Unit[];
  readonly intervals: number;
  /** Intervals at the edges of the range of which only sums are held that reach beyond it. */
  readonly cut: number;
}

/** Buckets and the intervals that are in none, by time. */
export async function planExport({ ledger, archive }: ArchiveSource, range: TimeRange): Promise<ExportPlan> {
  const [marks, outline] = [await ledger.marks(range), await archive.outline(range)];
  const whole = await archive.outline(widened(range));
  const units = new Map<string, Unit>();
  let cut = 0;
  const [days, hours] = [new Set<number>(outline.days), new Set<number>(outline.hours)];
  const [allDays, allHours] = [new Set<number>(whole.days), new Set<number>(whole.hours)];
  for (const { start } of marks) {
    const [day, hour] = [floorTo(start, DAY), floorTo(start, HOUR)];
    if (days.has(day)) count(units, 'day', day);
    else if (hours.has(hour)) count(units, 'hour', hour);
    else if (allDays.has(day) || allHours.has(hour)) cut++;
    else count(units, 'interval', start);
  }
  return { units: [...units.values()], intervals: marks.length - cut, cut };
}

const widened = ({ from, to }: TimeRange): TimeRange => ({
  from: floorTo(from, DAY),
  to: floorTo(to + DAY - 1, DAY),
});

function count(units: Map<string, Unit>, grain: Unit['grain'], start: EpochSeconds): void {
  const key = `${grain} ${start}`;
  const before = units.get(key);
  units.set(key, { grain, start, intervals: (before?.intervals ?? 0) + 1 });
}

/** @param done called with the number of intervals written so far */
export async function* exportLines(
  { archive }: ArchiveSource,
  of: { readonly cluster: string; readonly step: Seconds },
  plan: ExportPlan,
  done: (intervals: number) => void,
): AsyncGenerator<string> {
  const head: ArchiveHead = { greenkube: 'export', version: 2, ...of, intervals: plan.intervals };
  yield encodeLine(head);
  const records = archive.records()[Symbol.asyncIterator]();
  let next = await records.next();
  for (; next.done !== true && isCounter(next.value); next = await records.next())
    yield encodeLine(next.value);
  let written = 0;
  for (const unit of plan.units) {
    yield encodeLine(await read(archive, unit));
    written += unit.intervals;
    done(written);
  }
  for (; next.done !== true; next = await records.next()) yield encodeLine(next.value);
  yield encodeLine({ end: written });
}

async function read(archive: Archive, { grain, start }: Unit): Promise<ArchivedInterval | ArchivedBucket> {
  if (grain !== 'interval') return archive.bucket(grain, start);
  const interval = await archive.interval(start);
  if (!interval) throw new ArchiveProblem(`the rows of the interval from ${start} are not there any more`);
  return interval;
}

/** In intervals. */
export type Imported = Record<Restored, number>;

export interface ImportOptions {
  readonly archive: Archive;
  /** Where the lines are stored; it may have another name than where they come from. */
  readonly cluster: string;
  /** @throws what stops the import before anything is stored */
  readonly onHead: (head: ArchiveHead) => void;
  /** @throws what stops it between two lines */
  readonly onProgress: (imported: Imported, head: ArchiveHead) => void;
}

/** Records of one transaction. */
const BATCH = 500;

/** @throws ArchiveProblem naming the line; all lines before it, or before the records just before it, are stored then */
export async function importLines(lines: AsyncIterable<string>, options: ImportOptions): Promise<Imported> {
  const importer = new Importer(options);
  let number = 0;
  for await (const line of lines) await importer.take(line, ++number);
  await importer.finish();
  return importer.imported;
}

interface Numbered {
  readonly record: ArchivedRecord;
  readonly line: number;
}

class Importer {
  readonly imported: Imported = { written: 0, held: 0, kept: 0 };
  readonly #options: ImportOptions;
  readonly #counters: ArchivedCounter[] = [];
  #waiting: Numbered[] = [];
  #head: ArchiveHead | null = null;
  #renaming: Renaming | null = null;
  #end: number | null = null;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async take(text: string, number: number): Promise<void> {
    const line = await naming(number, () => decodeLine(text));
    if (this.#end !== null) throw new ArchiveProblem(`line ${number} stands after the end`);
    if (this.#head === null) {
      if (!('greenkube' in line)) throw new ArchiveProblem('line 1 was not written by greenkube export');
      this.#head = line;
      this.#options.onHead(line);
      const { cluster } = this.#options;
      if (line.cluster !== cluster) this.#renaming = new Renaming(cluster);
    } else if ('greenkube' in line) {
      throw new ArchiveProblem(`line ${number} begins another export`);
    } else if ('record' in line) {
      if (isCounter(line)) this.#counters.push(line);
      const record = await naming(number, () => this.#renaming?.of(line) ?? line);
      this.#waiting.push({ record, line: number });
      if (this.#waiting.length >= BATCH) await this.#store();
    } else if ('end' in line) {
      this.#end = line.end;
    } else {
      await this.#store();
      await this.#restore(line, number);
    }
  }

  async finish(): Promise<void> {
    await this.#store();
    const { written, held, kept } = this.imported;
    const count = written + held + kept;
    if (this.#head === null || this.#end !== count) {
      throw new ArchiveProblem(`it ends after ${count} intervals, before its end: export it again`);
    }
    await this.#options.archive.settle(this.#counters);
  }

  async #restore(line: ArchivedInterval | ArchivedBucket, number: number): Promise<void> {
    const { archive, onProgress } = this.#options;
    const [outcome, intervals] = await naming(number, async () =>
      'grain' in line
        ? ([await archive.putBucket(line), line.marks.length] as const)
        : ([await archive.putInterval(line), 1] as const),
    );
    this.imported[outcome] += intervals;
    onProgress(this.imported, this.#head!);
  }

  /** Where one of several cannot be stored they are stored one by one, so that it can be named. */
  async #store(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const { archive } = this.#options;
    try {
      await archive.putRecords(waiting.map(({ record }) => record));
    } catch (error) {
      if (!isOfTheLine(error)) throw error;
      for (const { record, line } of waiting) await naming(line, () => archive.putRecords([record]));
    }
  }
}

/** Errors of what was written in a line, not of the database. */
const isOfTheLine = (error: unknown): error is Error =>
  error instanceof ArchiveProblem ||
  error instanceof SyntaxError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof Error &&
    (error.name === 'InvalidResultError' || ('problem' in error && error.problem === 'failed')));

async function naming<T>(line: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOfTheLine(error)) throw error;
    const complaint = error instanceof SyntaxError ? `is not JSON (${error.message})` : error.message;
    throw new ArchiveProblem(`line ${line} ${complaint}`, { cause: error });
  }
}
