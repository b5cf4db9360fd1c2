/** The factors of every node of a window: provider, grid zone, PUE, power profile, intensity, embodied footprint, price. */
import { resolvePue } from '../domain/carbon/pue.js';
import { resolveZone } from '../domain/carbon/zone.js';
import { resolveProfile } from '../domain/energy/resolve-profile.js';
import type { NodeFactors } from '../domain/factors.js';
import { floorTo, HOUR } from '../domain/interval.js';
import type { NodeSample, Reason, UsageWindow } from '../domain/model.js';
import { detectProvider } from '../domain/provider.js';
import type { ModelSettings } from '../domain/settings.js';
import type { Tables } from '../domain/tables.js';
import type { EpochSeconds } from '../domain/units.js';
import type { EmbodiedFootprints, GridIntensity, NodePrices } from '../ports/factors.js';

export interface FactorSources {
  readonly tables: Tables;
  readonly settings: ModelSettings;
  readonly intensity: GridIntensity;
  readonly embodied: EmbodiedFootprints;
  readonly prices: NodePrices;
}

/** By node name; every node of the window is there. */
export async function resolveFactors(
  window: UsageWindow,
  sources: FactorSources,
): Promise<ReadonlyMap<string, NodeFactors>> {
  // Electricity is metered by the hour in which the interval begins; no interval crosses an hour.
  const hour = floorTo(window.interval.start, HOUR);
  const factors = new Map<string, NodeFactors>();
  for (const node of window.nodes) factors.set(node.node, await factorsOf(node, hour, sources));
  return factors;
}

async function factorsOf(node: NodeSample, hour: EpochSeconds, sources: FactorSources): Promise<NodeFactors> {
  const { tables, settings } = sources;
  const provider = detectProvider(node, settings.defaultProvider);
  const zone = resolveZone(node, provider, tables, settings);
  const reasons: Reason[] = [...zone.reasons];
  if (provider === '') reasons.push('PROVIDER_UNKNOWN');
  return {
    provider,
    gridZone: zone.gridZone,
    profile: resolveProfile(node, provider, tables, settings),
    pue: resolvePue(node, provider, tables, settings),
    intensity: await sources.intensity.at(zone.gridZone, hour),
    embodied: await sources.embodied.of(provider, node.instanceType, node.cpuCapacity),
    price: sources.prices.of(provider, node.region, node.instanceType),
    measured: null,
    reasons,
  };
}
