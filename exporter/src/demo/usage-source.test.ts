import { describe, expect, it } from '@jest/globals';
import { HOUR, startsIn } from '../domain/interval.js';
import { epochSeconds, seconds } from '../domain/units.js';
import type { UsageWindow } from '../domain/model.js';
import type { Outcome } from '../ports/outcome.js';
import { scaleFor } from './scale.js';
import { createDemoSource } from './usage-source.js';
import { createWorld } from './world.js';

const START = epochSeconds(Date.UTC(2026, 5, 1) / 1000);
const STEP = seconds(300);
const at = (hours: number) => epochSeconds(START + hours * 3600);
const world = createWorld({ seed: 1, start: START });
const source = createDemoSource(world);

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
const observe = async (from: number, to: number, step = STEP): Promise<readonly UsageWindow[]> =>
  value(await source.observe({ from: at(from), to: at(to) }, step));

describe('the demo source', () => {
  it('answers one full window for every interval of the range', async () => {
    const windows = await observe(9, 10);
    expect(windows.map((w) => w.interval)).toEqual(
      [...startsIn({ from: at(9), to: at(10) }, STEP)].map((start) => ({ start, step: STEP })),
    );
    for (const w of windows) {
      expect(w).toMatchObject({ coverage: 1, partialReasons: [] });
      expect(w.nodes.length).toBeGreaterThanOrEqual(23);
      expect(w.pods.length).toBeGreaterThan(150);
      expect(w.pods.length).toBeLessThan(230);
    }
  });

  it('counts a machine as its pods and a little system', async () => {
    const [window] = await observe(12, 13);
    for (const node of window!.nodes) {
      const pods = window!.pods.filter((p) => p.node === node.node).reduce((sum, p) => sum + p.cpuSeconds, 0);
      expect(node.cpuSeconds! - pods).toBeGreaterThan(0.06 * node.seconds);
      expect(node.cpuSeconds! - pods).toBeLessThan(0.16 * node.seconds);
    }
  });

  it('sees the same CPU time in an hour as in its twelve intervals', async () => {
    const total = (windows: readonly UsageWindow[]): number =>
      windows.flatMap((w) => w.pods).reduce((sum, p) => sum + p.cpuSeconds, 0);
    expect(total(await observe(7, 8)) / total(await observe(7, 8, HOUR))).toBeCloseTo(1, 12);
  });

  it('tells the containers of pods that have a proxy, which are the whole pod', async () => {
    const [window] = await observe(7, 8);
    const several = window!.pods.filter((p) => p.containers !== undefined);
    expect(new Set(several.map((p) => p.workload.name))).toEqual(new Set(['web', 'cart', 'payment-api']));
    const amounts = ['cpuSeconds', 'memoryBytes', 'cpuRequest', 'memoryRequest'] as const;
    for (const pod of several) {
      for (const amount of amounts) {
        const sum = pod.containers!.reduce((total, c) => total + c[amount]!, 0);
        expect(sum / pod[amount]!).toBeCloseTo(1, 9);
      }
    }
  });

  it('has four providers, by the scheme of the provider id', async () => {
    const [window] = await observe(0, 1);
    const schemes = new Set(window!.nodes.map((n) => n.providerId.split(':')[0]));
    expect([...schemes].sort()).toEqual(['aws', 'azure', 'gce', 'scaleway']);
  });

  it('gives volumes and requests where the plan has them, and null where no request is set', async () => {
    const [window] = await observe(0, 1);
    const pod = (name: string) => window!.pods.find((p) => p.workload.name === name)!;
    expect(pod('erp-db')).toMatchObject({
      namespace: 'backoffice',
      pod: 'erp-db-0',
      workload: { name: 'erp-db', type: 'StatefulSet' },
      cpuRequest: 0.8,
      volumes: [{ bytes: 400 * 2 ** 30, media: 'hdd' }],
      labels: { app: 'erp-db', team: 'internal-tools', 'cost-center': 'cc-3002' },
    });
    expect(pod('redirect')).toMatchObject({ cpuRequest: null, memoryRequest: null, volumes: [] });
  });

  it('passes on only the labels asked for', async () => {
    const some = createDemoSource(world, { labels: ['team'] });
    const [window] = value(await some.observe({ from: at(0), to: at(1) }, STEP));
    expect(window!.pods.find((p) => p.workload.name === 'cart')!.labels).toEqual({ team: 'storefront' });
  });

  it('holds nothing before its start, and says so', async () => {
    const [before, after] = await observe(-0.5, 0.5, seconds(1800));
    expect(before).toMatchObject({ nodes: [], pods: [], coverage: 0, partialReasons: ['no-data'] });
    expect(after!.coverage).toBe(1);
    expect(value(await source.oldest(at(-100)))).toBe(START);
    expect(value(await source.oldest(at(5)))).toBe(at(5));
  });

  it('stops when cancelled', async () => {
    const outcome = await source.observe({ from: at(0), to: at(1) }, STEP, AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, reason: 'cancelled' });
  });
});

describe('scale', () => {
  it.each([
    [23, 190],
    [25, 500],
    [100, 5_000],
  ])('makes a world of about %d machines and %d pods that still fits', (nodes, pods) => {
    const big = createWorld({ seed: 1, start: START, scale: scaleFor(nodes, pods) });
    const now = { from: at(18), to: epochSeconds(at(18) + 1) };
    expect(big.nodesDuring(now).length / nodes).toBeGreaterThan(0.8);
    expect(big.nodesDuring(now).length / nodes).toBeLessThan(1.2);
    expect(big.podsDuring(now).length / pods).toBeGreaterThan(0.85);
    expect(big.podsDuring(now).length / pods).toBeLessThan(1.15);
    for (const node of big.nodesDuring(now)) {
      const hosted = big.podsDuring(now).filter((p) => p.node.uid === node.uid);
      expect(hosted.length).toBeLessThanOrEqual(110);
      expect(big.nodeCpuSeconds(node, now)).toBeLessThan(node.cpuCapacity);
    }
  });

  it('draws the same from its machines however many pods share the work', () => {
    const now = { from: at(14), to: at(15) };
    const dense = createWorld({ seed: 1, start: START, scale: { blocks: 1, density: 11 } });
    const cpu = (w: typeof world): number =>
      w.nodesDuring(now).reduce((sum, n) => sum + w.nodeCpuSeconds(n, now), 0);
    expect(cpu(dense) / cpu(world)).toBeCloseTo(1, 1);
  });
});
