import type { Band } from '../domain/model.js';
import type { Kilograms } from '../domain/units.js';
import type { Outcome } from './outcome.js';

export interface EmbodiedAnswer {
  /** Embodied emissions of the instance over the life of the hardware. */
  readonly total: Kilograms;
  readonly band: Band;
  /** The type that the answer is really of, where the provider took the closest it knows; empty when it is exact. */
  readonly closestMatch: string;
}

/** A database of life-cycle assessments of cloud instances. */
export interface EmbodiedProvider {
  readonly name: string;
  /** Null: it does not know the type (an answer to be remembered, not a failure). `provider` is ours: aws, gcp, azure, ovh, scaleway. */
  of(provider: string, instanceType: string, signal?: AbortSignal): Promise<Outcome<EmbodiedAnswer | null>>;
}
