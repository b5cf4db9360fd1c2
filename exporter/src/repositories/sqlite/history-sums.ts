/** Adding up the lines of an answer, in 64-bit integers and beyond. */
import type { Sums, WeightedSums } from '../../ports/history.js';
import { joinParts, type SumRecord } from './history-query.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class SumsBuilder {
  #energy = 0n;
  #estimatedEnergy = 0n;
  #operational = 0n;
  #embodied = 0n;
  readonly #cost = new Map<string, bigint>();
  readonly #weighted: Mutable<WeightedSums> = {
    energyPowerLo: 0n,
    energyPowerHi: 0n,
    operationalPowerLo: 0n,
    operationalPowerHi: 0n,
    operationalPue: 0n,
    operationalIntensityLo: 0n,
    operationalIntensityHi: 0n,
    embodiedLo: 0n,
    embodiedHi: 0n,
  };

  add(r: SumRecord): void {
    this.#energy += r.energy;
    if (r.estimated === 1n) this.#estimatedEnergy += r.energy;
    this.#operational += r.operational;
    this.#embodied += r.embodied;
    if (r.cost !== null) this.#cost.set(r.currency, (this.#cost.get(r.currency) ?? 0n) + r.cost);
    const w = this.#weighted;
    w.energyPowerLo += joinParts(r.energyPowerLoHigh, r.energyPowerLoLow);
    w.energyPowerHi += joinParts(r.energyPowerHiHigh, r.energyPowerHiLow);
    w.operationalPowerLo += r.operationalPowerLo;
    w.operationalPowerHi += r.operationalPowerHi;
    // One width serves both sides: the wider, so that neither is drawn too narrow.
    w.operationalPue += r.operational * (r.pueLo > r.pueHi ? r.pueLo : r.pueHi);
    w.operationalIntensityLo += r.operational * r.intensityLo;
    w.operationalIntensityHi += r.operational * r.intensityHi;
    w.embodiedLo += r.embodied * r.embodiedLo;
    w.embodiedHi += r.embodied * r.embodiedHi;
  }

  build(): Sums {
    return {
      energy: this.#energy,
      estimatedEnergy: this.#estimatedEnergy,
      operational: this.#operational,
      embodied: this.#embodied,
      cost: [...this.#cost]
        .map(([currency, nano]) => ({ currency, nano }))
        .toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
      weighted: { ...this.#weighted },
    };
  }
}
