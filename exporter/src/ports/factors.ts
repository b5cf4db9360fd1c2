import type { Band, IntensitySource, Reason } from '../domain/model.js';
import type { EpochSeconds, GramsPerKwh, Kilograms } from '../domain/units.js';

/** Carbon intensity of one zone's electricity for one hour, with where it comes from and how far it may be off. */
export interface IntensityValue {
  readonly value: GramsPerKwh;
  readonly source: IntensitySource;
  /** The instant the value holds for. */
  readonly time: EpochSeconds;
  readonly band: Band;
  /** Why it is an estimate; empty for an hourly value of the zone that its provider calls final. */
  readonly reasons: readonly Reason[];
}

/** Grid carbon intensity; always answers, by falling back as methodology section 4 orders. */
export interface GridIntensity {
  at(gridZone: string, hour: EpochSeconds): Promise<IntensityValue>;
}

/** Embodied emissions of a whole machine over its life. */
export interface EmbodiedValue {
  readonly total: Kilograms;
  readonly source: string;
  readonly band: Band;
  readonly reasons: readonly Reason[];
}

/** Embodied footprint of an instance; always answers, by falling back to a figure per vCPU scaled to the node. */
export interface EmbodiedFootprints {
  of(provider: string, instanceType: string, vcpus: number): Promise<EmbodiedValue>;
}

/** Prices of a node's capacity; `null` where none is known. */
export interface NodePrice {
  readonly cpuCoreHour: number;
  readonly ramGbHour: number;
  readonly reasons: readonly Reason[];
}

export interface NodePrices {
  readonly currency: string;
  of(provider: string, region: string, instanceType: string): NodePrice | null;
}
