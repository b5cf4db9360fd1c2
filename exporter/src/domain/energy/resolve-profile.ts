/** The power profile that stands for a node's machine. */
import type { NodeSample } from '../model.js';
import type { ModelSettings } from '../settings.js';
import type { Tables } from '../tables.js';
import type { PowerProfile } from './power-profile.js';

/**
 * First that applies: the operator's own profile, the CPU family of the instance (unless `coefficients` is
 * "provider"), the provider's mean, the default. The profile's reasons say which it was.
 */
export function resolveProfile(
  node: Pick<NodeSample, 'instanceType'>,
  provider: string,
  tables: Pick<Tables, 'customProfile' | 'familyProfile' | 'providerProfile' | 'defaultProfile'>,
  settings: Pick<ModelSettings, 'coefficients'>,
): PowerProfile {
  const byFamily = () =>
    settings.coefficients === 'family' ? tables.familyProfile(provider, node.instanceType) : null;
  return (
    tables.customProfile(provider, node.instanceType) ??
    byFamily() ??
    tables.providerProfile(provider) ??
    tables.defaultProfile
  );
}
