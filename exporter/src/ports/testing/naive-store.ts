import { floorTo, HOUR } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import { OracleLedger } from './oracle.js';

/**
 * How not to do it: every so often whatever is older than 6 h is added up by hour, the hours found are overwritten, the rows are
 * deleted, and questions take hours up to 6 h ago and rows after that. A law that this one does not break shows nothing.
 */
export class NaiveStore {
  readonly #marks = new OracleLedger();
  readonly #rows = new Map<number, bigint>();
  readonly #hours = new Map<number, bigint>();

  async commit(result: IntervalResult): Promise<boolean> {
    if (this.#marks.commit(result) === 'unchanged') return false;
    const energy = result.rows.reduce((sum, row) => sum + BigInt(row.energy), 0n);
    this.#rows.set(result.interval.start, energy);
    return true;
  }

  async compact(now: number): Promise<void> {
    const sums = new Map<number, bigint>();
    for (const [start, energy] of this.#rows) {
      if (start >= now - 6 * HOUR) continue;
      const hour = floorTo(start, HOUR);
      sums.set(hour, (sums.get(hour) ?? 0n) + energy);
      this.#rows.delete(start);
    }
    for (const [hour, energy] of sums) this.#hours.set(hour, energy);
  }

  async energy(now: number): Promise<bigint> {
    const edge = now - 6 * HOUR;
    const sum = (of: ReadonlyMap<number, bigint>, counts: (start: number) => boolean) =>
      [...of].reduce((s, [start, energy]) => (counts(start) ? s + energy : s), 0n);
    return sum(this.#hours, (hour) => hour < edge) + sum(this.#rows, (start) => start >= edge);
  }
}
