/** One node's interval computed again from what the ledger kept of it, with the factors that are in use now. */
import { computeInterval, type Computed } from '../../domain/compute-interval.js';
import { sharesOf, type IdleAttribution, type Shares } from '../../domain/attribution.js';
import { nodeEnergy, STORAGE_WATTS_PER_TB, type NodeEnergy } from '../../domain/energy/node-energy.js';
import { resolveProfile } from '../../domain/energy/resolve-profile.js';
import type { NodeFactors } from '../../domain/factors.js';
import {
  CALCULATION_VERSION,
  type NodeRow,
  type NodeSample,
  type PodSample,
  type Row,
} from '../../domain/model.js';
import { bytes, ratio } from '../../domain/units.js';
import type { StoredInterval } from '../../ports/history.js';
import { profileOf, type FactorSources } from '../resolve-factors.js';

export interface Rebuilt {
  readonly row: NodeRow;
  readonly node: NodeSample;
  /** In canonical order, as `shares` has them. */
  readonly pods: readonly PodSample[];
  readonly factors: NodeFactors;
  readonly model: NodeEnergy;
  readonly shares: Shares;
  readonly policy: IdleAttribution;
  readonly computed: Computed;
  /** Why the figure computed now may differ from the stored one; empty: everything is as it was. */
  readonly differences: readonly string[];
}

/** @param rows all rows of the node in that interval */
export async function rebuildNode(
  stored: StoredInterval,
  row: NodeRow,
  rows: readonly Row[],
  sources: FactorSources,
): Promise<Rebuilt> {
  const { settings } = sources;
  const known = settings.systemRow && rows.some(({ kind }) => kind === 'system');
  const node: NodeSample = { ...row, cpuSeconds: known ? row.cpuSeconds : null, providerId: '', labels: {} };
  const pods = rows
    .filter(({ kind }) => kind === 'pod')
    .map(podSample)
    .toSorted((a, b) => compare(a.namespace, b.namespace) || compare(a.pod, b.pod) || compare(a.uid, b.uid));
  const { factors, differences } = await factorsNow(stored, row, sources);
  const window = {
    interval: { start: stored.mark.start, step: stored.mark.step },
    nodes: [node],
    pods,
    coverage: ratio(stored.mark.coverage),
    partialReasons: stored.mark.partialReasons,
  };
  return {
    row,
    node,
    pods,
    factors,
    model: nodeEnergy(node, row.cpuSeconds, factors.profile, settings.curve),
    policy: settings.idleAttribution,
    shares: sharesOf(node, pods, settings.idleAttribution),
    computed: computeInterval(window, new Map([[node.node, factors]]), settings),
    differences,
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function podSample({ kind: _kind, energy: _energy, dynamic: _dynamic, storage, ...row }: Row): PodSample {
  // The ledger keeps the energy of volumes, not the volumes: this is the one volume that comes to the same.
  const size = (storage / 1000 / (STORAGE_WATTS_PER_TB.ssd * row.seconds)) * 1e12;
  return { ...row, volumes: storage > 0 ? [{ bytes: bytes(size), media: 'ssd' }] : [] };
}

/** Cost by a price says so; any other cost is of a bill. */
const isPriced = ({ cost, provenance: { reasons } }: Pick<NodeRow, 'cost' | 'provenance'>): boolean =>
  cost !== null && (reasons.includes('PRICE_DEFAULT') || reasons.includes('PRICE_TABLE'));

async function factorsNow(
  { calculationVersion, currency }: StoredInterval,
  row: NodeRow,
  sources: FactorSources,
): Promise<{ factors: NodeFactors; differences: string[] }> {
  const { provenance: p } = row;
  const { tables, settings, embodied, prices } = sources;
  const profile =
    p.method === 'calibrated'
      ? profileOf(row, p.provider, sources)
      : resolveProfile(row, p.provider, tables, settings);
  const gpu = row.meters.find(({ scope }) => scope === 'gpu')?.measured ?? null;
  const footprint = await embodied.of(p.provider, row.instanceType, row.cpuCapacity);
  const price = isPriced(row) ? prices.of(p.provider, row.region, row.instanceType) : null;
  const same = footprint.total === row.embodiedTotal;
  const factors: NodeFactors = {
    provider: p.provider,
    gridZone: p.gridZone,
    profile,
    pue: { pue: p.pue, source: p.pueSource, band: p.pueBand, reasons: [] },
    intensity: {
      value: p.intensity,
      source: p.intensitySource,
      time: p.intensityTime,
      band: p.intensityBand,
      reasons: [],
    },
    embodied: {
      total: row.embodiedTotal,
      source: same ? footprint.source : 'as stored',
      band: p.embodiedBand,
      reasons: [],
    },
    price,
    measured:
      row.measuredEnergy === null || p.method !== 'measured'
        ? null
        : {
            energy: row.measuredEnergy,
            source: row.measuredSource,
            band: p.powerBand,
            wholeMachine: row.measuredSource.includes(':machine-'),
          },
    meters: row.meters,
    gpu: gpu === null ? null : { whole: gpu, pods: [], idle: gpu },
    reasons: [],
  };
  return {
    factors,
    differences: [
      ...differencesOf(row, profile.name, calculationVersion, currency, prices.currency),
      ...(gpu === null ? [] : ['the ledger keeps the energy of GPUs by node, not which pods held them']),
    ],
  };
}

function differencesOf(
  { provenance, cost }: NodeRow,
  profile: string,
  version: number,
  currency: string,
  currencyNow: string,
): string[] {
  const { powerProfile } = provenance;
  return [
    ...(version === CALCULATION_VERSION
      ? []
      : [`stored by version ${version} of the calculation; this is version ${CALCULATION_VERSION}`]),
    ...(profile === powerProfile ? [] : [`power profile was ${powerProfile}; it is ${profile} now`]),
    ...(!isPriced({ provenance, cost }) || currency === currencyNow
      ? []
      : [`prices were in ${currency}; they are in ${currencyNow} now`]),
  ];
}
