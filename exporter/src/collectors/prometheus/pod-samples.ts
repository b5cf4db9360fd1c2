import type { ContainerSample, NodeSample, PodSample, VolumeShare, Workload } from '../../domain/model.js';
import {
  bytes,
  cores,
  cpuSeconds,
  seconds,
  type Bytes,
  type Cores,
  type Seconds,
} from '../../domain/units.js';
import type { Rejections } from './answer.js';
import type { Parted } from './containers.js';
import { IMPOSSIBLE_FACTOR } from './node-samples.js';
import type { Observation } from './observation.js';
import { presence } from './presence.js';
import type { Column } from './table.js';
import { incarnationsFor, labelsOf, Volumes, workloadOf } from './workloads.js';

/** One incarnation of a pod on one node within one interval, while it is being put together. */
interface Stay {
  readonly uid: string;
  readonly node: string;
  /** Time in which it was scheduled and not finished. */
  readonly seconds: Seconds;
  /** How much of what the pod's counters show on this node is its own, 0..1. */
  shareOnNode: number;
  /** The same where the counters do not name the node. */
  shareOfPod: number;
  cpu: number;
}

/** Pods of each interval of an observation. */
export class PodSamples {
  /** By pod and uid: the same in every interval. */
  private readonly workloads = new Map<string, Workload>();
  private readonly labels = new Map<string, Readonly<Record<string, string>>>();

  constructor(
    private readonly o: Observation,
    private readonly rejections: Rejections,
  ) {}

  /** Pods that ran, or used CPU before they finished, on nodes of `nodes`; by node, namespace, name and uid. */
  at(index: number, nodes: ReadonlyMap<string, NodeSample>): PodSample[] {
    const volumes = new Volumes(this.o, index, (incarnation) => this.runs(incarnation, index));
    const samples: PodSample[] = [];
    for (let pod = 0; pod < this.o.pods.podCount; pod++) {
      const stays = this.staysOf(pod, index, nodes);
      for (const stay of stays) {
        const node = nodes.get(stay.node);
        if (node) samples.push(this.sample(pod, stay, index, node, volumes));
      }
    }
    return samples.sort(byPlaceAndName);
  }

  private staysOf(pod: number, index: number, nodes: ReadonlyMap<string, NodeSample>): Stay[] {
    const stays = this.presentStays(pod, index);
    this.assignCpu(pod, stays, index, nodes);
    return stays.filter((stay) => stay.seconds > 0 || stay.cpu > 0);
  }

  private presentStays(pod: number, index: number): Stay[] {
    const { pods, stayCounts, grid, scrape } = this.o;
    const ids = pods.staysOf[pod]!.filter((id) => stayCounts.at(id, index) > 0);
    if (ids.length === 0) return [];
    const counts = ids.map((id) => stayCounts.at(id, index));
    const active = ids.map(
      (id, i) => counts[i]! * (1 - this.finishedPart(pod, pods.uidOf[pods.incarnationOfStay[id]!]!, index)),
    );
    const times = presence(active, scrape[index]!, grid.step);
    // A pod that had finished before the first sample still owns the CPU of the interval.
    const weights = active.some((each) => each > 0) ? active : counts;
    const stays = ids.map((id, i) => ({
      uid: pods.uidOf[pods.incarnationOfStay[id]!]!,
      node: pods.nodeOfPlace[pods.placeOfStay[id]!]!,
      seconds: times[i]!,
      shareOnNode: weights[i]!,
      shareOfPod: weights[i]!,
      cpu: 0,
    }));
    return shared(stays);
  }

  private finishedPart(pod: number, uid: string, index: number): number {
    return Math.min(this.known(this.o.finished, pod, uid, index) ?? 0, 1);
  }

  private runs(incarnation: number, index: number): boolean {
    const { pods, stayCounts } = this.o;
    const pod = pods.podOfIncarnation[incarnation]!;
    const uid = pods.uidOf[incarnation]!;
    const stays = pods.staysOf[pod]!.filter((id) => uid === '' || pods.incarnationOfStay[id] === incarnation);
    return stays.some((id) => stayCounts.at(id, index) > 0) && this.finishedPart(pod, uid, index) < 1;
  }

  /** Gives each counter of the pod to the stays it can belong to, adding stays that only the counter knows of. */
  private assignCpu(pod: number, stays: Stay[], index: number, nodes: ReadonlyMap<string, NodeSample>): void {
    const { pods, place, flags } = this.o;
    const used = pods.placesOf[pod]!.map((id) => ({
      node: pods.nodeOfPlace[id]!,
      cpu: place.cpu.whole.at(id, index),
    }));
    const named = used.some((each) => each.node !== '' && each.cpu > 0);
    for (const { node, cpu } of used) {
      // A series without node beside one with it is the same container scraped twice.
      if (!(cpu > 0) || (node === '' && named)) continue;
      const owners = node === '' ? stays : stays.filter((stay) => stay.node === node);
      if (owners.length === 0) {
        const brief = this.briefStay(node, nodes);
        if (!brief) {
          this.rejections.add('node-unknown');
          flags.add(index, 'inventory-missing');
          continue;
        }
        owners.push(brief);
        stays.push(brief);
      }
      for (const stay of owners)
        this.addCpu(stay, cpu * (node === '' ? stay.shareOfPod : stay.shareOnNode), index, nodes);
    }
  }

  private addCpu(stay: Stay, cpu: number, index: number, nodes: ReadonlyMap<string, NodeSample>): void {
    const node = nodes.get(stay.node);
    if (!node) {
      this.rejections.add('node-unknown');
      this.o.flags.add(index, 'inventory-missing');
      return;
    }
    if (cpu > IMPOSSIBLE_FACTOR * node.cpuCapacity * this.o.grid.step) {
      this.rejections.add('impossible');
      this.o.flags.add(index, 'series-rejected');
      return;
    }
    stay.cpu += cpu;
  }

  /** A pod that came and went between two scrapes of kube-state-metrics; it was there for less than that. */
  private briefStay(node: string, nodes: ReadonlyMap<string, NodeSample>): Stay | null {
    return nodes.has(node)
      ? { uid: '', node, seconds: seconds(0), shareOnNode: 1, shareOfPod: 1, cpu: 0 }
      : null;
  }

  private sample(pod: number, stay: Stay, index: number, node: NodeSample, volumes: Volumes): PodSample {
    const { pods, place, requests, restarts, hostNetwork, scrape } = this.o;
    const { uid } = stay;
    const runs = stay.seconds > 0;
    const ownNetwork = !(hostNetwork.at(pod, index) > 0);
    const counted = (column: Column): Bytes => bytes(this.onPlace(column, pod, stay, index, true));
    const network = (column: Column): Bytes => (ownNetwork ? counted(column) : bytes(0));
    const cpu = runs ? this.known(requests.cpu.whole, pod, uid, index) : null;
    const memory = runs ? this.known(requests.memory.whole, pod, uid, index) : null;
    const memoryUse = this.memory(pod, stay, index, node);
    const containers = this.containers(pod, stay, index, memoryUse);
    return {
      namespace: pods.namespaceOf[pod]!,
      pod: pods.nameOf[pod]!,
      uid,
      node: stay.node,
      workload: this.cached(this.workloads, workloadOf, pod, uid),
      seconds: seconds(Math.min(runs ? stay.seconds : scrape[index]!, node.seconds)),
      cpuSeconds: cpuSeconds(stay.cpu),
      memoryBytes: bytes(memoryUse),
      cpuRequest: cpu === null ? null : cores(cpu),
      memoryRequest: memory === null ? null : bytes(memory),
      receivedBytes: network(place.received),
      transmittedBytes: network(place.transmitted),
      readBytes: counted(place.read),
      writtenBytes: counted(place.written),
      // increase() extrapolates; restarts are whole.
      restarts: Math.round((this.known(restarts, pod, uid, index) ?? 0) * stay.shareOfPod),
      volumes: runs ? volumes.of(pod, uid) : NO_VOLUMES,
      ...(containers && { containers }),
      labels: this.cached(this.labels, labelsOf, pod, uid),
    };
  }

  /** Undefined where it has one, or where the parts do not make what the pod is told to have used. */
  private containers(
    pod: number,
    stay: Stay,
    index: number,
    memory: number,
  ): readonly ContainerSample[] | undefined {
    const { pods, place } = this.o;
    if (!pods.placesOf[pod]!.some((id) => place.containers.hasSeveral(id))) return undefined;
    const places = [
      [stay.node, stay.shareOnNode],
      ['', stay.shareOfPod],
    ] as const;
    for (const [node, share] of places) {
      const id = pods.findPlace(pod, node);
      const samples = id === undefined ? [] : this.partsOf(pod, id, stay.uid, share, index);
      if (samples.length < 2) continue;
      return isSum(samples, 'cpuSeconds', stay.cpu) && isSum(samples, 'memoryBytes', memory)
        ? samples
        : undefined;
    }
    return undefined;
  }

  private partsOf(pod: number, of: number, uid: string, share: number, index: number): ContainerSample[] {
    const { containers, cpu, memory } = this.o.place;
    return [...containers.namesOf(of)]
      .filter((name) => !Number.isNaN(containers.at(cpu, of, name, index)))
      .map((container) => ({
        container,
        cpuSeconds: cpuSeconds(containers.at(cpu, of, container, index) * share),
        memoryBytes: bytes(containers.at(memory, of, container, index) || 0),
        ...this.requestsOf(pod, uid, container, index),
      }));
  }

  private requestsOf(pod: number, uid: string, container: string, index: number) {
    const { containers, cpu, memory } = this.o.requests;
    const known = (figure: Parted): number | null => {
      for (const id of incarnationsFor(this.o, pod, uid)) {
        const value = containers.at(figure, id, container, index);
        if (!Number.isNaN(value)) return value;
      }
      return null;
    };
    return { cpuRequest: known(cpu) as Cores | null, memoryRequest: known(memory) as Bytes | null };
  }

  private memory(pod: number, stay: Stay, index: number, node: NodeSample): number {
    const value = this.onPlace(this.o.place.memory.whole, pod, stay, index, false);
    if (value <= IMPOSSIBLE_FACTOR * node.memoryCapacity) return value;
    this.rejections.add('impossible');
    this.o.flags.add(index, 'series-rejected');
    return 0;
  }

  /** A pod-level number on the stay's node, or where the series name no node; 0 when there is none. */
  private onPlace(column: Column, pod: number, stay: Stay, index: number, split: boolean): number {
    for (const node of [stay.node, '']) {
      const place = this.o.pods.findPlace(pod, node);
      const value = place === undefined ? NaN : column.at(place, index);
      if (!Number.isNaN(value))
        return split ? value * (node === '' ? stay.shareOfPod : stay.shareOnNode) : value;
    }
    return 0;
  }

  private known(column: Column, pod: number, uid: string, index: number): number | null {
    for (const id of incarnationsFor(this.o, pod, uid)) {
      const value = column.at(id, index);
      if (!Number.isNaN(value)) return value;
    }
    return null;
  }

  private cached<T>(
    cache: Map<string, T>,
    make: (o: Observation, pod: number, uid: string) => T,
    pod: number,
    uid: string,
  ): T {
    const key = `${pod}/${uid}`;
    const old = cache.get(key);
    if (old !== undefined) return old;
    const fresh = make(this.o, pod, uid);
    cache.set(key, fresh);
    return fresh;
  }
}

/** But for the rounding of the sum. */
function isSum(
  samples: readonly ContainerSample[],
  amount: 'cpuSeconds' | 'memoryBytes',
  whole: number,
): boolean {
  const sum = samples.reduce((total, sample) => total + sample[amount], 0);
  return Math.abs(sum - whole) <= 1e-9 * Math.max(sum, whole);
}

const NO_VOLUMES: readonly VolumeShare[] = [];

/** Turns weights into shares, per node and per pod; each sums to 1. */
function shared(stays: Stay[]): Stay[] {
  const total = stays.reduce((sum, stay) => sum + stay.shareOfPod, 0);
  const onNode = new Map<string, number>();
  for (const stay of stays) onNode.set(stay.node, (onNode.get(stay.node) ?? 0) + stay.shareOnNode);
  for (const stay of stays) {
    const here = onNode.get(stay.node)!;
    // A node where none of the stays was active while another's were: equal parts, there is nothing to weigh by.
    stay.shareOnNode =
      here > 0 ? stay.shareOnNode / here : 1 / stays.filter((each) => each.node === stay.node).length;
    stay.shareOfPod /= total;
  }
  return stays;
}

function byPlaceAndName(a: PodSample, b: PodSample): number {
  return (
    compare(a.node, b.node) ||
    compare(a.namespace, b.namespace) ||
    compare(a.pod, b.pod) ||
    compare(a.uid, b.uid)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
