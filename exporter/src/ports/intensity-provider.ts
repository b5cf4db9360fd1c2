import type { TimeRange } from '../domain/interval.js';
import type { IntensitySource } from '../domain/model.js';
import type { EpochSeconds, GramsPerKwh } from '../domain/units.js';
import type { Outcome } from './outcome.js';

/** Mean carbon intensity of one hour, life cycle, consumption-based where the provider tells them apart. */
export interface IntensityPoint {
  /** Start of the hour. */
  readonly hour: EpochSeconds;
  readonly value: GramsPerKwh;
  /** The provider itself calls it an estimate and may restate it. */
  readonly provisional: boolean;
}

/** A live source of hourly intensity. Providers are asked in order; the first that covers a zone and answers wins. */
export interface IntensityProvider {
  readonly name: Extract<IntensitySource, 'electricity-maps' | 'uk-carbon-intensity' | 'prometheus' | 'demo'>;
  /** False once the provider has said that it does not know the zone, or the token lacks it. */
  covers(gridZone: string): boolean;
  /** Points of the whole hours whose start lies in the range, ascending; hours it has nothing of are left out. */
  history(
    gridZone: string,
    range: TimeRange,
    signal?: AbortSignal,
  ): Promise<Outcome<readonly IntensityPoint[]>>;
  /** Hours ahead, where the provider forecasts and the token allows it. */
  forecast?(gridZone: string, signal?: AbortSignal): Promise<Outcome<readonly IntensityPoint[]>>;
}
