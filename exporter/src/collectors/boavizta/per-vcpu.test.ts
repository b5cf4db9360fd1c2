import { describe, expect, it } from '@jest/globals';
import { kilograms } from '../../domain/units.js';
import { createPerVcpuFootprints } from './per-vcpu.js';

describe('embodied footprint per vCPU', () => {
  it('grows with the node, not with its name', async () => {
    const footprints = createPerVcpuFootprints(null);
    const small = await footprints.of('aws', 'm5.large', 2);
    const large = await footprints.of('', 'unknown', 96);
    expect(large.total / small.total).toBeCloseTo(48, 12);
    expect(small.reasons).toEqual(['EMBODIED_DEFAULT']);
    expect(small.band.lo).toBeGreaterThan(500);
  });

  it('takes the configured figure and names it', async () => {
    const value = await createPerVcpuFootprints(kilograms(10)).of('aws', 'm5.xlarge', 4);
    expect(value).toMatchObject({ total: 40, source: 'configured per vCPU' });
  });
});
