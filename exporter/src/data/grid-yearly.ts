/**
 * Yearly mean carbon intensity of electricity, life cycle, by grid zone and by country.
 *
 * Zones: Electricity Maps, yearly data sets, published under the Open Database License (ODbL) and
 * redistributed by CO2.js (@tgwf/co2, The Green Web Foundation). Countries that Electricity Maps has no whole
 * of: Ember, yearly electricity data, CC BY-SA 4.0, by the same package. Both must be attributed wherever the
 * figures are shown (see ATTRIBUTION).
 */
import { averageIntensity, electricityMaps } from '@tgwf/co2/data';
import { gramsPerKwh, type GramsPerKwh } from '../domain/units.js';

export interface YearlyIntensity {
  readonly value: GramsPerKwh;
  readonly year: number;
}

export const ATTRIBUTION =
  'Yearly grid intensity: Electricity Maps (ODbL) and Ember (CC BY-SA 4.0), by way of CO2.js, The Green Web Foundation.';

/** Mean of the world's electricity: Ember, Global Electricity Review 2025. */
export const WORLD_INTENSITY: YearlyIntensity = { value: gramsPerKwh(473), year: 2024 };

const byZone = newestByZone();

/** Every zone code of Electricity Maps that the yearly data know. */
export const gridZones: ReadonlySet<string> = new Set(byZone.keys());

/** The newest year on record for the zone; null for a code that is no zone. */
export function yearlyIntensity(gridZone: string): YearlyIntensity | null {
  return byZone.get(gridZone) ?? null;
}

/**
 * The country that a zone belongs to ("US-MIDA-PJM" to US); null where no source has the country as a whole.
 */
export function countryIntensity(gridZone: string): YearlyIntensity | null {
  const country = gridZone.split('-')[0]!;
  return byZone.get(country) ?? emberIntensity(country);
}

function newestByZone(): ReadonlyMap<string, YearlyIntensity> {
  const newest = new Map<string, YearlyIntensity>();
  const years = Object.keys(electricityMaps).map((key) => Number(key.replace('yearly', '')));
  for (const year of years.toSorted((a, b) => a - b)) {
    for (const [zone, row] of Object.entries(electricityMaps[`yearly${year}`]!.data)) {
      const value = row.carbonIntensity.value;
      if (Number.isFinite(value)) newest.set(zone, { value: gramsPerKwh(value), year });
    }
  }
  return newest;
}

/**
 * Countries that Electricity Maps only has parts of, or none: ISO 3166 two letters to three, by which Ember is
 * keyed.
 */
const ISO3: ReadonlyMap<string, string> = new Map([
  ['AS', 'ASM'],
  ['CK', 'COK'],
  ['CL', 'CHL'],
  ['KI', 'KIR'],
  ['KN', 'KNA'],
  ['MS', 'MSR'],
  ['NR', 'NRU'],
  ['RU', 'RUS'],
  ['TC', 'TCA'],
  ['VG', 'VGB'],
]);

/** Year of Ember's release that the package carries; its world mean is the one of the 2025 review. */
const EMBER_YEAR = 2024;

function emberIntensity(country: string): YearlyIntensity | null {
  const value = averageIntensity.data[ISO3.get(country) ?? ''];
  return value === undefined ? null : { value: gramsPerKwh(value), year: EMBER_YEAR };
}
