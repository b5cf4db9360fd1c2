/** Usage and inventory of past intervals from any server with Prometheus' query API. */
import { countIn, isValidStep, type TimeRange } from '../../domain/interval.js';
import type { UsageWindow } from '../../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { createJsonClient } from '../../net/fetch-json.js';
import { clientOf, type PrometheusAccess } from '../../net/prometheus-access.js';
import type { Clock } from '../../ports/clock.js';
import { available, type Outcome } from '../../ports/outcome.js';
import type { Inventory } from '../../ports/inventory-source.js';
import type { RejectedSamples, UsageSource } from '../../ports/usage-source.js';
import { Rejections, type Grid } from './answer.js';
import { PrometheusClient } from './client.js';
import { collect, type CollectContext, type Log } from './collect.js';
import { parseMatchers } from './matchers.js';
import { COUNTED, findOldest } from './oldest.js';
import {
  createQueries,
  probeQuery,
  sampleCountQuery,
  usageCountQuery,
  usageProbeQuery,
  type Queries,
} from './queries.js';
import { buildWindows } from './windows.js';

export type { Log } from './collect.js';

export interface PrometheusOptions extends PrometheusAccess {
  /** Largest answer, decompressed. */
  readonly maxBytes: number;
  /** Largest number of series taken from one answer; the rest is left out and the windows say so. Default 1 000 000. */
  readonly maxSeries?: number | undefined;
  /** PROMETHEUS_EXTRA_MATCHERS, for example `cluster="a"`. */
  readonly extraMatchers?: string | undefined;
  /** Kubernetes names of the pod labels to keep. */
  readonly labels: readonly string[];
  readonly clock: Clock;
  readonly log?: Log | undefined;
  readonly retryBaseMs?: number | undefined;
}

export interface PrometheusSource extends UsageSource {
  oldestUsage: NonNullable<UsageSource['oldestUsage']>;
  /** The same server for other questions, by the same credentials and limits. */
  readonly promQl: PrometheusClient;
  /** PROMETHEUS_EXTRA_MATCHERS in normal form; "" for none. */
  readonly matchers: string;
  close(): Promise<void>;
}

const DEFAULT_MAX_SERIES = 1_000_000;

/** @throws Error naming what cannot be used: the URL, a header, the matchers. */
export function createPrometheusSource(options: PrometheusOptions): PrometheusSource {
  return new Source(options);
}

class Source implements PrometheusSource {
  readonly name = 'prometheus';
  readonly promQl: PrometheusClient;
  readonly matchers: string;
  private readonly rejections = new Rejections();
  private readonly learnt = new Map<Seconds, CollectContext['learnt']>();

  constructor(private readonly options: PrometheusOptions) {
    this.matchers = parseMatchers(options.extraMatchers ?? '');
    this.promQl = new PrometheusClient(
      createJsonClient({
        name: 'prometheus',
        ...clientOf(options),
        maxBytes: options.maxBytes,
        retryBaseMs: options.retryBaseMs,
      }),
    );
  }

  async observe(
    range: TimeRange,
    step: Seconds,
    signal?: AbortSignal,
    known?: Inventory,
  ): Promise<Outcome<readonly UsageWindow[]>> {
    if (!isValidStep(step))
      throw new RangeError(`step must be whole seconds that divide one hour, not ${step}`);
    const count = countIn(range, step);
    if (count === 0) return available([]);
    const queries = createQueries(step, this.matchers, this.options.labels);
    const grid = { first: epochSeconds(range.from + step), step, count };
    return this.observeGrid({ ...this.context(queries, step), known }, grid, signal);
  }

  async oldest(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>> {
    const { matchers } = this;
    return this.findOldest(probeQuery(matchers), sampleCountQuery(matchers, COUNTED), notBefore, signal);
  }

  async oldestUsage(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>> {
    const { matchers } = this;
    return this.findOldest(usageProbeQuery(matchers), usageCountQuery(matchers, COUNTED), notBefore, signal);
  }

  private findOldest(
    expression: string,
    count: string,
    notBefore: EpochSeconds,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<EpochSeconds | null>> {
    const probe = { client: this.promQl, expression, count, rejections: this.rejections };
    return findOldest(probe, notBefore, this.options.clock.now(), signal);
  }

  rejected(): RejectedSamples {
    return this.rejections.toRecord();
  }

  close(): Promise<void> {
    return this.promQl.close();
  }

  /** Halves a range whose answers are too large, down to single intervals. */
  private async observeGrid(
    context: CollectContext,
    grid: Grid,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<readonly UsageWindow[]>> {
    const outcome = await collect(context, grid, signal);
    const tooLarge = outcome.ok ? outcome.value.tooLarge : outcome.reason === 'too-large';
    if (tooLarge && grid.count > 1) return this.observeHalves(context, grid, signal);
    if (!outcome.ok) return outcome;
    const { observation, warnings } = outcome.value;
    return available(buildWindows(observation, this.rejections), warnings);
  }

  private async observeHalves(
    context: CollectContext,
    grid: Grid,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<readonly UsageWindow[]>> {
    const count = Math.floor(grid.count / 2);
    const first = await this.observeGrid(context, { ...grid, count }, signal);
    if (!first.ok) return first;
    const rest = { ...grid, first: epochSeconds(grid.first + count * grid.step), count: grid.count - count };
    const second = await this.observeGrid(context, rest, signal);
    if (!second.ok) return second;
    const warnings = [...new Set([...first.warnings, ...second.warnings])];
    return available([...first.value, ...second.value], warnings);
  }

  private context(queries: Queries, step: Seconds): CollectContext {
    const learnt: CollectContext['learnt'] = this.learnt.get(step) ?? new Map<EpochSeconds, Seconds>();
    this.learnt.set(step, learnt);
    return {
      client: this.promQl,
      queries,
      labels: this.options.labels,
      maxSeries: this.options.maxSeries ?? DEFAULT_MAX_SERIES,
      rejections: this.rejections,
      learnt,
      log: this.options.log,
    };
  }
}
