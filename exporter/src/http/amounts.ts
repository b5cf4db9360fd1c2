/** Exact integer sums to the doubles, bands and ratios of the API. */
import { drivingFactor } from '../domain/uncertainty.js';
import {
  co2eOf as bandedCo2e,
  decimal,
  energyOf as bandedEnergy,
  estimatedRatio,
  gramsOf,
  isZero,
  joulesOf,
} from '../pipeline/figures.js';
import type { Metric } from '../pipeline/query-history.js';
import type { Sums } from '../ports/history.js';
import type { Figures } from './schemas.js';

export { decimal, estimatedRatio, instant } from '../pipeline/figures.js';

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
  const { value, low, high } = bandedEnergy(sums);
  return { energy_joules: value, energy_joules_low: low, energy_joules_high: high };
}

function co2eOf(sums: Sums) {
  const { value: total, low, high } = bandedCo2e(sums);
  return { operational: gramsOf(sums.operational), embodied: gramsOf(sums.embodied), total, low, high };
}

/** The stored amounts that a metric is the sum of, in its unit. */
export function amountOf(summands: readonly bigint[], metric: Metric): number {
  const sum = summands.reduce((a, b) => a + b, 0n);
  return metric === 'energy_joules' ? joulesOf(sum) : decimal(sum, metric === 'cost' ? 9 : 6);
}
