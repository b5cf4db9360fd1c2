import { DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import type { Seconds } from '../../domain/units.js';
import type { Pruned } from '../ledger.js';
import { OracleLedger } from './oracle.js';

/** What of a ledger can still be read and changed once buckets of it have been pruned, kept as whole intervals all the while. */
export class BucketOracle {
  readonly #ledger = new OracleLedger();
  readonly #step: Seconds;
  /** Hours without their intervals, and days without their hours. */
  readonly #hours = new Set<number>();
  readonly #days = new Set<number>();

  constructor(step: Seconds) {
    this.#step = step;
  }

  /** Whether it is taken. */
  commit(result: IntervalResult): boolean {
    if (this.#hours.has(floorTo(result.interval.start, HOUR))) return false;
    return this.#ledger.commit(result) !== 'unchanged';
  }

  /** The oldest hours and days go first. */
  pruned(one: Pruned): void {
    if (one.raw > 0) this.#hours.add(this.#oldest(HOUR, this.#hours));
    if (one.hour > 0) this.#days.add(this.#oldest(DAY, this.#days));
  }

  /** Results that a question about a range reads, by buckets of it: a bucket that is only held whole must lie in it whole. */
  readable(range: TimeRange, step: number | null = null): IntervalResult[] {
    return this.#ledger.results().filter(({ interval: { start } }) => {
      if (start < range.from || start >= range.to) return false;
      const width = this.#days.has(floorTo(start, DAY))
        ? DAY
        : this.#hours.has(floorTo(start, HOUR))
          ? HOUR
          : this.#step;
      const bucket = floorTo(start, width);
      const whole = bucket >= range.from && bucket + width - this.#step < range.to;
      return whole && (step === null || step % width === 0);
    });
  }

  /** @param step of the series that the range is one bucket of */
  coverage(range: TimeRange, step: number | null = null): number {
    const known = this.readable(range, step).reduce(
      (s, r) => (r.state === 'impossible' ? s : s + r.coverage * this.#step),
      0,
    );
    const length = range.to - range.from;
    return length === 0 ? 0 : Math.min(1, known / length);
  }

  #oldest(width: number, gone: ReadonlySet<number>): number {
    const counts = new Map<number, number>();
    for (const { interval } of this.#ledger.results()) {
      const bucket = floorTo(interval.start, width);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    const whole = [...counts].filter(([bucket, n]) => n === width / this.#step && !gone.has(bucket));
    return Math.min(...whole.map(([bucket]) => bucket));
  }
}
