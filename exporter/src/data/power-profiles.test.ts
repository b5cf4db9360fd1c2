import { describe, expect, it } from '@jest/globals';
import type { PowerProfile, Quantiles } from '../domain/energy/power-profile.js';
import { CPU_FAMILIES } from './cpu-families.js';
import { INSTANCE_FAMILIES } from './instance-families.js';
import { DEFAULT_PROFILE, FAMILY_PROFILES, PROVIDER_PROFILES } from './power-profiles.js';
import { createTables } from './tables.js';

const tables = createTables();
const family = (provider: string, type: string): PowerProfile => {
  const profile = tables.familyProfile(provider, type);
  if (!profile) throw new Error(`no profile for ${provider} ${type}`);
  return profile;
};
const all = [DEFAULT_PROFILE, ...FAMILY_PROFILES.values(), ...PROVIDER_PROFILES.values()];
const ordered = (q: Quantiles) => 0 < q.low && q.low <= q.central && q.central <= q.high;

describe('power profiles', () => {
  it('are ordered low, central, high, and draw more at full load than idle', () => {
    for (const profile of all) {
      expect([profile.name, ordered(profile.idle), ordered(profile.full)]).toEqual([
        profile.name,
        true,
        true,
      ]);
      for (const level of ['low', 'central', 'high'] as const) {
        expect(profile.full[level]).toBeGreaterThan(profile.idle[level]);
      }
    }
  });

  it('carry a source and a year', () => {
    for (const { name, source, year } of all) {
      expect([name, source.length > 10, year >= 2014 && year <= 2026]).toEqual([name, true, true]);
    }
  });

  it('have one row an instance family', () => {
    expect(FAMILY_PROFILES.size).toBe(INSTANCE_FAMILIES.length);
    expect(INSTANCE_FAMILIES.length).toBeGreaterThan(240);
  });

  it('give a family that one CPU serves that CPU, unchanged', () => {
    expect(family('aws', 'm5.large')).toMatchObject({
      name: 'family:Skylake',
      idle: { low: 0.401, central: 0.535, high: 0.823 },
      full: { low: 3.241, central: 4.149, high: 4.501 },
      memoryGbPerVcpu: 1.71,
      year: 2020,
      reasons: [],
    });
  });

  it('give a family that several CPUs serve their mean and the span of them all', () => {
    const c5 = family('aws', 'c5.xlarge'); // Skylake and Cascade Lake
    expect(c5.idle.central).toBeCloseTo((0.535 + 0.603) / 2, 12);
    expect(c5.idle).toMatchObject({ low: 0.401, high: 0.976 });
    expect(c5.full).toMatchObject({ low: 3.179, high: 4.501 });
    expect(c5.name).toBe('family:Skylake+Cascade Lake');
  });

  it('double the thread where a vCPU is a whole AMD core, and only there', () => {
    const thread = CPU_FAMILIES.get('EPYC 4th gen')!;
    expect(family('aws', 'm7a.xlarge').full.central).toBe(2 * thread.full.central);
    expect(family('aws', 'm7a.xlarge').memoryGbPerVcpu).toBe(2 * thread.memoryGbPerThread);
    expect(family('gcp', 'c3d-standard-8').full.central).toBe(thread.full.central);
    expect(family('aws', 'm6a.xlarge').full.central).toBe(CPU_FAMILIES.get('EPYC 3rd gen')!.full.central);
    expect(family('gcp', 't2d-standard-4').full.central).toBe(
      2 * CPU_FAMILIES.get('EPYC 3rd gen')!.full.central,
    );
  });

  it('count whole cores for every AMD type of AWS from the 7th generation on', () => {
    const generationOf = (name: string) => Number(/^[a-z]+(\d+)a/.exec(name)?.[1] ?? 0);
    const late = INSTANCE_FAMILIES.filter((row) => row.provider === 'aws' && generationOf(row.family) >= 7);
    expect(late.map((row) => row.family).sort()).toEqual(
      ['c7a', 'c8a', 'hpc7a', 'hpc8a', 'm7a', 'm8a', 'm8azn', 'r7a', 'r8a', 'x8aedz'].sort(),
    );
    expect(late.every((row) => row.threadsPerVcpu === 2)).toBe(true);
  });

  it('never double an Arm core, which has one thread', () => {
    const arm = /Neoverse|Cortex/;
    const rows = INSTANCE_FAMILIES.filter((row) => row.cpus.some((cpu) => arm.test(cpu)));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.every((row) => row.threadsPerVcpu === 1)).toBe(true);
    expect(family('aws', 'm6g.large').full.central).toBe(1.922);
  });

  it.each([
    ['aws', 'a1.medium'],
    ['aws', 'm7g.large'],
    ['aws', 'm8g.large'],
    ['gcp', 'c4a-standard-4'],
    ['azure', 'Standard_D4ps_v6'],
  ])('stand the nearest relative in for %s %s, say so, and widen its band', (provider, type) => {
    const relative = CPU_FAMILIES.get('Neoverse N1')!;
    const profile = family(provider, type);
    expect(profile.reasons).toEqual(['POWER_RELATIVE']);
    expect(profile.idle.central).toBe(relative.idle.central);
    expect(profile.idle.low).toBeLessThan(relative.idle.low);
    expect(profile.full.high).toBeGreaterThan(relative.full.high);
  });

  it('keep the published provider means, for the whole node', () => {
    const centrals = Object.fromEntries(
      [...PROVIDER_PROFILES].map(([name, row]) => [name, [row.idle.central, row.full.central]]),
    );
    expect(centrals).toEqual({
      aws: [0.74, 3.5],
      gcp: [0.71, 4.26],
      azure: [0.78, 3.76],
      ovh: [0.8, 3.52],
      scaleway: [0.6, 2.78],
    });
    for (const row of PROVIDER_PROFILES.values()) {
      expect(row).toMatchObject({ memoryGbPerVcpu: null, reasons: ['POWER_PROVIDER_MEAN'] });
    }
  });

  it('default to the median family since 2017', () => {
    // Idle and full medians of the 13 families from Skylake and EPYC 1st gen on, sorted: the 7th of each.
    expect(DEFAULT_PROFILE.idle.central).toBe(0.603);
    expect(DEFAULT_PROFILE.full.central).toBe(2.509);
    expect(DEFAULT_PROFILE.reasons).toEqual(['POWER_DEFAULT']);
  });

  it('name different figures differently', () => {
    const byName = new Map<string, string>();
    for (const { name, idle, full } of all) {
      const figures = JSON.stringify([idle, full]);
      expect(byName.get(name) ?? figures).toBe(figures);
      byName.set(name, figures);
    }
  });

  it('know nothing of a family under another provider, or of none', () => {
    expect(tables.familyProfile('gcp', 'm5.large')).toBeNull();
    expect(tables.familyProfile('', 'm5.large')).toBeNull();
    expect(tables.familyProfile('aws', '')).toBeNull();
    expect(tables.familyProfile('ovh', 'b2-7')).toBeNull();
    expect(tables.providerProfile('hetzner')).toBeNull();
  });
});
