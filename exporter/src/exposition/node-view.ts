/** Nodes and grid zones of the newest interval. */
import type { IntervalResult, NodeRow, RowKind } from '../domain/model.js';
import type { EpochSeconds } from '../domain/units.js';
import { label } from './format.js';
import { toWatts } from './rate-sum.js';

export interface NodeEntry {
  readonly labels: string;
  readonly row: NodeRow;
  /** Watts by part. No system part: CPU time outside pods is not known for the node. */
  readonly parts: readonly { readonly part: 'pods' | 'system' | 'idle'; readonly watts: number }[];
  readonly estimatedWatts: number;
  /** The meter that counts for the node, else the first that can be true. */
  readonly measured: { readonly watts: number; readonly source: string } | null;
}

export function viewNodes(latest: IntervalResult, cluster: string): readonly NodeEntry[] {
  const energies = new Map<string, Map<RowKind, number>>();
  for (const row of latest.rows) {
    let kinds = energies.get(row.node);
    if (kinds === undefined) energies.set(row.node, (kinds = new Map<RowKind, number>()));
    kinds.set(row.kind, (kinds.get(row.kind) ?? 0) + row.energy);
  }
  return latest.nodes.map((row) => nodeEntry(row, energies.get(row.node) ?? new Map(), cluster));
}

function nodeEntry(row: NodeRow, kinds: ReadonlyMap<RowKind, number>, cluster: string): NodeEntry {
  const power = (millijoules: number): number => toWatts(millijoules / row.seconds);
  const system = kinds.get('system');
  return {
    labels: `${cluster},${label('node', row.node)}`,
    row,
    parts: [
      { part: 'pods', watts: power(kinds.get('pod') ?? 0) },
      ...(system === undefined ? [] : [{ part: 'system' as const, watts: power(system) }]),
      { part: 'idle', watts: power(kinds.get('idle') ?? 0) },
    ],
    estimatedWatts: power(row.estimatedEnergy),
    measured: measuredOf(row, power),
  };
}

function measuredOf(row: NodeRow, power: (millijoules: number) => number): NodeEntry['measured'] {
  if (row.measuredEnergy !== null) return { watts: power(row.measuredEnergy), source: row.measuredSource };
  const first = row.meters.find(({ scope }) => scope !== 'gpu');
  return first ? { watts: power(first.measured), source: `${first.source}:${first.scope}` } : null;
}

/** The intensity in use for one zone from one source; of several hours the newest. */
export interface GridEntry {
  /** Cluster and zone. */
  readonly labels: string;
  readonly source: string;
  readonly intensity: number;
  readonly time: EpochSeconds;
}

export function viewGrid(latest: IntervalResult, cluster: string): readonly GridEntry[] {
  const entries = new Map<string, GridEntry>();
  for (const { provenance } of latest.nodes) {
    const labels = `${cluster},${label('zone', provenance.gridZone)}`;
    const { intensitySource: source, intensity, intensityTime: time } = provenance;
    const key = `${labels},${source}`;
    if (time >= (entries.get(key)?.time ?? -Infinity)) entries.set(key, { labels, source, intensity, time });
  }
  return [...entries.values()];
}
