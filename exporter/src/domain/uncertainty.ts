/**
 * From sums of amount x half-width (domain `Band`) to low and high of a figure. A factor is shared by everything that is summed
 * (the same model, the same table, the same grid), so over an aggregate its half-width is the mean weighted by amount, and a
 * total never gets narrower by having many parts. Different factors are independent and combine in quadrature.
 */

export const FACTORS = ['power', 'pue', 'intensity', 'embodied'] as const;
export type Factor = (typeof FACTORS)[number];

/** An aggregate's exact amounts and its sums of amount x half-width in thousandths of the natural logarithm. */
export interface WeightedAmounts {
  readonly energy: bigint;
  readonly operational: bigint;
  readonly embodied: bigint;
  readonly weighted: {
    readonly energyPowerLo: bigint;
    readonly energyPowerHi: bigint;
    readonly operationalPowerLo: bigint;
    readonly operationalPowerHi: bigint;
    readonly operationalPue: bigint;
    readonly operationalIntensityLo: bigint;
    readonly operationalIntensityHi: bigint;
    readonly embodiedLo: bigint;
    readonly embodiedHi: bigint;
  };
}

/** low <= the figure <= high, in the unit of the figure. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Mean half-width of a factor over an amount, thousandths of ln; 0 where there is nothing. */
export function meanWidth(weighted: bigint, amount: bigint): number {
  return amount === 0n ? 0 : Number(weighted) / Number(amount);
}

const below = (value: number, width: number) => value * Math.exp(-width / 1000);
const above = (value: number, width: number) => value * Math.exp(width / 1000);

/** Energy, mJ: only the power model (or the meter) is uncertain. */
export function energyBounds(sums: WeightedAmounts): Bounds {
  const value = Number(sums.energy);
  return {
    low: below(value, meanWidth(sums.weighted.energyPowerLo, sums.energy)),
    high: above(value, meanWidth(sums.weighted.energyPowerHi, sums.energy)),
  };
}

/** Operational emissions, ug: power, PUE and grid intensity. */
export function operationalBounds(sums: WeightedAmounts): Bounds {
  const value = Number(sums.operational);
  const { lo, hi } = operationalWidths(sums);
  return {
    low: below(value, Math.hypot(lo.power, lo.pue, lo.intensity)),
    high: above(value, Math.hypot(hi.power, hi.pue, hi.intensity)),
  };
}

/** Embodied emissions, ug: the footprint of the hardware. */
export function embodiedBounds(sums: WeightedAmounts): Bounds {
  const value = Number(sums.embodied);
  return {
    low: below(value, meanWidth(sums.weighted.embodiedLo, sums.embodied)),
    high: above(value, meanWidth(sums.weighted.embodiedHi, sums.embodied)),
  };
}

/** Operational and embodied together, ug: their deviations in quadrature around the sum. */
export function totalBounds(sums: WeightedAmounts): Bounds {
  const operational = operationalBounds(sums);
  const embodied = embodiedBounds(sums);
  const [o, e] = [Number(sums.operational), Number(sums.embodied)];
  return {
    low: Math.max(0, o + e - Math.hypot(o - operational.low, e - embodied.low)),
    high: o + e + Math.hypot(operational.high - o, embodied.high - e),
  };
}

/**
 * The factor that widens the band of total emissions most, by its part of the variance towards the high side; null where no
 * factor has a width. Ties go to the first in the order of FACTORS.
 */
export function drivingFactor(sums: WeightedAmounts): Factor | null {
  const { hi } = operationalWidths(sums);
  const variance = hi.power ** 2 + hi.pue ** 2 + hi.intensity ** 2;
  const operational = (operationalBounds(sums).high - Number(sums.operational)) ** 2;
  const part = (width: number) => (variance === 0 ? 0 : (operational * width ** 2) / variance);
  const parts: Readonly<Record<Factor, number>> = {
    power: part(hi.power),
    pue: part(hi.pue),
    intensity: part(hi.intensity),
    embodied: (embodiedBounds(sums).high - Number(sums.embodied)) ** 2,
  };
  const widest = FACTORS.reduce((a, b) => (parts[b] > parts[a] ? b : a));
  return parts[widest] > 0 ? widest : null;
}

interface OperationalWidths {
  readonly power: number;
  readonly pue: number;
  readonly intensity: number;
}

function operationalWidths({ operational, weighted: w }: WeightedAmounts): {
  lo: OperationalWidths;
  hi: OperationalWidths;
} {
  const pue = meanWidth(w.operationalPue, operational);
  return {
    lo: {
      power: meanWidth(w.operationalPowerLo, operational),
      pue,
      intensity: meanWidth(w.operationalIntensityLo, operational),
    },
    hi: {
      power: meanWidth(w.operationalPowerHi, operational),
      pue,
      intensity: meanWidth(w.operationalIntensityHi, operational),
    },
  };
}
