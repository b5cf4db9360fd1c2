/** How the pods of a workload used what they had: of one interval, or of an hour, which is the sum of its intervals. */
import { Histogram, microcores } from '../../domain/histogram.js';
import { ContainerUses } from '../../domain/container-use.js';
import type { ContainerUse, IntervalResult, Row } from '../../domain/model.js';
import type { ContainerHour } from '../../ports/usage-profile.js';
import { MICROSECONDS } from '../records.js';

/** Integers, but for what is in cores or bytes times seconds. */
export interface Use {
  /** Milliseconds that its pods ran, by grid zone. */
  readonly zones: Readonly<Record<string, number>>;
  /** Of the first interval. */
  readonly currency: string;
  /** By currency; empty: never a price. */
  readonly cost: Readonly<Record<string, number>>;
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  readonly operational: number;
  readonly embodied: number;
  readonly milliseconds: number;
  readonly cpuMicroseconds: number;
  readonly memoryByteSeconds: number;
  readonly cpuRequestSeconds: number;
  readonly memoryRequestSeconds: number;
  /** Of the pods of the last interval, the largest. */
  readonly last: number;
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  readonly received: number;
  readonly transmitted: number;
  readonly restarts: number;
  readonly samples: number;
  /** Histograms, base64. */
  readonly cpu: string;
  readonly memory: string;
  /** Absent: its pods have one each, or they are not told apart. */
  readonly containers?: readonly StoredContainer[];
}

type StoredContainer = Omit<ContainerHour, 'cpu' | 'memory'> & Pick<Use, 'cpu' | 'memory'>;

export interface UseFields {
  readonly namespace: string;
  readonly workload: string;
  readonly workload_type: string;
  readonly use: Use;
}

/** What is read of a document. */
export const USE_FIELDS = ['namespace', 'workload', 'workload_type', 'use'];

/** Of each workload of an interval, pods only. */
export function useOf(result: IntervalResult): UseFields[] {
  const zoneOf = new Map(result.nodes.map((n) => [n.node, n.provenance.gridZone]));
  const sums = new Map<string, UseSum>();
  for (const row of result.rows) {
    if (row.kind !== 'pod') continue;
    const { name, type } = row.workload;
    sumFor(sums, row.namespace, name, type).addRow(row, zoneOf.get(row.node)!, result);
  }
  for (const use of result.containers) {
    const { namespace, workload } = use;
    sumFor(sums, namespace, workload.name, workload.type).addContainer(use);
  }
  return [...sums.values()].map((s) => s.fields());
}

/** In the order of their names. */
export function containersOf({
  namespace,
  workload: name,
  workload_type: type,
  use,
}: UseFields): ContainerUse[] {
  return (use.containers ?? []).map((c) => ({
    ...{ namespace, workload: { name, type } },
    ...c,
    cpu: new Uint8Array(Buffer.from(c.cpu, 'base64')),
    memory: new Uint8Array(Buffer.from(c.memory, 'base64')),
  }));
}

/** @param parts in the order of time */
export function sumUse(parts: readonly UseFields[]): UseFields[] {
  const sums = new Map<string, UseSum>();
  for (const { namespace, workload, workload_type: type, use } of parts) {
    const sum = sumFor(sums, namespace, workload, type);
    sum.addUse(use);
    for (const of of containersOf({ namespace, workload, workload_type: type, use })) sum.addContainer(of);
  }
  return [...sums.values()].map((s) => s.fields());
}

function sumFor(sums: Map<string, UseSum>, namespace: string, workload: string, type: string): UseSum {
  const key = JSON.stringify([namespace, workload, type]);
  let sum = sums.get(key);
  if (!sum) sums.set(key, (sum = new UseSum(namespace, workload, type)));
  return sum;
}

const ADDED = [
  ...['energy', 'dynamic', 'storage', 'operational', 'embodied', 'milliseconds', 'cpuMicroseconds'],
  ...['memoryByteSeconds', 'cpuRequestSeconds', 'memoryRequestSeconds', 'received', 'transmitted'],
  ...['restarts', 'samples'],
] as readonly Added[];
type Added = keyof {
  [K in keyof Use as Use[K] extends number ? (K extends 'last' ? never : K) : never]: never;
};

class UseSum {
  readonly #name: Omit<UseFields, 'use'>;
  readonly #zones = new Map<string, number>();
  readonly #cost = new Map<string, number>();
  readonly #sums = new Map<Added, number>(ADDED.map((field) => [field, 0]));
  readonly #cpu = new Histogram();
  readonly #memory = new Histogram();
  readonly #containers = new ContainerUses();
  #currency: string | null = null;
  #last = 0;
  #cpuRequest: number | null = null;
  #memoryRequest: number | null = null;

  constructor(namespace: string, workload: string, type: string) {
    this.#name = { namespace, workload, workload_type: type };
  }

  addRow(row: Row, zone: string, { interval, currency }: IntervalResult): void {
    const milliseconds = Math.round(row.seconds * 1000);
    const cpu = Math.round(row.cpuSeconds * MICROSECONDS);
    this.#currency ??= currency;
    bump(this.#zones, zone, milliseconds);
    if (row.cost !== null) bump(this.#cost, currency, row.cost);
    this.#add({
      ...{ energy: row.energy, dynamic: row.dynamic, storage: row.storage },
      ...{ operational: row.operational, embodied: row.embodied, milliseconds, cpuMicroseconds: cpu },
      memoryByteSeconds: Math.floor((row.memoryBytes * milliseconds) / 1000),
      cpuRequestSeconds: (row.cpuRequest ?? 0) * row.seconds,
      memoryRequestSeconds: (row.memoryRequest ?? 0) * row.seconds,
      ...{ received: row.receivedBytes, transmitted: row.transmittedBytes },
      ...{ restarts: Math.round(row.restarts), samples: 1 },
    });
    this.#seeRequests(interval.start, row.cpuRequest, row.memoryRequest);
    if (milliseconds === 0) return;
    this.#cpu.add(microcores(cpu, milliseconds), milliseconds);
    this.#memory.add(row.memoryBytes, milliseconds);
  }

  addUse(use: Use): void {
    this.#currency ??= use.currency;
    for (const [zone, milliseconds] of Object.entries(use.zones)) bump(this.#zones, zone, milliseconds);
    for (const [currency, nano] of Object.entries(use.cost)) bump(this.#cost, currency, nano);
    this.#add(use);
    this.#seeRequests(use.last, use.cpuRequest, use.memoryRequest);
    this.#cpu.mergeEncoded(Buffer.from(use.cpu, 'base64'));
    this.#memory.mergeEncoded(Buffer.from(use.memory, 'base64'));
  }

  addContainer(use: ContainerUse): void {
    this.#containers.addLater(use);
  }

  fields(): UseFields {
    const containers = this.#containers
      .all()
      .map(({ container, cpuRequest, memoryRequest, cpu, memory }): StoredContainer => ({
        ...{ container, cpuRequest, memoryRequest, cpu: base64(cpu), memory: base64(memory) },
      }));
    const use: Use = {
      zones: Object.fromEntries(this.#zones),
      currency: this.#currency ?? '',
      cost: Object.fromEntries(this.#cost),
      ...(Object.fromEntries(this.#sums) as Record<Added, number>),
      ...{ last: this.#last, cpuRequest: this.#cpuRequest, memoryRequest: this.#memoryRequest },
      ...{ cpu: base64(this.#cpu.encode()), memory: base64(this.#memory.encode()) },
      ...(containers.length > 0 && { containers }),
    };
    return { ...this.#name, use };
  }

  #add(values: Readonly<Record<Added, number>>): void {
    for (const field of ADDED) bump(this.#sums, field, values[field]);
  }

  #seeRequests(at: number, cpu: number | null, memory: number | null): void {
    const isLater = at > this.#last;
    this.#last = Math.max(at, this.#last);
    this.#cpuRequest = isLater ? cpu : larger(this.#cpuRequest, cpu);
    this.#memoryRequest = isLater ? memory : larger(this.#memoryRequest, memory);
  }
}

const base64 = (of: Uint8Array) => Buffer.from(of).toString('base64');

const larger = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));

function bump<K>(map: Map<K, number>, key: K, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
