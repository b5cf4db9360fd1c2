/** Software Carbon Intensity (ISO/IEC 21031): (E x I + M) / R of one workload, over the hours in which R is known. */
import type { TimeRange } from '../interval.js';
import type { EpochSeconds } from '../units.js';

/** What a workload is measured by, as an operator says. */
export interface FunctionalUnit {
  readonly namespace: string;
  readonly workload: string;
  /** Kind of the controller; empty: any. */
  readonly workloadType: string;
  /** For example "request". */
  readonly unit: string;
  /** Gives the units of one hour. */
  readonly query: string;
}

/** A workload in one hour. */
export interface WorkloadEmissions {
  readonly hour: EpochSeconds;
  /** mJ. */
  readonly energy: number;
  /** ug: E x I with the losses of the site, and M. */
  readonly operational: number;
  readonly embodied: number;
}

export interface SciFigure {
  readonly window: TimeRange;
  /** Null: no unit of work was done in the hours that are known. */
  readonly gramsPerUnit: number | null;
  readonly joulesPerUnit: number | null;
  readonly units: number;
  /** Of the same hours; g. */
  readonly operational: number;
  readonly embodied: number;
  /** J. */
  readonly energy: number;
  /** Hours in which both the units and the workload's emissions are known. */
  readonly hours: number;
}

export interface SciFinding {
  readonly unit: FunctionalUnit;
  /** As the stored rows say. */
  readonly workloadType: string;
  readonly source: string;
  /** Of the last 24 hours, and of the look-back window. */
  readonly day: SciFigure;
  readonly window: SciFigure;
  /** Why there are no units; empty when there are. */
  readonly problem: string;
}

/**
 * Sums over the hours of `window` for which both are known. An hour without an entry in `emissions` is one in which the workload is
 * not known to have run: its units count for nothing, as they would make the others look cleaner.
 */
export function sciOver(
  window: TimeRange,
  emissions: readonly WorkloadEmissions[],
  unitsByHour: ReadonlyMap<number, number>,
): SciFigure {
  let [units, operational, embodied, energy, hours] = [0, 0, 0, 0, 0];
  for (const e of emissions) {
    const done = unitsByHour.get(e.hour);
    if (done === undefined || e.hour < window.from || e.hour >= window.to) continue;
    units += done;
    operational += e.operational;
    embodied += e.embodied;
    energy += e.energy;
    hours += 1;
  }
  const [grams, joules] = [(operational + embodied) / 1e6, energy / 1e3];
  return {
    window,
    gramsPerUnit: units > 0 ? grams / units : null,
    joulesPerUnit: units > 0 ? joules / units : null,
    units,
    operational: operational / 1e6,
    embodied: embodied / 1e6,
    energy: joules,
    hours,
  };
}
