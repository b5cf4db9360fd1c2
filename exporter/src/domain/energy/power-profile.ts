/** Idle and full-load power of a vCPU, and the shape between. Sources: methodology section 3. */
import type { Reason } from '../model.js';
import type { Ratio, WattsPerVcpu } from '../units.js';
import { ratio } from '../units.js';

/** low and high are the 10th and 90th percentile of the published results, or the span over several CPU families. */
export interface Quantiles {
  readonly low: WattsPerVcpu;
  readonly central: WattsPerVcpu;
  readonly high: WattsPerVcpu;
}

export interface PowerProfile {
  /** "family:Skylake", "provider:aws", "default", "custom:<name>". */
  readonly name: string;
  readonly idle: Quantiles;
  readonly full: Quantiles;
  /**
   * Memory per vCPU, GB, whose draw is already in the figures because the machines measured had it; memory above it is added.
   * Null: the figures stand for the whole node and no memory term is added (provider means).
   */
  readonly memoryGbPerVcpu: number | null;
  readonly source: string;
  readonly year: number;
  readonly reasons: readonly Reason[];
  /** Of a profile fitted to meters; absent: the settings' curve and the published draw of memory hold. */
  readonly fit?: FittedShape;
}

/** How the power of metered machines was found to depend on use and memory. */
export interface FittedShape {
  /** Dynamic power follows utilisation to this power. */
  readonly exponent: number;
  /** W per GB of memory beyond `memoryGbPerVcpu`. */
  readonly memoryWattsPerGb: { readonly low: number; readonly central: number; readonly high: number };
}

export type PowerCurve = 'concave' | 'linear';

/** Knots of the concave curve: share of the span between idle and full drawn at a utilisation. */
const CONCAVE: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.1, 0.22],
  [0.5, 0.7],
  [1, 1],
];

/** f(u): share of the span between idle and full power drawn at utilisation u (clamped to 0..1). Monotone, f(0)=0, f(1)=1. */
export function curveAt(curve: PowerCurve, utilisation: number): Ratio {
  const u = Math.min(Math.max(utilisation, 0), 1);
  if (curve === 'linear') return ratio(u);
  for (let i = 1; i < CONCAVE.length; i++) {
    const [x0, y0] = CONCAVE[i - 1]!;
    const [x1, y1] = CONCAVE[i]!;
    if (u <= x1) return ratio(y0 + ((u - x0) / (x1 - x0)) * (y1 - y0));
  }
  return ratio(1);
}
