/** Exact integer sums to the doubles, bands and ratios that people and programs are shown: the same digits everywhere. */
import { energyBounds, totalBounds, type Bounds } from '../domain/uncertainty.js';
import type { Sums } from '../ports/history.js';

/** n / 10^digits as the double nearest to it. */
export function decimal(n: bigint, digits: number): number {
  if (n >= -Number.MAX_SAFE_INTEGER && n <= Number.MAX_SAFE_INTEGER) return Number(n) / 10 ** digits;
  return Number(`${n}e-${digits}`);
}

export const joulesOf = (millijoules: bigint): number => decimal(millijoules, 3);
export const gramsOf = (micrograms: bigint): number => decimal(micrograms, 6);
/** Of nano-units of a currency. */
export const moneyOf = (nano: bigint): number => decimal(nano, 9);

export const isZero = (sums: Sums): boolean =>
  sums.energy === 0n && sums.operational === 0n && sums.embodied === 0n;

/** Share of the energy that is estimated; null without energy. */
export function estimatedRatio(sums: Pick<Sums, 'energy' | 'estimatedEnergy'>): number | null {
  return sums.energy === 0n ? null : Number(sums.estimatedEnergy) / Number(sums.energy);
}

/** A figure with its band; low <= value <= high. */
export interface Banded extends Bounds {
  readonly value: number;
}

/** J */
export const energyOf = (sums: Sums): Banded => around(joulesOf(sums.energy), energyBounds(sums), 1e3);

/** g, both scopes together. */
export const co2eOf = (sums: Sums): Banded =>
  around(gramsOf(sums.operational + sums.embodied), totalBounds(sums), 1e6);

/** Scaled bounds that rounding cannot push past the value. */
function around(value: number, { low, high }: Bounds, scale: number): Banded {
  return { value, low: Math.min(value, low / scale), high: Math.max(value, high / scale) };
}

/** RFC 3339 in UTC, without a fraction that is zero. */
export function instant(t: number): string {
  return new Date(t * 1000).toISOString().replace('.000Z', 'Z');
}
