import type { EmbodiedValue, IntensityValue, NodePrice } from '../domain/factors.js';
import type { EpochSeconds } from '../domain/units.js';

/** Grid carbon intensity; always answers, by falling back as the methodology orders. */
export interface GridIntensity {
  at(gridZone: string, hour: EpochSeconds): Promise<IntensityValue>;
}

/** Embodied footprint of an instance; always answers, by falling back to a figure per vCPU scaled to the node. */
export interface EmbodiedFootprints {
  of(provider: string, instanceType: string, vcpus: number): Promise<EmbodiedValue>;
}

/** Prices of a node's capacity; null where none is known. */
export interface NodePrices {
  readonly currency: string;
  of(provider: string, region: string, instanceType: string): NodePrice | null;
}
