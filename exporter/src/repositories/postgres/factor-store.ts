/** `FactorStore` beside the ledgers, shared by all clusters of the schema. */
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
import { numbers } from './arrays.js';
import type { Session } from './connection.js';

/** In one order, so that two clusters that ask for the same zone do not wait for each other in a circle. */
const PUT_INTENSITY = `
INSERT INTO intensity AS i (grid_zone, hour, source, value, provisional, fetched_at, changed_at)
SELECT $1, u.hour, $2, u.value, u.provisional, $3, $3
FROM unnest($4::bigint[], $5::float8[], $6::boolean[]) u (hour, value, provisional) ORDER BY u.hour
ON CONFLICT (grid_zone, hour, source) DO UPDATE SET
  changed_at = CASE WHEN i.value = excluded.value AND i.provisional = excluded.provisional
    THEN i.changed_at ELSE excluded.changed_at END,
  value = excluded.value,
  provisional = excluded.provisional,
  fetched_at = excluded.fetched_at`;

const INTENSITY = `
SELECT hour, source, value, provisional, fetched_at AS "fetchedAt"
FROM intensity WHERE grid_zone = $1 AND hour >= $2 AND hour < $3 ORDER BY hour, source`;

const INTENSITY_CHANGES = `
SELECT grid_zone AS "gridZone", hour, source, changed_at AS at
FROM intensity WHERE changed_at >= $1 ORDER BY changed_at, grid_zone, hour, source LIMIT $2`;

const PUT_EMBODIED = `
INSERT INTO embodied AS e (source, provider, instance_type, total, lo, hi, closest_match, fetched_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (source, provider, instance_type) DO UPDATE SET
  changed_at = CASE WHEN e.total IS NOT DISTINCT FROM excluded.total THEN e.changed_at ELSE excluded.changed_at END,
  total = excluded.total,
  lo = excluded.lo,
  hi = excluded.hi,
  closest_match = excluded.closest_match,
  fetched_at = excluded.fetched_at`;

const EMBODIED = `
SELECT total, lo, hi, closest_match AS "closestMatch", fetched_at AS "fetchedAt"
FROM embodied WHERE source = $1 AND provider = $2 AND instance_type = $3`;

const EMBODIED_CHANGES = `
SELECT source, provider, instance_type AS "instanceType", changed_at AS at
FROM embodied WHERE changed_at >= $1 AND total IS NOT NULL
ORDER BY changed_at, source, provider, instance_type LIMIT $2`;

interface IntensityRecord {
  readonly hour: number;
  readonly source: IntensitySource;
  readonly value: number;
  readonly provisional: boolean;
  readonly fetchedAt: number;
}

interface EmbodiedRecord {
  readonly total: number | null;
  readonly lo: number;
  readonly hi: number;
  readonly closestMatch: string;
  readonly fetchedAt: number;
}

export class PostgresFactorStore implements FactorStore {
  readonly #database: Session;

  constructor(database: Session) {
    this.#database = database;
  }

  async putIntensity(
    zone: string,
    source: IntensitySource,
    points: readonly IntensityPoint[],
    at: EpochSeconds,
  ): Promise<void> {
    if (points.length === 0) return;
    const latest = [...new Map(points.map((p) => [p.hour, p])).values()];
    await this.#database.rows(PUT_INTENSITY, [
      ...[zone, source, at, numbers(latest.map((p) => p.hour)), numbers(latest.map((p) => p.value))],
      latest.map((p) => p.provisional),
    ]);
  }

  async intensity(gridZone: string, { from, to }: TimeRange): Promise<readonly StoredIntensity[]> {
    return readIntensity(this.#database, gridZone, { from, to });
  }

  async intensityChanges(since: EpochSeconds, limit: number): Promise<readonly IntensityChange[]> {
    return this.#database.rows<IntensityChange>(INTENSITY_CHANGES, [since, limit]);
  }

  async putEmbodied(
    source: string,
    provider: string,
    type: string,
    { total, band, closestMatch }: Omit<StoredEmbodied, 'fetchedAt'>,
    at: EpochSeconds,
  ): Promise<void> {
    await this.#database.rows(PUT_EMBODIED, [
      ...[source, provider, type, total, band.lo, band.hi, closestMatch, at],
    ]);
  }

  async embodied(source: string, provider: string, instanceType: string): Promise<StoredEmbodied | null> {
    const [found] = await this.#database.rows<EmbodiedRecord>(EMBODIED, [source, provider, instanceType]);
    if (!found) return null;
    const { total, lo, hi, closestMatch, fetchedAt } = found;
    return {
      total: total === null ? null : kilograms(total),
      band: { lo, hi },
      closestMatch,
      fetchedAt: epochSeconds(fetchedAt),
    };
  }

  async embodiedChanges(since: EpochSeconds, limit: number): Promise<readonly EmbodiedChange[]> {
    return this.#database.rows<EmbodiedChange>(EMBODIED_CHANGES, [since, limit]);
  }
}

/** By hour; of several sources of one hour, by name. */
export async function readIntensity(
  session: Session,
  gridZone: string,
  { from, to }: TimeRange,
): Promise<StoredIntensity[]> {
  const found = await session.rows<IntensityRecord>(INTENSITY, [gridZone, from, to]);
  return found.map(({ hour, source, value, provisional, fetchedAt }) => ({
    hour: epochSeconds(hour),
    source,
    value: gramsPerKwh(value),
    provisional,
    fetchedAt: epochSeconds(fetchedAt),
  }));
}
