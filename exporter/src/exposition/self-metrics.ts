/** Metrics that prom-client collects in the serving process (process_*, nodejs_*, HTTP), as families of ours. */
import { formatBound, formatNumber, label } from './format.js';
import type { Family, MetricType, Sample } from './metric-row.js';

/** The part of a prom-client registry that is used. */
export interface SelfRegistry {
  getMetricsAsJSON(): Promise<readonly SelfMetric[]>;
}

/** prom-client's JSON of one metric; its own types leave out `metricName`. */
interface SelfMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string | number;
  readonly values?: readonly SelfValue[];
}

interface SelfValue {
  readonly value: number;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly metricName?: string;
}

const TYPES: readonly string[] = ['counter', 'gauge', 'histogram', 'summary'] satisfies MetricType[];
/** Labels whose values are numbers and spelled as such. */
const BOUND_LABELS = ['le', 'quantile'];

/** Collects the registry once. Rejects when one of its collectors fails, with the collector's error. */
export async function collectSelf(registry: SelfRegistry): Promise<readonly Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.filter((metric) => !isMisnamed(metric)).map(toFamily);
}

/**
 * Gauges that prom-client names `_total` (nodejs_active_handles_total and others) would read as counters; they are only sums
 * of the gauges beside them, and left out.
 */
const isMisnamed = ({ name, type }: SelfMetric): boolean => type === 'gauge' && name.endsWith('_total');

function toFamily(metric: SelfMetric): Family {
  const type = TYPES.includes(String(metric.type)) ? (metric.type as MetricType) : 'unknown';
  const name = type === 'counter' && !metric.name.endsWith('_total') ? `${metric.name}_total` : metric.name;
  const samples = (metric.values ?? []).map((value) => toSample(metric.name, value));
  return { name, type, help: metric.help, unit: null, samples };
}

function toSample(name: string, { value, labels, metricName }: SelfValue): Sample {
  const pairs = Object.entries(labels).map(([key, v]) => label(key, spell(key, v ?? '')));
  const suffix = metricName === undefined ? '' : metricName.slice(name.length);
  return {
    labels: pairs.join(','),
    value: formatNumber(value),
    ...(suffix === '' ? {} : { suffix: suffix as NonNullable<Sample['suffix']> }),
  };
}

function spell(key: string, value: string | number): string {
  if (!BOUND_LABELS.includes(key)) return String(value);
  return formatBound(typeof value === 'number' ? value : Number(value.replace('Inf', 'Infinity')));
}
