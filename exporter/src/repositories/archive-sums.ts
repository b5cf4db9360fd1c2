/** Sums of a bucket, collected line by line from whatever holds them, in the form in which they are archived. */
import type {
  ArchivedBasis,
  ArchivedNamespace,
  ArchivedNode,
  ArchivedPod,
  ArchivedSums,
} from '../ports/archive.js';
import { compare, wholeOf } from './archive-form.js';

export const WEIGHTED = [
  'energyPowerLo',
  'energyPowerHi',
  'operationalPowerLo',
  'operationalPowerHi',
] as const;
const AMOUNTS = ['energy', 'operational', 'embodied', ...WEIGHTED] as const;
export const POD_USAGE = [
  ...(['dynamic', 'storage', 'milliseconds', 'cpuMicroseconds', 'memoryByteSeconds', 'received'] as const),
  ...(['transmitted', 'read', 'written', 'restarts', 'samples'] as const),
] as const;
const NODE_USAGE = ['milliseconds', 'cpuMicroseconds', 'samples', 'estimatedEnergy'] as const;

type Amount = (typeof AMOUNTS)[number];
type Sums<Column extends string> = Readonly<Record<Column, bigint>>;

export interface Seen {
  readonly first: number;
  readonly last: number;
}
export type PodNames = Pick<
  ArchivedPod,
  | ('kind' | 'node' | 'namespace' | 'pod' | 'uid' | 'workload' | 'workloadType')
  | ('labels' | 'cpuRequest' | 'memoryRequest')
>;
export type NodeNames = Pick<
  ArchivedNode,
  | ('node' | 'instanceType' | 'region' | 'zone' | 'architecture')
  | ('cpuCapacity' | 'memoryCapacity' | 'embodiedTotal')
>;
export type PodFigures = Sums<Amount | (typeof POD_USAGE)[number]> &
  Seen & { readonly cost: bigint | null; readonly cpuMax: number; readonly memoryMax: number };
export type NamespaceFigures = Sums<Amount> & Seen & { readonly cost: bigint | null };
export type NodeFigures = Sums<Amount | (typeof NODE_USAGE)[number]> &
  Seen & { readonly cost: bigint | null; readonly measuredEnergy: bigint | null; readonly cpuMax: number };

type Value = bigint | number | null;
type Figures = Readonly<Record<string, Value>>;
interface Line {
  readonly names: object;
  readonly basis: string;
  figures: Figures;
}

/** Lines of one name and basis are added up. */
export class SumsBuilder {
  readonly #bases = new Map<string, ArchivedBasis>();
  readonly #pods = new Lines();
  readonly #namespaces = new Lines();
  readonly #nodes = new Lines();

  pod(names: PodNames, basis: ArchivedBasis, figures: PodFigures): void {
    const { kind, node, namespace, pod, uid, workload, workloadType, labels, cpuRequest, memoryRequest } =
      names;
    this.#pods.add(
      { kind, node, namespace, pod, uid, workload, workloadType, labels, cpuRequest, memoryRequest },
      this.#keyOf(basis),
      ordered(figures, [...AMOUNTS, 'cost', 'first', 'last', ...POD_USAGE, 'cpuMax', 'memoryMax']),
    );
  }

  namespace(namespace: string, basis: ArchivedBasis, figures: NamespaceFigures): void {
    const columns = [...AMOUNTS, 'cost', 'first', 'last'];
    this.#namespaces.add({ namespace }, this.#keyOf(basis), ordered(figures, columns));
  }

  node(names: NodeNames, basis: ArchivedBasis, figures: NodeFigures): void {
    const { node, instanceType, region, zone, architecture } = names;
    const { cpuCapacity, memoryCapacity, embodiedTotal } = names;
    const columns = [...AMOUNTS, 'cost', 'first', 'last', ...NODE_USAGE, 'measuredEnergy', 'cpuMax'];
    this.#nodes.add(
      { node, instanceType, region, zone, architecture, cpuCapacity, memoryCapacity, embodiedTotal },
      this.#keyOf(basis),
      ordered(figures, columns),
    );
  }

  build(): Pick<ArchivedSums, 'bases' | 'pods' | 'namespaces' | 'nodes'> {
    const keys = [...this.#bases.keys()].sort(compare);
    const places = new Map(keys.map((key, i) => [key, i]));
    return {
      bases: keys.map((key) => this.#bases.get(key)!),
      pods: this.#pods.build<ArchivedPod>(places),
      namespaces: this.#namespaces.build<ArchivedNamespace>(places),
      nodes: this.#nodes.build<ArchivedNode>(places),
    };
  }

  #keyOf(basis: ArchivedBasis): string {
    const { gridZone, provider, method, estimated, currency, pueBand, intensityBand, embodiedBand } = basis;
    const [pue, intensity, embodied] = [pueBand, intensityBand, embodiedBand].map(({ lo, hi }) => ({
      lo,
      hi,
    }));
    const own = { gridZone, provider, method, estimated, currency };
    const whole = { ...own, pueBand: pue!, intensityBand: intensity!, embodiedBand: embodied! };
    const key = JSON.stringify(whole);
    if (!this.#bases.has(key)) this.#bases.set(key, whole);
    return key;
  }
}

function ordered(figures: object, columns: readonly string[]): Figures {
  const values = figures as Figures;
  return Object.fromEntries(columns.map((column) => [column, values[column]!]));
}

class Lines {
  readonly #lines = new Map<string, Line>();

  add(names: object, basis: string, figures: Figures): void {
    const key = JSON.stringify([names, basis]);
    const before = this.#lines.get(key);
    if (before) before.figures = sum(before.figures, figures);
    else this.#lines.set(key, { names, basis, figures });
  }

  build<T>(places: ReadonlyMap<string, number>): T[] {
    return [...this.#lines]
      .sort(([a], [b]) => compare(a, b))
      .map(([, { names, basis, figures }]) => {
        const values = Object.entries(figures).map(([column, value]) => [
          column,
          typeof value === 'bigint' ? wholeOf(value) : value,
        ]);
        return { ...names, basis: places.get(basis)!, ...Object.fromEntries(values) } as T;
      });
  }
}

/** Times and extremes are numbers, amounts are not. */
function sum(a: Figures, b: Figures): Figures {
  const joined = Object.keys(a).map((column) => {
    const [x, y] = [a[column]!, b[column]!];
    if (column === 'first') return [column, Math.min(Number(x), Number(y))];
    if (typeof x === 'number' || typeof y === 'number') return [column, Math.max(Number(x), Number(y))];
    return [column, x === null || y === null ? (x ?? y) : x + y];
  });
  return Object.fromEntries(joined) as Figures;
}
