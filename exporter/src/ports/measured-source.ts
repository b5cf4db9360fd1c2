import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds, Joules, Ratio, Seconds } from '../domain/units.js';
import type { Outcome } from './outcome.js';

/** What a meter sees: processor packages; those and memory; the machine behind its power supply; the machine at the wall; GPUs. */
export const METER_SCOPES = ['cpu', 'cpu+dram', 'machine-dc', 'machine-wall', 'gpu'] as const;
export type MeterScope = (typeof METER_SCOPES)[number];

export const METER_SOURCES = [
  'kepler',
  'kepler-legacy',
  'scaphandre',
  'rapl',
  'ceems',
  'ipmi',
  'dcgm',
] as const;
export type MeterSource = (typeof METER_SOURCES)[number];

/** What one meter counted for one node in one interval. */
export interface NodeReading {
  readonly node: string;
  readonly source: MeterSource;
  readonly scope: MeterScope;
  readonly energy: Joules;
  /** Share of the interval that samples cover. */
  readonly coverage: Ratio;
}

/** GPU energy of one pod, where the meter names the pod that holds the GPU. */
export interface PodGpuReading {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly energy: Joules;
  readonly coverage: Ratio;
}

export interface MeasuredWindow {
  /** Start of the interval. */
  readonly start: EpochSeconds;
  readonly nodes: readonly NodeReading[];
  readonly gpus: readonly PodGpuReading[];
}

/** Measured energy of past intervals. */
export interface MeasuredEnergySource {
  readonly name: string;
  /** Windows of every interval whose start lies in the range (at most an hour), ascending; without readings where there are none. */
  observe(range: TimeRange, step: Seconds, signal?: AbortSignal): Promise<Outcome<readonly MeasuredWindow[]>>;
  /** Meters found when last looked, for people. */
  detected(): readonly { readonly source: MeterSource; readonly scope: MeterScope; readonly nodes: number }[];
}
