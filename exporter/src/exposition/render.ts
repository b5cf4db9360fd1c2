/** From one snapshot of the pipeline to both documents, ready to be sent; runs in the thread that computed the snapshot. */
import { endOf } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import type { EpochSeconds } from '../domain/units.js';
import type { WorkloadCounter } from '../ports/ledger.js';
import { renderCompat } from './compat.js';
import { EMPTY_COUNTERS, viewCounters, type CounterView } from './counter-view.js';
import { DocumentWriter, type Encoded } from './encoded.js';
import type { BaseView } from './families/base.js';
import { NO_FINDINGS } from './findings-view.js';
import { advanceFolds, NO_FOLDS, type Folds } from './folds.js';
import { label } from './format.js';
import type { Detail, MetricRow, MetricsOptions, SnapshotInput } from './metric-row.js';
import { BASE_METRICS, CAP_METRICS, POD_METRICS, WORKLOAD_COUNTERS } from './metrics.js';
import { viewNamespaces } from './namespace-view.js';
import { viewGrid, viewNodes } from './node-view.js';
import { splitPods, sumPods, viewPods, type PodSum } from './pod-view.js';
import { writeFamily } from './write-family.js';

/** What one rendering hands to the next. Plain data; `folds` should outlive the process, see folds.ts. */
export interface RenderState {
  readonly folds: Folds;
  readonly dropped: Readonly<Record<string, number>>;
}

export const NEW_STATE: RenderState = { folds: NO_FOLDS, dropped: {} };

/** Both documents without the serving process's own metrics, which follow; OpenMetrics therefore without its `# EOF`. */
export interface RenderedSnapshot {
  readonly text: Encoded;
  readonly openMetrics: Encoded;
  /** Names of GreenKube 0.2, a document of its own in the text format; null: not asked for. */
  readonly compat: Encoded | null;
  readonly series: number;
  readonly state: RenderState;
}

/** Memory that may be moved to another thread with the snapshot instead of being copied. */
export function transferables({ text, openMetrics, compat }: RenderedSnapshot): ArrayBuffer[] {
  const parts = compat === null ? [text, openMetrics] : [text, openMetrics, compat];
  return parts.map(({ deflated }) => deflated.buffer as ArrayBuffer);
}

/** Older than this, the newest interval is not "now" and its gauges are left out: three steps, at least a quarter hour. */
const MIN_FRESH_SECONDS = 900;
const FRESH_STEPS = 3;

function fresh(latest: IntervalResult | null, at: EpochSeconds): IntervalResult | null {
  if (latest === null) return null;
  const { interval } = latest;
  return at - endOf(interval) > Math.max(FRESH_STEPS * interval.step, MIN_FRESH_SECONDS) ? null : latest;
}

/** Part of METRICS_MAX_SERIES that workloads may take, by detail; pods get all that is then left. */
const WORKLOAD_SHARE: Readonly<Record<Detail, number>> = { pod: 0.4, workload: 0.8, namespace: 0 };
/** Counter series of a workload with one method and one currency. */
const SERIES_OF_WORKLOAD = 4;

/** Living workloads that get counters of their own. */
const workloadCap = ({ detail, maxSeries }: MetricsOptions): number =>
  Math.floor((maxSeries * WORKLOAD_SHARE[detail]) / SERIES_OF_WORKLOAD);

/**
 * Render a snapshot. The same arguments give the same bytes. Hand `state` of the answer to the next call.
 *
 * Bounded by `options.maxSeries`: series of nodes, namespaces and the exporter are always written; workloads past their share
 * and pods past the rest fold into "other" of their namespace.
 */
export function renderSnapshot(
  input: SnapshotInput,
  options: MetricsOptions,
  state: RenderState = NEW_STATE,
): RenderedSnapshot {
  const cluster = label('cluster', input.cluster);
  const latest = fresh(input.latest, input.at);
  const workloads = options.detail === 'namespace' ? [] : (input.counters?.workloads ?? []);
  const folds = advanceFolds(state.folds, workloads, input.at, workloadCap(options));
  const counters =
    input.counters === null ? EMPTY_COUNTERS : viewCounters(input.counters, input.at, folds, cluster);
  const pods = latest === null ? [] : sumPods(latest, cluster);
  const base = baseView(input, cluster, latest, counters, pods);

  const out = new DocumentWriter();
  let series = write(out, BASE_METRICS, base);
  if (options.detail !== 'namespace') series += write(out, WORKLOAD_COUNTERS, base);
  let dropped = state.dropped;
  if (options.detail !== 'namespace') dropped = add(dropped, droppedWorkloads(counters.folded));
  if (options.detail === 'pod') {
    const split = splitPods(pods, options.maxSeries - series - FAMILIES_THAT_FOLD);
    series += write(out, POD_METRICS, viewPods(split, input.latest?.currency ?? '', cluster));
    dropped = add(dropped, droppedPods(split.folded));
  }
  series += write(out, CAP_METRICS, { cluster, dropped });

  return {
    ...out.finish(),
    compat: options.compat === true ? renderCompat(latest, input.cluster, options.maxSeries) : null,
    series,
    state: { folds, dropped },
  };
}

function baseView(
  input: SnapshotInput,
  cluster: string,
  latest: IntervalResult | null,
  counters: CounterView,
  pods: readonly PodSum[],
): BaseView {
  const { at, status, build } = input;
  const namespaces = viewNamespaces(pods, cluster);
  const nodes = latest === null ? [] : viewNodes(latest, cluster);
  const grid = latest === null ? [] : viewGrid(latest, cluster);
  const intervals = input.counters?.intervals ?? null;
  const restated = input.counters?.restated ?? null;
  return {
    cluster,
    at,
    counters,
    intervals,
    restated,
    namespaces,
    nodes,
    grid,
    currency: latest?.currency ?? '',
    findings: input.findings ?? NO_FINDINGS,
    recommended: input.recommended ?? null,
    status,
    build,
  };
}

/** Appends the rows' families and returns how many series that were. */
function write<View>(out: DocumentWriter, rows: readonly MetricRow<View>[], view: View): number {
  let series = 0;
  for (const row of rows) {
    const chunks = writeFamily({ ...row, samples: row.samples(view) });
    let next = chunks.next();
    for (; !next.done; next = chunks.next()) out.append(next.value);
    series += next.value;
  }
  return series;
}

const FAMILIES_THAT_FOLD = 8;

function droppedWorkloads(folded: readonly WorkloadCounter[]): Record<string, number> {
  return {
    greenkube_workload_energy_joules_total: sumOf(folded, (w) => w.energy.length),
    greenkube_workload_co2e_grams_total: 2 * folded.length,
    greenkube_workload_cost_total: sumOf(folded, (w) => w.cost.length),
  };
}

function droppedPods(folded: readonly PodSum[]): Record<string, number> {
  return {
    greenkube_pod_power_watts: folded.length,
    greenkube_pod_co2e_grams_per_hour: 2 * folded.length,
    greenkube_pod_cost_per_hour: sumOf(folded, (pod) => Number(pod.cost !== null)),
    greenkube_pod_cpu_efficiency_ratio: sumOf(folded, (pod) => Number(pod.use.cpuRequested > 0)),
    greenkube_pod_memory_efficiency_ratio: sumOf(folded, (pod) => Number(pod.use.memoryRequested > 0)),
  };
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

function add(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [key, value] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
