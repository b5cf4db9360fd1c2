import { describe, expect, it } from '@jest/globals';
import { factors, nodeSample, podSample, usageWindow } from '../domain/testing/arbitrary.js';
import { cpuSeconds, epochSeconds, joules, ratio } from '../domain/units.js';
import type { MeasuredWindow, MeterScope, MeterSource } from '../ports/measured-source.js';
import type { FactorSources } from './resolve-factors.js';
import { computeWindow } from './run-interval.js';
import { factorSources } from './testing/factor-sources.js';

const SCOPES: readonly MeterScope[] = ['cpu+dram', 'machine-dc', 'machine-wall'];
const window = usageWindow(
  [nodeSample({ cpuSeconds: cpuSeconds(600) }), nodeSample({ node: 'n2', cpuSeconds: cpuSeconds(600) })],
  [podSample(), podSample({ node: 'n2', pod: 'web-2' })],
);
const reading = (source: MeterSource, scope: MeterScope, watts: number) => ({
  node: 'n1',
  source,
  scope,
  energy: joules(300 * watts),
  coverage: ratio(1),
});
const readings = (nodes: MeasuredWindow['nodes'], gpus: MeasuredWindow['gpus'] = []): MeasuredWindow => ({
  start: epochSeconds(0),
  nodes,
  gpus,
});
const fit = {
  ...factors().profile,
  name: 'fit:aws/m5@2026-06-04',
  fit: { exponent: 0.85, memoryWattsPerGb: { low: 0.3, central: 0.35, high: 0.4 } },
};
const nodesOf = async (read: MeasuredWindow, over: Partial<FactorSources> = {}) =>
  (await computeWindow(window, factorSources({ meterScopes: SCOPES, ...over }), read)).nodes;

describe('meters of a window', () => {
  it('are all kept with their node, each beside the model of its own scope, the one that counts first', async () => {
    const [n1, n2] = await nodesOf(
      readings([reading('rapl', 'cpu', 11), reading('kepler', 'cpu+dram', 14), reading('dcgm', 'gpu', 100)]),
    );
    expect(n1!.meters.map(({ source, scope, measured }) => [source, scope, measured])).toEqual([
      ['kepler', 'cpu+dram', 4_200_000],
      ['rapl', 'cpu', 3_300_000],
      ['dcgm', 'gpu', 30_000_000],
    ]);
    expect(n1!.meters.map(({ estimated }) => estimated !== null)).toEqual([true, true, false]);
    expect(n1!.measuredEnergy).toBe(4_200_000);
    expect(n2!.meters).toEqual([]);
  });

  it('of GPUs add to their node and its holder', async () => {
    const gpu = reading('dcgm', 'gpu', 100);
    const held = { ...gpu, namespace: 'shop', pod: 'web-1', energy: joules(20_000) };
    const [without] = await nodesOf(readings([]));
    const [n1] = await nodesOf(readings([gpu], [held]));
    expect(n1!.energy - without!.energy).toBe(30_000_000);
    expect(n1!.provenance.method).toBe('estimated');
  });

  it('of the whole machine are not compared where the machine has GPUs, which the model does not know', async () => {
    const wall = reading('ipmi', 'machine-wall', 30);
    const [alone] = await nodesOf(readings([wall]));
    const [both] = await nodesOf(readings([wall, reading('dcgm', 'gpu', 5)]));
    expect(alone!.meters[0]!.estimated).not.toBeNull();
    expect(both!.meters[0]!.estimated).toBeNull();
    expect(both!.energy).toBe(alone!.energy);
  });

  it('at the wall are not multiplied by a PUE that holds the power supply already, where that is said', async () => {
    const wall = readings([reading('ipmi', 'machine-wall', 30)]);
    const pueOf = async (over: Partial<FactorSources>) =>
      (await nodesOf(wall, over)).map((n) => n.provenance.pue);
    expect(await pueOf({})).toEqual([1.15, 1.15]);
    expect(await pueOf({ pueContainsPowerSupply: true })).toEqual([expect.closeTo(1.15 * 0.94, 9), 1.15]);
  });
});

describe('a fit to meters', () => {
  const calibrated = {
    of: (provider: string, type: string) => (provider + type === 'awsm5.xlarge' ? fit : null),
  };

  it('stands for machines without a reading that counts, and for no others', async () => {
    const read = readings([reading('kepler', 'cpu+dram', 14)]);
    const [metered, sibling] = await nodesOf(read, { calibrated });
    expect(metered!.provenance).toMatchObject({ method: 'measured', powerProfile: 'family:Skylake' });
    expect(sibling!.provenance).toMatchObject({
      method: 'calibrated',
      powerProfile: fit.name,
      estimated: true,
    });
    const [compared] = await nodesOf(readings([reading('rapl', 'cpu', 11)]), { calibrated });
    expect(compared!.provenance.method).toBe('calibrated');
    // What is compared is the model as it was before.
    const [plain] = await nodesOf(readings([reading('rapl', 'cpu', 11)]));
    expect(compared!.meters).toEqual(plain!.meters);
  });

  it('stands back behind the profiles of the operator', async () => {
    const own = { ...factors().profile, name: 'custom:m5.xlarge' };
    const tables = { ...factorSources().tables, customProfile: () => own };
    const nodes = await nodesOf(readings([]), { calibrated, tables });
    expect(nodes.map((n) => n.provenance.powerProfile)).toEqual([own.name, own.name]);
  });
});
