import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createTables } from '../data/tables.js';
import { arbWindow, nodeSample, podSample, settings, usageWindow } from '../domain/testing/arbitrary.js';
import { bytes, cpuSeconds, gramsPerKwh, ratio } from '../domain/units.js';
import type { FactorSources } from './resolve-factors.js';
import { computeWindow, quantised } from './run-interval.js';

const sources = (over: Partial<FactorSources> = {}): FactorSources => ({
  tables: createTables(),
  settings: settings(),
  intensity: createYearlyIntensity(gramsPerKwh(473)),
  embodied: createPerVcpuFootprints(null),
  prices: createPriceTable({ currency: 'USD', rows: [], cpuCoreHour: 0.03, ramGbHour: 0.004, own: false }),
  ...over,
});

describe('quantising', () => {
  it('is idempotent, so that what was stored computes to the same again', () => {
    fc.assert(
      fc.property(arbWindow, (window) => {
        const once = quantised(window);
        expect(quantised(once)).toEqual(once);
      }),
    );
  });

  it('moves no figure by more than half a microsecond or half a byte', () => {
    const pod = podSample({ cpuSeconds: cpuSeconds(1.23456789), receivedBytes: bytes(10.4) });
    const [only] = quantised(usageWindow([nodeSample()], [pod])).pods;
    expect(only).toMatchObject({ cpuSeconds: 1.234568, receivedBytes: 10 });
  });

  it('keeps an unknown CPU time unknown', () => {
    expect(quantised(usageWindow([nodeSample({ cpuSeconds: null })], [])).nodes[0]!.cpuSeconds).toBeNull();
  });
});

describe('what a window comes to', () => {
  it('is complete when all of it was seen', async () => {
    const result = await computeWindow(usageWindow([nodeSample()], [podSample()]), sources());
    expect(result).toMatchObject({ state: 'complete', partialReasons: [], coverage: 1, currency: 'USD' });
    expect(result.nodes[0]!.provenance).toMatchObject({
      provider: 'aws',
      gridZone: 'FR',
      pue: 1.15,
      powerProfile: 'family:Skylake',
    });
  });

  it.each([
    ['nothing', usageWindow([], []), 'impossible', ['no-data']],
    [
      'half the time',
      { ...usageWindow([nodeSample()], []), coverage: ratio(0.5) },
      'partial',
      ['samples-missing'],
    ],
    [
      'a pod on no machine',
      usageWindow([nodeSample()], [podSample({ node: 'x' })]),
      'partial',
      ['inventory-missing'],
    ],
  ])('%s', async (_name, window, state, partialReasons) => {
    expect(await computeWindow(window, sources())).toMatchObject({ state, partialReasons });
  });

  it('has another revision when the grid or the price changes, and the same when only usage does', async () => {
    const revision = async (window = usageWindow([nodeSample()], [podSample()]), over = {}) =>
      (await computeWindow(window, sources(over))).revision;
    const base = await revision();
    expect(await revision(usageWindow([nodeSample()], []))).toBe(base);
    const dearer = createPriceTable({
      currency: 'USD',
      rows: [],
      cpuCoreHour: 0.04,
      ramGbHour: 0.004,
      own: false,
    });
    expect(await revision(undefined, { prices: dearer })).not.toBe(base);
    expect(
      await revision(
        usageWindow([nodeSample({ region: 'us-east-1', zone: '', providerId: 'aws:///us-east-1a/i-0' })], []),
      ),
    ).not.toBe(base);
  });
});
