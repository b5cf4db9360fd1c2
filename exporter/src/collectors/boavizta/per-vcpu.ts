/** Embodied footprint without a life-cycle database: one figure per vCPU, scaled to the node, with a wide band. */
import { DEFAULT_EMBODIED } from '../../data/providers.js';
import { kilograms, type Kilograms } from '../../domain/units.js';
import type { EmbodiedFootprints } from '../../ports/factors.js';

/** @param perVcpu kg CO2e per vCPU over the life of the hardware; null: the figure of the table */
export function createPerVcpuFootprints(perVcpu: Kilograms | null): EmbodiedFootprints {
  const kilogramsPerVcpu = perVcpu ?? DEFAULT_EMBODIED.kilogramsPerVcpu;
  const source = perVcpu === null ? DEFAULT_EMBODIED.source : 'configured per vCPU';
  return {
    of: (_provider, _instanceType, vcpus) =>
      Promise.resolve({
        total: kilograms(kilogramsPerVcpu * vcpus),
        source,
        band: DEFAULT_EMBODIED.band,
        reasons: ['EMBODIED_DEFAULT'],
      }),
  };
}
