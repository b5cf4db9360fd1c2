/** The demo world as a source of usage: windows straight from its closed form, so nothing is ever missing or late. */
import { endOf, startsIn, type Interval, type TimeRange } from '../domain/interval.js';
import type { NodeSample, PodSample, UsageWindow } from '../domain/model.js';
import { bytes, cores, cpuSeconds, epochSeconds, ratio, seconds } from '../domain/units.js';
import type { EpochSeconds } from '../domain/units.js';
import { available, unavailable } from '../ports/outcome.js';
import type { UsageSource } from '../ports/usage-source.js';
import type { World, WorldNode, WorldPod } from './world.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

export interface DemoSourceOptions {
  /** The oldest instant it has data of; default: the world's own start. */
  readonly start?: EpochSeconds;
  /** Pod labels to pass on, by Kubernetes name; default: all the world's pods have. */
  readonly labels?: readonly string[];
}

/** Always available, coverage 1 from `start` on; an interval that begins before it is "no-data". Knows no "now". */
export function createDemoSource(world: World, options: DemoSourceOptions = {}): UsageSource {
  const start = options.start ?? world.start;
  const window = (interval: Interval): UsageWindow =>
    interval.start < start ? nothing(interval) : observed(world, interval, options.labels);
  return {
    name: 'demo',
    observe: (range, step, signal) =>
      Promise.resolve(
        signal?.aborted
          ? unavailable('cancelled', 'reading the demo world was cancelled')
          : available([...startsIn(range, step)].map((at) => window({ start: at, step }))),
      ),
    oldest: (notBefore) => Promise.resolve(available(epochSeconds(Math.max(start, notBefore)))),
    rejected: () => ({}),
  };
}

const nothing = (interval: Interval): UsageWindow => ({
  interval,
  nodes: [],
  pods: [],
  coverage: ratio(0),
  partialReasons: ['no-data'],
});

function observed(world: World, interval: Interval, labels: readonly string[] | undefined): UsageWindow {
  const range = { from: interval.start, to: endOf(interval) };
  const pods = world.podsDuring(range).map((pod) => podSample(world, pod, range, labels));
  const cpuByNode = new Map<string, number>();
  for (const pod of pods) cpuByNode.set(pod.node, (cpuByNode.get(pod.node) ?? 0) + pod.cpuSeconds);
  const nodes = world
    .nodesDuring(range)
    .map((node) =>
      nodeSample(node, range, (cpuByNode.get(node.name) ?? 0) + world.systemCpuSeconds(node, range)),
    );
  return { interval, nodes, pods, coverage: ratio(1), partialReasons: [] };
}

function podSample(
  world: World,
  pod: WorldPod,
  range: TimeRange,
  wanted: readonly string[] | undefined,
): PodSample {
  const { plan, namespace, labels } = pod.workload;
  const { volume } = plan;
  return {
    namespace,
    pod: pod.name,
    uid: pod.uid,
    node: pod.node.name,
    workload: { name: plan.name, type: plan.controller.kind },
    ...world.usage(pod, range),
    cpuRequest: plan.cpuRequest === null ? null : cores(plan.cpuRequest),
    memoryRequest: plan.memoryRequest === null ? null : bytes(plan.memoryRequest * MIB),
    restarts: world.restarts(pod, range).length,
    volumes: volume ? [{ bytes: bytes(volume.gib * GIB), media: volume.media }] : [],
    labels: wanted ? Object.fromEntries(Object.entries(labels).filter(([k]) => wanted.includes(k))) : labels,
  };
}

function nodeSample(node: WorldNode, range: TimeRange, cpu: number): NodeSample {
  return {
    node: node.name,
    seconds: seconds(Math.min(range.to, node.diesAt) - Math.max(range.from, node.bornAt)),
    cpuCapacity: cores(node.cpuCapacity),
    memoryCapacity: bytes(node.memoryCapacity),
    cpuSeconds: cpuSeconds(cpu),
    providerId: node.providerId,
    instanceType: node.instanceType,
    region: node.region,
    zone: node.zone,
    architecture: node.architecture,
    labels: node.labels,
  };
}
