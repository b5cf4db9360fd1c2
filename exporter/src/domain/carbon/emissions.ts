/** Emissions of one node's interval (methodology section 4). */
import {
  micrograms,
  SECONDS_PER_LIFESPAN_YEAR,
  type GramsPerKwh,
  type Kilograms,
  type Micrograms,
  type Millijoules,
  type Seconds,
} from '../units.js';

/**
 * GHG Protocol scope 2, location-based: energy at the machine x PUE x grid intensity.
 * mJ / 3.6e9 = kWh; x g/kWh x 1e6 = micrograms; together x / 3600.
 */
export function operationalEmissions(energy: Millijoules, pue: number, intensity: GramsPerKwh): Micrograms {
  return micrograms(Math.round((energy * pue * intensity) / 3600));
}

/** GHG Protocol scope 3, category 1: the part of a machine's life that passed. */
export function embodiedEmissions(total: Kilograms, time: Seconds, lifespanYears: number): Micrograms {
  return micrograms(Math.round((total * 1e9 * time) / (lifespanYears * SECONDS_PER_LIFESPAN_YEAR)));
}
