/** What live sources of factors have answered, kept so that they are asked once and the past can be told without them. */
import type { TimeRange } from '../domain/interval.js';
import type { Band, IntensitySource } from '../domain/model.js';
import type { EpochSeconds, Kilograms } from '../domain/units.js';
import type { IntensityPoint } from './intensity-provider.js';

export interface StoredIntensity extends IntensityPoint {
  readonly source: IntensitySource;
  readonly fetchedAt: EpochSeconds;
}

/** A zone's hour for which a source now says something else than before, or something for the first time. */
export interface IntensityChange {
  readonly gridZone: string;
  readonly hour: EpochSeconds;
  readonly source: IntensitySource;
  readonly at: EpochSeconds;
}

/** Only what a provider said is stored; a default never is. */
export interface IntensityStore {
  /** A later answer for the same zone, hour and source replaces the earlier one. */
  putIntensity(
    gridZone: string,
    source: IntensitySource,
    points: readonly IntensityPoint[],
    at: EpochSeconds,
  ): Promise<void>;
  /** By hour, ascending; several sources may have answered for one hour. */
  intensity(gridZone: string, range: TimeRange): Promise<readonly StoredIntensity[]>;
  /**
   * The oldest `limit` changes of value or of "provisional" made at or after `since`, by time; at one time by zone, hour and
   * source. Storing the same again is no change.
   */
  intensityChanges(since: EpochSeconds, limit: number): Promise<readonly IntensityChange[]>;
}

export interface StoredEmbodied {
  /** Null: the provider did not know the type. */
  readonly total: Kilograms | null;
  readonly band: Band;
  readonly closestMatch: string;
  readonly fetchedAt: EpochSeconds;
}

export interface EmbodiedChange {
  readonly source: string;
  readonly provider: string;
  readonly instanceType: string;
  readonly at: EpochSeconds;
}

export interface EmbodiedStore {
  putEmbodied(
    source: string,
    provider: string,
    instanceType: string,
    value: Omit<StoredEmbodied, 'fetchedAt'>,
    at: EpochSeconds,
  ): Promise<void>;
  embodied(source: string, provider: string, instanceType: string): Promise<StoredEmbodied | null>;
  /** Types of which a total became known or changed at or after `since`, the oldest `limit`, by time, then by name. */
  embodiedChanges(since: EpochSeconds, limit: number): Promise<readonly EmbodiedChange[]>;
}

export interface FactorStore extends IntensityStore, EmbodiedStore {}
