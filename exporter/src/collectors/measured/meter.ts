/** What a source of measured energy is: its families, how each is read, and which of them together make which scope. */
import type { MeterScope, MeterSource } from '../../ports/measured-source.js';

/**
 * What a node-level figure holds of the energy drawn without load. "whole": all that was drawn, idle and active; no source gives
 * pods an idle part, so pods get theirs by the methodology's shares and never from the meter.
 */
export type IdlePolicy = 'whole';

export interface Meter {
  readonly id: string;
  readonly family: string;
  /** A counter of energy, or a gauge of power of which the mean over the interval is taken. */
  readonly kind: 'counter' | 'gauge';
  /** J (of a counter) or W (of a gauge) in one unit of the family. */
  readonly unit: number;
  /** Label matchers beside the operator's. */
  readonly where?: string;
  /** Series of targets for which this vector exists are no measurement: they come from a model. */
  readonly unless?: string;
}

/** Meters of one node that add up to a scope. */
export interface Sum {
  readonly scope: MeterScope;
  readonly of: readonly string[];
}

export interface MeterRow {
  readonly source: MeterSource;
  readonly idle: IdlePolicy;
  readonly meters: readonly Meter[];
  /**
   * Each entry gives at most one reading of a node and interval: the first of its sums for which the node has every meter. What
   * a node has decides, not whether a sample was refused: a scope never silently shrinks to what is left.
   */
  readonly readings: readonly (readonly Sum[])[];
}

/** RAPL: packages alone, or with memory where the machine has a domain for it (AMD's have none). */
export const PACKAGES_AND_DRAM: readonly Sum[] = [
  { scope: 'cpu+dram', of: ['package', 'dram'] },
  { scope: 'cpu', of: ['package'] },
];

export const JOULES = 1;
export const WATTS = 1;
export const MICRO = 1e-6;
export const MILLI = 1e-3;
