/** The factors of every node of a window: provider, grid zone, PUE, power profile, intensity, embodied footprint, price. */
import { resolvePue } from '../domain/carbon/pue.js';
import { resolveZone } from '../domain/carbon/zone.js';
import { resolveProfile } from '../domain/energy/resolve-profile.js';
import type { PowerProfile } from '../domain/energy/power-profile.js';
import type { NodeFactors } from '../domain/factors.js';
import { floorTo, HOUR } from '../domain/interval.js';
import type { NodeSample, Reason, UsageWindow } from '../domain/model.js';
import { detectProvider } from '../domain/provider.js';
import type { ModelSettings } from '../domain/settings.js';
import type { Tables } from '../domain/tables.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { EmbodiedFootprints, GridIntensity, NodePrices } from '../ports/factors.js';
import type { MeasuredWindow, MeterScope } from '../ports/measured-source.js';
import { gpuEnergyOf, pueAtMeter, readingsToMeasured } from './measured.js';

export interface FactorSources {
  readonly tables: Tables;
  readonly settings: ModelSettings;
  readonly intensity: GridIntensity;
  readonly embodied: EmbodiedFootprints;
  readonly prices: NodePrices;
  /** Scopes of meters whose reading replaces the model's figure; absent: no meters are read. */
  readonly meterScopes?: readonly MeterScope[];
  /** Fits to meters, for machines like theirs that have none; absent: no calibration. */
  readonly calibrated?: CalibratedProfiles;
  /** The site's PUE counts from behind the power supplies; absent: from their input. */
  readonly pueContainsPowerSupply?: boolean;
  /** Told what is wrong with something that was stated of a node and is passed over; told again with every interval. */
  readonly onProblem?: (node: string, problem: string) => void;
}

export interface CalibratedProfiles {
  /** Null: no fit for such machines. */
  of(provider: string, instanceType: string): PowerProfile | null;
}

/** What the meters read in an interval; null: none are read, or they did not answer. */
export type Readings = MeasuredWindow | null;

/** By node name; every node of the window is there. */
export async function resolveFactors(
  window: UsageWindow,
  sources: FactorSources,
  readings: Readings = null,
): Promise<ReadonlyMap<string, NodeFactors>> {
  const used = readings ? cpuUsed(window) : null;
  // Electricity is metered by the hour in which the interval begins; no interval crosses an hour.
  const hour = floorTo(window.interval.start, HOUR);
  const factors = new Map<string, NodeFactors>();
  for (const node of window.nodes) {
    const found = await factorsOf(node, hour, sources);
    const read =
      readings && used ? metered(readings, node, found, used, window.interval.step, sources) : found;
    factors.set(node.node, read.measured ? read : { ...read, profile: calibratedOr(read, node, sources) });
  }
  return factors;
}

/** CPU time that each machine used: what was counted for the whole machine, or at least what its pods used. */
function cpuUsed(window: UsageWindow): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const pod of window.pods) used.set(pod.node, (used.get(pod.node) ?? 0) + pod.cpuSeconds);
  for (const node of window.nodes) {
    used.set(node.node, Math.max(node.cpuSeconds ?? 0, used.get(node.node) ?? 0));
  }
  return used;
}

/** What the model takes for a machine without meters: the operator's own profile, a fit to machines like it, the tables. */
export function profileOf(
  node: Pick<NodeSample, 'instanceType'>,
  provider: string,
  sources: Pick<FactorSources, 'tables' | 'settings' | 'calibrated'>,
): PowerProfile {
  const profile = resolveProfile(node, provider, sources.tables, sources.settings);
  return calibratedOr({ provider, profile }, node, sources);
}

function calibratedOr(
  { provider, profile }: Pick<NodeFactors, 'provider' | 'profile'>,
  { instanceType }: Pick<NodeSample, 'instanceType'>,
  { tables, calibrated }: Pick<FactorSources, 'tables' | 'calibrated'>,
): PowerProfile {
  if (!calibrated || tables.customProfile(provider, instanceType)) return profile;
  return calibrated.of(provider, instanceType) ?? profile;
}

function metered(
  readings: MeasuredWindow,
  sample: NodeSample,
  found: NodeFactors,
  used: ReadonlyMap<string, number>,
  step: Seconds,
  { settings, meterScopes = [], pueContainsPowerSupply = false }: FactorSources,
): NodeFactors {
  const { profile } = found;
  const node = { sample, profile, curve: settings.curve, cpuSecondsUsed: used.get(sample.node) ?? 0 };
  const { measured, scope, compared } = readingsToMeasured(readings, node, step, meterScopes);
  return {
    ...found,
    measured,
    meters: compared,
    gpu: gpuEnergyOf(readings, sample, step),
    pue: pueAtMeter(found.pue, scope, pueContainsPowerSupply),
  };
}

async function factorsOf(node: NodeSample, hour: EpochSeconds, sources: FactorSources): Promise<NodeFactors> {
  const { tables, settings } = sources;
  const provider = detectProvider(node, settings.defaultProvider);
  const zone = resolveZone(node, provider, tables, settings);
  const reasons: Reason[] = [...zone.reasons];
  if (provider === '') reasons.push('PROVIDER_UNKNOWN');
  const { problem, ...pue } = resolvePue(node, provider, tables, settings);
  if (problem !== '') sources.onProblem?.(node.node, problem);
  return {
    provider,
    gridZone: zone.gridZone,
    profile: resolveProfile(node, provider, tables, settings),
    pue,
    intensity: await sources.intensity.at(zone.gridZone, hour),
    embodied: await sources.embodied.of(provider, node.instanceType, node.cpuCapacity),
    price: sources.prices.of(provider, node.region, node.instanceType),
    measured: null,
    meters: [],
    gpu: null,
    reasons,
  };
}
