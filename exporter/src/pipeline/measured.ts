/** From what meters read to what a node's energy is: which readings can be true, which one counts, and what the rest is kept for. */
import { apportion } from '../domain/apportion.js';
import { modelledOfScope } from '../domain/energy/comparison.js';
import { MEMORY_WATTS_PER_GB, nodeEnergy } from '../domain/energy/node-energy.js';
import type { PowerCurve, PowerProfile } from '../domain/energy/power-profile.js';
import type { GpuEnergy, MeasuredEnergy, PueValue } from '../domain/factors.js';
import type { Band, MeterFigure, NodeSample } from '../domain/model.js';
import { BYTES_PER_GB, millijoules, type Seconds } from '../domain/units.js';
import type { MeasuredWindow, MeterScope, MeterSource, NodeReading } from '../ports/measured-source.js';

/** A node and what the model takes for it, without any calibration. */
export interface MeteredNode {
  readonly sample: NodeSample;
  readonly profile: PowerProfile;
  readonly curve: PowerCurve;
  /** CPU time used on the machine, as the model counts it. */
  readonly cpuSecondsUsed: number;
}

/** A reading that can be true, beside the model's figure of the same scope. */
export interface Metered extends MeterFigure {
  readonly source: MeterSource;
  readonly scope: MeterScope;
}

export interface MeterVerdict {
  /** For NodeFactors.measured: the energy that replaces the model's. */
  readonly measured: MeasuredEnergy | null;
  readonly scope: MeterScope | null;
  /** Every reading of the node that can be true, the one that counts first; for the comparison. */
  readonly compared: readonly Metered[];
  /** Readings refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

/** What sees more of the machine comes first: the energy of a node is that of the whole machine. */
const SCOPES: readonly MeterScope[] = ['machine-wall', 'machine-dc', 'cpu+dram', 'cpu', 'gpu'];
/** Within a scope: the counters nearest to the hardware first, samples of power last. All but the first are for comparing. */
const SOURCES: readonly MeterSource[] = [
  'kepler',
  'rapl',
  'scaphandre',
  'ceems',
  'kepler-legacy',
  'ipmi',
  'dcgm',
];

/** Order in which meters of one node are preferred; negative: `a` first. */
export function byPrecedence(
  a: { readonly scope: string; readonly source: string },
  b: { readonly scope: string; readonly source: string },
): number {
  const place = (list: readonly string[], value: string) => (list.indexOf(value) + 1 || 99) - 1;
  return (
    place(SCOPES, a.scope) - place(SCOPES, b.scope) || place(SOURCES, a.source) - place(SOURCES, b.source)
  );
}

/** Share of a node's time that samples must cover for its energy to count as measured. */
export const LEAST_COVERAGE = 0.9;

/**
 * Half-widths of a meter's own error: 5 %. NVML states 5 % for GPUs; RAPL of server processors was found within about that
 * against instruments (Desrochers, Paradis, Weaver 2016; Khan et al. 2018); sensors of power supplies state no better.
 */
const METER_BAND: Band = { lo: 50, hi: 50 };

/** More than the machine can draw, by this factor on the 90th percentile of its kind at full load, is no reading of it. */
const IMPOSSIBLE_FACTOR = 2;

/**
 * @param window readings of the interval; those of other nodes are not looked at
 * @param scopes MEASURED_SCOPE: scopes whose reading may replace the model's figure
 */
export function readingsToMeasured(
  window: MeasuredWindow,
  node: MeteredNode,
  step: Seconds,
  scopes: readonly MeterScope[],
): MeterVerdict {
  const rejected: Record<string, number> = {};
  const own = window.nodes.filter((reading) => reading.node === node.sample.node);
  const gpu = own
    .filter((reading) => reading.scope === 'gpu')
    .reduce((sum, reading) => sum + reading.energy, 0);
  const usable = own
    .filter((reading) => {
      const fault = faultOf(reading, node, step, gpu);
      if (fault) rejected[fault] = (rejected[fault] ?? 0) + 1;
      return fault === null;
    })
    .toSorted(byPrecedence);
  const first = usable.find((reading) => reading.scope !== 'gpu' && scopes.includes(reading.scope));
  const order = first ? [first, ...usable.filter((reading) => reading !== first)] : usable;
  return {
    measured: first ? measuredBy(first, coveredShare(first, node.sample, step)) : null,
    scope: first?.scope ?? null,
    compared: order.map((reading) => comparedWith(reading, node, gpu > 0)),
    rejected,
  };
}

/** Of the time that the node was there. */
const coveredShare = (reading: NodeReading, node: NodeSample, step: Seconds): number =>
  Math.min(1, (reading.coverage * step) / node.seconds);

function faultOf(reading: NodeReading, node: MeteredNode, step: Seconds, gpuJoules: number): string | null {
  if (!Number.isFinite(reading.energy) || !(reading.energy > 0)) return 'no-energy';
  if (coveredShare(reading, node.sample, step) < LEAST_COVERAGE) return 'coverage';
  if (reading.scope === 'gpu') return null;
  const machine = seesMachine(reading.scope) ? gpuJoules : 0;
  return reading.energy > IMPOSSIBLE_FACTOR * (mostWatts(node) * node.sample.seconds + machine)
    ? 'above-machine'
    : null;
}

const seesMachine = (scope: MeterScope): boolean => scope === 'machine-dc' || scope === 'machine-wall';

/** 90th percentile of full load, W, processors and memory. */
function mostWatts({ sample, profile }: MeteredNode): number {
  const memory = (sample.memoryCapacity / BYTES_PER_GB) * MEMORY_WATTS_PER_GB.high;
  return sample.cpuCapacity * profile.full.high + memory;
}

/** Samples that are missing at an edge are energy that is missing. */
function measuredBy({ source, scope, energy }: NodeReading, covered: number): MeasuredEnergy {
  const missing = Math.round(1000 * (1 - covered));
  return {
    energy: millijoules(Math.round(energy * 1000)),
    source: `${source}:${scope}`,
    band: { lo: METER_BAND.lo, hi: METER_BAND.hi + missing },
    wholeMachine: seesMachine(scope),
  };
}

/** The model knows no GPUs: with a machine that has some it is not compared as a whole. */
function comparedWith({ source, scope, energy }: NodeReading, node: MeteredNode, hasGpu: boolean): Metered {
  const { sample, profile, curve, cpuSecondsUsed } = node;
  const model = nodeEnergy(sample, cpuSecondsUsed, profile, curve);
  const estimated = hasGpu && seesMachine(scope) ? null : modelledOfScope(model, sample, profile, scope);
  return {
    source,
    scope,
    measured: millijoules(Math.round(energy * 1000)),
    estimated: estimated === null ? null : millijoules(Math.round(estimated * 1000)),
  };
}

/** Output of a power supply per input at half load: 80 PLUS Platinum, 230 V internal redundant (94 %). */
const POWER_SUPPLY_EFFICIENCY = 0.94;

/**
 * PUE for energy metered at a scope. PUE as ISO/IEC 30134-2 defines it counts from the input of the equipment, so a meter at the
 * wall is multiplied by it as it stands. A site whose PUE counts from behind the power supplies contains their loss already: then
 * it is taken out again for meters at the wall, never below 1.
 * @param containsPowerSupply whether the site's PUE counts from behind the power supplies
 */
export function pueAtMeter(pue: PueValue, scope: MeterScope | null, containsPowerSupply: boolean): PueValue {
  if (scope !== 'machine-wall' || !containsPowerSupply) return pue;
  return {
    ...pue,
    pue: Math.max(1, pue.pue * POWER_SUPPLY_EFFICIENCY),
    source: `${pue.source}, power supply in the meter`,
  };
}

/** Null: no meter of GPUs covered the node. A pod's part is its boards' whole energy, idle included: nobody else can use them. */
export function gpuEnergyOf(window: MeasuredWindow, node: NodeSample, step: Seconds): GpuEnergy | null {
  const reading = window.nodes.find((each) => each.node === node.node && each.scope === 'gpu');
  if (!reading || coveredShare(reading, node, step) < LEAST_COVERAGE || !(reading.energy > 0)) return null;
  const held = window.gpus
    .filter((each) => each.node === node.node)
    .toSorted((a, b) => (`${a.namespace}\n${a.pod}` < `${b.namespace}\n${b.pod}` ? -1 : 1));
  const whole = millijoules(Math.round(reading.energy * 1000));
  const taken = held.reduce((sum, each) => sum + each.energy, 0);
  const parts = apportion(whole, [...held.map((each) => each.energy), Math.max(0, reading.energy - taken)]);
  return {
    whole,
    pods: held.map(({ namespace, pod }, i) => ({ namespace, pod, energy: millijoules(parts[i]!) })),
    idle: millijoules(parts.at(-1)!),
  };
}
