/** Reading back what live providers said of the grid. Served by read-only connections. */
import type { TimeRange } from '../domain/interval.js';
import type { StoredIntensity } from './factor-store.js';

export interface IntensityQuery {
  readonly gridZone: string;
  readonly range: TimeRange;
}

export interface IntensityHistory {
  /** By hour, ascending; of several providers that answered for one hour, all, by name. */
  intensity(query: IntensityQuery): Promise<readonly StoredIntensity[]>;
  /** Grid zones of which anything is stored, by name. */
  intensityZones(): Promise<readonly string[]>;
}
