/** The use by container of one interval or hour as one compressed value: names once, then each container by their places. */
import { ContainerUses } from '../domain/container-use.js';
import type { ContainerUse } from '../domain/model.js';
import { bytes, cores } from '../domain/units.js';
import { ByteWriter, frame, openFrame, type ByteReader } from './byte-columns.js';

const VERSION = 1;

/** Null: there is nothing to keep. */
export function encodeContainers(uses: readonly ContainerUse[]): Buffer | null {
  if (uses.length === 0) return null;
  const names = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = names.get(name) ?? names.size;
    names.set(name, place);
    return place;
  };
  const column = new ByteWriter();
  for (const { namespace, workload, container, cpuRequest, memoryRequest, cpu, memory } of uses) {
    for (const name of [namespace, workload.name, workload.type, container]) column.varint(placeOf(name));
    column.float(cpuRequest ?? NaN);
    column.float(memoryRequest ?? NaN);
    column.framed(cpu);
    column.framed(memory);
  }
  const dictionary = new ByteWriter();
  for (const name of names.keys()) dictionary.framed(Buffer.from(name));
  return frame(VERSION, uses.length, [[dictionary, column]]);
}

/**
 * In the order in which they were encoded; histograms are views of one array.
 * @throws RangeError when the block is damaged or of another version
 */
export function decodeContainers(block: Uint8Array | null): ContainerUse[] {
  if (block === null) return [];
  const { rows, reader } = openFrame(block, VERSION);
  const group = reader.group();
  const names = namesIn(group.column());
  const column = group.column();
  const uses: ContainerUse[] = [];
  for (let i = 0; i < rows; i++) uses.push(readUse(column, names, uses[i - 1]));
  return uses;
}

/** @param blocks of times that follow one another, in ascending order */
export function mergeContainers(blocks: Iterable<Uint8Array | null>): Buffer | null {
  const uses = new ContainerUses();
  for (const block of blocks) for (const use of decodeContainers(block)) uses.addLater(use);
  return encodeContainers(uses.all());
}

function namesIn(column: ByteReader): string[] {
  const names: string[] = [];
  while (!column.atEnd) names.push(column.framed().toString());
  return names;
}

/** @param before the one before it, of which the workload is often the same */
function readUse(
  column: ByteReader,
  names: readonly string[],
  before: ContainerUse | undefined,
): ContainerUse {
  const namespace = nameAt(names, column.varint());
  const [name, type] = [nameAt(names, column.varint()), nameAt(names, column.varint())];
  const known = before?.workload;
  const container = nameAt(names, column.varint());
  const [cpuRequest, memoryRequest] = [column.float(), column.float()];
  return {
    namespace,
    workload: known?.name === name && known.type === type ? known : { name, type },
    container,
    cpuRequest: Number.isNaN(cpuRequest) ? null : cores(cpuRequest),
    memoryRequest: Number.isNaN(memoryRequest) ? null : bytes(memoryRequest),
    cpu: viewOf(column.framed()),
    memory: viewOf(column.framed()),
  };
}

function nameAt(names: readonly string[], place: number): string {
  const name = names[place];
  if (name === undefined) throw new RangeError(`a block of containers has no name ${place}`);
  return name;
}

const viewOf = (of: Buffer): Uint8Array => new Uint8Array(of.buffer, of.byteOffset, of.byteLength);
