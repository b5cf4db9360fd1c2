/**
 * The demo world as a Prometheus would have scraped it: every kubelet's cAdvisor and one kube-state-metrics, as remote-write
 * batches in order of time. Two renderings of adjacent ranges of one world continue each other's counters.
 */
import type { EpochSeconds } from '../../exporter/src/domain/units.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import type { World, WorldNode, WorldPod } from '../../exporter/src/demo/world.js';
import { NodeCounters, PodCounters, type CadvisorOptions } from './cadvisor.js';
import {
  claimFacts,
  FINISHED_TTL,
  nodeFacts,
  ownerFacts,
  podFacts,
  shownUntil,
  workloadFacts,
  type Fact,
  type KubeStateOptions,
} from './kube-state.js';
import { scrapesOf, type ScrapeOptions } from './scrapes.js';
import { Recorder, type Series } from './series.js';

export type { Series } from './series.js';

export interface RenderOptions extends Partial<ScrapeOptions & CadvisorOptions & KubeStateOptions> {
  /** Scrapes in [from, to). `from` must not lie before the world's start, where its counters begin. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** Seconds of samples in one batch; default 300. */
  readonly batchSeconds?: number;
  /**
   * Whether a series that ends gets Prometheus' staleness marker. Here it is a NaN sample, which the writer has to encode as
   * 0x7ff0000000000002: any other NaN is a value to Prometheus. Default false: series just end.
   */
  readonly staleMarkers?: boolean;
}

type Settings = ScrapeOptions &
  CadvisorOptions &
  KubeStateOptions & { readonly batchSeconds: number; readonly staleMarkers: boolean };

const DEFAULTS: Settings = {
  scrapeInterval: 15,
  detail: 'real',
  nodeLabel: true,
  opencost: false,
  batchSeconds: 300,
  staleMarkers: false,
};

/** Batches in order of time; within a batch each series once, its samples ascending. */
export function* renderWorld(world: World, options: RenderOptions): Generator<Series[]> {
  if (options.from < world.start) throw new RangeError('render from the start of the world or later');
  const settings = { ...DEFAULTS, ...options };
  const recorder = new Recorder();
  const kubelets = new Kubelets(world, settings);
  const kubeState = new KubeState(world, settings);
  kubelets.catchUp(options.from);
  for (let from: number = options.from; from < options.to; from += settings.batchSeconds) {
    const to = Math.min(from + settings.batchSeconds, options.to);
    kubelets.record(recorder, from, to);
    kubeState.record(recorder, from, to);
    yield recorder.flush();
  }
}

const rangeOf = (from: number, to: number) => ({ from: epochSeconds(from), to: epochSeconds(to) });
const DAY = 86_400;

class Kubelets {
  private readonly pods = new Map<string, PodCounters>();
  private readonly nodes = new Map<string, NodeCounters>();

  constructor(
    private readonly world: World,
    private readonly settings: Settings,
  ) {}

  /** Bring all counters from the world's start to `t` without writing. */
  catchUp(t: number): void {
    for (let from: number = this.world.start; from < t; from += DAY) {
      const to = Math.min(from + DAY, t);
      for (const [node, pods] of this.meet(from, to)) {
        node.advance(
          to,
          pods.reduce((sum, pod) => sum + pod.advance(to), 0),
        );
      }
      this.bury(to);
    }
  }

  record(recorder: Recorder, from: number, to: number): void {
    const { staleMarkers } = this.settings;
    for (const [node, pods] of this.meet(from, to)) {
      for (const ms of scrapesOf(node.node.name, from, to, this.settings)) {
        let cpu = 0;
        for (const pod of pods) cpu += pod.scrape(recorder, ms, staleMarkers);
        node.scrape(recorder, ms, cpu, staleMarkers);
      }
    }
    this.bury(to);
  }

  /** Machines and pods of the range, and those of before that are still to be marked stale, with their counters. */
  private meet(from: number, to: number): readonly (readonly [NodeCounters, readonly PodCounters[]])[] {
    const range = rangeOf(from, to);
    for (const node of this.world.nodesDuring(range)) {
      if (!this.nodes.has(node.uid))
        this.nodes.set(node.uid, new NodeCounters(this.world, node, this.settings));
    }
    for (const pod of this.world.podsDuring(range)) {
      if (!this.pods.has(pod.uid)) this.pods.set(pod.uid, new PodCounters(this.world, pod, this.settings));
    }
    const byNode = new Map<string, PodCounters[]>([...this.nodes.keys()].map((uid) => [uid, []]));
    for (const pod of this.pods.values()) byNode.get(pod.pod.node.uid)?.push(pod);
    return [...this.nodes.values()].map((node) => [node, byNode.get(node.node.uid)!] as const);
  }

  /** Forget what died long enough ago for the last scrape to have seen it gone. */
  private bury(now: number): void {
    const gone = now - 2 * this.settings.scrapeInterval;
    for (const [uid, { pod }] of this.pods) if (pod.diesAt < gone) this.pods.delete(uid);
    for (const [uid, { node }] of this.nodes) if (node.diesAt < gone) this.nodes.delete(uid);
  }
}

/** Series that are shown from one instant to another, and whether the last scrape showed them. */
interface Shown {
  readonly facts: readonly Fact[];
  from: number;
  to: number;
  live: boolean;
}

class KubeState {
  private readonly shown = new Map<string, Shown>();

  constructor(
    private readonly world: World,
    private readonly settings: Settings,
  ) {}

  record(recorder: Recorder, from: number, to: number): void {
    for (const node of this.world.nodesDuring(rangeOf(from, to))) this.meetNode(node);
    for (const pod of this.world.podsDuring(rangeOf(from - FINISHED_TTL, to))) this.meetPod(pod, from);
    for (const ms of scrapesOf('kube-state-metrics', from, to, this.settings)) {
      for (const one of this.shown.values()) this.scrape(recorder, one, ms);
    }
    const gone = to - 2 * this.settings.scrapeInterval;
    for (const [key, one] of this.shown) if (one.to < gone) this.shown.delete(key);
  }

  private scrape(recorder: Recorder, one: Shown, ms: number): void {
    const t = ms / 1000;
    const live = t >= one.from && t < one.to;
    if (live) for (const fact of one.facts) recorder.add(fact.handle, ms, fact.value(t));
    else if (one.live && this.settings.staleMarkers) {
      for (const fact of one.facts) recorder.add(fact.handle, ms, Number.NaN);
    }
    one.live = live;
  }

  private meetNode(node: WorldNode): void {
    this.meet(`node ${node.uid}`, node.bornAt, node.diesAt, () => nodeFacts(node, this.settings));
  }

  private meetPod(pod: WorldPod, from: number): void {
    const until = shownUntil(pod);
    if (until <= from) return;
    const { world, settings } = this;
    const { namespace, claim, owner, workload } = pod;
    this.meet(`pod ${pod.uid}`, pod.bornAt, until, () =>
      podFacts(pod, world.restarts(pod, rangeOf(pod.bornAt, pod.diesAt)), settings),
    );
    if (owner) {
      this.meet(`owner ${namespace}/${owner.kind}/${owner.name}`, pod.bornAt, until, () =>
        ownerFacts(pod, settings),
      );
    }
    // Claims, autoscalers and schedules outlive pods.
    if (claim)
      this.meet(`claim ${namespace}/${claim}`, pod.bornAt, Infinity, () => claimFacts(pod, claim, settings));
    this.meet(`workload ${namespace}/${workload.plan.name}`, -Infinity, Infinity, () =>
      workloadFacts(workload, settings),
    );
  }

  /** Facts known under a key, shown over the union of the times they were met for. */
  private meet(key: string, from: number, to: number, facts: () => readonly Fact[]): void {
    const known = this.shown.get(key);
    if (!known) {
      this.shown.set(key, { facts: facts(), from, to, live: false });
      return;
    }
    known.from = Math.min(known.from, from);
    known.to = Math.max(known.to, to);
  }
}
