import { describe, expect, it } from '@jest/globals';
import { wattsPerVcpu } from '../domain/units.js';
import type { CustomProfiles } from './custom-profiles.js';
import { createTables } from './tables.js';

const flat = (watts: number) => ({
  low: wattsPerVcpu(watts),
  central: wattsPerVcpu(watts),
  high: wattsPerVcpu(watts),
});
const profilesFor = (...keys: string[]): CustomProfiles =>
  Object.fromEntries(
    keys.map((key) => [
      key,
      {
        name: `custom:${key}`,
        idle: flat(1),
        full: flat(4),
        memoryGbPerVcpu: null,
        source: 'own meter',
        year: 2026,
        reasons: [],
      },
    ]),
  );
const chosen = (profiles: CustomProfiles, provider: string, type: string) =>
  createTables({ profiles }).customProfile(provider, type)?.name ?? null;

describe("the operator's power profiles", () => {
  const all = profilesFor('*', 'm5', 'aws/m5', 'm5.large', 'aws/m5.large', 'Dv3');

  it.each([
    ['aws', 'm5.large', 'custom:aws/m5.large'],
    ['exoscale', 'm5.large', 'custom:m5.large'],
    ['aws', 'm5.xlarge', 'custom:aws/m5'],
    ['gcp', 'm5-standard-2', 'custom:m5'],
    ['azure', 'Standard_D4s_v3', 'custom:Dv3'],
    ['exoscale', 'm5.xlarge', 'custom:*'],
    ['aws', '', 'custom:*'],
    ['', '', 'custom:*'],
  ])('apply the closest entry: %s "%s" gets %s', (provider, type, name) => {
    expect(chosen(all, provider, type)).toBe(name);
  });

  it('apply to nothing else', () => {
    expect(chosen({}, 'aws', 'm5.large')).toBeNull();
    expect(chosen(profilesFor('m6i', 'gcp/m5', '', 'aws/'), 'aws', 'm5.large')).toBeNull();
    expect(chosen(profilesFor('m6i', '', 'aws/'), 'aws', '')).toBeNull();
    expect(chosen({}, 'aws', 'constructor')).toBeNull();
    expect(createTables().customProfile('aws', 'm5.large')).toBeNull();
  });

  it('come back as they were given', () => {
    const profiles = profilesFor('m5');
    expect(createTables({ profiles }).customProfile('aws', 'm5.large')).toBe(profiles['m5']);
  });
});
