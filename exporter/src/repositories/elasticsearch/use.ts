/** How the pods of a workload used what they had: of one interval, or of an hour, which is the sum of its intervals. */
import { Histogram } from '../../domain/histogram.js';
import type { IntervalResult, Row } from '../../domain/model.js';
import { microcores } from '../pod-sums.js';
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
}

export interface UseFields {
  readonly namespace: string;
  readonly workload: string;
  readonly workload_type: string;
  readonly use: Use;
}

/** Of each workload of an interval, pods only. */
export function useOf(result: IntervalResult): UseFields[] {
  const zoneOf = new Map(result.nodes.map((n) => [n.node, n.provenance.gridZone]));
  const sums = new Map<string, UseSum>();
  for (const row of result.rows) {
    if (row.kind !== 'pod') continue;
    const { name, type } = row.workload;
    sumFor(sums, row.namespace, name, type).addRow(row, zoneOf.get(row.node)!, result);
  }
  return [...sums.values()].map((s) => s.fields());
}

/** @param parts in the order of time */
export function sumUse(parts: readonly UseFields[]): UseFields[] {
  const sums = new Map<string, UseSum>();
  for (const { namespace, workload, workload_type: type, use } of parts) {
    sumFor(sums, namespace, workload, type).addUse(use);
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

  fields(): UseFields {
    const use: Use = {
      zones: Object.fromEntries(this.#zones),
      currency: this.#currency ?? '',
      cost: Object.fromEntries(this.#cost),
      ...(Object.fromEntries(this.#sums) as Record<Added, number>),
      ...{ last: this.#last, cpuRequest: this.#cpuRequest, memoryRequest: this.#memoryRequest },
      cpu: Buffer.from(this.#cpu.encode()).toString('base64'),
      memory: Buffer.from(this.#memory.encode()).toString('base64'),
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

const larger = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));

function bump<K>(map: Map<K, number>, key: K, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
