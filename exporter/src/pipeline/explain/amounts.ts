/** Amounts of rows in the unit of a figure, and how far they may be off. */
import type { NodeRow, Provenance, Row } from '../../domain/model.js';
import {
  embodiedBounds,
  energyBounds,
  operationalBounds,
  totalBounds,
  type WeightedAmounts,
} from '../../domain/uncertainty.js';
import type { Amount, Figure, Per } from './figure.js';

type Amounts = Pick<Row, 'energy' | 'operational' | 'embodied' | 'cost'>;

/** What is summed: the amounts of a row or a node, and the node that they were observed on. */
export interface Part {
  readonly amounts: Amounts;
  readonly node: NodeRow;
}

/** Integer units of the ledger; null: no price known. */
export function storedAmount(amounts: Amounts, amount: Amount): number | null {
  return amount === 'co2e' ? amounts.operational + amounts.embodied : amounts[amount];
}

const PER_UNIT: Readonly<Record<Amount, number>> = {
  energy: 1e3,
  operational: 1e6,
  embodied: 1e6,
  co2e: 1e6,
  cost: 1e9,
};

export function unitOf(amount: Amount, per: Per, currency: string): string {
  const whole = amount === 'energy' ? 'J' : amount === 'cost' ? currency : 'g CO2e';
  return per === 'amount' ? whole : per === 'hour' ? `${whole}/h` : whole === 'J' ? 'W' : `${whole}/s`;
}

/** From ledger units of the whole interval to the figure's unit. */
export function inUnit(
  stored: number,
  { amount, per }: Pick<Figure, 'amount' | 'per'>,
  seconds: number,
): number {
  if (per === 'amount') return stored / PER_UNIT[amount];
  const rate = stored / seconds;
  return (per === 'hour' ? rate * 3600 : rate) / PER_UNIT[amount];
}

/** The sum of the parts in the figure's unit; null where none of them has the amount. Parts of one duration add as integers. */
export function valueOf(parts: readonly Part[], figure: Pick<Figure, 'amount' | 'per'>): number | null {
  const bySeconds = new Map<number, number>();
  for (const { amounts, node } of parts) {
    const stored = storedAmount(amounts, figure.amount);
    const seconds = figure.per === 'amount' ? 1 : node.seconds;
    if (stored !== null) bySeconds.set(seconds, (bySeconds.get(seconds) ?? 0) + stored);
  }
  if (bySeconds.size === 0) return null;
  return [...bySeconds].reduce((sum, [seconds, stored]) => sum + inUnit(stored, figure, seconds), 0);
}

/** Low and high in the figure's unit; null for prices, which have no band. */
export function bandOf(
  parts: readonly Part[],
  figure: Pick<Figure, 'amount' | 'per'>,
): { readonly low: number; readonly high: number } | null {
  const value = valueOf(parts, figure);
  if (figure.amount === 'cost' || value === null) return null;
  const sums = weighted(parts);
  const stored = parts.reduce((sum, { amounts }) => sum + (storedAmount(amounts, figure.amount) ?? 0), 0);
  if (stored === 0) return { low: value, high: value };
  const { low, high } = BOUNDS[figure.amount](sums);
  return { low: (value * low) / stored, high: (value * high) / stored };
}

const BOUNDS = {
  energy: energyBounds,
  operational: operationalBounds,
  embodied: embodiedBounds,
  co2e: totalBounds,
} as const;

function weighted(parts: readonly Part[]): WeightedAmounts {
  const sum = (pick: (amounts: Amounts, p: Provenance) => number) =>
    parts.reduce((total, { amounts, node }) => total + BigInt(pick(amounts, node.provenance)), 0n);
  return {
    energy: sum((a) => a.energy),
    operational: sum((a) => a.operational),
    embodied: sum((a) => a.embodied),
    weighted: {
      energyPowerLo: sum((a, p) => a.energy * p.powerBand.lo),
      energyPowerHi: sum((a, p) => a.energy * p.powerBand.hi),
      operationalPowerLo: sum((a, p) => a.operational * p.powerBand.lo),
      operationalPowerHi: sum((a, p) => a.operational * p.powerBand.hi),
      operationalPue: sum((a, p) => a.operational * Math.max(p.pueBand.lo, p.pueBand.hi)),
      operationalIntensityLo: sum((a, p) => a.operational * p.intensityBand.lo),
      operationalIntensityHi: sum((a, p) => a.operational * p.intensityBand.hi),
      embodiedLo: sum((a, p) => a.embodied * p.embodiedBand.lo),
      embodiedHi: sum((a, p) => a.embodied * p.embodiedBand.hi),
    },
  };
}
