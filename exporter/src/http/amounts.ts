/** Exact integer sums to the doubles, bands and ratios of the API. */
import { drivingFactor, energyBounds, totalBounds, type Bounds } from '../domain/uncertainty.js';
import type { Metric } from '../pipeline/query-history.js';
import type { Sums } from '../ports/history.js';
import type { Figures } from './schemas.js';

/** n / 10^digits as the double nearest to it. */
export function decimal(n: bigint, digits: number): number {
  if (n >= -Number.MAX_SAFE_INTEGER && n <= Number.MAX_SAFE_INTEGER) return Number(n) / 10 ** digits;
  return Number(`${n}e-${digits}`);
}

const joulesOf = (millijoules: bigint) => decimal(millijoules, 3);
const gramsOf = (micrograms: bigint) => decimal(micrograms, 6);

export const isZero = (sums: Sums) => sums.energy === 0n && sums.operational === 0n && sums.embodied === 0n;

/** Share of the energy that is estimated; null without energy. */
export function estimatedRatio(sums: Pick<Sums, 'energy' | 'estimatedEnergy'>): number | null {
  return sums.energy === 0n ? null : Number(sums.estimatedEnergy) / Number(sums.energy);
}

/** Nothing known (coverage 0) is null; known and nothing used is 0. */
export function figuresOf(sums: Sums, coverage: number, metrics: readonly Metric[]): Figures {
  const unknown = coverage === 0 && isZero(sums);
  const wants = (prefix: string) => metrics.length === 0 || metrics.some((m) => m.startsWith(prefix));
  return {
    ...(wants('energy') && (unknown ? NO_ENERGY : energyOf(sums))),
    ...(wants('co2e') && { co2e_grams: unknown ? NO_CO2E : co2eOf(sums) }),
    ...(wants('cost') && {
      cost: sums.cost.map(({ currency, nano }) => ({ currency, amount: decimal(nano, 9) })),
    }),
    coverage,
    estimated_ratio: estimatedRatio(sums),
    uncertainty_driver: drivingFactor(sums),
  };
}

const NO_ENERGY = { energy_joules: null, energy_joules_low: null, energy_joules_high: null };
const NO_CO2E = { operational: null, embodied: null, total: null, low: null, high: null };

function energyOf(sums: Sums) {
  const value = joulesOf(sums.energy);
  const { low, high } = around(value, energyBounds(sums), 1e3);
  return { energy_joules: value, energy_joules_low: low, energy_joules_high: high };
}

function co2eOf(sums: Sums) {
  const total = gramsOf(sums.operational + sums.embodied);
  return {
    operational: gramsOf(sums.operational),
    embodied: gramsOf(sums.embodied),
    total,
    ...around(total, totalBounds(sums), 1e6),
  };
}

/** Scaled bounds that rounding cannot push past the value. */
function around(value: number, { low, high }: Bounds, scale: number): Bounds {
  return { low: Math.min(value, low / scale), high: Math.max(value, high / scale) };
}

/** One amount of a series; null where no price is known for work that there was. */
export function metricOf(sums: Sums, metric: Metric, currency = ''): number | null {
  switch (metric) {
    case 'energy_joules':
      return joulesOf(sums.energy);
    case 'co2e_grams':
      return gramsOf(sums.operational + sums.embodied);
    case 'co2e_operational_grams':
      return gramsOf(sums.operational);
    case 'co2e_embodied_grams':
      return gramsOf(sums.embodied);
    case 'cost': {
      const cost = sums.cost.find((c) => c.currency === currency);
      return cost ? decimal(cost.nano, 9) : isZero(sums) ? 0 : null;
    }
  }
}

/** RFC 3339 in UTC, without a fraction that is zero. */
export function instant(t: number): string {
  return new Date(t * 1000).toISOString().replace('.000Z', 'Z');
}
