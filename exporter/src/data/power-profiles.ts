/**
 * Power profiles built from the CPU and instance tables: by family, by provider, and the default for unknown
 * machines.
 */
import type { PowerProfile, Quantiles } from '../domain/energy/power-profile.js';
import type { Reason } from '../domain/model.js';
import { wattsPerVcpu } from '../domain/units.js';
import { CPU_FAMILIES, CPU_POWER_SOURCE, PUBLISHED_CPU_FAMILIES, type CpuFamily } from './cpu-families.js';
import { INSTANCE_FAMILIES, type InstanceFamily } from './instance-families.js';
import { PROVIDER_MEANS, type ProviderMean } from './providers.js';

type Level = keyof Quantiles;

const quantilesOf = (at: (level: Level) => number): Quantiles => ({
  low: wattsPerVcpu(at('low')),
  central: wattsPerVcpu(at('central')),
  high: wattsPerVcpu(at('high')),
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Quantile of a sample, interpolated linearly between order statistics. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

/** Several CPU families: the mean of their medians, and a band that spans them all. */
function acrossCpus(rows: readonly Quantiles[], threads: number): Quantiles {
  return quantilesOf((level) => {
    const values = rows.map((row) => row[level]);
    if (level === 'central') return mean(values) * threads;
    return (level === 'low' ? Math.min(...values) : Math.max(...values)) * threads;
  });
}

function profileOf(family: InstanceFamily): PowerProfile {
  const cpus = family.cpus.map(cpuNamed);
  const threads = family.threadsPerVcpu;
  const reasons: readonly Reason[] = cpus.some((cpu) => cpu.relative) ? ['POWER_RELATIVE'] : [];
  return {
    name: `family:${family.cpus.join('+')}${threads === 2 ? ', whole cores' : ''}`,
    idle: acrossCpus(
      cpus.map((cpu) => cpu.idle),
      threads,
    ),
    full: acrossCpus(
      cpus.map((cpu) => cpu.full),
      threads,
    ),
    memoryGbPerVcpu: mean(cpus.map((cpu) => cpu.memoryGbPerThread)) * threads,
    source: `${CPU_POWER_SOURCE}; ${family.source}, ${family.year}`,
    year: Math.max(...cpus.map((cpu) => cpu.published[1])),
    reasons,
  };
}

function cpuNamed(name: string): CpuFamily {
  const cpu = CPU_FAMILIES.get(name);
  if (!cpu) throw new Error(`CPU family "${name}" is not in cpu-families.ts`);
  return cpu;
}

/** Power profiles by "provider/family". */
export const FAMILY_PROFILES: ReadonlyMap<string, PowerProfile> = new Map(
  INSTANCE_FAMILIES.map((family) => [`${family.provider}/${family.family}`, profileOf(family)]),
);

/**
 * Server generations that a machine of unknown make may belong to: hardware older than this is out of service
 * nearly everywhere.
 */
const DEFAULT_SINCE = 2017;

/**
 * Median over the families launched since 2017. The band holds both what differs within a family and what
 * differs between families: the 10th percentile of the families' 10th percentiles to the 90th percentile of
 * their 90th.
 */
export const DEFAULT_PROFILE: PowerProfile = (() => {
  const families = PUBLISHED_CPU_FAMILIES.filter((cpu) => cpu.launched >= DEFAULT_SINCE);
  const q = { low: 0.1, central: 0.5, high: 0.9 } as const;
  const across = (of: (cpu: CpuFamily) => Quantiles) =>
    quantilesOf((level) =>
      quantile(
        families.map((cpu) => of(cpu)[level]),
        q[level],
      ),
    );
  return {
    name: 'default',
    idle: across((cpu) => cpu.idle),
    full: across((cpu) => cpu.full),
    memoryGbPerVcpu: quantile(
      families.map((cpu) => cpu.memoryGbPerThread),
      0.5,
    ),
    source: `${CPU_POWER_SOURCE}, median of families launched since ${DEFAULT_SINCE}`,
    year: Math.max(...families.map((cpu) => cpu.published[1])),
    reasons: ['POWER_DEFAULT'],
  };
})();

/**
 * A fleet mean says nothing of its spread, and a node may be any machine of the fleet: the band is the
 * default's, in proportion. `POWER_PROVIDER_MEAN` is set whether the mean was asked for or fallen back to, as
 * the figure rests on it either way.
 */
function meanProfile(row: ProviderMean): PowerProfile {
  const around = (central: number, like: Quantiles) =>
    quantilesOf((level) => (level === 'central' ? central : (central * like[level]) / like.central));
  return {
    name: `provider:${row.provider}`,
    idle: around(row.idle, DEFAULT_PROFILE.idle),
    full: around(row.full, DEFAULT_PROFILE.full),
    memoryGbPerVcpu: null,
    source: row.source,
    year: row.year,
    reasons: ['POWER_PROVIDER_MEAN'],
  };
}

export const PROVIDER_PROFILES: ReadonlyMap<string, PowerProfile> = new Map(
  PROVIDER_MEANS.map((row) => [row.provider, meanProfile(row)]),
);
