/** Energy of one node over one interval, by the power model of methodology section 3. */
import type { Band, NodeSample } from '../model.js';
import { BYTES_PER_GB, joules, ratio, type Bytes, type Joules, type Ratio, type Seconds } from '../units.js';
import { curveAt, type PowerCurve, type PowerProfile } from './power-profile.js';

/**
 * W per GB of DRAM. Central 0.392 W/GB: Cloud Carbon Footprint (2021, mean of Crucial and Micron data sheets); the span covers
 * DDR4 and DDR5 server modules from idle-heavy to loaded operation.
 */
export const MEMORY_WATTS_PER_GB = { low: 0.28, central: 0.392, high: 0.6 } as const;

/** W per provisioned TB: 1.2 (SSD) and 0.65 (HDD) Wh per TB and hour, Cloud Carbon Footprint (2021). */
export const STORAGE_WATTS_PER_TB = { ssd: 1.2, hdd: 0.65 } as const;
const BYTES_PER_TB = 1e12;

type Level = 'low' | 'central' | 'high';

export interface NodeEnergy {
  readonly utilisation: Ratio;
  /** Follows use: C*T*(full - idle)*f(u). */
  readonly dynamic: Joules;
  /** Drawn whatever the load: C*T*idle. */
  readonly idle: Joules;
  readonly memory: Joules;
  /** Of the sum of the three. */
  readonly band: Band;
}

/** Utilisation 0..1 of a machine that used `cpuSeconds` of its capacity; 0 for a machine without CPUs. */
export function utilisationOf(node: NodeSample, cpuSecondsUsed: number): Ratio {
  const available = node.cpuCapacity * node.seconds;
  return ratio(available > 0 ? Math.min(cpuSecondsUsed / available, 1) : 0);
}

/** @param cpuSecondsUsed CPU time used on the whole machine in the interval, >= 0 */
export function nodeEnergy(
  node: NodeSample,
  cpuSecondsUsed: number,
  profile: PowerProfile,
  curve: PowerCurve,
): NodeEnergy {
  const utilisation = utilisationOf(node, cpuSecondsUsed);
  const f = profile.fit ? utilisation ** profile.fit.exponent : curveAt(curve, utilisation);
  const perGb = profile.fit?.memoryWattsPerGb ?? MEMORY_WATTS_PER_GB;
  const vcpuSeconds = node.cpuCapacity * node.seconds;
  const idle = (level: Level) => vcpuSeconds * profile.idle[level];
  const dynamic = (level: Level) => vcpuSeconds * (profile.full[level] - profile.idle[level]) * f;
  const memory = (level: Level) => extraMemoryGb(node, profile) * perGb[level] * node.seconds;
  const whole = (level: Level) => idle(level) + dynamic(level) + memory(level);
  return {
    utilisation,
    dynamic: joules(dynamic('central')),
    idle: joules(idle('central')),
    memory: joules(memory('central')),
    band: bandAround(whole('low'), whole('central'), whole('high')),
  };
}

/** GB above the memory per vCPU that the profile's own machines had; 0 where the profile stands for the whole node. */
function extraMemoryGb(node: NodeSample, profile: PowerProfile): number {
  if (profile.memoryGbPerVcpu === null) return 0;
  return Math.max(0, node.memoryCapacity / BYTES_PER_GB - profile.memoryGbPerVcpu * node.cpuCapacity);
}

/** Half-widths in thousandths of a natural log; 0 where the central value is 0 or the bound is on the wrong side. */
export function bandAround(low: number, central: number, high: number): Band {
  const width = (from: number, to: number) =>
    from > 0 && to > from ? Math.round(1000 * Math.log(to / from)) : 0;
  return { lo: width(low, central), hi: width(central, high) };
}

/** Energy of a volume provisioned for `time`, before PUE. */
export function volumeEnergy(bytes: Bytes, media: 'ssd' | 'hdd', time: Seconds): Joules {
  return joules((bytes / BYTES_PER_TB) * STORAGE_WATTS_PER_TB[media] * time);
}
