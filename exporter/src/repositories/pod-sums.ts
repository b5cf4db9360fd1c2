/**
 * Sums of pods' rows over any number of intervals, exact whatever their size, and their form as one block of bytes an hour or a
 * day. Adding up the same intervals gives the same bytes, in whatever order and by whatever steps they are added.
 */
import { microcores } from '../domain/histogram.js';
import { ByteWriter, frame, LOW_BASE, LOW_BITS, openFrame, type ByteReader } from './byte-columns.js';
import type { PodBlock, PodFigures, Section } from './pod-block.js';

const VERSION = 1;

/** In the order in which they are stored; readers of figures want the first eight only. */
export const SUM_COLUMNS = [
  'energy',
  'operational',
  'embodied',
  'cost',
  'energyPowerLo',
  'energyPowerHi',
  'operationalPowerLo',
  'operationalPowerHi',
  'dynamic',
  'storage',
  'milliseconds',
  'cpuMicroseconds',
  'memoryByteSeconds',
  'received',
  'transmitted',
  'read',
  'written',
  'restarts',
  'samples',
] as const;
export type SumColumn = (typeof SUM_COLUMNS)[number];
export const FIGURES = SUM_COLUMNS.indexOf('dynamic');
const COST = SUM_COLUMNS.indexOf('cost');

/** One entity's sums on one basis. */
export interface PodSum {
  readonly entityId: number;
  readonly basisId: number;
  /** Starts of its first and last interval. */
  readonly first: number;
  readonly last: number;
  /** Null: never a price. */
  readonly cost: bigint | null;
  of(column: Exclude<SumColumn, 'cost'>): bigint;
  /** The same as near as a double comes. */
  near(column: Exclude<SumColumn, 'cost'>): number;
  /** Largest mean of an interval: millionths of a core, bytes. */
  readonly cpuMax: number;
  readonly memoryMax: number;
}

export class PodSums {
  readonly #wanted: number;
  /** By basis, then by entity. */
  readonly #slots = new Map<number, Map<number, number>>();
  readonly #entity: number[] = [];
  readonly #basis: number[] = [];
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  readonly #priced: boolean[] = [];
  readonly #cpuMax: number[] = [];
  readonly #memoryMax: number[] = [];
  readonly #low: Float64Array[];
  readonly #high: Float64Array[];
  #capacity = 64;

  /** @param wanted how many of `SUM_COLUMNS` are added up: all, the `FIGURES`, or 0 for who was there and when */
  constructor(wanted: number = SUM_COLUMNS.length) {
    this.#wanted = wanted;
    this.#low = Array.from({ length: wanted }, () => new Float64Array(this.#capacity));
    this.#high = Array.from({ length: wanted }, () => new Float64Array(this.#capacity));
  }

  /** For sums of figures, or of who was there, only. */
  addFigures(block: PodFigures, start: number): void {
    this.#eachRow(block, start, (row, slot, section) => {
      if (this.#wanted > 0) this.#addFigures(block, row, slot, section);
    });
  }

  addBlock(block: PodBlock, start: number): void {
    this.#eachRow(block, start, (row, slot, section) => {
      this.#addFigures(block, row, slot, section);
      this.#addUsage(block, row, slot);
    });
  }

  /** @param bytes as `encode` made them for the bucket that begins at `start` */
  addRollup(bytes: Uint8Array, start: number): void {
    const { rows, reader } = openFrame(bytes, VERSION);
    const slots = this.#readKeys(reader.group(), rows, start);
    if (this.#wanted === 0) return;
    const figures = reader.group();
    for (let c = 0; c < FIGURES; c++) this.#readSums(figures.column(), slots, c);
    if (this.#wanted === FIGURES) return;
    const usage = reader.group();
    for (let c = FIGURES; c < SUM_COLUMNS.length; c++) this.#readSums(usage.column(), slots, c);
    readMax(usage.column(), slots, this.#cpuMax);
    readMax(usage.column(), slots, this.#memoryMax);
  }

  /** A sum as `sums` gives it, of any bucket. */
  addSum(sum: Omit<PodSum, 'near'>): void {
    const slot = this.#slot(sum.entityId, sum.basisId, sum.first, sum.last);
    SUM_COLUMNS.forEach((column, c) => {
      const whole = column === 'cost' ? (sum.cost ?? 0n) : sum.of(column);
      this.#low[c]![slot]! += Number(whole & BigInt(LOW_BASE - 1));
      this.#high[c]![slot]! += Number(whole >> BigInt(LOW_BITS));
    });
    this.#priced[slot] ||= sum.cost !== null;
    this.#cpuMax[slot] = Math.max(this.#cpuMax[slot]!, sum.cpuMax);
    this.#memoryMax[slot] = Math.max(this.#memoryMax[slot]!, sum.memoryMax);
  }

  get entities(): readonly number[] {
    return this.#entity;
  }

  /** The figures of whole groups of entities, by basis. @param groupOf undefined: the entity is left out */
  grouped(groupOf: (entityId: number) => number | undefined): PodSums {
    const groups = new PodSums(Math.min(this.#wanted, FIGURES));
    this.#entity.forEach((entity, i) => {
      const group = groupOf(entity);
      if (group === undefined) return;
      const slot = groups.#slot(group, this.#basis[i]!, this.#first[i]!, this.#last[i]!);
      groups.#priced[slot] ||= this.#priced[i]!;
      for (let c = 0; c < groups.#wanted; c++) {
        groups.#low[c]![slot]! += this.#low[c]![i]!;
        groups.#high[c]![slot]! += this.#high[c]![i]!;
      }
    });
    return groups;
  }

  /** The sum of some columns by entity, over its bases, as near as a double comes. */
  weigh(columns: readonly SumColumn[]): Map<number, number> {
    const weights = new Map<number, number>();
    const indices = columns.map((column) => SUM_COLUMNS.indexOf(column));
    this.#entity.forEach((entity, i) => {
      const amount = indices.reduce((sum, c) => sum + this.#high[c]![i]! * LOW_BASE + this.#low[c]![i]!, 0);
      weights.set(entity, (weights.get(entity) ?? 0) + amount);
    });
    return weights;
  }

  /** By entity and basis. @param only of these entities; absent: of all */
  *sums(only?: ReadonlySet<number>): Generator<PodSum> {
    for (const i of this.#inOrder()) {
      if (only && !only.has(this.#entity[i]!)) continue;
      yield {
        entityId: this.#entity[i]!,
        basisId: this.#basis[i]!,
        first: this.#first[i]!,
        last: this.#last[i]!,
        cost: this.#priced[i]! && this.#wanted > COST ? this.#sum(COST, i) : null,
        of: (column) => this.#sum(SUM_COLUMNS.indexOf(column), i),
        near: (column) => this.#near(SUM_COLUMNS.indexOf(column), i),
        cpuMax: this.#cpuMax[i]!,
        memoryMax: this.#memoryMax[i]!,
      };
    }
  }

  /** Null when nothing was added. @param start of the bucket */
  encode(start: number): Buffer | null {
    const order = this.#inOrder();
    if (order.length === 0) return null;
    const column = (write: (writer: ByteWriter, i: number, at: number) => void) => {
      const writer = new ByteWriter();
      order.forEach((i, at) => write(writer, i, at));
      return writer;
    };
    const sums = SUM_COLUMNS.map((_, c) => column((w, i) => this.#writeSum(w, c, i)));
    const keys = [
      column((w, i, at) => w.varint(this.#entity[i]! - (at > 0 ? this.#entity[order[at - 1]!]! : 0))),
      column((w, i) => w.varint(this.#basis[i]!)),
      column((w, i) => w.varint(this.#first[i]! - start)),
      column((w, i) => w.varint(this.#last[i]! - this.#first[i]!)),
    ];
    const most = [this.#cpuMax, this.#memoryMax].map((values) => column((w, i) => w.varint(values[i]!)));
    return frame(VERSION, order.length, [keys, sums.slice(0, FIGURES), [...sums.slice(FIGURES), ...most]]);
  }

  #eachRow(
    block: PodFigures,
    start: number,
    add: (row: number, slot: number, section: Section) => void,
  ): void {
    let row = 0;
    for (const section of block.sections) {
      for (let end = row + section.rows; row < end; row++) {
        add(row, this.#slot(block.entity[row]!, section.basisId, start, start), section);
      }
    }
  }

  #addFigures(block: PodFigures, row: number, slot: number, section: Section): void {
    const energy = block.energy[row]!;
    const operational = block.operational[row]!;
    const cost = block.cost[row]!;
    this.#add(0, slot, energy, 1);
    this.#add(1, slot, operational, 1);
    this.#add(2, slot, block.embodied[row]!, 1);
    if (!Number.isNaN(cost)) {
      this.#add(COST, slot, cost, 1);
      this.#priced[slot] = true;
    }
    this.#add(4, slot, energy, section.powerLo);
    this.#add(5, slot, energy, section.powerHi);
    this.#add(6, slot, operational, section.powerLo);
    this.#add(7, slot, operational, section.powerHi);
  }

  #addUsage(block: PodBlock, row: number, slot: number): void {
    const milliseconds = Math.round(block.seconds[row]! * 1000);
    const cpu = block.cpu[row]!;
    const memory = block.memory[row]!;
    const values = [
      ...[block.dynamic[row]!, block.storage[row]!, milliseconds, cpu],
      Math.floor((memory * milliseconds) / 1000),
      ...[block.received[row]!, block.transmitted[row]!, block.read[row]!, block.written[row]!],
      ...[Math.round(block.restarts[row]!), 1],
    ];
    values.forEach((value, i) => this.#add(FIGURES + i, slot, value, 1));
    this.#cpuMax[slot] = Math.max(this.#cpuMax[slot]!, microcores(cpu, milliseconds));
    this.#memoryMax[slot] = Math.max(this.#memoryMax[slot]!, memory);
  }

  /** Parts of 28 bits, so that neither products nor sums of them ever need rounding. */
  #add(column: number, slot: number, value: number, times: number): void {
    const high = Math.floor(value / LOW_BASE);
    this.#low[column]![slot]! += (value - high * LOW_BASE) * times;
    this.#high[column]![slot]! += high * times;
  }

  #slot(entity: number, basis: number, first: number, last: number): number {
    let slots = this.#slots.get(basis);
    if (slots === undefined) this.#slots.set(basis, (slots = new Map<number, number>()));
    let slot = slots.get(entity);
    if (slot === undefined) {
      slots.set(entity, (slot = this.#entity.push(entity) - 1));
      this.#basis.push(basis);
      this.#first.push(first);
      this.#last.push(last);
      this.#priced.push(false);
      this.#cpuMax.push(0);
      this.#memoryMax.push(0);
      if (slot === this.#capacity) this.#grow();
    }
    if (first < this.#first[slot]!) this.#first[slot] = first;
    if (last > this.#last[slot]!) this.#last[slot] = last;
    return slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const parts of [this.#low, this.#high]) {
      parts.forEach((column, c) => {
        parts[c] = new Float64Array(this.#capacity);
        parts[c].set(column);
      });
    }
  }

  #readKeys(reader: ByteReader, rows: number, start: number): number[] {
    const [entities, bases, firsts, lasts] = Array.from({ length: 4 }, () => reader.column());
    const slots = new Array<number>(rows);
    let entity = 0;
    for (let i = 0; i < rows; i++) {
      entity += entities!.varint();
      const first = start + firsts!.varint();
      slots[i] = this.#slot(entity, bases!.varint(), first, first + lasts!.varint());
    }
    return slots;
  }

  #readSums(reader: ByteReader, slots: readonly number[], column: number): void {
    const [low, high] = [this.#low[column]!, this.#high[column]!];
    for (const slot of slots) {
      reader.split();
      if (column === COST) {
        if (reader.low === 0 && reader.high === 0) continue;
        this.#priced[slot] = true;
        reader.low -= 1;
      }
      low[slot]! += reader.low;
      high[slot]! += reader.high;
    }
  }

  /** A cost is written one larger, 0 being none. */
  #writeSum(writer: ByteWriter, column: number, slot: number): void {
    if (column === COST && !this.#priced[slot]) writer.varint(0);
    else writer.split(this.#low[column]![slot]! + (column === COST ? 1 : 0), this.#high[column]![slot]!);
  }

  #near(column: number, slot: number): number {
    return this.#high[column]![slot]! * LOW_BASE + this.#low[column]![slot]!;
  }

  #sum(column: number, slot: number): bigint {
    const [low, high] = [this.#low[column]![slot]!, this.#high[column]![slot]!];
    const whole = high * LOW_BASE + low;
    // Once it is past that, the double may have been rounded.
    if (whole < Number.MAX_SAFE_INTEGER) return BigInt(whole);
    return (BigInt(high) << BigInt(LOW_BITS)) + BigInt(low);
  }

  #inOrder(): number[] {
    const [entity, basis] = [this.#entity, this.#basis];
    return entity.map((_, i) => i).sort((a, b) => entity[a]! - entity[b]! || basis[a]! - basis[b]!);
  }
}

function readMax(reader: ByteReader, slots: readonly number[], into: number[]): void {
  for (const slot of slots) into[slot] = Math.max(into[slot]!, reader.varint());
}
