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

type Column = ArrayLike<number>;

/** Integers of at most 2^53. */
export interface PodFigures {
  /** In the order of the rows. */
  readonly sections: readonly Section[];
  readonly entity: Column;
  /** Microseconds. */
  readonly cpu: Column;
  readonly energy: Column;
  readonly dynamic: Column;
  readonly storage: Column;
  readonly operational: Column;
  readonly embodied: Column;
  /** NaN: no price. A node has prices for all of its rows or for none. */
  readonly cost: Column;
}

/** Integers as well, but `seconds` and `restarts`. */
export interface PodBlock extends PodFigures {
  readonly memory: Column;
  readonly received: Column;
  readonly transmitted: Column;
  readonly read: Column;
  readonly written: Column;
  readonly seconds: Column;
  readonly restarts: Column;
}

/** @param step seconds that most rows have */
export function encodePodBlock(block: PodBlock, step: number): Buffer {
  const { sections } = block;
  const rest = Float64Array.from(block.energy, (energy, i) => energy - block.dynamic[i]! - block.storage[i]!);
  return frame(VERSION, block.entity.length, [
    [
      sectionColumn(sections),
      deltas(block.entity),
      plain(block.cpu),
      predicted(block.dynamic, block.cpu, sections),
      plain(block.embodied),
      predicted(rest, block.embodied, sections),
      plain(block.storage),
      predicted(block.operational, block.energy, sections),
      predicted(block.cost, rest, sections),
    ],
    [
      ...[block.memory, block.received, block.transmitted, block.read, block.written].map(plain),
      sparse(block.seconds, step),
      sparse(block.restarts, 0),
    ],
  ]);
}

/** @throws RangeError when the bytes are not such a block */
export function decodePodBlock(bytes: Uint8Array, step: number): PodBlock {
  const { rows, reader } = openFrame(bytes, VERSION);
  const figures = readFigures(reader.group(), rows);
  const usage = reader.group();
  return {
    ...figures,
    memory: readPlain(usage.column(), rows),
    received: readPlain(usage.column(), rows),
    transmitted: readPlain(usage.column(), rows),
    read: readPlain(usage.column(), rows),
    written: readPlain(usage.column(), rows),
    seconds: readSparse(usage.column(), rows, step),
    restarts: readSparse(usage.column(), rows, 0),
  };
}

/** The half of a block that sums of figures need. */
export function decodePodFigures(bytes: Uint8Array): PodFigures {
  const { rows, reader } = openFrame(bytes, VERSION);
  return readFigures(reader.group(), rows);
}

function readFigures(reader: ByteReader, rows: number): PodFigures {
  const sections = readSections(reader.column());
  const entity = readDeltas(reader.column(), rows);
  const cpu = readPlain(reader.column(), rows);
  const dynamic = readPredicted(reader.column(), cpu, sections);
  const embodied = readPlain(reader.column(), rows);
  const rest = readPredicted(reader.column(), embodied, sections);
  const storage = readPlain(reader.column(), rows);
  const energy = rest.map((n, i) => n + dynamic[i]! + storage[i]!);
  const operational = readPredicted(reader.column(), energy, sections);
  const cost = readPredicted(reader.column(), rest, sections);
  return { sections, entity, cpu, energy, dynamic, storage, operational, embodied, cost };
}

function sectionColumn(sections: readonly Section[]): ByteWriter {
  const writer = new ByteWriter();
  for (const { nodeId, basisId, powerLo, powerHi, rows } of sections) {
    for (const n of [nodeId, basisId, powerLo, powerHi, rows]) writer.varint(n);
  }
  return writer;
}

function readSections(reader: ByteReader): Section[] {
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const [nodeId, basisId] = [reader.varint(), reader.varint()];
    const [powerLo, powerHi, rows] = [reader.varint(), reader.varint(), reader.varint()];
    sections.push({ nodeId, basisId, powerLo, powerHi, rows });
  }
  return sections;
}

function plain(values: Column): ByteWriter {
  const writer = new ByteWriter();
  for (let i = 0; i < values.length; i++) writer.varint(values[i]!);
  return writer;
}

function readPlain(reader: ByteReader, rows: number): Float64Array {
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) values[i] = reader.varint();
  return values;
}

function deltas(values: Column): ByteWriter {
  const writer = new ByteWriter();
  for (let i = 0; i < values.length; i++) writer.signed(values[i]! - (i > 0 ? values[i - 1]! : 0));
  return writer;
}

function readDeltas(reader: ByteReader, rows: number): Float64Array {
  const values = new Float64Array(rows);
  for (let i = 0, last = 0; i < rows; i++) values[i] = last += reader.signed();
  return values;
}

/**
 * The values of each node as differences from another column times one factor, which is written before them; a factor of NaN
 * says that the values are NaN.
 */
function predicted(values: Column, base: Column, sections: readonly Section[]): ByteWriter {
  const writer = new ByteWriter();
  eachSection(sections, (from, to) => {
    const factor = factorOf(values, base, from, to);
    writer.float32(factor);
    if (Number.isNaN(factor)) return;
    for (let i = from; i < to; i++) writer.signed(values[i]! - Math.round(base[i]! * factor));
  });
  return writer;
}

function readPredicted(reader: ByteReader, base: Column, sections: readonly Section[]): Float64Array {
  const values = new Float64Array(base.length).fill(NaN);
  eachSection(sections, (from, to) => {
    const factor = reader.float32();
    if (Number.isNaN(factor)) return;
    for (let i = from; i < to; i++) values[i] = reader.signed() + Math.round(base[i]! * factor);
  });
  return values;
}

/** The ratio of the sums; 0 where that would lead past what a double holds exactly. */
function factorOf(values: Column, base: Column, from: number, to: number): number {
  let [sum, of, largest] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    sum += values[i]!;
    of += base[i]!;
    largest = Math.max(largest, Math.abs(values[i]!), Math.abs(base[i]!));
  }
  if (Number.isNaN(sum)) return NaN;
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
function sparse(values: Column, usual: number): ByteWriter {
  const writer = new ByteWriter();
  for (let i = 0, last = -1; i < values.length; i++) {
    if (values[i] === usual) continue;
    writer.varint(i - last);
    writer.float(values[i]!);
    last = i;
  }
  return writer;
}

function readSparse(reader: ByteReader, rows: number, usual: number): Float64Array {
  const values = new Float64Array(rows).fill(usual);
  for (let i = -1; !reader.atEnd;) {
    i += reader.varint();
    values[i] = reader.float();
  }
  return values;
}
