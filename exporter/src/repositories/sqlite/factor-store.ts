/** `FactorStore` in the ledger's own file, so that history and the factors behind it are kept and copied together. */
import type { Database } from 'better-sqlite3';
import type { TimeRange } from '../../domain/interval.js';
import type { IntensitySource } from '../../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, type EpochSeconds } from '../../domain/units.js';
import type {
  EmbodiedChange,
  FactorStore,
  IntensityChange,
  StoredEmbodied,
  StoredIntensity,
} from '../../ports/factor-store.js';
import type { IntensityPoint } from '../../ports/intensity-provider.js';
import { explaining } from './connection.js';

const PUT_INTENSITY = `
INSERT INTO intensity (grid_zone, hour, source, value, provisional, fetched_at, changed_at)
VALUES (:zone, :hour, :source, :value, :provisional, :at, :at)
ON CONFLICT DO UPDATE SET
  changed_at = iif(value = excluded.value AND provisional = excluded.provisional, changed_at, excluded.changed_at),
  value = excluded.value,
  provisional = excluded.provisional,
  fetched_at = excluded.fetched_at`;

const INTENSITY = `
SELECT hour, source, value, provisional, fetched_at AS fetchedAt
FROM intensity WHERE grid_zone = ? AND hour >= ? AND hour < ? ORDER BY hour, source`;

const INTENSITY_CHANGES = `
SELECT grid_zone AS gridZone, hour, source, changed_at AS at
FROM intensity WHERE changed_at >= ? ORDER BY changed_at, grid_zone, hour, source LIMIT ?`;

const PUT_EMBODIED = `
INSERT INTO embodied (source, provider, instance_type, total, lo, hi, closest_match, fetched_at, changed_at)
VALUES (:source, :provider, :type, :total, :lo, :hi, :closestMatch, :at, :at)
ON CONFLICT DO UPDATE SET
  changed_at = iif(total IS excluded.total, changed_at, excluded.changed_at),
  total = excluded.total,
  lo = excluded.lo,
  hi = excluded.hi,
  closest_match = excluded.closest_match,
  fetched_at = excluded.fetched_at`;

const EMBODIED = `
SELECT total, lo, hi, closest_match AS closestMatch, fetched_at AS fetchedAt
FROM embodied WHERE source = ? AND provider = ? AND instance_type = ?`;

const EMBODIED_CHANGES = `
SELECT source, provider, instance_type AS instanceType, changed_at AS at
FROM embodied WHERE changed_at >= ? AND total IS NOT NULL
ORDER BY changed_at, source, provider, instance_type LIMIT ?`;

interface IntensityRecord {
  readonly hour: number;
  readonly source: string;
  readonly value: number;
  readonly provisional: 0 | 1;
  readonly fetchedAt: number;
}

interface EmbodiedRecord {
  readonly total: number | null;
  readonly lo: number;
  readonly hi: number;
  readonly closestMatch: string;
  readonly fetchedAt: number;
}

export class SqliteFactorStore implements FactorStore {
  readonly #db: Database;

  /** @param db the ledger's connection: one writer, and one order of writes */
  constructor(db: Database) {
    this.#db = db;
  }

  async putIntensity(
    zone: string,
    source: IntensitySource,
    points: readonly IntensityPoint[],
    at: EpochSeconds,
  ): Promise<void> {
    this.#attempt(() => {
      const put = this.#db.prepare(PUT_INTENSITY);
      this.#db
        .transaction(() => {
          for (const { hour, value, provisional } of points) {
            put.run({ zone, hour, source, value, provisional: Number(provisional), at });
          }
        })
        .immediate();
    });
  }

  async intensity(gridZone: string, { from, to }: TimeRange): Promise<readonly StoredIntensity[]> {
    return this.#attempt(() =>
      this.#db
        .prepare<[string, number, number], IntensityRecord>(INTENSITY)
        .all(gridZone, from, to)
        .map(toIntensity),
    );
  }

  async intensityChanges(since: EpochSeconds, limit: number): Promise<readonly IntensityChange[]> {
    return this.#attempt(() =>
      this.#db.prepare<[number, number], IntensityChange>(INTENSITY_CHANGES).all(since, limit),
    );
  }

  async putEmbodied(
    source: string,
    provider: string,
    type: string,
    { total, band, closestMatch }: Omit<StoredEmbodied, 'fetchedAt'>,
    at: EpochSeconds,
  ): Promise<void> {
    this.#attempt(() =>
      this.#db.prepare(PUT_EMBODIED).run({ source, provider, type, total, ...band, closestMatch, at }),
    );
  }

  async embodied(source: string, provider: string, instanceType: string): Promise<StoredEmbodied | null> {
    const found = this.#attempt(() =>
      this.#db
        .prepare<[string, string, string], EmbodiedRecord>(EMBODIED)
        .get(source, provider, instanceType),
    );
    return found ? toEmbodied(found) : null;
  }

  async embodiedChanges(since: EpochSeconds, limit: number): Promise<readonly EmbodiedChange[]> {
    return this.#attempt(() =>
      this.#db.prepare<[number, number], EmbodiedChange>(EMBODIED_CHANGES).all(since, limit),
    );
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}

const toIntensity = ({ hour, source, value, provisional, fetchedAt }: IntensityRecord): StoredIntensity => ({
  hour: epochSeconds(hour),
  source: source as IntensitySource,
  value: gramsPerKwh(value),
  provisional: provisional === 1,
  fetchedAt: epochSeconds(fetchedAt),
});

const toEmbodied = ({ total, lo, hi, closestMatch, fetchedAt }: EmbodiedRecord): StoredEmbodied => ({
  total: total === null ? null : kilograms(total),
  band: { lo, hi },
  closestMatch,
  fetchedAt: epochSeconds(fetchedAt),
});
