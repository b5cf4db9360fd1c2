/** Sums of an hour or a day as they are archived, from their documents and as documents. */
import { Histogram } from '../../domain/histogram.js';
import type { NodeRow } from '../../domain/model.js';
import { bytes, cores, cpuSeconds, kilograms, millijoules } from '../../domain/units.js';
import type {
  ArchivedBasis,
  ArchivedFigures,
  ArchivedNode,
  ArchivedNodeRow,
  ArchivedPod,
  ArchivedSums,
  Whole,
} from '../../ports/archive.js';
import { archivedContainer } from '../../pipeline/archive-lines.js';
import { compare, inOrder, nodeRowOf, wholeOf } from '../archive-form.js';
import { podNames } from '../archive-names.js';
import { SumsBuilder, WEIGHTED } from '../archive-sums.js';
import { LOW_BASE, LOW_BITS } from '../byte-columns.js';
import { SHARE_NAMES, WEIGHT_PARTS } from '../naming.js';
import { basisFields, decodeBasis } from './basis.js';
import type { Connection, Json } from './connection.js';
import { entityFields, queryFor, type Documents, type Level, type Place } from './facts.js';
import { containersOf, type Use, type UseFields } from './use.js';
import { weightsOf } from './weights.js';

type Stored = Readonly<Record<string, Whole | undefined>> &
  Readonly<Record<'kind' | 'node' | 'namespace' | 'pod' | 'workload' | 'workload_type', string>> &
  Readonly<Record<'label_set' | 'basis', string>> & {
    /** Absent: sums are by the names of pods alone, as this database adds them up. */
    readonly uid?: string;
    readonly cpu_request?: number;
    readonly memory_request?: number;
    readonly first: number;
    readonly last: number;
    readonly row: NodeRow;
    /** Of a node that came from an archive. */
    readonly use?: KeptOfNode;
  };

interface KeptOfNode {
  readonly estimatedEnergy: Whole;
  readonly measuredEnergy: Whole | null;
  readonly cpuMax: Whole;
  /** Absent: the row was never there, but made up from what the sums say of the node. */
  readonly isRow?: true;
}

export async function readSums(connection: Connection, place: Place): Promise<ArchivedSums> {
  const builder = new SumsBuilder();
  const each = (level: Level) => documents(connection, place, level);
  const uses: UseFields[] = [];
  for await (const d of each('use')) uses.push(d as unknown as UseFields);
  const useOf = new Map(uses.map((d) => [keyOf(d.namespace, d.workload, d.workload_type), d.use]));
  for await (const d of each('pod'))
    addPod(builder, d, useOf.get(keyOf(d.namespace, d.workload, d.workload_type)));
  for await (const d of each('namespace')) builder.namespace(d.namespace, toBasis(d.basis), figuresOf(d));
  const rows = new Map<string, ArchivedNodeRow>();
  for await (const d of each('node')) addNode(builder, rows, d);
  const named = inOrder(uses, (use) => [use.namespace, use.workload, use.workload_type]);
  return {
    ...builder.build(),
    lastRows: [...rows.values()].sort((a, b) => compare(a.row.node, b.row.node)),
    histograms: named.map(({ namespace, workload, workload_type: workloadType, use }) => ({
      ...{ namespace, workload, workloadType, cpu: use.cpu, memory: use.memory },
    })),
    containers: inOrder(named.flatMap(containersOf), (c) => [
      ...[c.namespace, c.workload.name, c.workload.type, c.container],
    ]).map(archivedContainer),
  };
}

async function* documents(connection: Connection, place: Place, level: Level): AsyncGenerator<Stored> {
  if (place.gen === 0) return;
  const index = connection.names.facts(place.grain, place.start);
  const body = { query: queryFor(level, [place]) };
  for await (const { _source } of connection.searchAll<Stored>(index, body, [{ seq: 'asc' }])) yield _source;
}

const big = (value: Whole | undefined): bigint => BigInt(value ?? 0);

function figuresOf(d: Stored) {
  const weights =
    WEIGHT_PARTS[0]! in d ? d : weightsOf(Number(d['energy']), Number(d['operational']), d.basis);
  const whole = WEIGHTED.map((name, i) => {
    const [high, low] = [weights[WEIGHT_PARTS[2 * i]!], weights[WEIGHT_PARTS[2 * i + 1]!]];
    return [name, (big(high) << BigInt(LOW_BITS)) + big(low)];
  });
  return {
    ...{ energy: big(d['energy']), operational: big(d['operational']), embodied: big(d['embodied']) },
    cost: d['cost'] === undefined ? null : BigInt(d['cost']),
    ...{ first: d.first, last: d.last },
    ...(Object.fromEntries(whole) as Record<(typeof WEIGHTED)[number], bigint>),
  };
}

const keyOf = (...names: readonly string[]) => JSON.stringify(names);

/** What a double of many parts is near to. */
const DIGITS = 12;

/** @param use of its workload, which tells more of requests than sums by the names of pods; of hours only */
function addPod(builder: SumsBuilder, d: Stored, use: Use | undefined): void {
  const milliseconds = big(d['milliseconds']);
  const isByName = d.uid === undefined;
  const requested = Number(d['cpu_request_seconds'] ?? 0) * 1000;
  const mean = Number((requested / Math.max(1, Number(milliseconds))).toPrecision(DIGITS));
  const asked = d.kind === 'pod' ? use : undefined;
  const names = podNames({
    ...{ kind: d.kind as ArchivedPod['kind'], node: d.node, namespace: d.namespace, pod: d.pod },
    ...{ uid: d.uid ?? '', workload: d.workload, workloadType: d.workload_type, labels: d.label_set },
    cpuRequest: isByName ? (requested > 0 ? mean : zeroOrNone(asked)) : (d.cpu_request ?? null),
    memoryRequest: isByName ? (asked?.memoryRequest ?? null) : (d.memory_request ?? null),
  });
  builder.pod(names, toBasis(d.basis), {
    ...figuresOf(d),
    ...{ dynamic: big(d['dynamic']), storage: big(d['storage']), milliseconds },
    ...{ cpuMicroseconds: big(d['cpu']), memoryByteSeconds: big(d['memory_seconds']) },
    ...{ received: big(d['received']), transmitted: big(d['transmitted']) },
    ...{ read: big(d['read']), written: big(d['written']), samples: big(d['samples']) },
    restarts: BigInt(Math.round(Number(d['restarts'] ?? 0))),
    ...{ cpuMax: Number(d['cpu_max'] ?? 0), memoryMax: Number(d['memory_max'] ?? 0) },
  });
}

const zeroOrNone = (use: Use | undefined) => (use?.cpuRequest === 0 ? 0 : null);

function addNode(builder: SumsBuilder, rows: Map<string, ArchivedNodeRow>, d: Stored): void {
  const { node, last, use } = d;
  const row = nodeRowOf(d.row);
  builder.node(row, toBasis(d.basis), {
    ...figuresOf(d),
    ...{ milliseconds: big(d['milliseconds']), cpuMicroseconds: big(d['cpu']), samples: big(d['samples']) },
    estimatedEnergy: big(use?.estimatedEnergy),
    measuredEnergy: use?.measuredEnergy == null ? null : BigInt(use.measuredEnergy),
    cpuMax: Number(use?.cpuMax ?? 0),
  });
  const isRow = use === undefined || use.isRow === true;
  if (isRow && last > (rows.get(node)?.start ?? -1)) rows.set(node, { start: last, row });
}

function toBasis(text: string): ArchivedBasis {
  const b = decodeBasis(text);
  const band = (lo: bigint, hi: bigint) => ({ lo: Number(lo), hi: Number(hi) });
  return {
    ...{ gridZone: b.zone, provider: b.provider, method: b.method, estimated: b.estimated === 1n },
    currency: b.currency,
    pueBand: band(b.pueLo, b.pueHi),
    intensityBand: band(b.intensityLo, b.intensityHi),
    embodiedBand: band(b.embodiedLo, b.embodiedHi),
  };
}

// ------------------------------------------------------------------------------------------------------------- writing

/** Without a power band: the products with it are in the sums. */
function encodeBasis(b: ArchivedBasis, isPriced: boolean): string {
  const bands = [b.pueBand, b.intensityBand, b.embodiedBand].flatMap(({ lo, hi }) => [lo, hi]);
  const factors = [b.gridZone, b.provider, b.method, Number(b.estimated), b.currency];
  return JSON.stringify([...factors, Number(isPriced), 0, 0, ...bands]);
}

export function addSums(documents: Documents, sums: ArchivedSums): void {
  const basisOf = (line: ArchivedFigures) => encodeBasis(sums.bases[line.basis]!, line.cost !== null);
  for (const pod of sums.pods) documents.add('pod', podFields(pod, basisOf(pod)));
  for (const line of sums.namespaces) {
    const { namespace, first, last } = line;
    documents.add('namespace', { namespace, ...basisFields(basisOf(line)), first, last, ...amounts(line) });
  }
  const rows = new Map(sums.lastRows.map((row) => [row.row.node, row]));
  for (const line of sums.nodes)
    documents.add('node', nodeFields(line, basisOf(line), sums, rows.get(line.node)));
  if (sums.histograms.length > 0) for (const use of usesOf(sums)) documents.add('use', { ...use });
}

function amounts(line: ArchivedFigures): Json {
  const weights = WEIGHTED.flatMap((name, i) => {
    const whole = BigInt(line[name]);
    return [
      [WEIGHT_PARTS[2 * i]!, wholeOf(whole >> BigInt(LOW_BITS))],
      [WEIGHT_PARTS[2 * i + 1]!, Number(whole & BigInt(LOW_BASE - 1))],
    ] as const;
  });
  const { energy, operational, embodied, cost } = line;
  return { energy, operational, embodied, ...(cost !== null && { cost }), ...Object.fromEntries(weights) };
}

function podFields(pod: ArchivedPod, basis: string): Json {
  const share = pod.kind === 'pod' ? null : SHARE_NAMES[pod.kind];
  const { cpuRequest, memoryRequest } = pod;
  return {
    ...entityFields([
      ...([pod.kind, pod.node, share ?? pod.namespace, share ?? pod.workload, pod.workloadType] as const),
      ...([share ?? pod.pod, JSON.stringify(pod.labels), basis] as const),
    ]),
    ...{ uid: pod.uid, first: pod.first, last: pod.last, ...amounts(pod) },
    ...(cpuRequest !== null && { cpu_request: cpuRequest }),
    ...(memoryRequest !== null && { memory_request: memoryRequest }),
    cpu_request_seconds: ((cpuRequest ?? 0) * Number(pod.milliseconds)) / 1000,
    ...{ dynamic: pod.dynamic, storage: pod.storage, milliseconds: pod.milliseconds },
    ...{ cpu: pod.cpuMicroseconds, memory_seconds: pod.memoryByteSeconds, received: pod.received },
    ...{ transmitted: pod.transmitted, read: pod.read, written: pod.written, samples: pod.samples },
    ...{ restarts: Number(pod.restarts), cpu_max: pod.cpuMax, memory_max: pod.memoryMax },
  };
}

function nodeFields(
  line: ArchivedNode,
  basis: string,
  { bases }: ArchivedSums,
  newest: ArchivedNodeRow | undefined,
): Json {
  const isRow = newest?.start === line.last;
  const use: KeptOfNode = {
    ...{ estimatedEnergy: line.estimatedEnergy, measuredEnergy: line.measuredEnergy, cpuMax: line.cpuMax },
    ...(isRow && { isRow }),
  };
  const row = isRow ? newest.row : madeUpRow(line, bases[line.basis]!, newest?.row);
  return {
    ...{ node: line.node, ...basisFields(basis), first: line.first, last: line.last, ...amounts(line) },
    ...{ milliseconds: line.milliseconds, cpu: line.cpuMicroseconds, samples: line.samples },
    ...{ row, use },
  };
}

/** What is known of a node that was different later in the bucket; the rest is as it was then. */
function madeUpRow(line: ArchivedNode, basis: ArchivedBasis, later: NodeRow | undefined): NodeRow {
  const { currency: _, ...factors } = basis;
  return {
    ...later,
    ...{ node: line.node, instanceType: line.instanceType, region: line.region, zone: line.zone },
    ...{ architecture: line.architecture, cpuCapacity: cores(line.cpuCapacity) },
    ...{ memoryCapacity: bytes(line.memoryCapacity), embodiedTotal: kilograms(line.embodiedTotal) },
    ...{ cpuSeconds: cpuSeconds(0), energy: millijoules(0), meters: [] },
    provenance: { ...later?.provenance, ...factors },
  } as unknown as NodeRow;
}

type Written = { -readonly [K in keyof Use]: Use[K] };
type WrittenUse = Omit<UseFields, 'use'> & { readonly use: Written };
const EMPTY_HISTOGRAM = Buffer.from(new Histogram().encode()).toString('base64');

/** Of workloads, as this database keeps it beside the pods of an hour. */
function usesOf(sums: ArchivedSums): UseFields[] {
  const uses = new Map<string, WrittenUse>();
  const nameOf = (of: { namespace: string; workload: string; workloadType: string }) =>
    keyOf(of.namespace, of.workload, of.workloadType);
  for (const pod of sums.pods) {
    if (pod.kind !== 'pod') continue;
    const { namespace, workload, workloadType: workload_type } = pod;
    const basis = sums.bases[pod.basis]!;
    const use = uses.get(nameOf(pod))?.use ?? { ...NO_USE, currency: basis.currency };
    uses.set(nameOf(pod), { namespace, workload, workload_type, use });
    addUse(use, pod, basis);
  }
  for (const { cpu, memory, ...of } of sums.histograms)
    Object.assign(uses.get(nameOf(of))?.use ?? {}, { cpu, memory });
  for (const { container, cpuRequest, memoryRequest, cpu, memory, ...of } of sums.containers) {
    const use = uses.get(nameOf(of))?.use;
    const own = { container, cpuRequest, memoryRequest, cpu, memory } as NonNullable<
      Use['containers']
    >[number];
    if (use) use.containers = [...(use.containers ?? []), own];
  }
  return [...uses.values()];
}

function addUse(use: Written, pod: ArchivedPod, { gridZone, currency }: ArchivedBasis): void {
  const milliseconds = Number(pod.milliseconds);
  use.zones = { ...use.zones, [gridZone]: (use.zones[gridZone] ?? 0) + milliseconds };
  if (pod.cost !== null) use.cost = { ...use.cost, [currency]: (use.cost[currency] ?? 0) + Number(pod.cost) };
  for (const column of [
    'energy',
    'dynamic',
    'storage',
    'operational',
    'embodied',
    'restarts',
    'samples',
  ] as const)
    use[column] += Number(pod[column]);
  for (const column of ['cpuMicroseconds', 'memoryByteSeconds', 'received', 'transmitted'] as const)
    use[column] += Number(pod[column]);
  use.milliseconds += milliseconds;
  use.cpuRequestSeconds += ((pod.cpuRequest ?? 0) * milliseconds) / 1000;
  use.memoryRequestSeconds += ((pod.memoryRequest ?? 0) * milliseconds) / 1000;
  if (pod.last < use.last) return;
  const isLater = pod.last > use.last;
  use.last = pod.last;
  use.cpuRequest = isLater ? pod.cpuRequest : larger(use.cpuRequest, pod.cpuRequest);
  use.memoryRequest = isLater ? pod.memoryRequest : larger(use.memoryRequest, pod.memoryRequest);
}

const larger = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));

const NO_USE: Use = {
  ...{ zones: {}, currency: '', cost: {}, energy: 0, dynamic: 0, storage: 0, operational: 0, embodied: 0 },
  ...{ milliseconds: 0, cpuMicroseconds: 0, memoryByteSeconds: 0, cpuRequestSeconds: 0 },
  ...{ memoryRequestSeconds: 0, last: -1, cpuRequest: null, memoryRequest: null, received: 0 },
  ...{ transmitted: 0, restarts: 0, samples: 0, cpu: EMPTY_HISTOGRAM, memory: EMPTY_HISTOGRAM },
};
