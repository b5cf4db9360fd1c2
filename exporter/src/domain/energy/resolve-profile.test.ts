import { describe, expect, it } from '@jest/globals';
import type { Tables } from '../tables.js';
import { wattsPerVcpu } from '../units.js';
import type { PowerProfile } from './power-profile.js';
import { resolveProfile } from './resolve-profile.js';

const q = { low: wattsPerVcpu(1), central: wattsPerVcpu(1), high: wattsPerVcpu(1) };
const profile = (name: string): PowerProfile => ({
  name,
  idle: q,
  full: q,
  memoryGbPerVcpu: null,
  source: 'test',
  year: 2026,
  reasons: [],
});
const knows = (name: string, key: string) => (provider: string, type?: string) =>
  key === (type === undefined ? provider : `${provider}/${type}`) ? profile(name) : null;
const tables: Pick<Tables, 'customProfile' | 'familyProfile' | 'providerProfile' | 'defaultProfile'> = {
  customProfile: knows('custom', 'aws/own.large'),
  familyProfile: (provider, type) =>
    provider === 'aws' && type.startsWith('m5.') ? profile('family') : null,
  providerProfile: knows('provider', 'aws'),
  defaultProfile: profile('default'),
};

describe('power profile of a node', () => {
  it.each([
    ['aws', 'own.large', 'family', 'custom'],
    ['aws', 'own.large', 'provider', 'custom'],
    ['aws', 'm5.large', 'family', 'family'],
    ['aws', 'm5.large', 'provider', 'provider'],
    ['aws', 'new9.large', 'family', 'provider'],
    ['aws', '', 'family', 'provider'],
    ['hetzner', 'cx22', 'family', 'default'],
    ['hetzner', 'cx22', 'provider', 'default'],
    ['', 'm5.large', 'family', 'default'],
  ] as const)('%s %s with coefficients by %s is the %s one', (provider, instanceType, coefficients, name) => {
    expect(resolveProfile({ instanceType }, provider, tables, { coefficients }).name).toBe(name);
  });
});
