/** `IntensityHistory` of every cluster in a SQLite file: what `SqliteFactorStore` has written. */
import type { Database } from 'better-sqlite3';
import type { StoredIntensity } from '../../ports/factor-store.js';
import type { IntensityHistory, IntensityQuery } from '../../ports/intensity-history.js';
import { explaining } from './connection.js';
import { SqliteFactorStore } from './factor-store.js';

/** Skips from one zone to the next by the primary key, of which there are few among many hours. */
const ZONES = `WITH RECURSIVE z (zone) AS (
  SELECT min(grid_zone) FROM intensity
  UNION ALL SELECT (SELECT min(grid_zone) FROM intensity WHERE grid_zone > z.zone) FROM z WHERE z.zone IS NOT NULL
) SELECT zone FROM z WHERE zone IS NOT NULL`;

export class SqliteIntensityHistory implements IntensityHistory {
  readonly #db: Database;
  readonly #stored: SqliteFactorStore;

  constructor(db: Database) {
    this.#db = db;
    this.#stored = new SqliteFactorStore(db);
  }

  async intensity({ gridZone, range }: IntensityQuery): Promise<readonly StoredIntensity[]> {
    return this.#stored.intensity(gridZone, range);
  }

  async intensityZones(): Promise<readonly string[]> {
    return explaining(this.#db.name, () => this.#db.prepare<[], string>(ZONES).pluck().all());
  }
}
