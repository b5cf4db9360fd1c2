/** `UsageProfiles` of one cluster from the documents of sealed hours. */
import { ceilTo, DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import type { NodeRow } from '../../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type {
  NodeHour,
  UsageHour,
  UsageProfiles,
  WorkloadHour,
  ZoneHour,
} from '../../ports/usage-profile.js';
import { decodeBasis } from './basis.js';
import { composite } from './composite.js';
import type { Connection } from './connection.js';
import { queryFor } from './facts.js';
import { withDocuments, type HistoryState, type Piece } from './history-state.js';
import type { Grain } from './names.js';
import { compare } from './record-store.js';
import { containersOf, USE_FIELDS, type UseFields } from './use.js';

interface NodeDocument {
  readonly '@timestamp': number;
  readonly node: string;
  readonly basis: string;
  readonly last: number;
  readonly row: NodeRow;
  readonly energy: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost?: number;
  readonly milliseconds: number;
  readonly cpu: number;
  readonly samples: number;
}

interface ZoneSum {
  readonly gridZone: string;
  readonly hour: number;
  readonly sum: number;
  readonly count: number;
}

/** Hours of which the intensities are read at once. */
const HOURS_AT_ONCE = 24;

export class ElasticsearchUsageProfiles implements UsageProfiles {
  readonly #connection: Connection;
  readonly #state: HistoryState;
  readonly #cluster: string;
  readonly #step: Seconds;

  constructor(connection: Connection, state: HistoryState, cluster: string, step: Seconds) {
    this.#connection = connection;
    this.#state = state;
    this.#cluster = cluster;
    this.#step = step;
  }

  async hours(range: TimeRange): Promise<readonly EpochSeconds[]> {
    return (await this.#state.sealedHours(this.#cluster, range)).map(([start]) => epochSeconds(start));
  }

  async hour(start: EpochSeconds): Promise<UsageHour | null> {
    const range = { from: start, to: epochSeconds(start + HOUR) };
    const [found] = await this.#state.sealedHours(this.#cluster, range);
    if (!found) return null;
    const [, gen] = found;
    if (gen === 0) return { start, workloads: [], nodes: [] };
    return { start, workloads: await this.#workloads(start, gen), nodes: await this.#nodes(start, gen) };
  }

  async intensities(range: TimeRange): Promise<readonly ZoneHour[]> {
    const found: ZoneHour[] = [];
    const first = Math.ceil(range.from / HOUR) * HOUR;
    for (let at = first; at < range.to; at += HOURS_AT_ONCE * HOUR) {
      found.push(...(await this.#intensitiesIn(at, Math.min(at + HOURS_AT_ONCE * HOUR, range.to))));
    }
    return found.sort((a, b) => compare(a.gridZone, b.gridZone) || a.hour - b.hour);
  }

  /** By the last interval of each hour: the rows of it stay when the others of a node are pruned. */
  async #intensitiesIn(from: number, to: number): Promise<ZoneHour[]> {
    const clusters = await this.#state.used([this.#cluster]);
    const end = epochSeconds(Math.ceil(to / HOUR) * HOUR);
    const range = { from: epochSeconds(from), to: end };
    const sums = new Map<string, ZoneSum>();
    // Hours and intervals tell of themselves; of hours that are gone the newest rows that days keep.
    const fine = await this.#state.partition(clusters, range, HOUR);
    for (const [grain, pieces] of withDocuments(fine))
      await this.#addIntensities(sums, grain, pieces, new Set());
    const told = new Set([...sums.values()].map((s) => s.hour));
    const days = { from: floorTo(from, DAY), to: ceilTo(end, DAY) };
    const { day } = await this.#state.partition(clusters, days, null);
    await this.#addIntensities(
      sums,
      'day',
      day.filter((p) => p.gen > 0),
      told,
    );
    return [...sums.values()]
      .filter(({ hour }) => hour >= from && hour < to)
      .map(({ gridZone, hour, sum, count }) => ({ gridZone, hour: epochSeconds(hour), value: sum / count }));
  }

  async #addIntensities(
    sums: Map<string, ZoneSum>,
    grain: Grain,
    pieces: readonly Piece[],
    but: ReadonlySet<number>,
  ): Promise<void> {
    if (pieces.length === 0) return;
    const body = { query: queryFor('node', pieces), _source: ['node', 'last', 'row'] };
    const index = this.#connection.names.allFacts(grain);
    const order = [{ '@timestamp': 'asc' }, { gen: 'asc' }, { seq: 'asc' }];
    for await (const { _source } of this.#connection.searchAll<NodeDocument>(index, body, order)) {
      const hour = _source.last - (_source.last % HOUR);
      if (_source.last !== hour + HOUR - this.#step || but.has(hour)) continue;
      const { gridZone, intensity } = _source.row.provenance;
      const key = JSON.stringify([gridZone, hour]);
      const sum = sums.get(key) ?? { gridZone, hour, sum: 0, count: 0 };
      sums.set(key, { ...sum, sum: sum.sum + intensity, count: sum.count + 1 });
    }
  }

  async #workloads(start: number, gen: number): Promise<WorkloadHour[]> {
    const body = {
      query: queryFor('use', [{ cluster: this.#cluster, gen }]),
      _source: USE_FIELDS,
    };
    const workloads: WorkloadHour[] = [];
    const index = this.#connection.names.facts('hour', start);
    for await (const { _source } of this.#connection.searchAll<UseFields>(index, body, [{ seq: 'asc' }])) {
      workloads.push(toWorkloadHour(_source));
    }
    return workloads.sort(
      (a, b) =>
        compare(a.namespace, b.namespace) ||
        compare(a.workload, b.workload) ||
        compare(a.workloadType, b.workloadType),
    );
  }

  async #nodes(start: number, gen: number): Promise<NodeHour[]> {
    const index = this.#connection.names.facts('hour', start);
    const places = [{ cluster: this.#cluster, gen }];
    const onNodes = new Map<string, OnNode>();
    const buckets = composite(this.#connection, {
      ...{ index, query: queryFor('pod', places) },
      sources: ['node', 'kind', 'basis'].map((field) => ({ name: field, field })),
      sums: ['dynamic', 'storage', 'memory_seconds', 'energy', 'operational', 'embodied', 'cost'],
    });
    for await (const { key, sums } of buckets) {
      const { priced } = decodeBasis(String(key.get('basis')));
      addToNode(onNodes, String(key.get('node')), key.get('kind') === 'idle', priced, sums.map(Number));
    }
    const nodes = new Map<string, NodeHour>();
    const order = [{ node: 'asc' }, { last: 'asc' }];
    const query = queryFor('node', places);
    for await (const { _source } of this.#connection.searchAll<NodeDocument>(index, { query }, order)) {
      nodes.set(
        _source.node,
        nodeHour(_source, nodes.get(_source.node), onNodes.get(_source.node) ?? nothing()),
      );
    }
    return [...nodes.values()].sort((a, b) => compare(a.node, b.node));
  }
}

interface OnNode {
  dynamic: number;
  storage: number;
  memoryByteSeconds: number;
  idle: { energy: number; operational: number; embodied: number; cost: number | null };
}

const nothing = (): OnNode => ({
  ...{ dynamic: 0, storage: 0, memoryByteSeconds: 0 },
  idle: { energy: 0, operational: 0, embodied: 0, cost: null },
});

function addToNode(
  onNodes: Map<string, OnNode>,
  node: string,
  isIdle: boolean,
  priced: boolean,
  sums: readonly number[],
): void {
  const [dynamic, storage, memory, energy, operational, embodied, cost] = sums as [
    ...[number, number, number, number],
    ...[number, number, number],
  ];
  const own = onNodes.get(node) ?? nothing();
  onNodes.set(node, own);
  own.dynamic += dynamic;
  own.storage += storage;
  own.memoryByteSeconds += memory;
  if (!isIdle) return;
  own.idle.energy += energy;
  own.idle.operational += operational;
  own.idle.embodied += embodied;
  if (priced) own.idle.cost = (own.idle.cost ?? 0) + cost;
}

/** @param before of the same node on another basis, earlier */
function nodeHour(d: NodeDocument, before: NodeHour | undefined, own: OnNode): NodeHour {
  const { row } = d;
  const cost = d.cost === undefined ? (before?.cost ?? null) : Number(d.cost) + (before?.cost ?? 0);
  return {
    node: d.node,
    ...{
      instanceType: row.instanceType,
      provider: row.provenance.provider,
      region: row.region,
      zone: row.zone,
    },
    ...{ gridZone: row.provenance.gridZone, architecture: row.architecture },
    ...{ cpuCapacity: row.cpuCapacity, memoryCapacity: row.memoryCapacity },
    seconds: Number(d.milliseconds) / 1000 + (before?.seconds ?? 0),
    cpuSeconds: Number(d.cpu) / 1e6 + (before?.cpuSeconds ?? 0),
    energy: Number(d.energy) + (before?.energy ?? 0),
    operational: Number(d.operational) + (before?.operational ?? 0),
    embodied: Number(d.embodied) + (before?.embodied ?? 0),
    ...{ cost, currency: decodeBasis(d.basis).currency },
    intervals: Number(d.samples) + (before?.intervals ?? 0),
    ...own,
  };
}

function toWorkloadHour(fields: UseFields): WorkloadHour {
  const { namespace, workload, workload_type: workloadType, use } = fields;
  const [zone] = Object.entries(use.zones).sort(([a, x], [b, y]) => y - x || compare(a, b));
  const costs = Object.entries(use.cost);
  return {
    ...{ namespace, workload, workloadType, gridZone: zone?.[0] ?? '' },
    ...{ energy: use.energy, dynamic: use.dynamic, storage: use.storage },
    ...{ operational: use.operational, embodied: use.embodied },
    cost: costs.length > 0 ? costs.reduce((sum, [, nano]) => sum + nano, 0) : null,
    currency: costs.at(-1)?.[0] ?? use.currency,
    podSeconds: use.milliseconds / 1000,
    cpuSeconds: use.cpuMicroseconds / 1e6,
    memoryByteSeconds: use.memoryByteSeconds,
    cpuRequestSeconds: use.cpuRequestSeconds,
    memoryRequestSeconds: use.memoryRequestSeconds,
    ...{ cpuRequest: use.cpuRequest, memoryRequest: use.memoryRequest },
    ...{ receivedBytes: use.received, transmittedBytes: use.transmitted },
    ...{ restarts: use.restarts, samples: use.samples },
    cpu: new Uint8Array(Buffer.from(use.cpu, 'base64')),
    memory: new Uint8Array(Buffer.from(use.memory, 'base64')),
    containers: containersOf(fields).map(({ namespace: _n, workload: _w, ...container }) => container),
  };
}
