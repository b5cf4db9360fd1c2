/** Adding up the lines of an answer, in 64-bit integers and beyond. */
import type { GroupId, Sums, WeightedSums } from '../../ports/history.js';
import type { GroupRecord, SumRecord } from './history-query.js';

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
    w.energyPowerLo += r.energyPowerLo;
    w.energyPowerHi += r.energyPowerHi;
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

/** One value for each group met, found by the key fields of a record. */
export class Groups<T> {
  readonly #groups = new Map<string, { key: GroupId; value: T }>();
  readonly #fields: readonly string[];
  readonly #make: () => T;

  /** @param fields of the keys, as `GroupSql` names them */
  constructor(fields: readonly string[], make: () => T) {
    this.#fields = fields;
    this.#make = make;
  }

  of(record: GroupRecord): T {
    const names = this.#fields.map((_, i) => record[`k${i}`]);
    const id = JSON.stringify(names);
    let group = this.#groups.get(id);
    if (!group) {
      const key = Object.fromEntries(this.#fields.map((field, i) => [field, names[i]])) as GroupId;
      this.#groups.set(id, (group = { key, value: this.#make() }));
    }
    return group.value;
  }

  inOrder(): { key: GroupId; value: T }[] {
    return [...this.#groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }
}
