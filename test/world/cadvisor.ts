/** The kubelet's cAdvisor endpoint: label sets of containers, pod sandboxes and cgroups of a node, and their counters. */
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { combine, hashText, hexDigits } from '../../exporter/src/demo/hash.js';
import type { PodUsage, World, WorldNode, WorldPod } from '../../exporter/src/demo/world.js';
import { handle, type Handle, type Recorder } from './series.js';

export interface CadvisorOptions {
  /** "real": also pod cgroups, pause containers and slices, which a careless sum counts twice. */
  readonly detail: 'real' | 'lean';
  /** Whether a `node` label was added on scraping, as kube-prometheus does. */
  readonly nodeLabel: boolean;
}

const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10';
const span = (from: number, to: number): TimeRange => ({ from: epochSeconds(from), to: epochSeconds(to) });

/** Labels that scraping adds. */
function target(node: WorldNode, options: CadvisorOptions): Record<string, string> {
  const labels = {
    job: 'kubelet',
    metrics_path: '/metrics/cadvisor',
    instance: `${node.internalIp}:10250`,
  };
  return options.nodeLabel ? { ...labels, node: node.name } : labels;
}

interface Counters {
  cpu: number;
  received: number;
  transmitted: number;
  read: number;
  written: number;
}

const zero = (): Counters => ({ cpu: 0, received: 0, transmitted: 0, read: 0, written: 0 });

function addTo(counters: Counters, usage: PodUsage): void {
  counters.cpu += usage.cpuSeconds;
  counters.received += usage.receivedBytes;
  counters.transmitted += usage.transmittedBytes;
  counters.read += usage.readBytes;
  counters.written += usage.writtenBytes;
}

interface ContainerHandles {
  readonly share: number;
  readonly cpu: Handle;
  readonly memory: Handle;
  readonly read: Handle;
  readonly written: Handle;
}

interface SandboxHandles {
  readonly received: Handle;
  readonly transmitted: Handle;
  /** The pod's cgroup and its pause container; empty when lean. */
  readonly podCpu: readonly Handle[];
  readonly podMemory: readonly Handle[];
  readonly pauseCpu: readonly Handle[];
  readonly pauseMemory: readonly Handle[];
}

/** One pod as its kubelet counts it. Counters begin at the pod's birth, or at the world's start if that is later. */
export class PodCounters {
  private readonly sandbox: Counters = zero();
  private containers: Counters = zero();
  private readonly sandboxHandles: SandboxHandles;
  private containerHandles: readonly ContainerHandles[];
  private restarts: readonly number[];
  private restarted = 0;
  private last: number;
  private live = false;

  constructor(
    private readonly world: World,
    readonly pod: WorldPod,
    private readonly options: CadvisorOptions,
  ) {
    this.last = Math.max(pod.bornAt, world.start);
    this.restarts = world.restarts(pod, span(this.last, pod.diesAt));
    this.sandboxHandles = sandboxHandles(pod, options);
    this.containerHandles = containerHandles(pod, 0, options);
  }

  /** Count up to `t`; returns the CPU time added. A restart begins new containers at 0 and keeps the sandbox. */
  advance(t: number, onRestart: (gone: readonly ContainerHandles[]) => void = () => undefined): number {
    const before = this.sandbox.cpu;
    for (
      let at = this.restarts[this.restarted];
      at !== undefined && at <= t;
      at = this.restarts[this.restarted]
    ) {
      this.count(at);
      this.containers = zero();
      onRestart(this.containerHandles);
      this.restarted += 1;
      this.containerHandles = containerHandles(this.pod, this.restarted, this.options);
    }
    this.count(t);
    return this.sandbox.cpu - before;
  }

  private count(to: number): void {
    if (to <= this.last) return;
    const usage = this.world.usage(this.pod, span(this.last, to));
    addTo(this.sandbox, usage);
    addTo(this.containers, usage);
    this.last = to;
  }

  /** One scrape: count up to it and, while the pod lives, write; the first scrape after its death marks it stale. */
  scrape(recorder: Recorder, ms: number, stale: boolean): number {
    const t = ms / 1000;
    const wasLive = this.live;
    const added = this.advance(t, (gone) => {
      if (stale && wasLive) for (const c of gone) markStale(recorder, ms, containerHandleList(c));
    });
    this.live = t >= this.pod.bornAt && t < this.pod.diesAt;
    if (this.live) this.write(recorder, ms);
    else if (wasLive && stale) this.end(recorder, ms);
    return added;
  }

  private end(recorder: Recorder, ms: number): void {
    const s = this.sandboxHandles;
    markStale(recorder, ms, [
      s.received,
      s.transmitted,
      ...s.podCpu,
      ...s.podMemory,
      ...s.pauseCpu,
      ...s.pauseMemory,
    ]);
    for (const c of this.containerHandles) markStale(recorder, ms, containerHandleList(c));
  }

  private write(recorder: Recorder, ms: number): void {
    const t = ms / 1000;
    // Memory is a gauge: what it is now, the mean over the next millisecond.
    const memory = Math.round(this.world.usage(this.pod, span(t, t + 0.001)).memoryBytes);
    for (const c of this.containerHandles) {
      recorder.add(c.cpu, ms, this.containers.cpu * c.share);
      recorder.add(c.memory, ms, memory * c.share);
      recorder.add(c.read, ms, this.containers.read * c.share);
      recorder.add(c.written, ms, this.containers.written * c.share);
    }
    const s = this.sandboxHandles;
    recorder.add(s.received, ms, this.sandbox.received);
    recorder.add(s.transmitted, ms, this.sandbox.transmitted);
    for (const h of s.podCpu) recorder.add(h, ms, this.sandbox.cpu);
    for (const h of s.podMemory) recorder.add(h, ms, memory);
    for (const h of s.pauseCpu) recorder.add(h, ms, 0.02);
    for (const h of s.pauseMemory) recorder.add(h, ms, 270_336);
  }
}

const containerHandleList = (c: ContainerHandles): readonly Handle[] => [c.cpu, c.memory, c.read, c.written];

function markStale(recorder: Recorder, ms: number, handles: readonly Handle[]): void {
  for (const one of handles) recorder.add(one, ms, Number.NaN);
}

const podSlice = (pod: WorldPod): string => {
  const { cpuRequest, memoryRequest } = pod.workload.plan;
  const qos = cpuRequest === null && memoryRequest === null ? 'besteffort' : 'burstable';
  return `/kubepods.slice/kubepods-${qos}.slice/kubepods-${qos}-pod${pod.uid.replaceAll('-', '_')}.slice`;
};

function containerLabels(
  pod: WorldPod,
  container: string,
  image: string,
  key: number,
  options: CadvisorOptions,
) {
  const name = hexDigits(key, 64);
  return {
    ...target(pod.node, options),
    namespace: pod.namespace,
    pod: pod.name,
    container,
    id: `${podSlice(pod)}/cri-containerd-${name}.scope`,
    image,
    name,
  };
}

function containerHandles(
  pod: WorldPod,
  incarnation: number,
  options: CadvisorOptions,
): readonly ContainerHandles[] {
  return pod.workload.plan.containers.map(({ name: container, use: share }) => {
    const key = combine(hashText(`${pod.uid}/${container}`), incarnation);
    const labels = containerLabels(pod, container, `registry.example/${container}:1`, key, options);
    const disk = { ...labels, device: '/dev/nvme0n1' };
    return {
      share,
      cpu: handle('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }),
      memory: handle('container_memory_working_set_bytes', labels),
      read: handle('container_fs_reads_bytes_total', disk),
      written: handle('container_fs_writes_bytes_total', disk),
    };
  });
}

function sandboxHandles(pod: WorldPod, options: CadvisorOptions): SandboxHandles {
  const base = { ...target(pod.node, options), namespace: pod.namespace, pod: pod.name };
  const pause = containerLabels(pod, 'POD', PAUSE_IMAGE, hashText(`${pod.uid}/pause`), options);
  const cgroup = { ...base, id: podSlice(pod) };
  const network = { ...base, id: podSlice(pod), image: PAUSE_IMAGE, name: pause.name, interface: 'eth0' };
  const extra = (one: Handle): readonly Handle[] => (options.detail === 'real' ? [one] : []);
  return {
    received: handle('container_network_receive_bytes_total', network),
    transmitted: handle('container_network_transmit_bytes_total', network),
    podCpu: extra(handle('container_cpu_usage_seconds_total', { ...cgroup, cpu: 'total' })),
    podMemory: extra(handle('container_memory_working_set_bytes', cgroup)),
    pauseCpu: extra(handle('container_cpu_usage_seconds_total', { ...pause, cpu: 'total' })),
    pauseMemory: extra(handle('container_memory_working_set_bytes', pause)),
  };
}

/** The cgroups of one machine: the root, and when real the slices below it. */
export class NodeCounters {
  private pods = 0;
  private system = 0;
  private last: number;
  private live = false;
  private readonly root: Handle;
  private readonly slices: readonly Handle[];

  constructor(
    private readonly world: World,
    readonly node: WorldNode,
    options: CadvisorOptions,
  ) {
    this.last = Math.max(node.bornAt, world.start);
    const cgroup = (id: string): Handle =>
      handle('container_cpu_usage_seconds_total', { ...target(node, options), id, cpu: 'total' });
    this.root = cgroup('/');
    this.slices = options.detail === 'real' ? [cgroup('/kubepods.slice'), cgroup('/system.slice')] : [];
  }

  advance(t: number, podCpu: number): void {
    this.pods += podCpu;
    if (t <= this.last) return;
    this.system += this.world.systemCpuSeconds(this.node, span(this.last, t));
    this.last = t;
  }

  scrape(recorder: Recorder, ms: number, podCpu: number, stale: boolean): void {
    const t = ms / 1000;
    this.advance(t, podCpu);
    const wasLive = this.live;
    this.live = t >= this.node.bornAt && t < this.node.diesAt;
    const values = [this.pods + this.system, this.pods, this.system];
    [this.root, ...this.slices].forEach((one, i) => {
      if (this.live) recorder.add(one, ms, values[i]!);
      else if (wasLive && stale) recorder.add(one, ms, Number.NaN);
    });
  }
}
