/** Compact stores for one range: an answer of 50 000 pods is folded into these and dropped. */

/** Numbers for strings, 0, 1, 2 … in order of first sight. */
export class Interner {
  private readonly ids = new Map<string, number>();

  get size(): number {
    return this.ids.size;
  }

  id(key: string): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const next = this.ids.size;
    this.ids.set(key, next);
    return next;
  }

  find(key: string): number | undefined {
    return this.ids.get(key);
  }
}

/** One number per object and interval, NaN where there is none. */
export class Column {
  private data: Float64Array;

  constructor(private readonly width: number) {
    this.data = new Float64Array(width * 64).fill(NaN);
  }

  at(id: number, index: number): number {
    return this.data[id * this.width + index] ?? NaN;
  }

  /** Keeps the larger of old and new: a series that an answer repeats counts once. */
  max(id: number, values: Float64Array): void {
    this.merge(id, values, Math.max);
  }

  /** Adds: for series that together make one object. */
  add(id: number, values: Float64Array): void {
    this.merge(id, values, (a, b) => a + b);
  }

  /** Takes over what another column of the same width has of an object. */
  copy(id: number, from: Column, fromId: number): void {
    this.grow((id + 1) * this.width);
    for (let i = 0; i < this.width; i++) this.data[id * this.width + i] = from.at(fromId, i);
  }

  /** The sum of some objects of another column, added in their order; NaN where none has a number. */
  putSum(id: number, of: Column, ids: Iterable<number>): void {
    this.grow((id + 1) * this.width);
    const all = [...ids];
    for (let i = 0; i < this.width; i++) {
      const known = all.map((each) => of.at(each, i)).filter((value) => !Number.isNaN(value));
      this.data[id * this.width + i] = known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : NaN;
    }
  }

  /** Whether any object has a number for the interval. */
  hasAny(index: number): boolean {
    for (let i = index; i < this.data.length; i += this.width) {
      if (!Number.isNaN(this.data[i])) return true;
    }
    return false;
  }

  private merge(id: number, values: Float64Array, combine: (a: number, b: number) => number): void {
    const base = id * this.width;
    this.grow(base + this.width);
    for (let i = 0; i < this.width; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const old = this.data[base + i]!;
      this.data[base + i] = Number.isNaN(old) ? value : combine(old, value);
    }
  }

  private grow(size: number): void {
    if (size <= this.data.length) return;
    const larger = new Float64Array(Math.max(size, this.data.length * 2)).fill(NaN);
    larger.set(this.data);
    this.data = larger;
  }
}
