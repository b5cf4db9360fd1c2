/** The factors that turn usage into energy, emissions and cost, each with its source and how far it may be off. */
import type { PowerProfile } from './energy/power-profile.js';
import type { Band, IntensitySource, MeterFigure, Reason } from './model.js';
import type { EpochSeconds, GramsPerKwh, Kilograms, Millijoules } from './units.js';

/** Carbon intensity of one zone's electricity for one hour. */
export interface IntensityValue {
  readonly value: GramsPerKwh;
  readonly source: IntensitySource;
  /** The instant the value holds for; with a yearly mean, the start of that year. */
  readonly time: EpochSeconds;
  readonly band: Band;
  /** Why it is an estimate; empty for an hourly value of the zone that its provider calls final. */
  readonly reasons: readonly Reason[];
}

/** Embodied emissions of a whole machine over its life. */
export interface EmbodiedValue {
  readonly total: Kilograms;
  readonly source: string;
  readonly band: Band;
  readonly reasons: readonly Reason[];
}

/** Price of a node's capacity, in units of the currency named beside it. */
export interface NodePrice {
  readonly cpuCoreHour: number;
  /** Per GiB (2^30 bytes), as OpenCost prices memory. */
  readonly ramGbHour: number;
  readonly reasons: readonly Reason[];
}

/** Power usage effectiveness of the site, >= 1. */
export interface PueValue {
  readonly pue: number;
  readonly source: string;
  readonly band: Band;
  readonly reasons: readonly Reason[];
}

/** What a meter read for one node and interval. */
export interface MeasuredEnergy {
  readonly energy: Millijoules;
  readonly source: string;
  readonly band: Band;
  /** The meter saw the whole machine, its GPUs too. */
  readonly wholeMachine: boolean;
}

/** Energy of a node's GPUs and who holds them; parts add up to the whole. */
export interface GpuEnergy {
  readonly whole: Millijoules;
  readonly pods: readonly {
    readonly namespace: string;
    readonly pod: string;
    readonly energy: Millijoules;
  }[];
  /** Of boards that nobody holds. */
  readonly idle: Millijoules;
}

/** Everything needed beside usage to compute one node's interval. */
export interface NodeFactors {
  readonly provider: string;
  readonly gridZone: string;
  readonly profile: PowerProfile;
  readonly pue: PueValue;
  readonly intensity: IntensityValue;
  readonly embodied: EmbodiedValue;
  /** Null: no price known. */
  readonly price: NodePrice | null;
  /** Null: no meter, or one that did not cover the interval. */
  readonly measured: MeasuredEnergy | null;
  /** Readings kept for the comparison, the one that counts first. */
  readonly meters: readonly MeterFigure[];
  /** Null: no meter of GPUs covered the interval; the model has none. */
  readonly gpu: GpuEnergy | null;
  /** Reasons of detection itself: unknown provider, default zone. */
  readonly reasons: readonly Reason[];
}
