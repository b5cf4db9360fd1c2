/** A `FactorStore` that lives as long as a test. */
import type { TimeRange } from '../../domain/interval.js';
import type { IntensitySource } from '../../domain/model.js';
import type { EpochSeconds } from '../../domain/units.js';
import type {
  EmbodiedChange,
  FactorStore,
  IntensityChange,
  StoredEmbodied,
  StoredIntensity,
} from '../factor-store.js';
import type { IntensityPoint } from '../intensity-provider.js';

interface Stamped<T> {
  readonly value: T;
  readonly at: EpochSeconds;
}

export class MemoryFactorStore implements FactorStore {
  readonly #intensity = new Map<string, Stamped<StoredIntensity> & { readonly gridZone: string }>();
  readonly #embodied = new Map<string, Stamped<StoredEmbodied>>();

  async putIntensity(
    gridZone: string,
    source: IntensitySource,
    points: readonly IntensityPoint[],
    at: EpochSeconds,
  ): Promise<void> {
    for (const point of points) {
      const key = JSON.stringify([gridZone, point.hour, source]);
      const held = this.#intensity.get(key);
      const same = held?.value.value === point.value && held.value.provisional === point.provisional;
      this.#intensity.set(key, {
        gridZone,
        value: { ...point, source, fetchedAt: at },
        at: same ? held.at : at,
      });
    }
  }

  async intensity(gridZone: string, { from, to }: TimeRange): Promise<readonly StoredIntensity[]> {
    return [...this.#intensity.values()]
      .filter((e) => e.gridZone === gridZone && e.value.hour >= from && e.value.hour < to)
      .map(({ value }) => value)
      .toSorted((a, b) => a.hour - b.hour || compare(a.source, b.source));
  }

  async intensityChanges(since: EpochSeconds, limit: number): Promise<readonly IntensityChange[]> {
    return [...this.#intensity.values()]
      .filter(({ at }) => at >= since)
      .map(({ gridZone, at, value: { hour, source } }) => ({ gridZone, hour, source, at }))
      .toSorted(
        (a, b) =>
          a.at - b.at || compare(a.gridZone, b.gridZone) || a.hour - b.hour || compare(a.source, b.source),
      )
      .slice(0, limit);
  }

  async putEmbodied(
    source: string,
    provider: string,
    instanceType: string,
    value: Omit<StoredEmbodied, 'fetchedAt'>,
    at: EpochSeconds,
  ): Promise<void> {
    const key = JSON.stringify([source, provider, instanceType]);
    const held = this.#embodied.get(key);
    const same = held !== undefined && held.value.total === value.total;
    this.#embodied.set(key, { value: { ...value, fetchedAt: at }, at: same ? held.at : at });
  }

  async embodied(source: string, provider: string, instanceType: string): Promise<StoredEmbodied | null> {
    return this.#embodied.get(JSON.stringify([source, provider, instanceType]))?.value ?? null;
  }

  async embodiedChanges(since: EpochSeconds, limit: number): Promise<readonly EmbodiedChange[]> {
    return [...this.#embodied]
      .filter(([, { at, value }]) => at >= since && value.total !== null)
      .map(([key, { at }]) => {
        const [source, provider, instanceType] = JSON.parse(key) as [string, string, string];
        return { source, provider, instanceType, at };
      })
      .toSorted((a, b) => a.at - b.at || compare(JSON.stringify(a), JSON.stringify(b)))
      .slice(0, limit);
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
