/** Adding up the lines of an answer, in 64-bit integers and beyond. */
import type { GroupId, Sums, WeightedSums } from '../ports/history.js';
import type { Line, SumLine } from './answer-lines.js';

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

  add(r: SumLine): void {
    const { basis } = r;
    this.#energy += r.energy;
    if (basis.estimated === 1n) this.#estimatedEnergy += r.energy;
    this.#operational += r.operational;
    this.#embodied += r.embodied;
    if (r.cost !== null) this.#cost.set(basis.currency, (this.#cost.get(basis.currency) ?? 0n) + r.cost);
    const w = this.#weighted;
    w.energyPowerLo += r.energyPowerLo;
    w.energyPowerHi += r.energyPowerHi;
    w.operationalPowerLo += r.operationalPowerLo;
    w.operationalPowerHi += r.operationalPowerHi;
    // One width serves both sides: the wider, so that neither is drawn too narrow.
    w.operationalPue += r.operational * (basis.pueLo > basis.pueHi ? basis.pueLo : basis.pueHi);
    w.operationalIntensityLo += r.operational * basis.intensityLo;
    w.operationalIntensityHi += r.operational * basis.intensityHi;
    w.embodiedLo += r.embodied * basis.embodiedLo;
    w.embodiedHi += r.embodied * basis.embodiedHi;
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

/** One value for each group met, found by its names. */
export class Groups<T> {
  readonly #groups = new Map<string, { key: GroupId; value: T }>();
  readonly #fields: readonly string[];
  readonly #make: () => T;
  #last: { names: readonly string[]; value: T } | null = null;

  /** @param fields of the keys, in the order of the names */
  constructor(fields: readonly string[], make: () => T) {
    this.#fields = fields;
    this.#make = make;
  }

  /** Lines of one group mostly follow one another. */
  of({ names }: Line): T {
    const last = this.#last;
    if (last?.names.every((name, i) => name === names[i])) return last.value;
    const value = this.#find(names);
    this.#last = { names, value };
    return value;
  }

  inOrder(): { key: GroupId; value: T }[] {
    return [...this.#groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  #find(names: readonly string[]): T {
    const id = JSON.stringify(names);
    let group = this.#groups.get(id);
    if (!group) {
      const key = Object.fromEntries(this.#fields.map((field, i) => [field, names[i]])) as GroupId;
      this.#groups.set(id, (group = { key, value: this.#make() }));
    }
    return group.value;
  }
}
