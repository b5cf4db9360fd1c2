/** From stored records back to what was restated, and to what an interval was computed with. */
import type { IntensitySource } from '../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, micrograms } from '../domain/units.js';
import type { Restatement, RestatementReason, UsedFactors } from '../ports/restating.js';

export interface UsedRecord {
  readonly start: number;
  readonly node: string;
  readonly gridZone: string;
  readonly provider: string;
  readonly instanceType: string;
  readonly intensity: number;
  readonly intensitySource: IntensitySource;
  readonly intensityTime: number;
  readonly embodiedTotal: number;
  /** JSON. */
  readonly reasons: string;
}

export const toUsed = (r: UsedRecord): UsedFactors => ({
  ...r,
  start: epochSeconds(r.start),
  intensity: gramsPerKwh(r.intensity),
  intensityTime: epochSeconds(r.intensityTime),
  embodiedTotal: kilograms(r.embodiedTotal),
  reasons: JSON.parse(r.reasons) as UsedFactors['reasons'],
});

export interface RestatementRecord {
  readonly start: number;
  readonly node: string;
  readonly reason: RestatementReason;
  readonly at: number;
  readonly oldEmissions: number;
  readonly newEmissions: number;
  readonly oldFactor: number;
  readonly newFactor: number;
  readonly oldSource: string;
  readonly newSource: string;
}

export const toRestatement = (r: RestatementRecord): Restatement => ({
  ...r,
  start: epochSeconds(r.start),
  at: epochSeconds(r.at),
  oldEmissions: micrograms(r.oldEmissions),
  newEmissions: micrograms(r.newEmissions),
});
