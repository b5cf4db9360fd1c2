/**
 * An interval told anew from what is stored of it. What comes out is, to the last digit, what would have been computed had the
 * factor been known at first: the stored energy, reservations and times are all that those figures depend on.
 */
import { sharesOf, splitByReservation, splitLike, type Split } from '../domain/attribution.js';
import { embodiedEmissions, operationalEmissions } from '../domain/carbon/emissions.js';
import type { EmbodiedValue, IntensityValue } from '../domain/factors.js';
import type {
  IntervalResult,
  NodeRow,
  NodeSample,
  PodSample,
  Provenance,
  Reason,
  Row,
} from '../domain/model.js';
import type { ModelSettings } from '../domain/settings.js';
import { micrograms, type Micrograms, type NanoCurrency } from '../domain/units.js';
import { podKey, type CostShares } from '../domain/cost/allocate.js';
import { revisionOf } from './restate-revision.js';

/** What is known better now of one node; what is absent stays as it is. */
export interface Revised {
  readonly intensity?: IntensityValue;
  readonly embodied?: EmbodiedValue;
}

/** @param revisedOf by node name; nodes that are not there stay as they are */
export function restateInterval(
  result: IntervalResult,
  revisedOf: ReadonlyMap<string, Revised>,
  settings: Pick<ModelSettings, 'idleAttribution' | 'hardwareLifespanYears'>,
): IntervalResult {
  const rowsOf = byNode(result.rows);
  const nodes: NodeRow[] = [];
  const changed = new Map<Row, Row>();
  for (const node of result.nodes) {
    const revised = revisedOf.get(node.node);
    const rows = rowsOf.get(node.node) ?? [];
    const told = revised ? restateNode(node, rows, revised, settings) : { node, rows };
    nodes.push(told.node);
    for (const [i, row] of rows.entries()) changed.set(row, told.rows[i]!);
  }
  const rows = result.rows.map((row) => changed.get(row) ?? row);
  return { ...result, nodes, rows, revision: revisionOf(nodes) };
}

/** The same interval at the costs of a bill; rows that the bill does not name cost 0. */
export function withCosts(
  result: IntervalResult,
  costs: CostShares,
  bill: { readonly currency: string; readonly provisional: boolean },
): IntervalResult {
  const rows = result.rows.map((row) => ({ ...row, cost: costOf(row, costs) }));
  const total = new Map<string, number>();
  for (const row of rows) total.set(row.node, (total.get(row.node) ?? 0) + row.cost);
  const nodes = result.nodes.map((node) => ({
    ...node,
    cost: (total.get(node.node) ?? 0) as NanoCurrency,
    provenance: {
      ...node.provenance,
      reasons: exchanged(node.provenance.reasons, COST_REASONS, bill.provisional ? ['COST_PROVISIONAL'] : []),
    },
  }));
  return { ...result, nodes, rows, currency: bill.currency, revision: revisionOf(nodes) };
}

function costOf(row: Row, costs: CostShares): NanoCurrency {
  const cost = row.kind === 'pod' ? costs.pods.get(podKey(row)) : costs.idle.get(row.node);
  return row.kind === 'system' || cost === undefined ? (0 as NanoCurrency) : cost;
}

/** A node as `sharesOf` looks at it: what it needs of a sample is all stored. */
export function asSamples(node: NodeRow, rows: readonly Row[]): { node: NodeSample; pods: PodSample[] } {
  const pods = rows
    .filter(({ kind }) => kind === 'pod')
    .toSorted(byIdentity)
    .map((row): PodSample => ({ ...row, volumes: [] }));
  return { node: { ...node, providerId: '', labels: {} }, pods };
}

function restateNode(
  node: NodeRow,
  rows: readonly Row[],
  { intensity, embodied }: Revised,
  settings: Pick<ModelSettings, 'idleAttribution' | 'hardwareLifespanYears'>,
): { node: NodeRow; rows: readonly Row[] } {
  const ordered = rows.filter(({ kind }) => kind === 'pod').toSorted(byIdentity);
  let told = { node, rows };
  if (intensity) told = withOperational(told, ordered, intensity);
  if (embodied) told = withEmbodied(told, ordered, embodied, settings);
  return told;
}

type Told = { readonly node: NodeRow; readonly rows: readonly Row[] };

function withOperational(told: Told, pods: readonly Row[], intensity: IntensityValue): Told {
  const { node, rows } = told;
  const whole = operationalEmissions(node.energy, node.provenance.pue, intensity.value);
  const energyOf = (kind: Row['kind']) => rows.find((row) => row.kind === kind)?.energy ?? 0;
  const like = { pods: pods.map((p) => p.energy), system: energyOf('system'), idle: energyOf('idle') };
  return {
    node: {
      ...node,
      operational: whole,
      provenance: restated(node.provenance, INTENSITY_REASONS, intensity.reasons, {
        intensity: intensity.value,
        intensitySource: intensity.source,
        intensityTime: intensity.time,
        intensityBand: intensity.band,
      }),
    },
    rows: placed(rows, pods, splitLike(whole, like), (operational) => ({ operational })),
  };
}

function withEmbodied(
  told: Told,
  pods: readonly Row[],
  embodied: EmbodiedValue,
  settings: Pick<ModelSettings, 'idleAttribution' | 'hardwareLifespanYears'>,
): Told {
  const { node, rows } = told;
  const whole = embodiedEmissions(embodied.total, node.seconds, settings.hardwareLifespanYears);
  const samples = asSamples(node, rows);
  const shares = sharesOf(samples.node, samples.pods, settings.idleAttribution);
  return {
    node: {
      ...node,
      embodied: whole,
      embodiedTotal: embodied.total,
      provenance: restated(node.provenance, EMBODIED_REASONS, embodied.reasons, {
        embodiedBand: embodied.band,
      }),
    },
    rows: placed(rows, pods, splitByReservation(whole, shares.cpu), (amount) => ({ embodied: amount })),
  };
}

/** Rows in their own order with the parts of a split, whose pods are in the order of `pods`. */
function placed(
  rows: readonly Row[],
  pods: readonly Row[],
  split: Split,
  set: (amount: Micrograms) => Partial<Row>,
): readonly Row[] {
  const index = new Map(pods.map((row, i) => [podKey(row), i]));
  return rows.map((row) => {
    const amount = row.kind === 'pod' ? split.pods[index.get(podKey(row))!]! : split[row.kind];
    return { ...row, ...set(micrograms(amount)) };
  });
}

export const INTENSITY_REASONS: readonly Reason[] = [
  'INTENSITY_YEARLY_MEAN',
  'INTENSITY_COUNTRY_MEAN',
  'INTENSITY_DEFAULT',
  'INTENSITY_STALE',
  'INTENSITY_PROVISIONAL',
];
const EMBODIED_REASONS: readonly Reason[] = ['EMBODIED_DEFAULT', 'EMBODIED_CLOSEST_MATCH'];
/** How a cost was found says nothing about energy and emissions. */
export const COST_REASONS: readonly Reason[] = ['PRICE_DEFAULT', 'PRICE_TABLE', 'COST_PROVISIONAL'];

function restated(
  provenance: Provenance,
  drop: readonly Reason[],
  add: readonly Reason[],
  over: Partial<Provenance>,
): Provenance {
  const reasons = exchanged(provenance.reasons, drop, add);
  return { ...provenance, ...over, reasons, estimated: reasons.some((r) => !COST_REASONS.includes(r)) };
}

function exchanged(held: readonly Reason[], drop: readonly Reason[], add: readonly Reason[]): Reason[] {
  return [...new Set([...held.filter((r) => !drop.includes(r)), ...add])].toSorted(compare);
}

function byNode(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const map = new Map<string, Row[]>();
  for (const row of rows) {
    const list = map.get(row.node);
    if (list) list.push(row);
    else map.set(row.node, [row]);
  }
  return map;
}

/** The canonical order in which remainders are handed out: by code unit, as when the interval was computed. */
function byIdentity(a: Row, b: Row): number {
  return compare(a.namespace, b.namespace) || compare(a.pod, b.pod) || compare(a.uid, b.uid);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
