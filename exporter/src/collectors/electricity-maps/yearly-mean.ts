/**
 * Grid carbon intensity without a live source: the yearly mean of the zone, then of its country, then one configured figure.
 * Such a value is an estimate and never stored as if it were history.
 */
import { countryIntensity, yearlyIntensity, type YearlyIntensity } from '../../data/grid-yearly.js';
import type { IntensityValue } from '../../domain/factors.js';
import type { Band, IntensitySource, Reason } from '../../domain/model.js';
import { epochSeconds, type EpochSeconds, type GramsPerKwh } from '../../domain/units.js';
import type { GridIntensity } from '../../ports/factors.js';

/**
 * How far an hour lies from its year, 10th to 90th percentile: about 0.7 to 1.4 times the mean in the mixed grids that
 * Electricity Maps publishes by the hour; a whole country hides its regions, and the default hides everything.
 */
const BANDS: Readonly<Record<'yearly-mean' | 'country-mean' | 'default', Band>> = {
  'yearly-mean': { lo: 350, hi: 350 },
  'country-mean': { lo: 500, hi: 500 },
  default: { lo: 1200, hi: 700 },
};

/** @param defaultIntensity g/kWh where neither zone nor country is known */
export function createYearlyIntensity(defaultIntensity: GramsPerKwh): GridIntensity {
  return {
    at: (gridZone, hour) => {
      const zone = yearlyIntensity(gridZone);
      if (zone) return Promise.resolve(ofYear(zone, 'yearly-mean', 'INTENSITY_YEARLY_MEAN'));
      const country = gridZone === '' ? null : countryIntensity(gridZone);
      if (country) return Promise.resolve(ofYear(country, 'country-mean', 'INTENSITY_COUNTRY_MEAN'));
      return Promise.resolve(value(defaultIntensity, 'default', hour, 'INTENSITY_DEFAULT'));
    },
  };
}

function ofYear(
  mean: YearlyIntensity,
  source: 'yearly-mean' | 'country-mean',
  reason: Reason,
): IntensityValue {
  return value(mean.value, source, epochSeconds(Date.UTC(mean.year, 0, 1) / 1000), reason);
}

function value(
  amount: GramsPerKwh,
  source: IntensitySource & keyof typeof BANDS,
  time: EpochSeconds,
  reason: Reason,
): IntensityValue {
  return { value: amount, source, time, band: BANDS[source], reasons: [reason] };
}
