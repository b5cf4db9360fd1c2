/** The data tables behind the interface through which the domain sees them. */
import type { Tables } from '../domain/tables.js';
import { customProfiles, type CustomProfiles } from './custom-profiles.js';
import { gridZones } from './grid-yearly.js';
import { familyOf } from './instance-type.js';
import { DEFAULT_PROFILE, FAMILY_PROFILES, PROVIDER_PROFILES } from './power-profiles.js';
import { DEFAULT_PUE, PROVIDER_PUE } from './providers.js';
import { regionGridZone } from './regions.js';

/** @param custom the operator's power profiles, as the configuration has checked them */
export function createTables(custom: { readonly profiles: CustomProfiles } = { profiles: {} }): Tables {
  return {
    familyProfile: (provider, instanceType) =>
      FAMILY_PROFILES.get(`${provider}/${familyOf(provider, instanceType)}`) ?? null,
    providerProfile: (provider) => PROVIDER_PROFILES.get(provider) ?? null,
    defaultProfile: DEFAULT_PROFILE,
    customProfile: customProfiles(custom.profiles),
    providerPue: (provider) => PROVIDER_PUE.get(provider) ?? null,
    defaultPue: DEFAULT_PUE,
    gridZone: regionGridZone,
    isGridZone: (code) => gridZones.has(code),
  };
}
