/**
 * Figures by provider and the defaults beside them: mean power, PUE, embodied emissions, prices. One fact a
 * row, with source and year.
 */
import type { Band } from '../domain/model.js';
import type { PueRow } from '../domain/tables.js';

/** Mean over a provider's fleet, W per vCPU, memory and all other parts of the machine included. */
export interface ProviderMean {
  readonly provider: string;
  readonly idle: number;
  readonly full: number;
  readonly source: string;
  readonly year: number;
}

const CCF = 'Cloud Carbon Footprint, average over micro-architectures';
/** github.com/GreenKubeCloud/GreenKube, docs/power_estimation_methodology.md. */
const GREENKUBE = 'GreenKube, mean over the CPU micro-architectures believed in use';

export const PROVIDER_MEANS: readonly ProviderMean[] = [
  { provider: 'aws', idle: 0.74, full: 3.5, source: CCF, year: 2023 },
  { provider: 'gcp', idle: 0.71, full: 4.26, source: CCF, year: 2023 },
  { provider: 'azure', idle: 0.78, full: 3.76, source: CCF, year: 2023 },
  { provider: 'ovh', idle: 0.8, full: 3.52, source: GREENKUBE, year: 2025 },
  { provider: 'scaleway', idle: 0.6, full: 2.78, source: GREENKUBE, year: 2025 },
];

/** The band that spans from `low` to `high` around a central value, in thousandths of a natural logarithm. */
const span = (low: number, central: number, high: number): Band => ({
  lo: Math.round(1000 * Math.log(central / low)),
  hi: Math.round(1000 * Math.log(high / central)),
});

/**
 * Fleet means; the bands reach from the best to the worst region or site that the provider publishes. Figures by
 * region of AWS and Microsoft also stand in the Green Software Foundation's Real Time Cloud
 * (github.com/Green-Software-Foundation/real-time-cloud, Cloud_Region_Metadata.csv).
 *
 * - aws: aws.amazon.com/sustainability, 2024: 1.15, best site 1.04; by region up to 1.46 (Hyderabad). 2025: 1.14.
 * - gcp: datacenters.google/efficiency, 2024 and 2025: 1.09; campuses from 1.04 (Lancaster, Ohio) to 1.16
 *   (Singapore, 2024).
 * - azure: "How Microsoft measures datacenter water and energy use", Azure blog, April 2022: 1.18, from 1.12
 *   (newest sites) to 1.405 (Asia Pacific). datacenters.microsoft.com/sustainability/efficiency, July 2024 to
 *   June 2025: 1.17, Asia Pacific 1.28.
 * - ovh: corporate.ovhcloud.com/en/sustainability/environment, as GreenKube cites it (its carbon calculator of
 *   2023 said 1.28); 1.1 to 1.3 is the range of its environmental report of 2021, figures by site it gives none.
 * - scaleway: "Calculation reference values" of its environmental footprint documentation, June 2025: mean of
 *   its nine availability zones, from 1.16 (fr-par-2) to 1.51 (pl-waw-1).
 */
export const PROVIDER_PUE: ReadonlyMap<string, PueRow> = new Map([
  ['aws', { pue: 1.15, band: span(1.04, 1.15, 1.46), source: 'AWS sustainability, global PUE', year: 2024 }],
  ['gcp', { pue: 1.09, band: span(1.04, 1.09, 1.16), source: 'Google data centers, fleet PUE', year: 2024 }],
  [
    'azure',
    { pue: 1.18, band: span(1.12, 1.18, 1.405), source: 'Microsoft datacenters, average PUE', year: 2022 },
  ],
  [
    'ovh',
    { pue: 1.26, band: span(1.1, 1.26, 1.3), source: 'OVHcloud environmental indicators, PUE', year: 2024 },
  ],
  [
    'scaleway',
    { pue: 1.37, band: span(1.16, 1.37, 1.51), source: 'Scaleway, mean PUE of its zones', year: 2025 },
  ],
]);

/**
 * Mean of the Uptime Institute's global survey of 2024, which finds 1.3 and better at new large sites. The band,
 * from a good new site to an old, half-empty room, is an assumption.
 */
export const DEFAULT_PUE: PueRow = {
  pue: 1.56,
  band: span(1.2, 1.56, 2.1),
  source: 'Uptime Institute Global Data Center Survey, mean PUE',
  year: 2024,
};

export interface EmbodiedDefault {
  /** kg CO2e over the whole life of the hardware, per vCPU (hardware thread). */
  readonly kilogramsPerVcpu: number;
  readonly band: Band;
  readonly source: string;
  readonly year: number;
}

/**
 * Teads' component model of a cloud server (2021): 1000 kg for a rack server with one CPU and 16 GB (Dell R740
 * life-cycle assessment), 100 kg for each further CPU and 1.387 kg per GB of further memory. On the machine
 * behind AWS m5 (2 CPUs, 96 threads, 384 GB): (1000 + 100 + 368 * 1.387) / 96 = 16.8 kg per vCPU. Behind c5
 * (192 GB) it is 14.0, behind r5 (768 GB) 22.3; the band of a factor of two each way also holds the spread
 * between published assessments.
 */
export const DEFAULT_EMBODIED: EmbodiedDefault = {
  kilogramsPerVcpu: 16.8,
  band: span(8.4, 16.8, 33.6),
  source: 'Teads, Building an AWS EC2 carbon emissions dataset (m5 host)',
  year: 2021,
};
