import { beforeAll, describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../domain/units.js';
import { utcOffset } from './local-time.js';
import { createWorld } from './world.js';

/** The thresholds of the methodology, section 8, over a week: the rules must find what was planted and nothing else. */
const WEEK_START = Date.UTC(2026, 5, 1) / 1000;
const HOURS = 7 * 24;
const MIB = 2 ** 20;

interface WorkloadWeek {
  readonly type: string;
  readonly autoscaled: boolean;
  readonly zone: string;
  /** Mean cores in each hour, over all its pods. */
  readonly cores: number[];
  podSeconds: number;
  cpuSeconds: number;
  memoryByteSeconds: number;
  cpuRequestSeconds: number;
  memoryRequestSeconds: number;
  networkBytes: number;
}

interface NodeWeek {
  readonly place: string;
  cpuSeconds: number;
  cpuCapacitySeconds: number;
  memoryByteSeconds: number;
  memoryCapacitySeconds: number;
  readonly pods: Set<string>;
}

const workloads = new Map<string, WorkloadWeek>();
const nodes = new Map<string, NodeWeek>();

beforeAll(() => {
  const world = createWorld({ seed: 1 });
  for (let hour = 0; hour < HOURS; hour++) {
    const from = WEEK_START + hour * 3600;
    const range = { from: epochSeconds(from), to: epochSeconds(from + 3600) };
    for (const node of world.nodesDuring(range)) {
      const n = nodes.get(node.name) ?? {
        place: node.slot.pool.place,
        cpuSeconds: 0,
        cpuCapacitySeconds: 0,
        memoryByteSeconds: 0,
        memoryCapacitySeconds: 0,
        pods: new Set(),
      };
      nodes.set(node.name, n);
      const lived = Math.min(range.to, node.diesAt) - Math.max(range.from, node.bornAt);
      n.cpuSeconds += world.systemCpuSeconds(node, range);
      n.cpuCapacitySeconds += node.cpuCapacity * lived;
      n.memoryCapacitySeconds += node.memoryCapacity * lived;
    }
    for (const pod of world.podsDuring(range)) {
      const { plan } = pod.workload;
      const key = `${plan.namespace}/${plan.name}`;
      const w = workloads.get(key) ?? {
        type: plan.controller.kind,
        autoscaled: pod.workload.autoscaler !== null,
        zone: plan.shape.kind === 'weekly' ? plan.shape.week.zone : 'Europe/Paris',
        cores: new Array<number>(HOURS).fill(0),
        podSeconds: 0,
        cpuSeconds: 0,
        memoryByteSeconds: 0,
        cpuRequestSeconds: 0,
        memoryRequestSeconds: 0,
        networkBytes: 0,
      };
      workloads.set(key, w);
      const use = world.usage(pod, range);
      w.cores[hour]! += use.cpuSeconds / 3600;
      w.podSeconds += use.seconds;
      w.cpuSeconds += use.cpuSeconds;
      w.memoryByteSeconds += use.memoryBytes * use.seconds;
      w.cpuRequestSeconds += (plan.cpuRequest ?? 0) * use.seconds;
      w.memoryRequestSeconds += (plan.memoryRequest ?? 0) * MIB * use.seconds;
      w.networkBytes += use.receivedBytes + use.transmittedBytes;
      const n = nodes.get(pod.node.name)!;
      n.cpuSeconds += use.cpuSeconds;
      n.memoryByteSeconds += use.memoryBytes * use.seconds;
      if (w.type !== 'DaemonSet') n.pods.add(pod.name);
    }
  }
});

const matching = (rule: (w: WorkloadWeek) => boolean): readonly string[] =>
  [...workloads]
    .filter(([, w]) => rule(w))
    .map(([key]) => key)
    .sort();

const spread = (values: readonly number[]): { readonly cv: number; readonly peakToMean: number } => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { cv: Math.sqrt(variance) / mean, peakToMean: Math.max(...values) / mean };
};

/** Most consecutive local hours of a day under 5 % of the week's peak. */
const quietHours = (w: WorkloadWeek, day: number): number => {
  const shift = utcOffset(w.zone as 'Europe/Paris', WEEK_START) / 3600;
  const peak = Math.max(...w.cores);
  let run = 0;
  let longest = 0;
  for (let h = 0; h < 24; h++) {
    const value = w.cores[day * 24 + h - shift];
    run = value !== undefined && value < 0.05 * peak ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};
const quietDays = (w: WorkloadWeek): number =>
  [0, 1, 2, 3, 4, 5, 6].filter((day) => quietHours(w, day) >= 4).length;

const services = (w: WorkloadWeek): boolean => w.type !== 'CronJob';
/** Joules that CPU time costs above idle in a week, at most: 4 W per vCPU at the steep start of the curve. */
const dynamicJoules = (w: WorkloadWeek): number => w.cpuSeconds * 4 * 2.2;
const zombies = ['staging/legacy-api'];
const hardlyThere = ['legacy/placeholder', 'legacy/redirect'];

describe('planted cases and near misses', () => {
  it('zombie: a workload that reserves and costs, but neither works nor talks', () => {
    expect(matching((w) => dynamicJoules(w) < 1000 && w.networkBytes === 0)).toEqual(zombies);
    const preview = workloads.get('staging/preview')!;
    expect(preview.cpuSeconds * 2).toBeGreaterThan(1000);
    expect(preview.networkBytes).toBeGreaterThan(0);
  });

  it('over-requested CPU and memory', () => {
    const cpu = matching((w) => w.cpuSeconds / w.cpuRequestSeconds < 0.3);
    expect(cpu.filter((key) => !zombies.includes(key))).toEqual(['checkout/payment-api']);
    expect(matching((w) => w.memoryByteSeconds / w.memoryRequestSeconds < 0.3)).toEqual(['data/clickhouse']);
    const orders = workloads.get('checkout/orders')!;
    const cache = workloads.get('data/feature-cache')!;
    for (const near of [
      orders.cpuSeconds / orders.cpuRequestSeconds,
      cache.memoryByteSeconds / cache.memoryRequestSeconds,
    ]) {
      expect(near).toBeGreaterThan(0.3);
      expect(near).toBeLessThan(0.42);
    }
  });

  it('spiky without an autoscaler', () => {
    const spiky = (w: WorkloadWeek): boolean => spread(w.cores).cv > 0.7 && spread(w.cores).peakToMean > 3;
    expect(matching((w) => services(w) && spiky(w) && !w.autoscaled)).toEqual(['search/suggest']);
    expect(matching((w) => services(w) && spiky(w) && w.autoscaled)).toEqual(['shop/flash-sale']);
    const near = spread(workloads.get('search/indexer')!.cores);
    expect(near.cv).toBeGreaterThan(0.4);
    expect(near.cv).toBeLessThan(0.7);
  });

  it('quiet at night on at least five days', () => {
    expect(matching((w) => services(w) && quietDays(w) >= 5)).toEqual(['backoffice/crm']);
    const intranet = workloads.get('backoffice/intranet')!;
    expect(Math.min(...intranet.cores) / Math.max(...intranet.cores)).toBeGreaterThan(0.05);
    expect(Math.min(...intranet.cores) / Math.max(...intranet.cores)).toBeLessThan(0.15);
  });

  it('an idle namespace, and one that is only nearly idle', () => {
    /** Joules of a week: dynamic, and idle power of what is reserved or used, at most 1 W per vCPU. */
    const joules = (prefix: string): number =>
      [...workloads]
        .filter(([key]) => key.startsWith(prefix))
        .reduce((sum, [, w]) => sum + dynamicJoules(w) + Math.max(w.cpuRequestSeconds, w.cpuSeconds), 0);
    const namespaces = [...new Set([...workloads.keys()].map((key) => `${key.split('/')[0]!}/`))];
    expect(namespaces.filter((ns) => joules(ns) < 1000)).toEqual(['legacy/']);
    // At the lowest idle power of the tables, 0.2 W per vCPU, the sandbox is still above the threshold.
    expect(workloads.get('sandbox/debug-shell')!.cpuRequestSeconds * 0.2).toBeGreaterThan(1000);
    expect(matching((w) => w.cpuRequestSeconds === 0)).toEqual(hardlyThere);
  });

  it('batch work at the dirtiest and at the cleanest hour of the same zone', () => {
    const hoursOf = (key: string): readonly number[] => {
      const shift = utcOffset('Europe/Amsterdam', WEEK_START) / 3600;
      const busy = workloads.get(key)!.cores.flatMap((cores, h) => (cores > 0 ? [(h + shift) % 24] : []));
      return [...new Set(busy)].sort((a, b) => a - b);
    };
    expect(hoursOf('batch/invoice-export').slice(0, 2)).toEqual([18, 19]);
    expect(hoursOf('batch/price-refresh').slice(0, 2)).toEqual([13, 14]);
  });

  it('machines that are too large, and machines that could go', () => {
    const places = (rule: (n: NodeWeek) => boolean): readonly string[] =>
      [...new Set([...nodes.values()].filter(rule).map((n) => n.place))].sort();
    const cpu = (n: NodeWeek): number => n.cpuSeconds / n.cpuCapacitySeconds;
    const memory = (n: NodeWeek): number => n.memoryByteSeconds / n.memoryCapacitySeconds;
    expect(places((n) => cpu(n) < 0.2 && memory(n) < 0.2)).toEqual(['iowa-lake', 'paris-spare']);
    expect(places((n) => n.pods.size < 3 && cpu(n) < 0.15)).toEqual(['paris-cache', 'paris-spare']);
    // As little CPU, but memory in use and pods enough to stay.
    expect(places((n) => n.pods.size >= 3 && cpu(n) < 0.15 && memory(n) > 0.2)).toEqual(['amsterdam-quiet']);
  });
});
