/**
 * What is told by container. Most pods have one, and nothing is kept of it but its name; only those of which a second shows up are
 * kept apart. The whole is right at any time, whatever the order and the repetition of the answers.
 */
import { Interner, type Column } from './table.js';

/** A figure of whole pods, and of the containers of those that have several. */
export interface Parted {
  readonly whole: Column;
  readonly parts: Column;
}

/** Containers of the owners of some figures: of places, or of incarnations. */
export class Containers {
  private readonly names = new Interner();
  /** By owner, while one name alone has been seen: numbers, as texts of 50 000 answers would be kept alive. */
  private readonly only: (number | undefined)[] = [];
  /** Ids of the parts by name, in the order of names. */
  private readonly several = new Map<number, ReadonlyMap<string, number>>();
  private readonly nameOf: string[] = [];
  private partCount = 0;

  constructor(private readonly figures: readonly Parted[]) {}

  /** Of a container that an answer repeats the largest counts. */
  add(figure: Parted, owner: number, name: string, values: Float64Array): void {
    const id = this.names.id(name);
    if (id === this.nameOf.length) this.nameOf.push(name);
    const known = this.several.get(owner);
    if (known === undefined && (this.only[owner] ??= id) === id) {
      figure.whole.max(owner, values);
      return;
    }
    const ids = this.withPart(owner, name, known);
    figure.parts.max(ids.get(name)!, values);
    figure.whole.putSum(owner, figure.parts, ids.values());
  }

  hasSeveral(owner: number): boolean {
    return this.several.has(owner);
  }

  /** Names of the containers of an owner with several, in order; none otherwise. */
  namesOf(owner: number): Iterable<string> {
    return this.several.get(owner)?.keys() ?? [];
  }

  /** NaN where nothing is known. */
  at(figure: Parted, owner: number, name: string, index: number): number {
    const ids = this.several.get(owner);
    if (ids === undefined) return this.onlyName(owner) === name ? figure.whole.at(owner, index) : NaN;
    const part = ids.get(name);
    return part === undefined ? NaN : figure.parts.at(part, index);
  }

  private onlyName(owner: number): string | undefined {
    const id = this.only[owner];
    return id === undefined ? undefined : this.nameOf[id];
  }

  private withPart(
    owner: number,
    name: string,
    known: ReadonlyMap<string, number> | undefined,
  ): ReadonlyMap<string, number> {
    if (known?.has(name)) return known;
    const parts = known ?? new Map([[this.onlyName(owner)!, this.partCount++]]);
    if (known === undefined) {
      // What was the whole until now was the first one's.
      const [first] = parts.values();
      for (const { whole, parts: into } of this.figures) into.copy(first!, whole, owner);
    }
    const all = new Map(
      [...parts, [name, this.partCount++] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    this.several.set(owner, all);
    return all;
  }
}
