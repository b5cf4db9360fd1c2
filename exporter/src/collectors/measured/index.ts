/**
 * Measured energy of past intervals, read through the Prometheus-compatible server that usage comes from. Which meters there are
 * is asked with every range by one count of their families: an answer about the past then never depends on when it was asked.
 */
import { countIn, isValidStep, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type Seconds } from '../../domain/units.js';
import type {
  MeasuredEnergySource,
  MeasuredWindow,
  MeterScope,
  MeterSource,
} from '../../ports/measured-source.js';
import { available, type Outcome } from '../../ports/outcome.js';
import type { RejectedSamples } from '../../ports/usage-source.js';
import { collect, type PromQl } from './collect.js';
import { MeterQueries } from './queries.js';
import { Rejections } from './read.js';
import { rowsOf } from './rows.js';

export type { PromQl } from './collect.js';

export interface MeasuredOptions {
  /** A client of the query API; the caller closes it. */
  readonly promQl: PromQl;
  /** MEASURED_SOURCES. */
  readonly sources: 'auto' | readonly MeterSource[];
  /** Label matchers in normal form, for example `cluster="a"`; "" for none. */
  readonly matchers?: string | undefined;
  /** Largest number of series taken from one answer. Default 100 000. */
  readonly maxSeries?: number | undefined;
}

export interface MeasuredSource extends MeasuredEnergySource {
  /** Samples refused, by reason, since the process started. */
  rejected(): RejectedSamples;
}

type Detected = ReturnType<MeasuredEnergySource['detected']>;

export function createMeasuredSource(options: MeasuredOptions): MeasuredSource {
  return new Source(options);
}

class Source implements MeasuredSource {
  readonly name = 'measured';
  private readonly rejections = new Rejections();
  private found: Detected = [];

  constructor(private readonly options: MeasuredOptions) {}

  async observe(
    range: TimeRange,
    step: Seconds,
    signal?: AbortSignal,
  ): Promise<Outcome<readonly MeasuredWindow[]>> {
    if (!isValidStep(step))
      throw new RangeError(`step must be whole seconds that divide one hour, not ${step}`);
    const count = countIn(range, step);
    if (count === 0) return available([]);
    const { promQl, sources, matchers = '', maxSeries = 100_000 } = this.options;
    const context = {
      promQl,
      queries: new MeterQueries(step, matchers),
      rows: rowsOf(sources),
      rejections: this.rejections,
      maxSeries,
    };
    const grid = { first: epochSeconds(range.from + step), step, count };
    const outcome = await collect(context, grid, signal);
    if (outcome.ok) this.found = metersOf(outcome.value);
    return outcome;
  }

  detected(): Detected {
    return this.found;
  }

  rejected(): RejectedSamples {
    return this.rejections.toRecord();
  }
}

function metersOf(windows: readonly MeasuredWindow[]): Detected {
  const nodes = new Map<string, Set<string>>();
  for (const { node, source, scope } of windows.flatMap((window) => window.nodes)) {
    const key = `${source} ${scope}`;
    nodes.set(key, (nodes.get(key) ?? new Set()).add(node));
  }
  return [...nodes]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, names]) => {
      const [source, scope] = key.split(' ') as [MeterSource, MeterScope];
      return { source, scope, nodes: names.size };
    });
}
