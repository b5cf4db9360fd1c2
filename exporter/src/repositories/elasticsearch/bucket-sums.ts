/** What the documents of an hour or a day come to, added up as they are written or read back. */
import { microcores } from '../../domain/histogram.js';
import type { NodeRow } from '../../domain/model.js';
import { basisFields, basisWithoutPower, priced } from './basis.js';
import type { Json } from './connection.js';
import { ExactSums, type Amounts } from './exact-sums.js';
import {
  entityFields,
  LARGEST,
  MAXIMA,
  REALS,
  SUMS,
  type Documents,
  type Entity,
  type Level,
} from './facts.js';
import { NamespaceSums } from './namespace-sums.js';
import { sumUse, type UseFields } from './use.js';
import { WEIGHT_PARTS } from '../naming.js';
import { carried, weightsOf } from './weights.js';

/** Levels of which a coarser grain has sums; those by namespace follow from the pods, as rows add to both exactly. */
export const SUMMED = {
  hour: ['pod', 'node', 'use'],
  day: ['pod', 'node'],
} as const satisfies Record<string, readonly Level[]>;

/** An interval of the hour, or an hour of the day, and the generation of its documents. */
export interface Part {
  readonly start: number;
  readonly gen: number;
}

interface Seen {
  first: number;
  last: number;
}
type Pod = Seen & { readonly entity: Entity };
type Node = Seen & { readonly node: string; readonly basis: string; row: NodeRow };

const NODE_SUMS = ['energy', 'operational', 'embodied', 'cost', 'milliseconds', 'cpu', 'samples'] as const;

export class BucketSums {
  readonly #grain: keyof typeof SUMMED;
  /** Generations by start. */
  readonly #parts = new Map<number, number>();
  readonly #pods = new ExactSums<Pod>({
    sums: [...SUMS, ...WEIGHT_PARTS],
    reals: REALS,
    maxima: MAXIMA,
  });
  readonly #nodes = new ExactSums<Node>({ sums: [...NODE_SUMS, ...WEIGHT_PARTS] });
  readonly #uses = new Map<number, UseFields[]>();

  constructor(grain: keyof typeof SUMMED) {
    this.#grain = grain;
  }

  /** Whether anything of that start is in the sums, from where nothing can be taken out again. */
  has(start: number): boolean {
    return this.#parts.has(start);
  }

  /** What is not in the sums yet; null: something is in them that does not count, so that they are of no use. */
  missing(parts: readonly Part[]): readonly Part[] | null {
    const missing = parts.filter(({ start, gen }) => this.#parts.get(start) !== gen);
    return parts.length - missing.length === this.#parts.size ? missing : null;
  }

  /** @returns what takes the documents of the part; the sums are of use once it has had all of them */
  part({ start, gen }: Part): (level: Level, fields: Json) => void {
    this.#parts.set(start, gen);
    const uses: UseFields[] = [];
    this.#uses.set(start, uses);
    const keepsUse = this.#grain === 'hour';
    return (level, fields) => {
      if (level === 'pod') this.#addPod(fields as unknown as PodFields);
      else if (level === 'node') this.#addNode(fields as unknown as NodeFields);
      else if (level === 'use' && keepsUse) uses.push(fields as unknown as UseFields);
    };
  }

  addTo(documents: Documents): void {
    const namespaces = new NamespaceSums();
    for (const { of, amounts } of this.#pods.lines()) {
      const { entity, first, last } = of;
      const [, , namespace, , , , , basis] = entity;
      documents.add('pod', { ...entityFields(entity), first, last, ...priced(carried(amounts), basis) });
      namespaces.add({ namespace, basis, first, last }, amounts);
    }
    for (const fields of namespaces.documents()) documents.add('namespace', fields);
    for (const { of, amounts } of this.#nodes.lines()) {
      const { node, basis, first, last, row } = of;
      const sums = priced(carried(amounts), basis);
      documents.add('node', { node, ...basisFields(basis), first, last, ...sums, row });
    }
    const inTime = [...this.#uses].sort(([a], [b]) => a - b).flatMap(([, uses]) => uses);
    for (const fields of sumUse(inTime)) documents.add('use', { ...fields });
  }

  #addPod(d: PodFields): void {
    const entity: Entity = [
      ...([d.kind, d.node, d.namespace, d.workload] as const),
      ...([d.workload_type, d.pod, d.label_set, basisWithoutPower(d.basis)] as const),
    ];
    const of = { entity, first: d.first, last: d.last };
    see(this.#pods.add(JSON.stringify(entity), of, d, derivedOf(d)), d);
  }

  #addNode(d: NodeFields): void {
    const { node, first, last, row } = d;
    const basis = basisWithoutPower(d.basis);
    const key = JSON.stringify([node, basis]);
    const of = { node, basis, first, last, row };
    const kept = this.#nodes.add(key, of, d as unknown as Amounts, weightsIn(d));
    if (last > kept.last) kept.row = row;
    see(kept, d);
  }
}

type PodFields = Readonly<Record<'kind' | 'node' | 'namespace' | 'workload' | 'workload_type', string>> &
  Readonly<Record<'pod' | 'label_set' | 'basis', string>> &
  Readonly<Record<'first' | 'last' | 'milliseconds' | 'cpu', number>> & {
    /** Bytes, of an interval's row only. */
    readonly memory?: number;
  };
type NodeFields = Readonly<Node>;

/** What follows from the row of an interval and is kept in sums only. */
function derivedOf(d: PodFields): Amounts | undefined {
  const { memory, milliseconds, cpu } = d;
  if (memory === undefined) return weightsIn(d);
  return {
    ...weightsIn(d),
    samples: 1,
    memory_seconds: Math.min(Math.floor((memory * milliseconds) / 1000), LARGEST),
    memory_max: memory,
    cpu_max: microcores(cpu, milliseconds),
  };
}

/** Documents of sums have the products; those of an interval have what they are made of. */
function weightsIn(d: PodFields | NodeFields): Amounts | undefined {
  const { energy, operational, [WEIGHT_PARTS[0]!]: weight } = d as unknown as Amounts;
  return weight === undefined ? weightsOf(Number(energy), Number(operational), d.basis) : undefined;
}

function see(seen: Seen, { first, last }: Readonly<Seen>): void {
  seen.first = Math.min(seen.first, first);
  seen.last = Math.max(seen.last, last);
}
