/** Asks everything about one range: what nodes and pods cannot do without first, the rest as far as it answers. */
import { endOf, floorTo, HOUR } from '../../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { Inventory } from '../../ports/inventory-source.js';
import type { Outcome, Unavailable } from '../../ports/outcome.js';
import { Flags, readSeries, type Grid, type Rejections, type Sink } from './answer.js';
import type { PrometheusClient } from './client.js';
import { createGate } from '../../net/gate.js';
import { emptyObservation, type Observation } from './observation.js';
import type { Queries } from './queries.js';
import { Described } from './described.js';
import { learn, LEARNING_WINDOW, learningInstant, scrapesTogether, snapped } from './scrape-interval.js';
import * as sinks from './sinks.js';

export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface CollectContext {
  readonly client: PrometheusClient;
  readonly queries: Queries;
  readonly labels: readonly string[];
  readonly maxSeries: number;
  readonly rejections: Rejections;
  /** Scrape intervals learnt, by start of the hour. */
  readonly learnt: Map<EpochSeconds, Seconds>;
  readonly log: Log | undefined;
  /** The cluster as it is now, for intervals of which no series describes a node. */
  readonly known?: Inventory | undefined;
}

export interface Collected {
  readonly observation: Observation;
  readonly warnings: readonly string[];
  /** A part was too large for the server or for us; a smaller range may pass. */
  readonly tooLarge: boolean;
}

/** Bounds of what can be true of one object in one interval. */
const LIMITS = {
  /** Cores of the largest machine there may be, times a generous margin. */
  cores: 1e6,
  /** 10 PB: above any memory, disk or transfer of one pod in an hour. */
  bytes: 1e16,
  /** Samples of one object an interval. */
  count: 1e6,
} as const;

const QUERIES_AT_ONCE = 2;
const MAX_LEARNT_HOURS = 1000;

class Collector {
  readonly o: Observation;
  readonly warnings = new Set<string>();
  tooLarge = false;
  private readonly gate = createGate(QUERIES_AT_ONCE);

  constructor(
    private readonly context: CollectContext,
    private readonly grid: Grid,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.o = emptyObservation(grid);
  }

  /** Null when everything required answered. */
  async required(): Promise<Unavailable | null> {
    const { queries: q } = this.context;
    const { o } = this;
    const cores = LIMITS.cores * this.grid.step;
    const first = await this.all([
      () => this.range(q.nodeCount('max'), LIMITS.count, sinks.nodeCounts(o)),
      () => this.range(q.nodeCapacity, LIMITS.bytes, sinks.capacity(o)),
      () => this.range(q.containerCpu, cores, sinks.ofPlace(o, 'cpu')),
    ]);
    if (first) return first;
    const failure =
      (await this.learnScrape()) ?? (await this.range(q.podCount('max'), LIMITS.count, sinks.stays(o)));
    if (failure) return failure;
    return (
      (await this.handover()) ??
      (await this.podCgroupsWhereNeeded(o.place.cpu.whole, q.podCpu, cores)) ??
      this.describedByInventory()
    );
  }

  /** Where kube-state-metrics tells of no node: nodes and pods from the inventory, their presence from cAdvisor's samples. */
  private async describedByInventory(): Promise<Unavailable | null> {
    const { known, queries: q } = this.context;
    if (known === undefined) return null;
    const described = new Described(this.o, known);
    described.fillCapacity();
    if (!described.isNeeded) return null;
    const failure =
      (await this.range(q.rootCount, LIMITS.count, described.roots())) ??
      (await this.range(q.podUsageCount, LIMITS.count, described.pods()));
    return failure ?? this.learnUsageScrape(described);
  }

  private async learnUsageScrape(described: Described): Promise<Unavailable | null> {
    for (const i of described.intervals) {
      const start = this.startOf(i);
      const instances = described.mostSampled(i);
      let learnt: Seconds | null = null;
      for (const at of [learningInstant(start, this.grid.step), epochSeconds(start + this.grid.step)]) {
        if (instances.length === 0 || learnt !== null) break;
        const samples = await this.rawSamples((q) => q.rootSamples(instances, LEARNING_WINDOW), at);
        if (!samples.ok) return samples;
        learnt = learn(samples.value);
      }
      this.o.scrape[i] = learnt ?? described.scrapeByCount(i);
    }
    return null;
  }

  async optional(): Promise<Unavailable | null> {
    const { queries: q, labels } = this.context;
    const { o, grid } = this;
    const { place } = o;
    const range = seconds(grid.count * grid.step);
    const cores = LIMITS.cores * grid.step;
    const lookUp = (expression: string, sink: Sink): Promise<Unavailable | null> =>
      this.soft(this.lookUp(expression, sink));
    const collect = (expression: string, limit: number, sink: Sink): Promise<Unavailable | null> =>
      this.soft(this.range(expression, limit, sink));
    const cancelled = await this.all([
      () => collect(q.containerMemory, LIMITS.bytes, sinks.ofPlace(o, 'memory')),
      () => collect(q.cpuRequest, LIMITS.cores, sinks.requested(o, 'cpu')),
      () => collect(q.memoryRequest, LIMITS.bytes, sinks.requested(o, 'memory')),
      () => collect(q.finished, 1, sinks.byIncarnation(o, o.finished)),
      () => collect(q.received, LIMITS.bytes, sinks.byPlace(o, place.received)),
      () => collect(q.transmitted, LIMITS.bytes, sinks.byPlace(o, place.transmitted)),
      () => collect(q.hostNetwork, LIMITS.count, sinks.byPod(o, o.hostNetwork)),
      () => collect(q.read, LIMITS.bytes, sinks.byPlace(o, place.read)),
      () => collect(q.written, LIMITS.bytes, sinks.byPlace(o, place.written)),
      () => collect(q.restarts, LIMITS.count, sinks.byIncarnation(o, o.restarts)),
      () => collect(q.nodeLabels, LIMITS.count, sinks.nodeLabels(o)),
      () => collect(q.rootCpu, cores, sinks.machineCpu(o.rootCpu, o.rootCpuSeconds)),
      () => collect(q.claimBytes, LIMITS.bytes, sinks.claimBytes(o)),
      () => lookUp(q.podOwner(range), sinks.podOwners(o)),
      () => lookUp(q.replicaSetOwner(range), sinks.objectOwners(o.replicaSetOwners, 'replicaset')),
      () => lookUp(q.jobOwner(range), sinks.objectOwners(o.jobOwners, 'job_name')),
      () => lookUp(q.mounts(range), sinks.mounts(o)),
      () => lookUp(q.claimClass(range), sinks.claimClasses(o)),
      ...(labels.length > 0 ? [() => lookUp(q.podLabels(range), sinks.podLabels(o, labels))] : []),
    ]);
    return cancelled ?? this.fallbacks(range, cores);
  }

  private fallbacks(range: Seconds, cores: number): Promise<Unavailable | null> {
    const { queries: q } = this.context;
    const { o } = this;
    const roots = new Set(o.rootCpu.map((each) => each.node));
    const complete =
      o.nodeNames.every((name) => roots.has(name)) && this.everyIndex((i) => o.rootCpuSeconds.hasAny(i));
    return this.all([
      () => this.soft(this.podCgroupsWhereNeeded(o.place.memory.whole, q.podMemory, LIMITS.bytes)),
      ...(complete
        ? []
        : [
            () =>
              this.soft(
                this.range(q.exporterCpu, cores, sinks.machineCpu(o.exporterCpu, o.exporterCpuSeconds)),
              ),
            () => this.soft(this.lookUp(q.exporterNames(range), sinks.exporterNames(o))),
          ]),
    ]);
  }

  /**
   * Where no series of an interval carries `container`, the pods' own cgroups stand for it. Decided for each interval as a
   * whole, so that the two are never added.
   */
  private async podCgroupsWhereNeeded(
    column: Observation['place']['cpu']['whole'],
    expression: string,
    limit: number,
  ): Promise<Unavailable | null> {
    const had = Array.from({ length: this.grid.count }, (_, i) => column.hasAny(i));
    if (had.every(Boolean)) return null;
    const fold = sinks.byPlace(this.o, column);
    return this.range(expression, limit, (labels, values) => {
      had.forEach((known, i) => known && (values[i] = NaN));
      fold(labels, values);
    });
  }

  /** Fills `o.scrape`; an hour's interval is learnt once and kept. */
  private async learnScrape(): Promise<Unavailable | null> {
    for (let i = 0; i < this.grid.count; i++) {
      const start = this.startOf(i);
      const hour = floorTo(start, HOUR);
      const known = this.context.learnt.get(hour);
      const nodes = this.mostSampled(i);
      if (known !== undefined || nodes.length === 0) {
        this.o.scrape[i] = known ?? this.grid.step;
        continue;
      }
      const atHour = await this.samplesOf(nodes, LEARNING_WINDOW, learningInstant(start, this.grid.step));
      if (!atHour.ok) return atHour;
      const learnt = learn(atHour.value);
      if (learnt !== null) this.remember(hour, learnt);
      const failure = learnt === null ? await this.learnFromInterval(i, nodes) : null;
      if (failure) return failure;
      this.o.scrape[i] ??= learnt ?? this.grid.step;
    }
    return null;
  }

  /** For an hour in whose beginning these nodes or the source were not there yet. */
  private async learnFromInterval(index: number, nodes: readonly string[]): Promise<Unavailable | null> {
    const end = epochSeconds(this.startOf(index) + this.grid.step);
    const outcome = await this.samplesOf(nodes, LEARNING_WINDOW, end);
    if (!outcome.ok) return outcome;
    this.o.scrape[index] = learn(outcome.value) ?? snapped(this.grid.step / this.largestCount(index));
    return null;
  }

  /** Instants of the raw samples of a few nodes, one list a series. */
  private async samplesOf(
    nodes: readonly string[],
    window: Seconds,
    at: EpochSeconds,
  ): Promise<Outcome<readonly (readonly number[])[]>> {
    return this.rawSamples((q) => q.nodeSamples(nodes, window), at);
  }

  private async rawSamples(
    expression: (queries: Queries) => string,
    at: EpochSeconds,
  ): Promise<Outcome<readonly (readonly number[])[]>> {
    const { client, queries } = this.context;
    const outcome = await client.instant(expression(queries), at, 'matrix', this.signal);
    return outcome.ok ? { ...outcome, value: outcome.value.map(instantsOf) } : outcome;
  }

  private remember(hour: EpochSeconds, scrape: Seconds): void {
    if (this.context.learnt.size >= MAX_LEARNT_HOURS) this.context.learnt.clear();
    this.context.learnt.set(hour, scrape);
  }

  /** A few nodes that were there longest in an interval, by name where equal. */
  private mostSampled(index: number): readonly string[] {
    return this.o.nodeNames
      .map((name, id) => ({ name, samples: this.o.nodeCounts.at(id, index) || 0 }))
      .filter((each) => each.samples > 0)
      .toSorted((a, b) => b.samples - a.samples || (a.name < b.name ? -1 : 1))
      .slice(0, 3)
      .map((each) => each.name);
  }

  /**
   * Normally the largest count of several sources tells how long something was there. When kube-state-metrics moves to another
   * pod, its series get another `instance` and no single one covers the interval: there the sources followed one another and
   * their counts add, up to the scrapes that they show together.
   */
  private async handover(): Promise<Unavailable | null> {
    const together = new Float64Array(this.grid.count).fill(NaN);
    for (let i = 0; i < this.grid.count; i++) {
      if (this.isWhole(i)) continue;
      const end = epochSeconds(this.startOf(i) + this.grid.step);
      const outcome = await this.samplesOf(this.mostSampled(i).slice(0, 1), this.grid.step, end);
      if (!outcome.ok) return outcome;
      const scrapes = scrapesTogether(outcome.value, this.o.scrape[i]!);
      // One more is what the phase of two sources can make of one and the same time.
      if (scrapes > this.largestCount(i) + 1) together[i] = scrapes;
    }
    if (together.every(Number.isNaN)) return null;
    const { queries: q } = this.context;
    const capped =
      (fold: Sink): Sink =>
      (labels, values) => {
        for (let i = 0; i < values.length; i++) values[i] = Math.min(values[i]!, together[i]!);
        fold(labels, values);
      };
    return (
      (await this.range(q.nodeCount('sum'), LIMITS.count, capped(sinks.nodeTotals(this.o)))) ??
      (await this.range(q.podCount('sum'), LIMITS.count, capped(sinks.stays(this.o))))
    );
  }

  private isWhole(index: number): boolean {
    const most = this.largestCount(index);
    return most === 0 || (most + 1) * this.o.scrape[index]! >= this.grid.step;
  }

  private largestCount(index: number): number {
    let most = 0;
    for (let id = 0; id < this.o.nodeNames.length; id++)
      most = Math.max(most, this.o.nodeCounts.at(id, index) || 0);
    return most;
  }

  private everyIndex(test: (index: number) => boolean): boolean {
    for (let i = 0; i < this.grid.count; i++) if (!test(i)) return false;
    return true;
  }

  private startOf(index: number): EpochSeconds {
    return epochSeconds(this.grid.first + (index - 1) * this.grid.step);
  }

  private async range(expression: string, limit: number, sink: Sink): Promise<Unavailable | null> {
    const outcome = await this.context.client.range(expression, this.grid, this.signal);
    return this.read(outcome, this.grid, limit, sink);
  }

  /** A fact that does not change within the range, at its end; spoilt answers flag the whole range. */
  private async lookUp(expression: string, sink: Sink): Promise<Unavailable | null> {
    const end = endOf({ start: this.startOf(this.grid.count - 1), step: this.grid.step });
    const outcome = await this.context.client.instant(expression, end, 'vector', this.signal);
    const flags = new Flags(1);
    const failure = this.read(outcome, { first: end, step: this.grid.step, count: 1 }, Infinity, sink, flags);
    for (const reason of flags.at(0)) this.o.flags.addAll(reason);
    return failure;
  }

  private read(
    outcome: Outcome<readonly unknown[]>,
    grid: Grid,
    limit: number,
    sink: Sink,
    flags = this.o.flags,
  ): Unavailable | null {
    if (!outcome.ok) return outcome;
    const { maxSeries, rejections } = this.context;
    for (const warning of outcome.warnings) {
      this.warnings.add(warning);
      flags.addAll('source-warning');
    }
    readSeries(outcome.value, { grid, limit, maxSeries, flags, rejections }, sink);
    return null;
  }

  /** Turns a failure into a mark on the windows; only a cancelled call stops the work. */
  private async soft(asked: Promise<Unavailable | null>): Promise<Unavailable | null> {
    const failure = await asked;
    if (!failure || failure.reason === 'cancelled') return failure;
    this.tooLarge ||= failure.reason === 'too-large';
    this.o.flags.addAll('inventory-missing');
    this.context.log?.warn(
      { reason: failure.reason, error: failure.message },
      'part of the inventory is missing',
    );
    return null;
  }

  /** Runs a few at a time; after the first failure no further one is begun. */
  private async all(tasks: readonly (() => Promise<Unavailable | null>)[]): Promise<Unavailable | null> {
    let failure: Unavailable | null = null;
    await Promise.all(
      tasks.map((task) =>
        this.gate(async () => {
          if (!failure) failure = (await task()) ?? failure;
        }),
      ),
    );
    return failure;
  }
}

function instantsOf(series: unknown): readonly number[] {
  const values = (series as { readonly values?: unknown } | null)?.values;
  if (!Array.isArray(values)) return [];
  return values
    .map((sample: unknown) => (Array.isArray(sample) ? Number(sample[0]) : NaN))
    .filter(Number.isFinite);
}

/** Everything about the intervals whose ends are the grid's instants; unavailable when nodes, pods or their CPU are. */
export async function collect(
  context: CollectContext,
  grid: Grid,
  signal: AbortSignal | undefined,
): Promise<Outcome<Collected>> {
  const collector = new Collector(context, grid, signal);
  const failure = (await collector.required()) ?? (await collector.optional());
  if (failure) return failure;
  const warnings = [...collector.warnings];
  return { ok: true, warnings, value: { observation: collector.o, warnings, tooLarge: collector.tooLarge } };
}
