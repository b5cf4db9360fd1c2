/** The demo world as a source of usage: windows straight from its closed form, so nothing is ever missing or late. */
import { endOf, startsIn, type Interval, type TimeRange } from '../domain/interval.js';
import type { ContainerSample, NodeSample, PodSample, UsageWindow } from '../domain/model.js';
import { bytes, cores, cpuSeconds, epochSeconds, ratio, seconds } from '../domain/units.js';
import type { EpochSeconds } from '../domain/units.js';
import { available, unavailable } from '../ports/outcome.js';
import type { UsageSource } from '../ports/usage-source.js';
import type { ContainerPlan, WorkloadPlan } from './workload-plan.js';
import type { PodUsage, World, WorldNode, WorldPod } from './world.js';

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
  const { labels } = pod;
  const { plan, namespace } = pod.workload;
  const { volume } = plan;
  const usage = world.usage(pod, range);
  return {
    namespace,
    pod: pod.name,
    uid: pod.uid,
    node: pod.node.name,
    workload: { name: plan.name, type: plan.controller.kind },
    ...usage,
    cpuRequest: plan.cpuRequest === null ? null : cores(plan.cpuRequest),
    memoryRequest: plan.memoryRequest === null ? null : bytes(plan.memoryRequest * MIB),
    restarts: world.restarts(pod, range).length,
    ...(plan.containers.length > 1 && { containers: containerSamples(plan, usage) }),
    volumes: volume ? [{ bytes: bytes(volume.gib * GIB), media: volume.media }] : [],
    labels: wanted ? Object.fromEntries(Object.entries(labels).filter(([k]) => wanted.includes(k))) : labels,
  };
}

function containerSamples(plan: WorkloadPlan, usage: PodUsage): ContainerSample[] {
  const byName = (a: ContainerPlan, b: ContainerPlan) => (a.name < b.name ? -1 : 1);
  return plan.containers.toSorted(byName).map((of) => ({
    container: of.name,
    cpuSeconds: cpuSeconds(usage.cpuSeconds * of.use),
    memoryBytes: bytes(usage.memoryBytes * of.use),
    cpuRequest: plan.cpuRequest === null ? null : cores(plan.cpuRequest * of.cpuRequest),
    memoryRequest: plan.memoryRequest === null ? null : bytes(plan.memoryRequest * MIB * of.use),
  }));
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
