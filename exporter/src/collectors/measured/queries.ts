/**
 * PromQL of the meters. Everything is added up on the server within one target; which node a series is of, and which of several
 * targets that show the same node counts, is decided here (join.ts, collect.ts), as that needs more than one label.
 *
 * The columns of a meter (energy, resets, samples …) come in one answer, told apart by the label `column`.
 */
import type { Seconds } from '../../domain/units.js';
import type { Meter } from './meter.js';

/** Labels that may say which node a series is of, the surest first. */
export const NODE_LABELS = [
  'node_name',
  'node',
  'exported_node',
  'exported_instance',
  'hostname',
  'Hostname',
  'instance',
] as const;
/** What tells apart targets that show the same machine. */
export const TARGET_LABELS = ['job', 'metrics_path', 'prometheus_replica'] as const;
/** What a GPU's series say of the board and of who holds it. */
export const GPU_LABELS = [
  'UUID',
  'gpu',
  'namespace',
  'pod',
  'container',
  'exported_namespace',
  'exported_pod',
  'exported_container',
] as const;

const IDENTITY = [...NODE_LABELS, ...TARGET_LABELS].join(',');
const GPU_IDENTITY = [...NODE_LABELS, ...TARGET_LABELS, ...GPU_LABELS].join(',');

const braces = (...conditions: readonly (string | undefined)[]): string =>
  `{${conditions.filter((each) => each !== undefined && each !== '').join(',')}}`;

/** `offset 1ms` makes the window half-open on every server, so that no sample is counted in two intervals. */
const within = (step: Seconds): string => `[${step}s] offset 1ms`;

const column = (name: string, expression: string): string =>
  `label_replace(${expression}, "column", "${name}", "job", ".*")`;

/** @param matchers label matchers in normal form, "" for none */
export class MeterQueries {
  constructor(
    private readonly step: Seconds,
    private readonly matchers: string,
  ) {}

  /** Which of the families have samples, by interval. */
  families(families: readonly string[]): string {
    const names = braces(`__name__=~"${families.join('|')}"`, this.matchers);
    return `count by (__name__) (last_over_time(${names}${within(this.step)}))`;
  }

  /** Columns energy, resets, samples of a counter; power, lowest, highest, samples of a gauge. */
  meter(meter: Meter): string {
    const series = this.selector(meter);
    const over = (f: string): string =>
      `${f}_over_time(${series}${within(this.step)})${this.measured(meter)}`;
    const range = (f: string): string => `${f}(${series}[${this.step}s])${this.measured(meter)}`;
    const by = (reduce: string, expression: string): string => `${reduce} by (${IDENTITY}) (${expression})`;
    const columns =
      meter.kind === 'counter'
        ? [column('energy', by('sum', range('increase'))), column('resets', by('sum', range('resets')))]
        : [
            column('power', by('max', over('avg'))),
            column('lowest', by('min', over('min'))),
            column('highest', by('max', over('max'))),
          ];
    return [...columns, column('samples', by('min', over('count')))].join(' or ');
  }

  /** Columns energy, resets, samples of each board and holder. A board cut in parts repeats its whole energy for each part. */
  gpus(meter: Meter): string {
    const series = this.selector(meter);
    const by = (expression: string): string => `max by (${GPU_IDENTITY}) (${expression})`;
    return [
      column('energy', by(`increase(${series}[${this.step}s])`)),
      column('resets', by(`resets(${series}[${this.step}s])`)),
      column('samples', by(`count_over_time(${series}${within(this.step)})`)),
    ].join(' or ');
  }

  /** Raw samples of one target, for learning the scrape interval. */
  samples(
    meter: Meter,
    target: readonly (readonly [label: string, value: string])[],
    window: Seconds,
  ): string {
    const conditions = target.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return `${meter.family}${braces(...conditions, meter.where, this.matchers)}[${window}s] offset 1ms`;
  }

  nodes(): string {
    return `count by (node,internal_ip) (last_over_time(kube_node_info${braces(this.matchers)}${within(this.step)}))`;
  }

  hostNames(): string {
    return `count by (instance,nodename) (last_over_time(node_uname_info${braces(this.matchers)}${within(this.step)}))`;
  }

  private selector(meter: Meter): string {
    return `${meter.family}${braces(meter.where, this.matchers)}`;
  }

  private measured(meter: Meter): string {
    return meter.unless === undefined ? '' : ` unless on (job,instance) ${meter.unless}`;
  }
}
