/**
 * Adds amounts that were taken over different numbers of seconds and tells their common rate. Amounts of equal duration are
 * added as integers before the one division, so that in a cluster whose nodes were there all the time parts add to the whole
 * exactly, in whatever order and however they are folded.
 */
export class RateSum {
  readonly #bySeconds = new Map<number, number>();

  add(amount: number, seconds: number): void {
    this.#bySeconds.set(seconds, (this.#bySeconds.get(seconds) ?? 0) + amount);
  }

  /** Amount a second. */
  perSecond(): number {
    let sum = 0;
    for (const [seconds, amount] of this.#bySeconds) sum += amount / seconds;
    return sum;
  }
}

const MILLIJOULES_PER_JOULE = 1e3;
const MICROGRAMS_PER_GRAM = 1e6;
const NANO = 1e9;

export const toWatts = (millijoulesPerSecond: number): number => millijoulesPerSecond / MILLIJOULES_PER_JOULE;
export const toGramsPerHour = (microgramsPerSecond: number): number =>
  (microgramsPerSecond * 3600) / MICROGRAMS_PER_GRAM;
export const toCurrencyPerHour = (nanoPerSecond: number): number => (nanoPerSecond * 3600) / NANO;
