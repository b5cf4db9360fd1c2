/** What is said of a report above its rows, in every format the same. */
import { CPU_POWER_SOURCE } from '../../data/cpu-families.js';
import { ATTRIBUTION } from '../../data/grid-yearly.js';
import { CALCULATION_VERSION } from '../../domain/model.js';
import { co2eOf, energyOf, estimatedRatio, instant } from '../../pipeline/figures.js';
import type { ReportHead } from '../../pipeline/report.js';

export const TITLE = 'GreenKube report: energy, CO2e and cost of Kubernetes workloads';

export type Metadata = Readonly<Record<string, string | number | null>>;

/** In the order in which it is shown. Values hold no line break. */
export function metadataOf(head: ReportHead): Metadata {
  const { range, step, total, coverage } = head;
  return {
    from: instant(range.from),
    to: instant(range.to),
    step: step ?? 'none',
    calendar: 'UTC, to is exclusive, weeks of ISO 8601',
    query: queryOf(head),
    coverage,
    estimated_ratio: estimatedRatio(total),
    total_energy_joules: coverage === 0 ? null : energyOf(total).value,
    total_co2e_grams: coverage === 0 ? null : co2eOf(total).value,
    scope_2: 'co2e_operational_grams: GHG Protocol scope 2, location-based (electricity, PUE included)',
    scope_3: 'co2e_embodied_grams: GHG Protocol scope 3, category 1 (purchased goods: hardware)',
    calculation_version: CALCULATION_VERSION,
    method: 'docs/methodology.md of GreenKube',
    attribution: ATTRIBUTION,
    power_source: CPU_POWER_SOURCE,
  };
}

/** As a query string: what came from a person is percent-encoded and can be no formula and no second line. */
function queryOf({ by, filters }: ReportHead): string {
  const query = new URLSearchParams(by.map((key): [string, string] => ['by', key]));
  for (const [name, values] of Object.entries(filters)) {
    for (const value of (values as readonly string[] | undefined) ?? []) query.append(name, value);
  }
  return query.toString();
}
