import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factors, nodeSample } from '../domain/testing/arbitrary.js';
import { epochSeconds, joules, ratio, seconds } from '../domain/units.js';
import {
  METER_SCOPES,
  type MeasuredWindow,
  type MeterScope,
  type MeterSource,
  type NodeReading,
} from '../ports/measured-source.js';
import { gpuEnergyOf, pueAtMeter, readingsToMeasured } from './measured.js';

const STEP = seconds(300);
const SCOPES: readonly MeterScope[] = ['cpu+dram', 'machine-dc', 'machine-wall'];
const sample = nodeSample();
const node = { sample, profile: factors().profile, curve: 'concave' as const, cpuSecondsUsed: 600 };

/** `watts` over the whole interval. */
const reading = (source: MeterSource, scope: MeterScope, watts: number, coverage = 1): NodeReading => ({
  node: 'n1',
  source,
  scope,
  energy: joules(300 * watts),
  coverage: ratio(coverage),
});
const window = (nodes: readonly NodeReading[], gpus: MeasuredWindow['gpus'] = []): MeasuredWindow => ({
  start: epochSeconds(0),
  nodes,
  gpus,
});
const verdict = (readings: readonly NodeReading[], scopes = SCOPES, over: Partial<typeof node> = {}) =>
  readingsToMeasured(window(readings), { ...node, ...over }, STEP, scopes);

describe('readings of a node', () => {
  it('count by what the meter sees of the machine, then by source, in any order', () => {
    const all = [
      reading('ipmi', 'machine-wall', 30),
      reading('ceems', 'machine-wall', 31),
      reading('scaphandre', 'machine-dc', 28),
      reading('rapl', 'cpu+dram', 20),
      reading('kepler', 'cpu+dram', 21),
      reading('kepler', 'cpu', 16),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 1 }), (some) => {
        const { measured, compared } = verdict(some);
        const ranks = [
          'ceems:machine-wall',
          'ipmi:machine-wall',
          'scaphandre:machine-dc',
          'kepler:cpu+dram',
          'rapl:cpu+dram',
        ];
        const first = ranks.find((rank) => some.some((r) => `${r.source}:${r.scope}` === rank));
        expect(measured?.source).toBe(first);
        expect(compared).toHaveLength(some.length);
        if (first) expect(`${compared[0]!.source}:${compared[0]!.scope}`).toBe(first);
      }),
    );
  });

  it('replace the model unscaled, in whole millijoules', () => {
    const { measured, scope } = verdict([reading('rapl', 'cpu+dram', 12.3456789)]);
    expect(measured).toEqual({
      energy: 3_703_704,
      source: 'rapl:cpu+dram',
      band: { lo: 50, hi: 50 },
      wholeMachine: false,
    });
    expect(scope).toBe('cpu+dram');
  });

  it('of less than processors and memory are kept for comparing only, unless asked for', () => {
    const only = [reading('rapl', 'cpu', 12)];
    expect(verdict(only)).toMatchObject({ measured: null, compared: [{ source: 'rapl', scope: 'cpu' }] });
    expect(verdict(only, ['cpu']).measured).toMatchObject({ source: 'rapl:cpu' });
    expect(verdict([reading('dcgm', 'gpu', 300)], METER_SCOPES).measured).toBeNull();
  });

  it('stand beside the model of the same scope', () => {
    const { compared } = verdict([reading('kepler', 'cpu+dram', 12), reading('rapl', 'cpu', 11)]);
    expect(compared[0]!.estimated!).toBeGreaterThan(compared[1]!.estimated!);
    expect(verdict([reading('dcgm', 'gpu', 300)]).compared[0]!.estimated).toBeNull();
  });

  it('are refused below 90 % of the time that the node was there, and wider where some is missing', () => {
    expect(verdict([reading('rapl', 'cpu+dram', 12, 0.89)])).toMatchObject({
      measured: null,
      compared: [],
      rejected: { coverage: 1 },
    });
    expect(verdict([reading('rapl', 'cpu+dram', 12, 0.9)]).measured!.band).toEqual({ lo: 50, hi: 150 });
    const late = { sample: nodeSample({ seconds: seconds(150) }) };
    expect(verdict([reading('rapl', 'cpu+dram', 6, 0.5)], SCOPES, late).measured).not.toBeNull();
  });

  it('are refused above twice what such a machine can draw, and where nothing was drawn', () => {
    // 4 vCPU * 4.501 W + 16 GB * 0.6 W, twice.
    const most = 2 * (4 * 4.501 + 16 * 0.6);
    expect(verdict([reading('rapl', 'cpu+dram', most - 0.1)]).measured).not.toBeNull();
    expect(verdict([reading('rapl', 'cpu+dram', most + 0.1)]).rejected).toEqual({ 'above-machine': 1 });
    expect(verdict([reading('rapl', 'cpu+dram', 0)]).rejected).toEqual({ 'no-energy': 1 });
    expect(verdict([reading('rapl', 'cpu+dram', NaN)]).rejected).toEqual({ 'no-energy': 1 });
    // A machine with GPUs draws at the wall what they draw too.
    const withGpu = [reading('ipmi', 'machine-wall', 400), reading('dcgm', 'gpu', 350)];
    expect(verdict(withGpu).measured).toMatchObject({ source: 'ipmi:machine-wall' });
  });

  it('of other nodes are not looked at', () => {
    expect(verdict([{ ...reading('rapl', 'cpu+dram', 12), node: 'n2' }])).toMatchObject({
      measured: null,
      compared: [],
      rejected: {},
    });
  });
});

describe('PUE at a meter', () => {
  const { pue } = factors();
  it('stands as it is, also at the wall: it counts from the input of the machine', () => {
    for (const scope of METER_SCOPES) expect(pueAtMeter(pue, scope, false)).toBe(pue);
  });

  it('loses the power supply where it contains it and the meter does too, never below 1', () => {
    expect(pueAtMeter(pue, 'machine-wall', true).pue).toBeCloseTo(1.15 * 0.94, 9);
    expect(pueAtMeter({ ...pue, pue: 1.02 }, 'machine-wall', true).pue).toBe(1);
    expect(pueAtMeter(pue, 'machine-dc', true)).toBe(pue);
    expect(pueAtMeter(pue, null, true)).toBe(pue);
  });
});

describe('energy of GPUs', () => {
  const held = (pod: string, watts: number) => ({
    node: 'n1',
    namespace: 'ml',
    pod,
    energy: joules(300 * watts),
    coverage: ratio(1),
  });

  it('adds up: pods and boards that nobody holds are the node', () => {
    const watts = fc.double({ min: 0, max: 700, noNaN: true });
    fc.assert(
      fc.property(fc.array(watts, { maxLength: 8 }), watts, (pods, unheld) => {
        const total = pods.reduce((a, b) => a + b, 0) + unheld + 0.001;
        const all = window(
          [reading('dcgm', 'gpu', total)],
          pods.map((w, i) => held(`p${i}`, w)),
        );
        const gpu = gpuEnergyOf(all, sample, STEP)!;
        const parts = gpu.pods.reduce((sum, { energy }) => sum + energy, 0);
        expect(parts + gpu.idle).toBe(gpu.whole);
        gpu.pods.forEach(({ pod, energy }) =>
          expect(Math.abs(energy - 300_000 * pods[Number(pod.slice(1))]!)).toBeLessThanOrEqual(1),
        );
      }),
    );
  });

  it('is not known without a meter that covers the node', () => {
    expect(gpuEnergyOf(window([]), sample, STEP)).toBeNull();
    expect(gpuEnergyOf(window([reading('dcgm', 'gpu', 300, 0.5)]), sample, STEP)).toBeNull();
  });
});
