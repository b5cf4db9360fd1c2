import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PRICES } from '../domain/cost/node-cost.js';
import { DEFAULT_EMBODIED, DEFAULT_PUE, PROVIDER_MEANS, PROVIDER_PUE } from './providers.js';

const sourced = (row: { source: string; year: number }) =>
  row.source.length > 10 && row.year >= 2020 && row.year <= 2026;

describe('provider figures', () => {
  it('hold the published PUE of each provider, none below 1 even at the low end', () => {
    expect(Object.fromEntries([...PROVIDER_PUE].map(([provider, row]) => [provider, row.pue]))).toEqual({
      aws: 1.15,
      gcp: 1.09,
      azure: 1.18,
      ovh: 1.26,
      scaleway: 1.37,
    });
    for (const row of [...PROVIDER_PUE.values(), DEFAULT_PUE]) {
      expect(row.pue * Math.exp(-row.band.lo / 1000)).toBeGreaterThanOrEqual(1);
      expect(row.band.hi).toBeGreaterThan(0);
      expect(Number.isInteger(row.band.lo) && Number.isInteger(row.band.hi)).toBe(true);
    }
    expect(DEFAULT_PUE.pue).toBe(1.56);
  });

  it('derive embodied emissions per vCPU as the source does', () => {
    const m5Host = 1000 + 100 + (384 - 16) * 1.387;
    expect(DEFAULT_EMBODIED.kilogramsPerVcpu).toBeCloseTo(m5Host / 96, 1);
    const c5Host = (1000 + 100 + (192 - 16) * 1.387) / 96;
    expect(DEFAULT_EMBODIED.kilogramsPerVcpu * Math.exp(-DEFAULT_EMBODIED.band.lo / 1000)).toBeLessThan(
      c5Host,
    );
  });

  it('carry a source and a year in every row', () => {
    const rows = [...PROVIDER_MEANS, ...PROVIDER_PUE.values(), DEFAULT_PUE, DEFAULT_EMBODIED, DEFAULT_PRICES];
    expect(rows.filter((row) => !sourced(row))).toEqual([]);
  });

  it('price capacity as OpenCost does without a price list', () => {
    expect(DEFAULT_PRICES).toMatchObject({ currency: 'USD', cpuCoreHour: 0.031611, ramGbHour: 0.004237 });
  });
});
