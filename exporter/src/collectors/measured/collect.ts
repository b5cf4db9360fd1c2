/** Everything that meters say about one range: which are there first, then only those. */
import { floorTo, HOUR } from '../../domain/interval.js';
import { epochSeconds, joules, seconds, type EpochSeconds } from '../../domain/units.js';
import type { MeasuredWindow, NodeReading } from '../../ports/measured-source.js';
import { available, type Outcome, type Unavailable } from '../../ports/outcome.js';
import { columnsOf, type Columns } from './columns.js';
import { scrapeInterval } from './coverage.js';
import { GPU_METER } from './dcgm.js';
import { readGpus } from './gpus.js';
import { NodeNames } from './join.js';
import type { Meter, MeterRow } from './meter.js';
import { readMeter, type ByNode } from './node-meter.js';
import type { MeterQueries } from './queries.js';
import { isRecord, label, readMatrix, type Grid, type Rejections, type Series } from './read.js';

/** The query API that the usage collector has a connection to; its client fits. */
export interface PromQl {
  /** `data.result` of a range query at every instant of the grid. */
  range(expression: string, grid: Grid, signal?: AbortSignal): Promise<Outcome<readonly unknown[]>>;
  /** `data.result` of a range selector at one instant: raw samples. */
  instant(
    expression: string,
    at: EpochSeconds,
    type: 'matrix',
    signal?: AbortSignal,
  ): Promise<Outcome<readonly unknown[]>>;
}

export interface CollectContext {
  readonly promQl: PromQl;
  readonly queries: MeterQueries;
  readonly rows: readonly MeterRow[];
  readonly rejections: Rejections;
  readonly maxSeries: number;
}

/** Jobs whose scrape interval is learnt from samples, for one meter; of further ones it is taken from the number of samples. */
const MAX_JOBS = 8;
/** How far back samples are looked at: enough for a few at any interval that people use. */
const LEARNING_WINDOW = seconds(900);

/** Carries a failure out of the steps of one collection. */
class Failed extends Error {
  constructor(readonly outcome: Unavailable) {
    super(outcome.message);
  }
}

/** Windows of the intervals that end at the grid's instants; unavailable as a whole, never silently without a meter. */
export async function collect(
  context: CollectContext,
  grid: Grid,
  signal: AbortSignal | undefined,
): Promise<Outcome<readonly MeasuredWindow[]>> {
  const collector = new Collector(context, grid, signal);
  try {
    return available(await collector.windows(), [...collector.warnings]);
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    throw error;
  }
}

class Collector {
  readonly warnings = new Set<string>();
  private readonly scrapes = new Map<string, number>();

  constructor(
    private readonly context: CollectContext,
    private readonly grid: Grid,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async windows(): Promise<readonly MeasuredWindow[]> {
    const present = await this.presentRows();
    const nodes = present.length === 0 ? null : await this.nodeNames();
    const windows = Array.from({ length: this.grid.count }, (_, index) => ({
      start: epochSeconds(this.grid.first + (index - 1) * this.grid.step),
      nodes: [] as NodeReading[],
      gpus: [] as MeasuredWindow['gpus'],
    }));
    for (const row of present) {
      if (row.source === 'dcgm') await this.addGpus(windows, nodes!);
      else await this.addReadings(windows, row, nodes!);
    }
    return windows;
  }

  /** Rows with any sample in the range, and of them only the meters that have. */
  private async presentRows(): Promise<readonly MeterRow[]> {
    const { rows, queries } = this.context;
    const families = [...new Set(rows.flatMap((row) => row.meters.map((meter) => meter.family)))];
    if (families.length === 0) return [];
    const found = await this.series(queries.families(families));
    const present = new Set(found.map((series) => label(series, '__name__')));
    return rows
      .map((row) => ({ ...row, meters: row.meters.filter((meter) => present.has(meter.family)) }))
      .filter((row) => row.meters.length > 0);
  }

  private async nodeNames(): Promise<NodeNames> {
    const { queries } = this.context;
    const nodes = await this.series(queries.nodes());
    return new NodeNames(this.grid.count, nodes, await this.series(queries.hostNames()));
  }

  private async addReadings(
    windows: readonly { readonly nodes: NodeReading[] }[],
    row: MeterRow,
    nodes: NodeNames,
  ): Promise<void> {
    const meters = new Map<string, ByNode>();
    for (const meter of row.meters) {
      const entries = columnsOf(await this.series(this.context.queries.meter(meter)));
      const scrapeOf = await this.scrapesOf(meter, entries);
      const { grid } = this;
      const { rejections } = this.context;
      meters.set(meter.id, readMeter(entries, meter, { grid, nodes, rejections, scrapeOf }));
    }
    windows.forEach((window, index) => window.nodes.push(...readingsOf(row, meters, index)));
  }

  private async addGpus(
    windows: readonly { readonly nodes: NodeReading[]; gpus: MeasuredWindow['gpus'] }[],
    nodes: NodeNames,
  ): Promise<void> {
    const entries = columnsOf(await this.series(this.context.queries.gpus(GPU_METER)));
    const scrapeOf = await this.scrapesOf(GPU_METER, entries);
    const { grid } = this;
    const { rejections } = this.context;
    windows.forEach((window, index) => {
      const found = readGpus(entries, index, { grid, nodes, rejections, scrapeOf });
      window.nodes.push(...found.nodes);
      window.gpus = found.gpus;
    });
  }

  /**
   * Scrape intervals by job, from the raw samples of one series of each. Learnt where the clock hour begins, so that live
   * operation and a later backfill learn the same; for a meter that was not there yet, at the end of its first interval.
   */
  private async scrapesOf(meter: Meter, entries: readonly Columns[]): Promise<(job: string) => number> {
    const jobs = new Map<string, Columns>();
    for (const entry of entries) {
      const job = label(entry.series, 'job');
      if (!jobs.has(job) && jobs.size < MAX_JOBS) jobs.set(job, entry);
    }
    for (const [job, entry] of jobs) {
      const key = `${meter.family}\n${job}`;
      if (!this.scrapes.has(key)) this.scrapes.set(key, await this.learn(meter, entry));
    }
    return (job) => this.scrapes.get(`${meter.family}\n${job}`) ?? this.fromCount(entries, job);
  }

  private async learn(meter: Meter, entry: Columns): Promise<number> {
    const first = this.indices().find((index) => entry.at('samples', index) > 0) ?? 0;
    const start = this.grid.first + (first - 1) * this.grid.step;
    const instants = [floorTo(start, HOUR) + this.grid.step, start + this.grid.step];
    for (const at of instants) {
      const learnt = scrapeInterval(await this.samples(meter, entry.series, epochSeconds(at)));
      if (learnt !== null) return learnt;
    }
    return this.fromCount([entry], label(entry.series, 'job'));
  }

  private fromCount(entries: readonly Columns[], job: string): number {
    const counts = entries
      .filter((entry) => label(entry.series, 'job') === job)
      .flatMap((entry) => this.indices().map((index) => entry.at('samples', index) || 0));
    return this.grid.step / Math.max(1, ...counts);
  }

  private indices(): readonly number[] {
    return Array.from({ length: this.grid.count }, (_, index) => index);
  }

  /** Instants of raw samples, one list a series. */
  private async samples(
    meter: Meter,
    series: Series,
    at: EpochSeconds,
  ): Promise<readonly (readonly number[])[]> {
    const target = ['job', 'instance']
      .map((name) => [name, label(series, name)] as const)
      .filter(([, value]) => value !== '');
    const expression = this.context.queries.samples(meter, target, LEARNING_WINDOW);
    const result = this.value(await this.context.promQl.instant(expression, at, 'matrix', this.signal));
    return result.map((each) =>
      isRecord(each) && Array.isArray(each['values']) ? instantsOf(each['values']) : [],
    );
  }

  private async series(expression: string): Promise<readonly Series[]> {
    const result = this.value(await this.context.promQl.range(expression, this.grid, this.signal));
    return readMatrix(result, this.grid, this.context.rejections, this.context.maxSeries);
  }

  private value<T>(outcome: Outcome<T>): T {
    if (!outcome.ok) throw new Failed(outcome);
    for (const warning of outcome.warnings) this.warnings.add(warning);
    return outcome.value;
  }
}

const instantsOf = (values: readonly unknown[]): readonly number[] =>
  values.map((sample) => (Array.isArray(sample) ? Number(sample[0]) : NaN)).filter(Number.isFinite);

/** Readings of one interval by a row's sums, in the order of node names. */
function readingsOf(row: MeterRow, meters: ReadonlyMap<string, ByNode>, index: number): NodeReading[] {
  const names = [...new Set([...meters.values()].flatMap((byNode) => [...byNode.keys()]))].toSorted();
  return names.flatMap((node) =>
    row.readings.flatMap((alternatives): NodeReading[] => {
      for (const { scope, of } of alternatives) {
        const parts = of.map((id) => meters.get(id)?.get(node)?.[index]).filter((part) => part !== undefined);
        if (parts.length < of.length) continue;
        const energy = parts.reduce((sum, part) => sum + part.energy, 0);
        const coverage = parts.toSorted((a, b) => a.coverage - b.coverage)[0]!.coverage;
        if (Number.isNaN(energy)) return [];
        return [{ node, source: row.source, scope, energy: joules(energy), coverage }];
      }
      return [];
    }),
  );
}
