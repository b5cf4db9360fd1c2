/** The operator's own power profiles (POWER_PROFILES_FILE, checked by the configuration) and which of them fits an instance. */
import type { PowerProfile } from '../domain/energy/power-profile.js';
import { familyOf } from './instance-type.js';

/**
 * Keyed by what each applies to: an instance type ("m5.xlarge") or a family ("m5"), either of them after a
 * provider ("aws/m5") or alone, or "*" for every node without a closer entry.
 */
export type CustomProfiles = Readonly<Record<string, PowerProfile>>;

/** Looks an instance up, the closest entry first; null when none applies. */
export function customProfiles(
  entries: CustomProfiles,
): (provider: string, instanceType: string) => PowerProfile | null {
  const profiles = new Map(Object.entries(entries));
  return (provider, instanceType) => {
    const names = [instanceType, familyOf(provider, instanceType)].filter((name) => name !== '');
    for (const key of [...names.flatMap((name) => [`${provider}/${name}`, name]), '*']) {
      const profile = profiles.get(key);
      if (profile) return profile;
    }
    return null;
  };
}
