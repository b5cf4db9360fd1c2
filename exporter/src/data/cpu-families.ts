/**
 * Idle and full-load AC power of servers by CPU family, per hardware thread.
 *
 * Source: published results of SPECpower_ssj2008 as of 2026-03-09, wall power of whole tuned servers divided
 * by hardware threads; 10th percentile, median and 90th percentile over the results of a family.
 * Launch years: the vendors' product pages, first server parts of the family.
 */
import type { Quantiles } from '../domain/energy/power-profile.js';
import { wattsPerVcpu } from '../domain/units.js';

export const CPU_POWER_SOURCE = 'SPECpower_ssj2008 results as of 2026-03-09';

export interface CpuFamily {
  readonly name: string;
  /** Year in which servers of the family first shipped. */
  readonly launched: number;
  /** Number of published results behind the quantiles, and the years of the first and the last. */
  readonly results: number;
  readonly published: readonly [first: number, last: number];
  /** W per hardware thread; a vCPU may be one or more of them (see instance-families.ts). */
  readonly idle: Quantiles;
  readonly full: Quantiles;
  /** Memory the measured servers had, GB per thread; its draw is in the figures. */
  readonly memoryGbPerThread: number;
  /** The published family whose figures stand in, where this one has none of its own. */
  readonly relative?: string;
}

/**
 * A CPU that no published result covers: the nearest relative's medians, with a band wider by this factor each
 * way.
 */
const RELATIVE_WIDENING = 1.5;

type Triple = readonly [p10: number, median: number, p90: number];

const quantiles = ([low, central, high]: Triple): Quantiles => ({
  low: wattsPerVcpu(low),
  central: wattsPerVcpu(central),
  high: wattsPerVcpu(high),
});

const row = (
  name: string,
  launched: number,
  results: number,
  published: readonly [number, number],
  idle: Triple,
  full: Triple,
  memoryGbPerThread: number,
): CpuFamily => ({
  name,
  launched,
  results,
  published,
  idle: quantiles(idle),
  full: quantiles(full),
  memoryGbPerThread,
});

const published: readonly CpuFamily[] = [
  row('Sandy Bridge', 2012, 128, [2011, 2023], [1.584, 1.778, 3.413], [6.688, 7.931, 12.75], 0.75),
  row('Ivy Bridge', 2013, 12, [2012, 2014], [1.303, 2.192, 5.725], [5.412, 7.013, 11.75], 1.0),
  row('Haswell', 2014, 21, [2013, 2016], [0.557, 0.689, 2.0], [3.694, 3.986, 7.5], 0.89),
  row('Broadwell', 2016, 17, [2016, 2017], [0.475, 0.53, 0.678], [2.784, 3.091, 4.434], 0.8),
  row('Skylake', 2017, 82, [2015, 2020], [0.401, 0.535, 0.823], [3.241, 4.149, 4.501], 1.71),
  row('Cascade Lake', 2019, 77, [2019, 2022], [0.434, 0.603, 0.976], [3.179, 4.038, 4.456], 1.71),
  row('Ice Lake', 2021, 51, [2020, 2023], [0.688, 0.924, 1.466], [3.55, 4.121, 4.964], 1.6),
  row('Sapphire Rapids', 2023, 64, [2023, 2025], [0.654, 0.914, 1.688], [3.083, 3.99, 5.172], 1.62),
  row('Emerald Rapids', 2023, 32, [2024, 2025], [0.586, 0.824, 0.977], [2.457, 3.259, 4.555], 1.0),
  row('Granite Rapids', 2024, 30, [2025, 2026], [0.456, 0.595, 0.715], [1.892, 2.693, 2.878], 1.12),
  row('Sierra Forest', 2024, 18, [2024, 2025], [0.524, 0.689, 0.819], [2.167, 2.509, 3.028], 1.33),
  row('EPYC 1st gen', 2017, 10, [2018, 2019], [0.634, 0.744, 0.964], [2.242, 2.32, 2.828], 1.0),
  row('EPYC 2nd gen', 2019, 36, [2019, 2020], [0.322, 0.437, 0.682], [1.535, 1.664, 1.922], 1.0),
  row('EPYC 3rd gen', 2021, 28, [2021, 2022], [0.334, 0.424, 0.609], [1.773, 1.916, 2.207], 1.0),
  row('EPYC 4th gen', 2022, 72, [2022, 2024], [0.22, 0.322, 1.08], [1.273, 1.654, 2.688], 1.0),
  row('EPYC 5th gen', 2024, 43, [2024, 2026], [0.184, 0.217, 0.374], [1.108, 1.178, 1.984], 0.6),
  row('Neoverse N1', 2020, 7, [2022, 2024], [0.566, 0.617, 0.977], [1.172, 1.922, 1.953], 1.0),
];

/**
 * Cores that no published result covers, and the nearest published relative: all are Arm server cores with one
 * thread, of which SPECpower has only Neoverse N1 (Ampere Altra).
 */
const RELATIVES: readonly (readonly [name: string, launched: number, relative: string])[] = [
  ['Cortex-A72', 2018, 'Neoverse N1'], // AWS Graviton
  ['Neoverse V1', 2021, 'Neoverse N1'], // AWS Graviton3
  ['Neoverse V2', 2024, 'Neoverse N1'], // AWS Graviton4, Google Axion, NVIDIA Grace
  ['Neoverse N2', 2024, 'Neoverse N1'], // Azure Cobalt 100
  ['Neoverse N3', 2025, 'Neoverse N1'], // Google Axion N4A
];

const byName = new Map(published.map((family) => [family.name, family]));
for (const [name, launched, relative] of RELATIVES) {
  byName.set(name, standIn(name, launched, byName.get(relative)!));
}

function standIn(name: string, launched: number, relative: CpuFamily): CpuFamily {
  const widen = (q: Quantiles): Quantiles =>
    quantiles([q.low / RELATIVE_WIDENING, q.central, q.high * RELATIVE_WIDENING]);
  return {
    ...relative,
    name,
    launched,
    idle: widen(relative.idle),
    full: widen(relative.full),
    relative: relative.name,
  };
}

/** Every CPU family of the table by name, stand-ins included. */
export const CPU_FAMILIES: ReadonlyMap<string, CpuFamily> = byName;

/** Families with results of their own, oldest launch first within a vendor. */
export const PUBLISHED_CPU_FAMILIES: readonly CpuFamily[] = published;
