/**
 * All rows of one interval as one block of bytes, column by column. What follows from other columns (dynamic energy from CPU
 * time, emissions from energy, the other shares from the reservation) is stored as the small difference from that: a row then
 * takes some 20 bytes, a quarter of what it takes as a row of a table.
 */
import { ByteWriter, frame, openFrame, type ByteReader } from './byte-columns.js';

const VERSION = 1;

/** The rows of one node, with what holds for all of them. */
export interface Section {
  readonly nodeId: number;
  readonly basisId: number;
  readonly powerLo: number;
  readonly powerHi: number;
  readonly rows: number;
}

/** Integers of at most 2^53, but `seconds` and `restarts`. */
export interface PodColumns {
  readonly entity: readonly number[];
  /** Integer microseconds. */
  readonly cpu: readonly number[];
  readonly energy: readonly number[];
  readonly dynamic: readonly number[];
  readonly storage: readonly number[];
  readonly operational: readonly number[];
  readonly embodied: readonly number[];
  readonly cost: readonly (number | null)[];
  readonly memory: readonly number[];
  readonly received: readonly number[];
  readonly transmitted: readonly number[];
  readonly read: readonly number[];
  readonly written: readonly number[];
  readonly seconds: readonly number[];
  readonly restarts: readonly number[];
}

export interface PodBlock extends PodColumns {
  /** In the order of the rows. */
  readonly sections: readonly Section[];
}

/** @param step seconds that most rows have */
export function encodePodBlock(block: PodBlock, step: number): Buffer {
  const rest = block.energy.map((energy, i) => energy - block.dynamic[i]! - block.storage[i]!);
  const { sections } = block;
  return frame(VERSION, block.entity.length, [
    [
      column((w) =>
        sections.forEach((s) =>
          [s.nodeId, s.basisId, s.powerLo, s.powerHi, s.rows].forEach((n) => w.varint(n)),
        ),
      ),
      column((w) => block.entity.forEach((id, i) => w.signed(id - (block.entity[i - 1] ?? 0)))),
      plain(block.cpu),
      predicted(block.dynamic, block.cpu, sections),
      plain(block.embodied),
      predicted(rest, block.embodied, sections),
      plain(block.storage),
      predicted(block.operational, block.energy, sections),
      costs(block.cost, rest, sections),
      ...[block.memory, block.received, block.transmitted, block.read, block.written].map(plain),
      sparse(block.seconds, step),
      sparse(block.restarts, 0),
    ],
  ]);
}

/** @throws RangeError when the bytes are not such a block */
export function decodePodBlock(bytes: Uint8Array, step: number): PodBlock {
  const { rows, reader: frame } = openFrame(bytes, VERSION);
  const reader = frame.group();
  const sections = readSections(reader.column());
  const entity = readDeltas(reader.column(), rows);
  const cpu = readPlain(reader.column(), rows);
  const dynamic = readPredicted(reader.column(), cpu, sections);
  const embodied = readPlain(reader.column(), rows);
  const rest = readPredicted(reader.column(), embodied, sections);
  const storage = readPlain(reader.column(), rows);
  const energy = rest.map((n, i) => n + dynamic[i]! + storage[i]!);
  const operational = readPredicted(reader.column(), energy, sections);
  const cost = readCosts(reader.column(), rest, sections);
  return {
    ...{ sections, entity, cpu, energy, dynamic, storage, operational, embodied, cost },
    memory: readPlain(reader.column(), rows),
    received: readPlain(reader.column(), rows),
    transmitted: readPlain(reader.column(), rows),
    read: readPlain(reader.column(), rows),
    written: readPlain(reader.column(), rows),
    seconds: readSparse(reader.column(), rows, step),
    restarts: readSparse(reader.column(), rows, 0),
  };
}

function column(write: (writer: ByteWriter) => void): ByteWriter {
  const writer = new ByteWriter();
  write(writer);
  return writer;
}

const plain = (values: readonly number[]) => column((w) => values.forEach((n) => w.varint(n)));

function readPlain(reader: ByteReader, rows: number): number[] {
  const values = new Array<number>(rows);
  for (let i = 0; i < rows; i++) values[i] = reader.varint();
  return values;
}

function readDeltas(reader: ByteReader, rows: number): number[] {
  const values = new Array<number>(rows);
  for (let i = 0, last = 0; i < rows; i++) values[i] = last += reader.signed();
  return values;
}

function readSections(reader: ByteReader): Section[] {
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const [nodeId, basisId, powerLo, powerHi, rows] = readPlain(reader, 5);
    sections.push({ nodeId: nodeId!, basisId: basisId!, powerLo: powerLo!, powerHi: powerHi!, rows: rows! });
  }
  return sections;
}

/** The values of each node as differences from another column times one factor, which is written before them. */
function predicted(
  values: readonly number[],
  base: readonly number[],
  sections: readonly Section[],
): ByteWriter {
  return column((w) =>
    eachSection(sections, (from, to) => {
      const factor = factorOf(values, base, from, to);
      w.float32(factor);
      for (let i = from; i < to; i++) w.signed(values[i]! - Math.round(base[i]! * factor));
    }),
  );
}

function readPredicted(reader: ByteReader, base: readonly number[], sections: readonly Section[]): number[] {
  const values = new Array<number>(base.length);
  eachSection(sections, (from, to) => {
    const factor = reader.float32();
    for (let i = from; i < to; i++) values[i] = reader.signed() + Math.round(base[i]! * factor);
  });
  return values;
}

/** A node has a price for all of its rows or for none: then its factor is NaN, and nothing follows. */
function costs(values: PodBlock['cost'], base: readonly number[], sections: readonly Section[]): ByteWriter {
  return column((w) =>
    eachSection(sections, (from, to) => {
      const priced = values.slice(from, to).every((n) => n !== null);
      const factor = priced ? factorOf(values as readonly number[], base, from, to) : NaN;
      w.float32(factor);
      if (priced) for (let i = from; i < to; i++) w.signed(values[i]! - Math.round(base[i]! * factor));
    }),
  );
}

function readCosts(reader: ByteReader, base: readonly number[], sections: readonly Section[]) {
  const values = new Array<number | null>(base.length).fill(null);
  eachSection(sections, (from, to) => {
    const factor = reader.float32();
    if (Number.isNaN(factor)) return;
    for (let i = from; i < to; i++) values[i] = reader.signed() + Math.round(base[i]! * factor);
  });
  return values;
}

/** The ratio of the sums; 0 where that would lead past what a double holds exactly. */
function factorOf(values: readonly number[], base: readonly number[], from: number, to: number): number {
  let [sum, of, largest] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    sum += values[i]!;
    of += base[i]!;
    largest = Math.max(largest, Math.abs(values[i]!), Math.abs(base[i]!));
  }
  const factor = Math.fround(of > 0 ? sum / of : 0);
  return largest * (1 + Math.abs(factor)) < Number.MAX_SAFE_INTEGER ? factor : 0;
}

function eachSection(sections: readonly Section[], use: (from: number, to: number) => void): void {
  let from = 0;
  for (const { rows } of sections) {
    use(from, from + rows);
    from += rows;
  }
}

/** Only what differs from the usual value, each with its distance from the one before. */
function sparse(values: readonly number[], usual: number): ByteWriter {
  return column((w) => {
    let last = -1;
    values.forEach((n, i) => {
      if (n === usual) return;
      w.varint(i - last);
      w.float(n);
      last = i;
    });
  });
}

function readSparse(reader: ByteReader, rows: number, usual: number): number[] {
  const values = new Array<number>(rows).fill(usual);
  for (let i = -1; !reader.atEnd;) {
    i += reader.varint();
    values[i] = reader.float();
  }
  return values;
}
