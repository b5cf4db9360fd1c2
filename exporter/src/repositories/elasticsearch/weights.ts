/**
 * Sums of amount times half-width of the power band, from which low and high are made (see `Sums` in the ports). The width changes
 * with how busy a node is, interval by interval: kept in the basis it would keep the intervals of a pod apart, so all but the
 * documents of rows and nodes of single intervals have the products, and a basis without it.
 */
import { LOW_BASE, LOW_BITS } from '../byte-columns.js';
import { WEIGHTS } from '../naming.js';
import { decodeBasis } from './basis.js';
import type { Amounts } from './exact-sums.js';

/** Of a row or a node of one interval. */
export function weightsOf(energy: number, operational: number, basis: string): Amounts {
  const { powerLo, powerHi } = decodeBasis(basis);
  const [lo, hi] = [Number(powerLo), Number(powerHi)];
  const e = { high: Math.floor(energy / LOW_BASE), low: energy % LOW_BASE };
  const o = { high: Math.floor(operational / LOW_BASE), low: operational % LOW_BASE };
  return {
    energy_power_lo_high: e.high * lo + carryOf(e.low * lo),
    energy_power_lo_low: (e.low * lo) % LOW_BASE,
    energy_power_hi_high: e.high * hi + carryOf(e.low * hi),
    energy_power_hi_low: (e.low * hi) % LOW_BASE,
    operational_power_lo_high: o.high * lo + carryOf(o.low * lo),
    operational_power_lo_low: (o.low * lo) % LOW_BASE,
    operational_power_hi_high: o.high * hi + carryOf(o.low * hi),
    operational_power_hi_low: (o.low * hi) % LOW_BASE,
  };
}

const carryOf = (low: number): number => Math.floor(low / LOW_BASE);

/** With what is left below 2^28 again, as it is to be in a document. */
export function carried(amounts: Amounts): Amounts {
  const after: Record<string, number | string | undefined> = { ...amounts };
  for (const weight of WEIGHTS) {
    const [high, low] = [Number(after[`${weight}_high`]), Number(after[`${weight}_low`])];
    after[`${weight}_high`] = high + carryOf(low);
    after[`${weight}_low`] = low % LOW_BASE;
  }
  return after;
}

/** @param sums by the server, in the order of `WEIGHT_PARTS`; of documents that have none they are missing */
export function weightedSums(sums: readonly bigint[]): [bigint, bigint, bigint, bigint] {
  const whole = WEIGHTS.map((_, i) => ((sums[2 * i] ?? 0n) << BigInt(LOW_BITS)) + (sums[2 * i + 1] ?? 0n));
  return whole as [bigint, bigint, bigint, bigint];
}
