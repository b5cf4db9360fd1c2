/** Why a figure is what it is: the interval it is of, its formula, every factor with its source, and whether it comes out again. */
import { floorTo } from '../domain/interval.js';
import type { IntervalState, Method, NodeRow, PartialReason, Reason, Row } from '../domain/model.js';
import type { EpochSeconds, Ratio, Seconds } from '../domain/units.js';
import type { History, IntervalQuery, StoredInterval } from '../ports/history.js';
import { bandOf, storedAmount, unitOf, valueOf, type Part } from './explain/amounts.js';
import { factorsOf, type Factor } from './explain/factors.js';
import { seriesText, type Amount, type Figure } from './explain/figure.js';
import { rebuildNode, type Rebuilt } from './explain/rebuild.js';
import { nodeSteps, rowSteps, sameRow, type Step } from './explain/steps.js';
import { QueryProblem } from './query-range.js';
import type { FactorSources } from './resolve-factors.js';

export { EXPLAINABLE, parseFigure, type Figure } from './explain/figure.js';
export type { Factor } from './explain/factors.js';
export type { Step } from './explain/steps.js';

export interface Explanation {
  readonly series: string;
  readonly cluster: string;
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly state: IntervalState;
  readonly coverage: Ratio;
  readonly partialReasons: readonly PartialReason[];
  readonly calculationVersion: number;
  readonly unit: string;
  /** Null: no price is known. */
  readonly value: number | null;
  readonly band: { readonly low: number; readonly high: number } | null;
  /** "row": one pod, system or idle share of a node; "node": a whole node; "sum": several rows. */
  readonly of: 'row' | 'node' | 'sum';
  readonly formula: string;
  readonly methods: readonly Method[];
  readonly estimated: boolean;
  readonly reasons: readonly Reason[];
  /** Of a row or a node; empty for a sum, whose parts are explained one by one. */
  readonly factors: readonly Factor[];
  readonly steps: readonly Step[];
  /** The figure computed again from what the ledger kept; null for a sum, or where factors of the time are not known any more. */
  readonly recomputed: number | null;
  readonly differences: readonly string[];
  /** The largest parts of a sum or of a node over the interval, in this unit, and what is left of it. */
  readonly partsUnit: string;
  readonly parts: readonly ExplainedPart[];
  readonly rest: { readonly count: number; readonly value: number } | null;
}

export interface ExplainedPart {
  /** Can be asked about in its turn. */
  readonly series: string;
  readonly value: number;
  readonly share: number;
}

export interface ExplainRequest {
  readonly figure: Figure;
  /** Any instant of the interval; null: the newest that is known. */
  readonly time: EpochSeconds | null;
  /** Where the series names none. */
  readonly cluster: string;
  readonly step: Seconds;
}

const MAX_PARTS = 10;

/**
 * Null: the interval is not known, or its rows have been rolled up.
 * @throws QueryProblem for a series that the interval does not have
 */
export async function explain(
  history: History,
  sources: FactorSources,
  request: ExplainRequest,
): Promise<Explanation | null> {
  const { figure } = request;
  const cluster = figure.labels.get('cluster') ?? request.cluster;
  const start = await startOf(history, cluster, request);
  const asked = selectionOf(figure.labels);
  const stored = start === null ? null : await history.interval({ cluster, start, ...asked.query });
  if (!stored) return null;
  const chosen = stored.rows.filter((row) => asked.wants(row, nodeOf(stored, row.node)));
  const node = asked.wholeNode ? stored.nodes.find((n) => n.node === asked.query.node) : undefined;
  if (chosen.length === 0 || !currencyFits(figure, stored)) throw nothingLikeIt(figure, stored);
  const subject: Subject = node
    ? { of: 'node', node }
    : chosen.length === 1
      ? rowSubject(stored, chosen[0]!)
      : { of: 'sum' };
  const parts: Part[] = node
    ? [{ amounts: node, node }]
    : chosen.map((row) => ({ amounts: row, node: nodeOf(stored, row.node)! }));
  const detail =
    subject.of === 'sum'
      ? NO_DETAIL
      : await detailOf(history, sources, stored, figure.amount, subject, figure);
  return {
    ...headOf(figure, stored, parts),
    of: subject.of,
    formula: formulaOf(figure, subject.of),
    ...detail,
    ...partsOf(figure, stored, subject.of === 'row' ? [] : chosen),
  };
}

async function startOf(
  history: History,
  cluster: string,
  { time, step }: ExplainRequest,
): Promise<EpochSeconds | null> {
  if (time !== null) return floorTo(time, step);
  return (await history.clusters()).find((c) => c.cluster === cluster)?.lastSeen ?? null;
}

interface Selection {
  readonly query: Omit<IntervalQuery, 'cluster' | 'start'>;
  readonly wholeNode: boolean;
  readonly wants: (row: Row, node: NodeRow | undefined) => boolean;
}

/** Names under which the API shows what no pod took. */
const SHARES: ReadonlyMap<string, 'system' | 'idle'> = new Map([
  ['__system__', 'system'],
  ['__idle__', 'idle'],
]);

function selectionOf(labels: Figure['labels']): Selection {
  const share = ['namespace', 'workload', 'pod'].flatMap((l) => SHARES.get(labels.get(l) ?? '') ?? [])[0];
  const node = labels.get('node');
  if (share && node === undefined) {
    throw new QueryProblem('series', `The ${share} share is that of one node.`, 'Add node="…".');
  }
  const part = labels.get('part') ?? share;
  const kind = part === 'pods' ? 'pod' : part;
  const named = (['namespace', 'workload', 'pod'] as const).filter((l) => labels.has(l) && !share);
  const type = labels.get('workload_type');
  const method = labels.get('method');
  const wholeNode = named.length === 0 && kind === undefined && type === undefined;
  return {
    query: {
      ...(node !== undefined && { node }),
      ...Object.fromEntries(named.map((l) => [l, labels.get(l)!])),
    },
    wholeNode,
    wants: (row, of) =>
      (wholeNode || (kind ?? 'pod') === row.kind) &&
      (type === undefined || share !== undefined || row.workload.type === type) &&
      named.every((l) => labels.get(l) === (l === 'workload' ? row.workload.name : row[l])) &&
      (method === undefined || of?.provenance.method === method),
  };
}

const nodeOf = (stored: StoredInterval, name: string) => stored.nodes.find((n) => n.node === name);

function currencyFits({ labels, amount }: Figure, stored: StoredInterval): boolean {
  return amount !== 'cost' || !labels.has('currency') || labels.get('currency') === stored.currency;
}

function nothingLikeIt({ name, labels }: Figure, { mark }: StoredInterval): QueryProblem {
  const at = new Date(mark.start * 1000).toISOString();
  const what = seriesText(name, labels).slice(0, 200);
  return new QueryProblem(
    'series',
    `The interval of ${at} has no ${what}.`,
    'Check the labels, or give another time.',
  );
}

type Subject =
  | { readonly of: 'sum' }
  | { readonly of: 'node'; readonly node: NodeRow }
  | { readonly of: 'row'; readonly node: NodeRow; readonly row: Row };

const rowSubject = (stored: StoredInterval, row: Row): Subject => ({
  of: 'row',
  node: nodeOf(stored, row.node)!,
  row,
});

function headOf(figure: Figure, stored: StoredInterval, parts: readonly Part[]) {
  const { mark } = stored;
  const provenances = parts.map(({ node }) => node.provenance);
  return {
    series: seriesText(figure.name, figure.labels),
    cluster: stored.cluster,
    start: mark.start,
    step: mark.step,
    state: mark.state,
    coverage: mark.coverage,
    partialReasons: mark.partialReasons,
    calculationVersion: stored.calculationVersion,
    unit: unitOf(figure.amount, figure.per, stored.currency),
    value: valueOf(parts, figure),
    band: bandOf(parts, figure),
    methods: [...new Set(provenances.map((p) => p.method))].toSorted(),
    estimated: provenances.some((p) => p.estimated),
    reasons: [...new Set(provenances.flatMap((p) => p.reasons))].toSorted(),
  };
}

const SYMBOL: Readonly<Record<Amount, string>> = {
  energy: 'E',
  operational: 'G_op',
  embodied: 'G_emb',
  co2e: 'G',
  cost: 'cost',
};

function formulaOf({ amount, per }: Figure, of: Subject['of']): string {
  const symbol = of === 'node' ? `${SYMBOL[amount]}_node` : SYMBOL[amount];
  const whole = of === 'sum' ? `sum of ${symbol} over the rows` : symbol;
  if (per === 'amount') return whole;
  const rate = of === 'sum' ? `sum of ${symbol} / T over the rows` : `${symbol} / T`;
  return per === 'hour' ? `${rate} * 3600` : rate;
}

const NO_DETAIL = { factors: [], steps: [], recomputed: null, differences: [] };

async function detailOf(
  history: History,
  sources: FactorSources,
  stored: StoredInterval,
  amount: Amount,
  subject: Exclude<Subject, { of: 'sum' }>,
  figure: Figure,
) {
  const { cluster, mark, currency } = stored;
  const name = subject.node.node;
  // A share is of all that ran on the node, not only of what was asked about.
  const whole = (await history.interval({ cluster, start: mark.start, node: name })) ?? stored;
  const rows = whole.rows.filter((row) => row.node === name);
  const rebuilt = await rebuildNode(whole, subject.node, rows, sources);
  const factors = factorsOf(amount, stored, rebuilt, sources);
  const steps =
    subject.of === 'node'
      ? nodeSteps(amount, rebuilt, factors, currency)
      : rowSteps(amount, rebuilt, subject.row, factors, currency);
  const again = recomputed(rebuilt, subject);
  return {
    factors,
    steps,
    recomputed: again && valueOf([{ amounts: again, node: subject.node }], figure),
    differences: [
      ...rebuilt.differences,
      // What a bill said cannot be computed again.
      ...(amount === 'cost' && !rebuilt.factors.price ? [] : storedDiffers(amount, subject, again)),
    ],
  };
}

function recomputed({ computed }: Rebuilt, subject: Exclude<Subject, { of: 'sum' }>) {
  if (subject.of === 'node') return computed.nodes[0] ?? null;
  return computed.rows.find((row) => row.kind === subject.row.kind && sameRow(row, subject.row)) ?? null;
}

/** Says so when the factors look the same and the figure still does not come out: a setting has changed since. */
function storedDiffers(
  amount: Amount,
  subject: Exclude<Subject, { of: 'sum' }>,
  again: Pick<Row, 'energy' | 'operational' | 'embodied' | 'cost'> | null,
): string[] {
  const before = storedAmount(subject.of === 'node' ? subject.node : subject.row, amount);
  if (again && storedAmount(again, amount) === before) return [];
  return ['computed again with the settings and tables in use now, the figure differs from the stored one'];
}

/** In the amounts of the interval, whatever rate the figure is. */
function partsOf({ amount }: Figure, stored: StoredInterval, chosen: readonly Row[]) {
  const figure = { amount, per: 'amount' } as const;
  const all = chosen
    .map((row) => ({ row, value: valueOf([{ amounts: row, node: nodeOf(stored, row.node)! }], figure) }))
    .filter((part): part is { row: Row; value: number } => part.value !== null)
    .toSorted((a, b) => b.value - a.value);
  const total = all.reduce((sum, { value }) => sum + value, 0);
  const rest = all.slice(MAX_PARTS);
  const left = rest.reduce((sum, { value }) => sum + value, 0);
  return {
    partsUnit: unitOf(amount, 'amount', stored.currency),
    parts: all.slice(0, MAX_PARTS).map(({ row, value }) => ({
      series: seriesText(API_NAME[amount], labelsOf(row, stored.cluster)),
      value,
      share: total === 0 ? 0 : value / total,
    })),
    rest: rest.length === 0 ? null : { count: rest.length, value: left },
  };
}

const API_NAME: Readonly<Record<Amount, string>> = {
  energy: 'energy_joules',
  operational: 'co2e_operational_grams',
  embodied: 'co2e_embodied_grams',
  co2e: 'co2e_grams',
  cost: 'cost',
};

function labelsOf({ kind, namespace, pod, node }: Row, cluster: string): (readonly [string, string])[] {
  const name = kind === 'pod' ? null : `__${kind}__`;
  return [
    ['cluster', cluster],
    ['namespace', name ?? namespace],
    ['pod', name ?? pod],
    ['node', node],
  ];
}
